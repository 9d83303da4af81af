"""Queries of one conversation with everything that a host needs to answer it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects
from django.db.models.functions import Left

from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.history import Wait, replay
from portevoix.kernel.messages import Writer
from portevoix.kernel.states import EventType
from portevoix.record.db.prepared import PreparedQuery
from portevoix.record.event_log import history_events
from portevoix.record.models import (
    Attachment,
    Contact,
    Conversation,
    Event,
    Inquiry,
    Message,
    Promise,
)
from portevoix.record.permissions import scope, sees_all
from portevoix.record.policies import Clocks
from portevoix.record.queries.site_cache import SiteCache

_REPLIES = frozenset({EventType.HELD, EventType.ANSWERED, EventType.ACKNOWLEDGED})
_EVENTS = "SELECT * FROM record_event WHERE conversation_id = %s ORDER BY at, id"
_UNSHOWN = ("html", "search", "references", "counts", "text", "quoted")
"""Fields of a message that are not read: no page shows the first ones, and of the last two only a part is read."""
MOST_SHOWN = 20_000
"""Characters of a message's text, and of its quoted part, that the thread shows."""
MOST_TOGETHER = 1_000_000
"""Characters of all texts together; beyond that each shows less, down to FEWEST_SHOWN."""
FEWEST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Clock:
    """One of the two clocks of a wait: "first" (first contact) or "substance".

    `elapsed_seconds` and `service_seconds` (opening hours) run from the message to `stopped_at`, or to now.
    """

    name: str
    due_at: datetime
    stopped_at: datetime | None
    elapsed_seconds: int
    service_seconds: int
    missed: bool
    promised: bool = False


@dataclass(frozen=True, slots=True)
class ReplyWay:
    """The way of a reply to a citizen. `settings` are the account's, with encrypted secrets; `lang` may be ""."""

    channel: str
    settings: Mapping[str, Any]
    to: Writer
    lang: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation as a page shows it.

    Messages have `delivery`, and `files` where there are any; a file's `kept` tells whether its content, which is not
    loaded, was stored. Long `text` and `quoted` are cut, and `more` says so. `service` is the clock of the last wait,
    None before any.
    """

    conversation: Conversation
    way: ReplyWay
    messages: list[Message]
    events: list[Event]
    inquiries: list[Inquiry]
    promises: list[Promise]
    clocks: list[Clock]
    service: ServiceClock | None
    earlier: list[Conversation]


def thread(contact: Contact, pk: int, *, house: SiteCache, now: datetime) -> Thread | None:
    """Return the thread, None when it does not exist, is part of another, or the colleague may not see it."""
    row = next(iter(_ROW(pk)), None) if sees_all(contact) or sees(contact, pk) else None
    if row is None:
        return None
    house.attach(row, "account", "department", "assignee")
    events = [house.attach(event, "contact") for event in Event.objects.raw(_EVENTS, [pk])]
    is_replied = any(event.what in _REPLIES for event in events)
    messages = _messages(row, house, has_replies=is_replied)
    promises = [message.promise for message in messages if is_replied and hasattr(message, "promise")]
    both, service = _clocks(events, house.clocks(), now)
    inquiries = row.inquiries.order_by("-asked_at") if any(event.what == EventType.INQUIRED for event in events) else ()
    return Thread(
        conversation=row,
        way=_way(row),
        messages=messages,
        events=events,
        inquiries=[house.attach(inquiry, "department", "asked_by", "answered_by") for inquiry in inquiries],
        promises=sorted(promises, key=lambda promise: promise.promised_at, reverse=True),
        clocks=both,
        service=service,
        earlier=_earlier(contact, row, house),
    )


def merged_into(contact: Contact, pk: int) -> int | None:
    """Return the conversation into which this one was merged, where the colleague may see that one."""
    home = Conversation.objects.filter(pk=pk).values("merged_into")
    return Conversation.objects.filter(scope(contact), pk__in=home).values_list("pk", flat=True).first()


def sees(contact: Contact, pk: int) -> bool:
    """Return whether the conversation exists and the colleague may see it."""
    return Conversation.objects.filter(scope(contact), pk=pk).exists()


def reply_way(contact: Contact, pk: int) -> ReplyWay | None:
    """Return the way of replies in a conversation; None where the colleague may not see it."""
    rows = Conversation.objects.filter(scope(contact), pk=pk).annotate(account_settings=F("account__settings"))
    row = rows.select_related("account", "author").only("lang", "account__channel", "author").first()
    return _way(row) if row else None


def _way(row: Conversation) -> ReplyWay:
    """Return the way of a conversation that has its author and the `account_settings`."""
    to = row.author.writer() if row.author else Writer("")
    return ReplyWay(row.account.channel, row.account_settings, to, row.lang)


def connector_kind(contact: Contact, pk: int) -> str | None:
    """Return the kind of connector for a conversation's replies; None where the colleague may not see it."""
    rows = Conversation.objects.filter(scope(contact), pk=pk)
    return rows.values_list("account__connector", flat=True).first()


def sent_message(contact: Contact, pk: int, message: int) -> Message | None:
    """Return a reply in a conversation that the colleague may see, with its `delivery` and account, or None."""
    visible = Conversation.objects.filter(scope(contact), pk=pk, merged_into=None)
    rows = Message.objects.filter(conversation__in=visible, delivery__isnull=False)
    return rows.select_related("delivery", "account", "contact", "conversation__author").filter(pk=message).first()


