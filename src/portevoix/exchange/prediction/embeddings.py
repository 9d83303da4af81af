"""Reads what citizens' messages mean, each once, by the encoders that the environment names."""

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
from portevoix.exchange.prediction.embedding_client import Broken, Endpoint, TextRefused
from portevoix.exchange.prediction.embedding_config import source
from portevoix.exchange.thresholds import likely, sure, written
from portevoix.kernel.errors import ChannelError, Refused, TryLater
from portevoix.kernel.i18n import gettext_noop
from portevoix.record.operations.embeddings import BATCH, Meant, Turn, Unread, claim, keep, let_go, postpone
from portevoix.record.queries import embeddings as queries
from portevoix.record.queries import training
from portevoix.text.labels import embeddings
from portevoix.text.labels.embeddings import Encoder, Remembering, Vectors, packed, unpacked
from portevoix.text.labels.factory import Dated
from portevoix.text.labels.predictor import Described, Labeller, with_meaning
from portevoix.text.privacy import mask
from portevoix.text.training.protocol import Read

log = structlog.get_logger("portevoix.meaning")
PROBE = "Bonjour, à quelle heure ouvre la piscine dimanche ?"
"""Of nobody: what an endpoint is asked to see whether it answers."""
PATIENCE = 3
"""So often in a row an endpoint may fail before its texts are tried one by one."""
MOST_MISSING = 0.1
"""The share of what is learnt from that may lack an endpoint's vectors."""
QUICK, SLOW = 0.7, 2.0
"""Seconds: quicker than that a batch may be twice as large, slower it is to be half as large."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class _Made:
    """The labellers that are told what a text means by these readers, made of those `of` the intake."""

    of: predictors.Labellers
    readers: Sequence[Remembering]
    by_name: Mapping[str, Labeller]
    until: datetime | None


_made: _Made | None = None


class Pace:
    """How many messages are read at a time, for the worker to be back in some two seconds, however busy the machine."""

    def __init__(self) -> None:
        self.most = BATCH // 4

    def took(self, seconds: float) -> None:
        if seconds > SLOW:
            self.most = max(1, self.most // 2)
        elif seconds < QUICK:
            self.most = min(BATCH, self.most * 2)


_pace = Pace()


def encoders() -> tuple[Remembering, ...]:
    """Those that read messages here; none when it is not wanted, or nothing is installed."""
    return _encoders(settings.EMBEDDINGS, settings.EMBEDDINGS_MODEL, settings.EMBEDDINGS_KEY)


@cache
def _encoders(chosen: str, model: str, key: str) -> tuple[Remembering, ...]:
    match chosen:
        case "no":
            return ()
        case "local":
            return tuple(map(Remembering, embeddings.encoders()))
    return (Remembering(Endpoint(chosen, model, key)),)


def tried() -> list[tuple[str, int | ChannelError]]:
    """Each encoder's name, with how many numbers it makes of PROBE, or why it makes none."""
    return [(embeddings.key(reader), _tried(reader)) for reader in encoders()]


def _tried(reader: Encoder) -> int | ChannelError:
    try:
        return _encode(reader, [PROBE]).shape[1]
    except ChannelError as error:
        return error


def read(*, now: datetime, numbers: int | None = None) -> int | None:
    """Reads a batch of messages, stores what they mean, and labels anew what they opened. Returns how many.

    `numbers`: how far back it is looked, as in `record.queries.meaning.waiting`. None when there is nothing to do now;
    where it is looked all the way, vectors of encoders that read no more are let go then, and counted. What cannot be
    read for the moment is left as it is and tried again later: 0. Nothing is written before all is reckoned: a worker
    that is killed meanwhile leaves all as it was.
    """
    readers = encoders()
    keys = [embeddings.key(reader) for reader in readers]
    turn = claim(source=source().name, encoders=keys, now=now, numbers=numbers, most=_pace.most) if readers else None
    if turn is None:
        return (let_go(encoders=keys, now=now) or None) if numbers is None else None
    began = time.monotonic()
    try:
        vectors = [_vectors(reader, turn) for reader in readers]
        _pace.took(time.monotonic() - began)
        meant = _meant(turn.messages, readers, vectors, now)
    except ChannelError as error:
        _pace.took(time.monotonic() - began)
        _postpone(turn, error, now)
        return 0
    finally:
        for reader in readers:
            reader.forget()
    contents = {name: packed(several) for name, several in zip(keys, vectors, strict=True)}
    changed = keep(turn=turn, vectors=contents, meant=meant, now=now)
    if changed:
        log.info("labels_changed", conversations=len(changed))
    return len(turn.messages) if changed is not None else 0


