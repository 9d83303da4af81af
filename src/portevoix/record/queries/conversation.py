"""One conversation with all that a host needs to answer it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from portevoix.kernel.history import Wait, stand
from portevoix.record.access import departments, scope
from portevoix.record.clocks import Clocks
from portevoix.record.hand import happenings
from portevoix.record.models import (
    Attachment,
    Contact,
    Conversation,
    Department,
    Event,
    Inquiry,
    Message,
    Promise,
)
from portevoix.record.models.people import Role


@dataclass(frozen=True, slots=True)
class Clock:
    """One of the two clocks of a wait: "first" (first contact) or "substance".

    Seconds elapsed and served (opening hours) from the message to `stopped_at`, or to now while it runs.
    """

    name: str
    due_at: datetime
    stopped_at: datetime | None
    elapsed_seconds: int
    service_seconds: int
    missed: bool
    promised: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation as a page shows it. Messages carry `attachments` and `delivery`, prefetched."""

    conversation: Conversation
    messages: list[Message]
    events: list[Event]
    inquiries: list[Inquiry]
    promises: list[Promise]
    clocks: list[Clock]
    earlier: list[Conversation]


def thread(contact: Contact, pk: int, *, now: datetime) -> Thread | None:
    """None when it does not exist or lies outside what the colleague may see."""
    rows = Conversation.objects.select_related("account", "author__person", "department", "assignee")
    row = rows.filter(scope(contact), pk=pk).first()
    if row is None:
        return None
    events = list(row.events.select_related("contact").order_by("at", "pk"))
    messages = row.messages.select_related("author", "contact", "delivery").prefetch_related("attachments")
    return Thread(
        conversation=row,
        messages=list(messages.order_by("sent_at", "pk")),
        events=events,
        inquiries=list(row.inquiries.select_related("department", "asked_by", "answered_by").order_by("-asked_at")),
        promises=list(row.promises.order_by("-promised_at")),
        clocks=_clocks(events, now),
        earlier=_earlier(contact, row),
    )


def attachment(contact: Contact, pk: int) -> Attachment | None:
    """A kept file of a conversation that the colleague may see."""
    rows = Attachment.objects.filter(pk=pk, content__isnull=False)
    seen = Conversation.objects.filter(scope(contact))
    return rows.filter(message__conversation__in=seen).first()


def hosts() -> list[Contact]:
    """Colleagues to whom a conversation can be given."""
    return list(Contact.objects.filter(is_active=True, role__in=[Role.HOST, Role.ADMINISTRATOR]))


def departments_of(contact: Contact) -> list[Department]:
    """The active departments that this colleague may choose from."""
    rows = Department.objects.filter(active=True)
    slugs = departments(contact)
    return list(rows if slugs is None else rows.filter(slug__in=slugs))


def inquiries_for(contact: Contact) -> list[Inquiry]:
    """Questions that wait for an answer of the colleague's departments."""
    rows = Inquiry.objects.filter(answered_at=None, department__in=contact.departments.all())
    return list(rows.select_related("department", "asked_by").prefetch_related("conversations").order_by("asked_at"))


def _clocks(events: list[Event], now: datetime) -> list[Clock]:
    """Both clocks of the last wait that was not in copy."""
    clocks = Clocks()
    waits = [wait for wait in stand(happenings(events), clocks).waits if not wait.copy]
    if not waits:
        return []
    wait = waits[-1]
    promised = wait.promised_at is not None
    due = wait.promised_at or wait.substance_due_at
    return [
        _clock("first", wait, wait.first_due_at, wait.first_reply_at, now=now, clocks=clocks),
        _clock("substance", wait, due, wait.answer_at, now=now, clocks=clocks, promised=promised),
    ]


def _clock(
    name: str,
    wait: Wait,
    due_at: datetime,
    stopped_at: datetime | None,
    *,
    now: datetime,
    clocks: Clocks,
    promised: bool = False,
) -> Clock:
    until = max(stopped_at or now, wait.opened_at)
    return Clock(
        name=name,
        due_at=due_at,
        stopped_at=stopped_at,
        elapsed_seconds=int((until - wait.opened_at).total_seconds()),
        service_seconds=clocks(wait.policy).elapsed(wait.opened_at, until),
        missed=until > due_at,
        promised=promised,
    )


def _earlier(contact: Contact, row: Conversation) -> list[Conversation]:
    """The last ten conversations of the same citizen, on any channel where they are known to be the same person."""
    if row.author is None:
        return []
    same = Q(author=row.author)
    if row.author.person_id:
        same |= Q(author__person=row.author.person_id)
    rows = Conversation.objects.filter(same, scope(contact)).exclude(pk=row.pk)
    return list(rows.select_related("account", "department").order_by("-opened_at")[:10])
