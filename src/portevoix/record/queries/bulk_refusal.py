"""Finds messages with something in common among those that wait for a decision, to reject a flood at once."""

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
"""How many of the matches are shown before they are rejected."""
_CHUNK = 1000
_WORDS = ("raw__text", "raw__subject", "raw__unreadable")
_SENDER = ("raw__author__name", "raw__author__handle", "raw__author__id")
_ARTICLE = ("raw__about__title", "raw__about__url")


@dataclass(frozen=True, slots=True)
class Common:
    """Criteria that messages have in common; all must match. "" and None match anything.

    Each word of `words`, `sender` and `article` must occur, whatever its capitals and accents. Messages came at `since`
    or later and before `until`.
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
    """The number of matches, and the first of them."""

    count: int
    first: list[Envelope]


def fitting(common: Common, *, by: Contact) -> Fitting:
    """Return the matches; none for a colleague who may not admit."""
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
    """Yield the numbers of matching envelopes, the oldest first. Only the texts compared are read, in parts."""
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
