"""Computes the vectors of citizens' messages, each once, with the encoders that the environment names."""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import numpy as np
import structlog
from django.conf import settings

from portevoix.exchange.prediction import predictors
from portevoix.exchange.prediction.embedding_client import EmbeddingClient, EncoderFailed, TextRefused
from portevoix.exchange.prediction.embedding_config import source
from portevoix.exchange.thresholds import as_json, likely_label, sure_label
from portevoix.kernel.errors import ChannelError, Refused, TryLater
from portevoix.kernel.i18n import gettext_noop
from portevoix.record.operations.embeddings import (
    BATCH,
    MessageLabels,
    Turn,
    UnreadMessage,
    claim,
    delete_unused_vectors,
    postpone,
    store_vectors,
)
from portevoix.record.queries import embeddings as queries
from portevoix.record.queries import training
from portevoix.text.labels import embedding_model
from portevoix.text.labels.embedding_model import CachingEncoder, Encoder, Vectors, pack_vectors, unpack_vector
from portevoix.text.labels.factory import DatedExamples
from portevoix.text.labels.predictor import DescriptionLabeller, Labeller, with_encoders
from portevoix.text.privacy import mask
from portevoix.text.training.protocol import EncoderVectors

log = structlog.get_logger("portevoix.meaning")
PROBE = "Bonjour, à quelle heure ouvre la piscine dimanche ?"
"""A text by nobody, sent to an endpoint to see whether it answers."""
PATIENCE = 3
"""How often in a row an endpoint may fail before its texts are tried one by one."""
MOST_MISSING = 0.1
"""The largest share of the training examples that may lack an endpoint's vectors."""
QUICK, SLOW = 0.7, 2.0
"""Seconds: after a batch quicker than QUICK the next may be twice as large, slower than SLOW half as large."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class _ReadyLabellers:
    """The labellers that use these readers' vectors, built from those `of` the intake."""

    of: predictors.Labellers
    readers: Sequence[CachingEncoder]
    by_name: Mapping[str, Labeller]
    until: datetime | None


_current: _ReadyLabellers | None = None