def known(task: str, examples: Dated) -> list[Read]:
    """What is stored of the messages that a task is learnt from, of each encoder that has a say in it.

    One of this machine will read those that are missing. An endpoint is not asked: a few that are missing are taken to
    mean what all do on average; when they are more, it has no say yet.
    """
    told = []
    for encoder in encoders():
        stored = training.vectors(task, embeddings.key(encoder))
        vectors = {text: unpacked(content) for text, content in stored.items()}
        missing = [text for text, *_ in examples if text not in vectors]
        if encoder.remote:
            if not vectors or len(missing) > MOST_MISSING * len(examples):
                continue
            mean = np.mean(list(vectors.values()), axis=0)
            vectors |= dict.fromkeys(missing, mean)
        told.append(Read(encoder.name, encoder.version, encoder.remote, vectors))
    return told


def outside(message: Unread) -> str:
    """What an endpoint is told of a message: nobody's name, address or number."""
    return mask(message.text, names=message.names, lang=message.lang or "fr")


def _vectors(reader: Encoder, turn: Turn) -> Vectors:
    """(messages, size); a row of NaN where the encoder refuses the text, or fails over it again and again."""
    texts = [outside(each) if reader.remote else each.text for each in turn.messages]
    try:
        found = _encode(reader, texts)
    except (TextRefused, Broken) as error:
        if isinstance(error, Broken) and turn.failures < PATIENCE:
            raise
        size = _encode(reader, [PROBE]).shape[1]  # when it takes nothing at all, that is what is wrong
        found = np.array([_one(reader, text, size) for text in texts], np.float32)
    before = queries.size(embeddings.key(reader))
    if before is not None and before != found.shape[1]:
        message = gettext_noop("It answers {now} numbers a text instead of {before}: is it another model now?")
        raise Refused(message, now=found.shape[1], before=before)
    return found


def _encode(reader: Encoder, texts: Sequence[str]) -> Vectors:
    """Raises Broken for what an encoder of this machine fails over, as an endpoint does by itself."""
    try:
        return embeddings.encode(reader, texts)
    except (RuntimeError, ValueError) as error:
        if reader.remote:
            raise
        message = gettext_noop("The encoder {name} failed ({kind}).")
        raise Broken(message, name=reader.name, kind=type(error).__name__) from error


def _one(reader: Encoder, text: str, size: int) -> Vectors:
    try:
        return _encode(reader, [text])[0]
    except (TextRefused, Broken):
        return np.full(size, np.nan, np.float32)


def _meant(
    messages: Sequence[Unread], readers: Sequence[Remembering], vectors: Sequence[Vectors], now: datetime
) -> dict[int, Meant]:
    """What the messages are that all encoders could read; of each only what their meaning has a part in."""
    whole = np.flatnonzero(np.all([np.isfinite(several).all(axis=1) for several in vectors], axis=0))
    known = [messages[place] for place in whole]
    texts = [each.text for each in known]
    for reader, several in zip(readers, vectors, strict=True):
        reader.know(texts, several[whole])
    found = {name: labeller.predict(texts) for name, labeller in _labellers(readers, now).items()}
    return {
        each.pk: Meant(
            department=sure(mine.get("department", ())),
            kind=likely(mine.get("kind", ())),
            valence=likely(mine.get("valence", ())),
            suggestions={name: written(several) for name, several in mine.items()},
        )
        for place, each in enumerate(known)
        if (mine := {name: several[place] for name, several in found.items() if several[place]})
    }


def _labellers(readers: Sequence[Remembering], now: datetime) -> Mapping[str, Labeller]:
    """Those of the intake that know more when they are told what a text means; made anew when these are."""
    global _made
    known = predictors.labellers()
    stale = _made is not None and _made.until is not None and now >= _made.until
    if _made is None or _made.of is not known or _made.readers is not readers or stale:
        here = [reader for reader in readers if not reader.remote]
        wanted = bool(here) and _described(known)
        cold = predictors.cold(predictors.departments(), now, here) if wanted else None
        found = {name: with_meaning(labeller, cold, readers) for name, labeller in known.by_name.items()}
        until = now + predictors.TRIED_AGAIN if wanted and cold is None else None
        _made = _Made(known, readers, {name: labeller for name, labeller in found.items() if labeller}, until)
    return _made.by_name


def _described(known: predictors.Labellers) -> bool:
    return any(isinstance(labeller, Described) for labeller in known.by_name.values())


def _postpone(turn: Turn, error: ChannelError, now: datetime) -> None:
    """Longer each time, by chance somewhat more or less, and never sooner than it was asked for."""
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(turn.failures, 10)) * random.uniform(0.75, 1.25)  # noqa: S311
    asked = error.after if isinstance(error, TryLater) else timedelta()
    until = now + max(pause, asked)
    if postpone(turn=turn, error=error, until=until):
        log.warning("meaning_postponed", source=turn.source, why=str(error), until=until.isoformat())
