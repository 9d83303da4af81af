"""The event log: appends events, then stores what `kernel.history` derives from them.

A conversation's state and times, its promises and its facts are only projections of its events.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import BigIntegerField, Max

from portevoix.kernel.errors import BadInput, Conflict, NotThere
from portevoix.kernel.history import ConversationState, HistoryEvent, replay
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.states import EventType, State, check
from portevoix.record import permissions
from portevoix.record.db import bulk
from portevoix.record.models import Contact, Conversation, Event, Fact, Message, Promise
from portevoix.record.policies import Clocks

_STORED_FIELDS = ["state", "due_at", "queue_at", "promised_at", "inquiries_open", "version", "addressed", "assignee"]
_STORED_FIELDS += [
    "department",
    "kind",
    "valence",
    "lang",
    "urgency",
    "thread",
    "author",
    "opened_at",
    "last_message_at",
]
_STORED_FIELDS += ["suggestions"]
_FACT = ["department", "message", "addressed", "first_reply_at", "holding_at", "answer_at"]
_PROMISE = ["conversation", "strand", "ordinal", "made_at", "promised_at", "answered_at"]
_HAPPENING = ["id", "what", "at", "message", "policy", "data", "conversation", "strand"]
_ATTRIBUTES = ["pk", "what", "at", "message_id", "policy_id", "data", "conversation_id", "strand_id"]
_CONVERSATION = _HAPPENING.index("conversation")
_WORTH_READING = (
    EventType.RECEIVED,
    EventType.ANSWERED,
    EventType.HELD,
    EventType.AMENDED,
    EventType.RETRACTED,
    EventType.ERASED,
    EventType.MERGED,
)
_FACT += ["closed_at", "opened_at", "first_due_at", "substance_due_at", "policy"]


@contextmanager
def locked_conversation(conversation: int, *, by: Contact, needs: permissions.Capability) -> Iterator[Conversation]:
    """Lock one conversation in a transaction.

    Raise NotAllowed when `by` may not do that, and as `lock_conversations` does.
    """
    permissions.check(by, needs)
    with transaction.atomic():
        [row] = lock_conversations([conversation], by=by)
        yield row


def check_not_erased(row: Conversation) -> None:
    """Raise BadInput for an erased conversation: nobody could erase what is written there any more."""
    if row.erased_at:
        raise BadInput(gettext_noop("What was said here is erased, and with it the way to the citizen. Close it."))


def lock_unerased(conversation: int) -> bool:
    """Lock a conversation in the caller's transaction against its erasure; return False where it is erased."""
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True).filter(pk=conversation, erased_at=None)
    return rows.values_list("pk", flat=True).first() is not None


def lock_conversations(conversations: Sequence[int], *, by: Contact) -> list[Conversation]:
    """Lock conversations in the caller's transaction and return them, always in one order, to prevent deadlocks.

    Raise NotThere when `by` may not see one, Conflict when one has become part of another.
    """
    numbers = [pk for pk in conversations if pk <= BigIntegerField.MAX_BIGINT]  # no database knows a longer number
    query = Conversation.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk")
    rows = {row.pk: row for row in query.filter(permissions.scope(by))}
    for pk in conversations:
        if pk not in rows:
            raise NotThere(gettext_noop("This conversation does not exist, or is not one of your department's."))
        if home := rows[pk].merged_into_id:
            message = gettext_noop(
                "No. {number} has become part of no. {home} in the meantime. What you wrote is kept: read what is "
                "there, then do it again if it is needed."
            )
            raise Conflict(message, number=pk, home=home)
    return [rows[pk] for pk in conversations]


def unread_events(conversation: Conversation, seen: int) -> list[Event]:
    """Return the events that a host who saw version `seen` must read before replying: messages and merges."""
    later = Event.objects.filter(conversation=conversation).select_related("contact").order_by("pk")[seen:]
    return [event for event in later if event.what in _WORTH_READING]


def append_event(
    conversation: Conversation,
    what: EventType,
    *,
    at: datetime,
    by: Contact | None = None,
    message: Message | None = None,
    strand: Conversation | None = None,
    data: dict[str, Any] | None = None,
) -> Event:
    """Check the transition, append the event and update the conversation, inside the caller's transaction.

    What a colleague does comes after all that they can have read, also where a clock was ahead for a while. Raise
    NotPossible when the state does not allow it.
    """
    check(State(conversation.state), what)
    if by is not None:
        latest = Event.objects.filter(conversation=conversation).aggregate(at=Max("at"))["at"]
        at = max(at, latest or at)
    event = Event.objects.create(
        conversation=conversation, what=what, at=at, contact=by, message=message, strand=strand, data=data or {}
    )
    reproject([conversation])
    return event


def reproject(conversations: Iterable[Conversation]) -> None:
    """Replay the events of these conversations and store the resulting states, facts and promises."""
    rows = {row.pk: row for row in conversations}
    histories = load_histories(rows)
    strands = merged_conversations(histories.values())
    projection = project(((row, histories[pk]) for pk, row in rows.items()), strands)
    bulk.update(list(rows.values()), changing=_STORED_FIELDS)
    _forget_facts({*rows, *strands}, projection.facts)
    if any(h.what is EventType.HELD for history in histories.values() for h in history):
        _forget_promises({*rows, *strands}, projection.promises)
    bulk.upsert(projection.facts, unique=["conversation", "ordinal"], changing=_FACT)
    bulk.upsert(projection.promises, unique=["message"], changing=_PROMISE)
    notify_listeners(rows)


