"""Messages that wait for a person's decision, and what several of them have in common: a flood is refused at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from portevoix.record.models import Contact, Envelope
from portevoix.record.permissions import Capability, can
from portevoix.record.queries.envelopes import with_shown
from portevoix.text.tokens import fold

STATES = (Envelope.State.HELD, Envelope.State.QUARANTINED)
MOST_SHOWN = 5
"""So many of those that fit are shown before they are refused."""
_CHUNK = 1000
_WORDS = ("raw__text", "raw__subject", "raw__unreadable")
_SENDER = ("raw__author__name", "raw__author__handle", "raw__author__id")
_ARTICLE = ("raw__about__title", "raw__about__url")


@dataclass(frozen=True, slots=True)
class Common:
    """What messages have in common: those fit to which all of it applies. "" and None: whatever it is.

    `words`, `sender` and `article` hold words, each of which occurs; capitals and accents do not matter. They came at
    `since` or later and before `until`.
    """

    state: str = Envelope.State.HELD
    account: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
    sender: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True)
class Fitting:
    """How many fit, and the first of them."""

    count: int
    first: list[Envelope]


def fitting(common: Common, *, by: Contact) -> Fitting:
    """None fits for a colleague who may not admit."""
    if not can(by, Capability.ADMIT):
        return Fitting(0, [])
    count, first = 0, []
    for pk in numbers(common):
        count += 1
        if len(first) < MOST_SHOWN:
            first.append(pk)
    rows = with_shown(Envelope.objects.filter(pk__in=first)).order_by("received_at", "pk")
    return Fitting(count, list(rows))


def numbers(common: Common) -> Iterator[int]:
    """Of the envelopes that fit, the oldest first. Only the texts that are looked at are read, one part at a time."""
    criteria = [(keys, fold(text).split()) for keys, text in _sought_words(common) if text.strip()]
    keys = [key for keys, _ in criteria for key in keys]
    annotations = {f"told_{number}": KT(key) for number, key in enumerate(keys)}
    rows = _matching(common).annotate(**annotations).order_by("received_at", "pk").values_list("pk", *annotations)
    for pk, *texts in rows.iterator(chunk_size=_CHUNK):
        if all(_holds(texts[keys.index(own[0]) :][: len(own)], words) for own, words in criteria):
            yield pk


def _sought_words(common: Common) -> tuple[tuple[tuple[str, ...], str], ...]:
    return (_WORDS, common.words), (_SENDER, common.sender), (_ARTICLE, common.article)


def _holds(texts: list[str | None], words: list[str]) -> bool:
    all_text = fold("\n".join(text for text in texts if text))
    return all(word in all_text for word in words)


def _matching(common: Common) -> QuerySet[Envelope]:
    rows = Envelope.objects.filter(message=None, state=common.state)
    if common.account is not None:
        rows = rows.filter(account=common.account)
    if common.since:
        rows = rows.filter(received_at__gte=common.since)
    if common.until:
        rows = rows.filter(received_at__lt=common.until)
    return rows
