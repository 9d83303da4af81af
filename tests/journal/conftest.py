"""A small record to compose from: messages and replies at known hours of Paris."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from portevoix.kernel.clock import week_bounds, week_of
from portevoix.kernel.messages import Batch, Direction, Incoming, ReplyKind, Writer
from portevoix.record.operations import Labelled, accounts, envelopes, receive
from tests.conftest import conversation_of
from tests.journal.weeks_of_words import MONDAY, WeekMessage, pool, week

PARIS = ZoneInfo("Europe/Paris")
AFTER = datetime(2026, 11, 18, 10, 0, tzinfo=PARIS)
"""When the tests read: Wednesday of week 47, so that week 46 (9 to 15 November) is over and final."""

Say = Callable[..., int]


def at(text: str) -> datetime:
    """A local time, like "2026-11-09 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def week_ago(weeks: int) -> str:
    """The week so many weeks before the real one, for what asks the machine's clock. Two ago, an edition is final."""
    return week_of(timezone.now() - timedelta(weeks=weeks), str(PARIS))


def monday(week: str, hours: int = 10) -> str:
    """So many hours into that week, as `say` takes it."""
    since, _ = week_bounds(week, str(PARIS))
    return (since.astimezone(PARIS) + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M")


@pytest.fixture
def say(city) -> Say:
    """Takes in a citizen's message and, with `replied`, the city's reply so much later; returns the conversation."""
    numbers = count(1)

    def taken(message: Incoming, **labels: str) -> None:
        account = accounts.get_or_create(channel=message.channel, address=message.account)
        # Messages of `week_ago` are sent after AFTER, and a message that claims a later hour than its intake loses it.
        taken_at = max(AFTER, message.sent_at)
        stored = envelopes.store(account, Batch((message,)), now=taken_at)
        receive([Labelled(i, m, lang="fr", **labels) for i, m in envelopes.read(stored.waiting)], now=taken_at)

    def said(
        when: str,
        text: str = "La piscine est fermée depuis lundi matin, pourquoi ?",
        *,
        channel: str = "x",
        department: str = "sports",
        kind: str = "question",
        valence: str = "neutral",
        replied: timedelta | None = None,
        promised: str = "",
        **more,
    ) -> int:
        number = next(numbers)
        writer = more.pop("author", Writer(f"citizen-{number}", f"handle{number}", f"Zoé Quelquune{number}"))
        first = Incoming(channel, "@testville", f"m{number}", Direction.IN, writer, at(when), text, **more)
        taken(first, department=department, kind=kind, valence=valence)
        if replied is not None:
            city = Writer("city")
            sent = at(when) + replied
            kind_of = ReplyKind.HOLDING if promised else ReplyKind.ANSWER
            until = at(promised) if promised else None
            reply = Incoming(channel, "@testville", f"r{number}", Direction.OUT, city, sent, "Bonjour, voici.")
            reply = _replied(reply, f"m{number}", kind_of, until)
            taken(reply)
        return conversation_of(first)

    def answered(number: str, when: str) -> None:
        reply = Incoming("x", "@testville", f"late-{number}", Direction.OUT, Writer("city"), at(when), "Voici.")
        taken(_replied(reply, number, ReplyKind.ANSWER, None))

    def held(number: str, when: str, promised: str) -> None:
        own = f"held-{next(numbers)}"
        reply = Incoming("x", "@testville", own, Direction.OUT, Writer("city"), at(when), "Bientôt.")
        taken(_replied(reply, number, ReplyKind.HOLDING, at(promised)))

    said.answer = answered  # type: ignore[attr-defined]
    said.hold = held  # type: ignore[attr-defined]
    return said


@pytest.fixture
def strike(city) -> list[WeekMessage]:
    """Stores the made-up town's six usual weeks before week 46, and week 46, in which people write of a closed pool."""
    told = week(pool())
    begins = at("2026-11-09 00:00") - MONDAY
    messages = [*told.messages, *(each for past in told.past for each in past)]
    by_channel: dict[str, list[Incoming]] = {}
    for each in messages:
        writer = Writer(each.author, each.author, "")
        sent = each.sent_at + begins
        message = Incoming(each.channel, "@testville", each.id, Direction.IN, writer, sent, each.text)
        by_channel.setdefault(each.channel, []).append(message)
    labels = {each.id: {"department": each.department, "kind": each.kind, "valence": each.valence} for each in messages}
    for channel, some in by_channel.items():
        account = accounts.get_or_create(channel=channel, address="@testville")
        stored = envelopes.store(account, Batch(tuple(some)), now=AFTER)
        read = envelopes.read(stored.waiting)
        receive([Labelled(i, m, lang="fr", **labels[m.external_id]) for i, m in read], now=AFTER)
    return list(told.messages)


def _replied(reply: Incoming, to: str, kind: ReplyKind, until: datetime | None) -> Incoming:
    return replace(reply, in_reply_to=to, reply_kind=kind, promised_at=until)