def load_histories(conversations: Iterable[int]) -> dict[int, list[HistoryEvent]]:
    """Return the history of each of these conversations."""
    histories: dict[int, list[HistoryEvent]] = {pk: [] for pk in conversations}
    for event in Event.objects.filter(conversation__in=histories).values_list(*_HAPPENING):
        histories[event[_CONVERSATION]].append(_happening(*event))
    return histories


def merged_conversations(histories: Iterable[Iterable[HistoryEvent]]) -> dict[int, Conversation]:
    """Return the conversations that have become part of those with these histories."""
    strands = {h.joins for history in histories for h in history if h.joins is not None}
    return Conversation.objects.select_related("account").in_bulk(strands) if strands else {}


def _forget_facts(conversations: Iterable[int], facts: Iterable[Fact]) -> None:
    """Delete facts that no longer follow: a message that came late may show that two waits were one."""
    keys = {(fact.conversation_id, fact.ordinal) for fact in facts}
    rows = Fact.objects.filter(conversation__in=conversations).values_list("pk", "conversation", "ordinal")
    if stale := [pk for pk, *key in rows if tuple(key) not in keys]:
        Fact.objects.filter(pk__in=stale).delete()


def _forget_promises(conversations: Iterable[int], promises: Iterable[Promise]) -> None:
    """Delete promises that no longer follow: a late message may show that one only moved an earlier one's date."""
    messages = {promise.message_id for promise in promises}
    rows = Promise.objects.filter(conversation__in=conversations).values_list("pk", "message")
    if stale := [pk for pk, message in rows if message not in messages]:
        Promise.objects.filter(pk__in=stale).delete()


@dataclass(frozen=True, slots=True)
class Projection:
    """The facts and promises that follow from the events of some conversations, not stored yet."""

    facts: list[Fact]
    promises: list[Promise]


def project(
    histories: Iterable[tuple[Conversation, Sequence[HistoryEvent]]], strands: Mapping[int, Conversation] | None = None
) -> Projection:
    """Set on each conversation the state that follows from its events, and return its facts and promises.

    `strands`: the conversations that have become part of these, as `merged_conversations` returns them.
    """
    clock = Clocks()
    projection = Projection([], [])
    for row, happenings in histories:
        standing = replay(happenings, clock)
        _store(row, standing, len(happenings))
        projection.facts.extend(_facts(row, standing, strands or {}))
        projection.promises.extend(_promises(row, standing))
    return projection


def history_events(events: Iterable[Event]) -> list[HistoryEvent]:
    """Return events in the form that `kernel.history` takes."""
    return [history_event(event) for event in events]


def history_event(event: Event) -> HistoryEvent:
    """Return an event in the form that `kernel.history` takes."""
    return _happening(*(getattr(event, name) for name in _ATTRIBUTES))


def _happening(
    pk: int,
    what: str,
    at: datetime,
    message: int | None,
    policy: int | None,
    data: dict[str, Any],
    conversation: int,
    strand: int | None,
) -> HistoryEvent:
    promised_at, written_at = data.get("promised_at"), data.get("written_at")
    return HistoryEvent(
        id=pk,
        what=EventType(what),
        at=at,
        message=message,
        policy=policy,
        copy=data.get("copy", False),
        automatic=data.get("automatic", False),
        promised_at=datetime.fromisoformat(promised_at) if promised_at else None,
        assigned=data.get("assigned", False),
        inquiry=data.get("inquiry"),
        strand=strand or conversation,
        joins=data.get("joins"),
        always=data.get("always", False),
        written_at=datetime.fromisoformat(written_at) if written_at else None,
    )


def _store(row: Conversation, standing: ConversationState, version: int) -> None:
    row.state = standing.state
    row.due_at = standing.due_at
    row.queue_at = standing.queue_at
    row.promised_at = standing.promised_at
    row.inquiries_open = len(standing.inquiries)
    row.version = version
    if any(not wait.copy for wait in standing.waits):
        row.addressed = "direct"


def _facts(row: Conversation, standing: ConversationState, strands: Mapping[int, Conversation]) -> list[Fact]:
    """Return a fact for each wait: under the conversation where it opened, for the department that has it now."""
    return [
        bulk.build_row(
            Fact,
            conversation=(strand := strands.get(wait.strand, row)),
            ordinal=wait.ordinal,
            channel=strand.account.channel,
            account=strand.account.address,
            department=row.department.slug if row.department else "",
            message_id=wait.message,
            addressed="copy" if wait.copy else "direct",
            policy_id=wait.policy,
            opened_at=wait.opened_at,
            first_due_at=wait.first_due_at,
            substance_due_at=wait.substance_due_at,
            first_reply_at=wait.first_reply_at,
            holding_at=wait.holding_at,
            answer_at=wait.answer_at,
            closed_at=wait.closed_at,
        )
        for wait in standing.waits
    ]


def _promises(row: Conversation, standing: ConversationState) -> list[Promise]:
    return [
        bulk.build_row(
            Promise,
            conversation=row,
            strand_id=promise.strand,
            ordinal=promise.ordinal,
            message_id=promise.message,
            made_at=promise.made_at,
            promised_at=promise.promised_at,
            answered_at=promise.answered_at,
        )
        for promise in standing.promises
        if promise.message is not None
    ]


def notify_listeners(conversations: Iterable[int]) -> None:
    """Notify open pages at commit; on SQLite they poll for new events themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('portevoix', %s)", [",".join(str(pk) for pk in conversations)[:7000]])