class Pace:
    """The number of messages per batch, adapted so that a batch takes some two seconds, however busy the machine."""

    def __init__(self) -> None:
        self.most = BATCH // 4

    def record_duration(self, seconds: float) -> None:
        if seconds > SLOW:
            self.most = max(1, self.most // 2)
        elif seconds < QUICK:
            self.most = min(BATCH, self.most * 2)


_pace = Pace()


def encoders() -> tuple[CachingEncoder, ...]:
    """Return the encoders in use here; none when embeddings are switched off, or nothing is installed."""
    return _encoders(settings.EMBEDDINGS, settings.EMBEDDINGS_MODEL, settings.EMBEDDINGS_KEY)


@cache
def _encoders(chosen: str, model: str, key: str) -> tuple[CachingEncoder, ...]:
    match chosen:
        case "no":
            return ()
        case "local":
            return tuple(map(CachingEncoder, embedding_model.encoders()))
    return (CachingEncoder(EmbeddingClient(chosen, model, key)),)


def probe_encoders() -> list[tuple[str, int | ChannelError]]:
    """Return each encoder's name, with the size of its vector for PROBE, or the error it raised."""
    return [(embedding_model.vector_key(reader), _try_encoder(reader)) for reader in encoders()]


def _try_encoder(reader: Encoder) -> int | ChannelError:
    try:
        return _encode(reader, [PROBE]).shape[1]
    except ChannelError as error:
        return error


def read_batch(*, now: datetime, numbers: int | None = None) -> int | None:
    """Compute and store the vectors of a batch of messages, and relabel what they opened. Return how many.

    `numbers`: how far back to look, as in `record.queries.embeddings.waiting`. None when there is nothing to do now;
    after looking all the way, vectors of encoders no longer in use are deleted, and counted. Messages that cannot be
    read for the moment are left as they are and tried again later: 0. Nothing is written before all is computed: a
    worker that is killed meanwhile changes nothing.
    """
    readers = encoders()
    keys = [embedding_model.vector_key(reader) for reader in readers]
    turn = claim(source=source().name, encoders=keys, now=now, numbers=numbers, most=_pace.most) if readers else None
    if turn is None:
        return (delete_unused_vectors(encoders=keys, now=now) or None) if numbers is None else None
    began = time.monotonic()
    try:
        vectors = [_vectors(reader, turn) for reader in readers]
        _pace.record_duration(time.monotonic() - began)
        labels = _predict_labels(turn.messages, readers, vectors, now)
    except ChannelError as error:
        _pace.record_duration(time.monotonic() - began)
        _postpone(turn, error, now)
        return 0
    finally:
        for reader in readers:
            reader.forget()
    contents = {name: pack_vectors(several) for name, several in zip(keys, vectors, strict=True)}
    conversations = store_vectors(turn=turn, vectors=contents, meant=labels, now=now)
    if conversations:
        log.info("labels_changed", conversations=len(conversations))
    return len(turn.messages) if conversations is not None else 0


def training_vectors(task: str, examples: DatedExamples) -> list[EncoderVectors]:
    """Return the stored vectors of a task's training examples, for each encoder that takes part in it.

    A local encoder will compute missing vectors. An endpoint is not called: a few missing vectors are replaced by the
    mean of the others; when more are missing, it does not take part yet.
    """
    vector_sets = []
    for encoder in encoders():
        packed_vectors = training.vectors(task, embedding_model.vector_key(encoder))
        vectors = {text: unpack_vector(content) for text, content in packed_vectors.items()}
        missing = [text for text, *_ in examples if text not in vectors]
        if encoder.remote:
            if not vectors or len(missing) > MOST_MISSING * len(examples):
                continue
            mean = np.mean(list(vectors.values()), axis=0)
            vectors |= dict.fromkeys(missing, mean)
        vector_sets.append(EncoderVectors(encoder.name, encoder.version, encoder.remote, vectors))
    return vector_sets


def masked_text(message: UnreadMessage) -> str:
    """Return the text that an endpoint receives: without anybody's name, address or number."""
    return mask(message.text, names=message.names, lang=message.lang or "fr")


def _vectors(reader: Encoder, turn: Turn) -> Vectors:
    """Return vectors (messages, size), with NaN where the encoder refuses a text, or fails on it repeatedly."""
    texts = [masked_text(each) if reader.remote else each.text for each in turn.messages]
    try:
        matrix = _encode(reader, texts)
    except (TextRefused, EncoderFailed) as error:
        if isinstance(error, EncoderFailed) and turn.failures < PATIENCE:
            raise
        size = _encode(reader, [PROBE]).shape[1]  # when it takes nothing at all, that is what is wrong
        matrix = np.array([_encode_text(reader, text, size) for text in texts], np.float32)
    before = queries.size(embedding_model.vector_key(reader))
    if before is not None and before != matrix.shape[1]:
        message = gettext_noop("It answers {now} numbers a text instead of {before}: is it another model now?")
        raise Refused(message, now=matrix.shape[1], before=before)
    return matrix


def _encode(reader: Encoder, texts: Sequence[str]) -> Vectors:
    """Return the vectors. Raise EncoderFailed where a local encoder fails, as an endpoint does by itself."""
    try:
        return embedding_model.encode(reader, texts)
    except (RuntimeError, ValueError) as error:
        if reader.remote:
            raise
        message = gettext_noop("The encoder {name} failed ({kind}).")
        raise EncoderFailed(message, name=reader.name, kind=type(error).__name__) from error


def _encode_text(reader: Encoder, text: str, size: int) -> Vectors:
    try:
        return _encode(reader, [text])[0]
    except (TextRefused, EncoderFailed):
        return np.full(size, np.nan, np.float32)


def _predict_labels(
    messages: Sequence[UnreadMessage], readers: Sequence[CachingEncoder], vectors: Sequence[Vectors], now: datetime
) -> dict[int, MessageLabels]:
    """Label the messages that all encoders could read; only labels in which their vectors play a part."""
    places = np.flatnonzero(np.all([np.isfinite(several).all(axis=1) for several in vectors], axis=0))
    readable = [messages[place] for place in places]
    texts = [each.text for each in readable]
    for reader, several in zip(readers, vectors, strict=True):
        reader.know(texts, several[places])
    predictions = {name: labeller.predict(texts) for name, labeller in _labellers(readers, now).items()}
    return {
        each.pk: MessageLabels(
            department=sure_label(by_task.get("department", ())),
            kind=likely_label(by_task.get("kind", ())),
            valence=likely_label(by_task.get("valence", ())),
            suggestions={name: as_json(several) for name, several in by_task.items()},
        )
        for place, each in enumerate(readable)
        if (by_task := {name: several[place] for name, several in predictions.items() if several[place]})
    }


def _labellers(readers: Sequence[CachingEncoder], now: datetime) -> Mapping[str, Labeller]:
    """Return the intake's labellers that can use vectors; rebuilt when the intake's are."""
    global _current
    intake = predictors.labellers()
    stale = _current is not None and _current.until is not None and now >= _current.until
    if _current is None or _current.of is not intake or _current.readers is not readers or stale:
        local_readers = [reader for reader in readers if not reader.remote]
        needs_cold_start = bool(local_readers) and _use_descriptions(intake)
        cold = predictors.cold_start(predictors.departments(), now, local_readers) if needs_cold_start else None
        by_name = {name: with_encoders(labeller, cold, readers) for name, labeller in intake.by_name.items()}
        until = now + predictors.TRIED_AGAIN if needs_cold_start and cold is None else None
        _current = _ReadyLabellers(
            intake, readers, {name: labeller for name, labeller in by_name.items() if labeller}, until
        )
    return _current.by_name


def _use_descriptions(labellers: predictors.Labellers) -> bool:
    return any(isinstance(labeller, DescriptionLabeller) for labeller in labellers.by_name.values())


def _postpone(turn: Turn, error: ChannelError, now: datetime) -> None:
    """Postpone the batch: longer each time, with some jitter, and never sooner than the endpoint asked for."""
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(turn.failures, 10)) * random.uniform(0.75, 1.25)  # noqa: S311
    least_pause = error.after if isinstance(error, TryLater) else timedelta()
    until = now + max(pause, least_pause)
    if postpone(turn=turn, error=error, until=until):
        log.warning("meaning_postponed", source=turn.source, why=str(error), until=until.isoformat())