def whole_message(contact: Contact, pk: int, message: int) -> Message | None:
    """Return a message, with its full text, in a conversation that the colleague may see; None where it is gone."""
    visible = Conversation.objects.filter(scope(contact), pk=pk, merged_into=None)
    rows = Message.objects.filter(conversation__in=visible, erased_at=None, retracted_at=None)
    return rows.select_related("author", "contact", "conversation__author").filter(pk=message).first()


def is_erased(pk: int) -> bool:
    """Return whether what was said in the conversation is erased."""
    return Conversation.objects.filter(pk=pk, erased_at__isnull=False).exists()


def picture(contact: Contact, pk: int) -> Attachment | None:
    """Return a stored picture of the city's own in a conversation that the colleague may see, or None."""
    visible = Conversation.objects.filter(scope(contact))
    rows = Attachment.objects.filter(pk=pk, content__isnull=False, alt__isnull=False)
    return rows.filter(message__conversation__in=visible).first()


def attachment(contact: Contact, pk: int) -> Attachment | None:
    """Return a stored file of a conversation that the colleague may see, or None."""
    rows = Attachment.objects.filter(pk=pk, content__isnull=False).select_related("message")
    visible = Conversation.objects.filter(scope(contact))
    return rows.filter(message__conversation__in=visible).first()


def _messages(row: Conversation, house: SiteCache, *, has_replies: bool) -> list[Message]:
    rows = (_REPLIED_MESSAGES if has_replies else _MESSAGES)(row.pk)
    messages = [house.attach(message, "account", "contact") for message in rows]
    most = max(FEWEST_SHOWN, min(MOST_SHOWN, MOST_TOGETHER // max(1, len(messages))))
    for message in messages:
        message.text, message.quoted = message.beginning[:most], message.earlier[:most]
        message.more = max(len(message.beginning), len(message.earlier)) > most
    attachments = Attachment.objects.annotate(kept=Q(content__isnull=False)).defer("content").order_by("pk")
    files = Prefetch("attachments", attachments, to_attr="files")
    prefetch_related_objects([message for message in messages if message.brings], files)
    return messages


def inquiries_for(contact: Contact) -> list[Inquiry]:
    """Return the questions that wait for an answer of the colleague's departments."""
    rows = Inquiry.objects.filter(answered_at=None, department__in=contact.departments.all()).exclude(question="")
    return list(rows.select_related("department", "asked_by").prefetch_related("conversations").order_by("asked_at"))


def _clocks(events: list[Event], clocks: Clocks, now: datetime) -> tuple[list[Clock], ServiceClock | None]:
    """Return both clocks of the wait that is due next, or of the last one; and the last wait's service clock.

    A wait in copy has no clocks.
    """
    every = replay(history_events(events), clocks).waits
    service = clocks(every[-1].policy) if every else None
    waits = [wait for wait in every if not wait.copy]
    if not waits:
        return [], service
    running = [(wait.due_at, number) for number, wait in enumerate(waits) if wait.due_at]
    wait = waits[min(running)[1] if running else -1]
    is_promised = wait.promised_at is not None
    due = wait.promised_at or wait.substance_due_at
    return [
        _clock("first", wait, wait.first_due_at, wait.first_reply_at, now=now, clocks=clocks),
        _clock("substance", wait, due, wait.answer_at, now=now, clocks=clocks, promised=is_promised),
    ], service


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
        service_seconds=clocks(wait.policy).service_seconds(wait.opened_at, until),
        missed=until > due_at,
        promised=promised,
    )


def _earlier(contact: Contact, row: Conversation, house: SiteCache) -> list[Conversation]:
    """Return the last ten conversations of the same citizen, on any channel where they are the same person."""
    if row.author is None:
        return []
    if sees_all(contact) and not row.author.person_id:
        rows = _SAME_AUTHOR(row.author.pk, row.pk)
    else:
        same = Q(author=row.author) | (Q(author__person=row.author.person_id) if row.author.person_id else Q())
        rows = list(_others(same & scope(contact), row.pk))
    return [house.attach(one, "account", "department") for one in rows]


def _others(which: Q, pk: int) -> QuerySet[Conversation]:
    rows = Conversation.objects.filter(which, merged_into=None).exclude(pk=pk)
    query = rows.only("account", "department", "state", "subject", "about_title", "opened_at")
    return query.order_by("-opened_at")[:10]


def _messages_of(pk: int, *related: str) -> QuerySet[Message]:
    bring = Exists(Attachment.objects.filter(message=OuterRef("pk")))
    parts = {"beginning": Left("text", MOST_SHOWN + 1), "earlier": Left("quoted", MOST_SHOWN + 1)}
    query = Message.objects.filter(conversation=pk).order_by("sent_at", "pk").defer(*_UNSHOWN)
    return query.annotate(brings=bring, **parts).select_related("author", *related)


_ROW = PreparedQuery(
    lambda pk: (
        Conversation.objects.select_related("author")
        .annotate(account_settings=F("account__settings"))
        .filter(pk=pk, merged_into=None)
    )
)
_MESSAGES = PreparedQuery(_messages_of)
_REPLIED_MESSAGES = PreparedQuery(lambda pk: _messages_of(pk, "delivery", "promise"))
_SAME_AUTHOR = PreparedQuery(lambda author, pk: _others(Q(author=author), pk))
