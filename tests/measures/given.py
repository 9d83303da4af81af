"""What the tests of this room are given: facts and messages with only what matters said."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from portevoix.kernel.messages import Addressed, Direction, Incoming, ReplyKind, Writer
from portevoix.kernel.promises import outcome_of
from portevoix.measures.schema import Fact, Source, count_promises

START = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """So many minutes after a Monday morning."""
    return START + timedelta(minutes=minutes)


def message(external_id: str, *, minutes: float = 0, out: bool = False, **more: Any) -> Incoming:
    """A message of account "Valmont" on "x", from the citizen unless `out`."""
    values: dict[str, Any] = {
        "channel": "x",
        "account": "Valmont",
        "external_id": external_id,
        "direction": Direction.OUT if out else Direction.IN,
        "author": Writer(id="Valmont" if out else "citizen"),
        "sent_at": at(minutes),
        "text": "Bonjour",
    }
    return Incoming(**values | more)


def holding(external_id: str, *, minutes: float, promised: float | None = None, **more: Any) -> Incoming:
    promised_at = None if promised is None else at(promised)
    return message(
        external_id, minutes=minutes, out=True, reply_kind=ReplyKind.HOLDING, promised_at=promised_at, **more
    )


def wait(
    name: str = "w",
    *,
    first: int | None = None,
    answer: int | None = None,
    held: int | None = None,
    promised: int | None = None,
    watched: int = 10**6,
    **more: Any,
) -> Fact:
    """A wait opened at START; all given numbers are seconds after it. The opening-hours clock runs ten times slower."""

    def instant(seconds: int | None) -> datetime | None:
        return None if seconds is None else START + timedelta(seconds=seconds)

    def service(seconds: int | None) -> int | None:
        return None if seconds is None else seconds // 10

    values: dict[str, Any] = {
        "source": Source.DESK,
        "channel": "x",
        "account": "Valmont",
        "wait": name,
        "thread": name,
        "ordinal": 1,
        "opened_at": START,
        "addressed": Addressed.DIRECT,
        "first_reply_at": instant(first),
        "answer_at": instant(answer),
        "holding_at": instant(held),
        "censored_at": instant(watched),
        "first_elapsed_s": first,
        "answer_elapsed_s": answer,
        "censored_elapsed_s": watched,
        "first_service_s": service(first),
        "answer_service_s": service(answer),
        "censored_service_s": service(watched),
        "week": "2026-W47",
    }
    if promised is not None:
        date, now = START + timedelta(seconds=promised), START + timedelta(seconds=watched)
        values |= count_promises([outcome_of(date, answered_at=instant(answer), now=now)])
    return Fact(**values | more)


def by_definition(messages: Iterable[Incoming], until: datetime) -> dict[str, int | None]:
    """Each thread's first wait by the letter of the definition, all messages in memory; for files that tell threads."""
    threads = defaultdict(list)
    for each in messages:
        if each.sent_at <= until:
            threads[each.channel, each.account, each.thread].append(each)
    found: dict[str, int | None] = {}
    for members in threads.values():
        opening = min(members, key=lambda m: (m.sent_at, bool(m.in_reply_to), m.direction == "out", m.external_id))
        if opening.direction == "in" and opening.addressed == "direct":
            replies = (m.sent_at for m in members if m.direction == "out" and not m.automatic)
            first = min(replies, default=None)
            found[opening.external_id] = None if first is None else int((first - opening.sent_at).total_seconds())
    return found
