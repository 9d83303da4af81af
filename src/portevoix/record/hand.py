"""The one hand that writes: appends events, then stores what `kernel.history` makes of them.

A conversation's state and times, its promises and its facts are nothing but projections of its events.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from portevoix.kernel.errors import NotThere
from portevoix.kernel.history import Happening, Standing, stand
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.states import State, What, check
from portevoix.record import access, bulk
from portevoix.record.clocks import Clocks
from portevoix.record.models import Contact, Conversation, Event, Fact, Message, Promise

_CHANGED = ["state", "due_at", "queue_at", "promised_at", "inquiries_open", "version", "addressed", "assignee"]
_CHANGED += ["department", "kind", "valence", "lang", "urgency", "thread", "author", "opened_at", "last_message_at"]
_FACT = ["department", "kind", "valence", "addressed", "first_reply_at", "holding_at", "promised_at", "answer_at"]
_PROMISE = ["made_at", "promised_at", "answered_at", "renewed_at"]
_HAPPENING = ["id", "what", "at", "message", "policy", "data"]
_FACT += ["closed_at", "opened_at", "first_due_at", "substance_due_at", "policy"]


@contextmanager
def writing(conversation: int, *, by: Contact, needs: access.Capability) -> Iterator[Conversation]:
    """A transaction that holds one conversation. Raises NotAllowed when `by` may not do that, NotThere not see it."""
    access.check(by, needs)
    with transaction.atomic():
        rows = Conversation.objects.select_for_update(of=("self",)).filter(pk=conversation)
        row = rows.filter(access.scope(by)).first()
        if row is None:
            raise NotThere(gettext_noop("This conversation does not exist, or is not one of your department's."))
        yield row


def happen(
    conversation: Conversation,
    what: What,
    *,
    at: datetime,
    by: Contact | None = None,
    message: Message | None = None,
    data: dict[str, Any] | None = None,
) -> Event:
    """Checks the transition, appends the event and settles the conversation; inside the caller's transaction.

    Raises NotPossible when the state does not allow it.
    """
    check(State(conversation.state), what)
    event = Event.objects.create(
        conversation=conversation, what=what, at=at, contact=by, message=message, data=data or {}
    )
    settle([conversation])
    return event


def settle(conversations: Iterable[Conversation]) -> None:
    """Replays the events of these conversations and stores where they stand."""
    rows = {row.pk: row for row in conversations}
    events = defaultdict(list)
    for pk, *event in Event.objects.filter(conversation__in=rows).values_list("conversation", *_HAPPENING):
        events[pk].append(_happening(*event))
    projected = project((row, events[pk]) for pk, row in rows.items())
    bulk.update(list(rows.values()), changing=_CHANGED)
    bulk.upsert(projected.facts, unique=["conversation", "ordinal"], changing=_FACT)
    bulk.upsert(projected.promises, unique=["message"], changing=_PROMISE)
    announce(rows)


@dataclass(frozen=True, slots=True)
class Projected:
    """The rows that follow from the events of some conversations, not stored yet."""

    facts: list[Fact]
    promises: list[Promise]


def project(histories: Iterable[tuple[Conversation, Sequence[Happening]]]) -> Projected:
    """Sets on each conversation where its events bring it, and returns its facts and promises."""
    clock = Clocks()
    projected = Projected([], [])
    for row, happenings in histories:
        standing = stand(happenings, clock)
        _store(row, standing, len(happenings))
        projected.facts.extend(_facts(row, standing))
        projected.promises.extend(_promises(row, standing))
    return projected


def happenings(events: Iterable[Event]) -> list[Happening]:
    """Events as `kernel.history` takes them."""
    return [happening(event) for event in events]


def happening(event: Event) -> Happening:
    """An event as `kernel.history` takes it."""
    return _happening(event.pk, event.what, event.at, event.message_id, event.policy_id, event.data)


def _happening(
    pk: int, what: str, at: datetime, message: int | None, policy: int | None, data: dict[str, Any]
) -> Happening:
    promised = data.get("promised_at")
    return Happening(
        id=pk,
        what=What(what),
        at=at,
        message=message,
        policy=policy,
        copy=data.get("copy", False),
        automatic=data.get("automatic", False),
        promised_at=datetime.fromisoformat(promised) if promised else None,
        assigned=data.get("assigned", False),
    )


def _store(row: Conversation, standing: Standing, version: int) -> None:
    row.state = standing.state
    row.due_at = standing.due_at
    row.queue_at = standing.queue_at
    row.promised_at = standing.promised_at
    row.inquiries_open = standing.inquiries
    row.version = version
    if any(not wait.copy for wait in standing.waits):
        row.addressed = "direct"


def _facts(row: Conversation, standing: Standing) -> list[Fact]:
    return [
        Fact(
            conversation=row,
            ordinal=wait.ordinal,
            channel=row.account.channel,
            account=row.account.address,
            department=row.department.slug if row.department else "",
            kind=row.kind,
            valence=row.valence,
            addressed="copy" if wait.copy else "direct",
            policy_id=wait.policy,
            opened_at=wait.opened_at,
            first_due_at=wait.first_due_at,
            substance_due_at=wait.substance_due_at,
            first_reply_at=wait.first_reply_at,
            holding_at=wait.holding_at,
            promised_at=wait.promised_at,
            answer_at=wait.answer_at,
            closed_at=wait.closed_at,
        )
        for wait in standing.waits
    ]


def _promises(row: Conversation, standing: Standing) -> list[Promise]:
    return [
        Promise(
            conversation=row,
            message_id=pledge.message,
            made_at=pledge.made_at,
            promised_at=pledge.promised_at,
            answered_at=pledge.answered_at,
            renewed_at=pledge.renewed_at,
        )
        for pledge in standing.pledges
        if pledge.message is not None
    ]


def announce(conversations: Iterable[int]) -> None:
    """Tells open pages, at commit; on the embedded database they look for new events themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('portevoix', %s)", [",".join(str(pk) for pk in conversations)[:7000]])
