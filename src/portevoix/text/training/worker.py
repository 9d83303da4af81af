"""Execution of the jobs of the training process."""

from collections.abc import Sequence

from portevoix.text.labels import cold_start_store, embedding_model
from portevoix.text.labels.embedding_model import CachingEncoder, Encoder, Vectors
from portevoix.text.training import cold_start, protocol
from portevoix.text.training.from_labels import make_factory
from portevoix.text.training.retrain import retrain


def answer(asked: protocol.Json) -> protocol.Json:
    """Return the answer to a request of `protocol.ask_cold` or `protocol.ask_refit`.

    It is for `protocol.read_cold_answer` or `protocol.read_refit_answer`.
    """
    job = protocol.read_refit(asked)
    if job is None:
        encoders = embedding_model.encoders() if asked["meaning"] else ()
        return protocol.answer_cold(cold_start_store.dump(cold_start.fit(protocol.read_departments(asked), encoders)))
    own_ground = make_factory(job.task, job.departments, tuple(map(_reader, job.read)))
    return protocol.answer_refit(*retrain(own_ground, job.examples, job.before, now=job.now))


class _Afar:
    """A remote encoder. Training never asks it: the job contains all vectors needed."""

    slow, remote = True, True

    def __init__(self, name: str, version: str) -> None:
        self.name, self.version = name, version

    def encode(self, texts: Sequence[str]) -> Vectors:
        raise LookupError(f"{len(texts)} texts that {self.name} was not asked about")


def _reader(read: protocol.EncoderVectors) -> CachingEncoder:
    """Return the encoder with its stored vectors; one of this machine computes missing ones."""
    here: dict[str, Encoder] = {} if read.remote else {encoder.name: encoder for encoder in embedding_model.encoders()}
    reader = CachingEncoder(here.get(read.name) or _Afar(read.name, read.version))
    reader.know(list(read.vectors), list(read.vectors.values()))
    return reader
