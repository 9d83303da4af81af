"""Learns what a job asks for."""

from collections.abc import Sequence

from portevoix.text.labels import cold_start_store, embeddings
from portevoix.text.labels.embeddings import Encoder, Remembering, Vectors
from portevoix.text.training import cold_start, protocol
from portevoix.text.training.from_labels import ground
from portevoix.text.training.retrain import refit


def answer(asked: protocol.Json) -> protocol.Json:
    """`asked` is what `job.ask_cold` or `job.ask_refit` wrote; the answer is for `told_cold` or `told_refit`."""
    given = protocol.read_refit(asked)
    if given is None:
        encoders = embeddings.encoders() if asked["meaning"] else ()
        return protocol.answer_cold(cold_start_store.dump(cold_start.fit(protocol.read_departments(asked), encoders)))
    known = ground(given.task, given.departments, tuple(map(_reader, given.read)))
    return protocol.answer_refit(*refit(known, given.examples, given.before, now=given.now))


class _Afar:
    """An encoder that is asked over the network: not by whoever learns, who is given all it has to know."""

    slow, remote = True, True

    def __init__(self, name: str, version: str) -> None:
        self.name, self.version = name, version

    def encode(self, texts: Sequence[str]) -> Vectors:
        raise LookupError(f"{len(texts)} texts that {self.name} was not asked about")


def _reader(read: protocol.Read) -> Remembering:
    """The encoder with what is known already; one of this machine reads what is missing."""
    here: dict[str, Encoder] = {} if read.remote else {encoder.name: encoder for encoder in embeddings.encoders()}
    reader = Remembering(here.get(read.name) or _Afar(read.name, read.version))
    reader.know(list(read.vectors), list(read.vectors.values()))
    return reader
