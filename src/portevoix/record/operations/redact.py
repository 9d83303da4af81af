"""Redacts conversations: removes words, names and origins; events, times and measures stay.

Used for a person who is erased, and for conversations whose retention is over.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Direction, Visibility
from portevoix.kernel.states import EventType
from portevoix.record import tombstones
from portevoix.record.db import bulk
from portevoix.record.event_data import codes_of
from portevoix.record.event_log import reproject
from portevoix.record.models import (
    Account,
    Attachment,
    Contact,
    Conversation,
    Delivery,
    Envelope,
    Event,
    Inquiry,
    Message,
    Vector,
)
from portevoix.record.operations.redact_matters import redact_matters
from portevoix.record.search import index_text
from portevoix.text.privacy.person_removal import NOBODY, Identity, remove_person

GONE_PREFIX = "gone:"
"""With a row's own number it replaces an id of the network: unique, and without any personal data."""
_EMPTY: dict[str, Any] = {
    **dict.fromkeys(("subject", "text", "quoted", "html", "search", "thread", "in_reply_to", "url"), ""),
    **{"references": [], "media": [], "labels": {}, "place": None, "about": None, "author": None},
}
_AROUND = ("thread", "in_reply_to", "references", "quoted", "html")
"""Fields of other messages of the conversation that refer to the citizen's, or repeat it."""
_WHOM = ("thread", "reference", "author", "suggestions", "subject", "about_url", "about_title", "erased_at")
_TEXTS = ("text", "subject", "search")
_CANCELLED_REASON = {"text": gettext_noop("The person whom it was for was erased."), "values": {}}


@dataclass(frozen=True, slots=True)
class Redaction:
    """Options of a redaction. `cause` is "request" or "age"; `authors` those whose messages are emptied, None: all.

    `person` is taken out of the rest, such as the city's replies; with `replies` these are emptied too.
    """

    cause: str
    now: datetime
    by: Contact | None = None
    authors: frozenset[int] | None = None
    person: Identity = NOBODY
    replies: bool = False


def redact(rows: Sequence[Conversation], how: Redaction) -> Counter[str]:
    """Redact locked conversations, inside the caller's transaction; return how much was removed, by kind.

    A conversation in which others wrote too keeps their messages.
    """
    counts = Counter({"conversations": len(rows)})
    others = _others(rows, how)
    messages = Message.objects.filter(conversation__in=rows, erased_at=None)
    theirs = messages.filter(direction=Direction.IN)
    if how.authors is not None:
        theirs = theirs.filter(author__in=how.authors)
    counts["deliveries"] = _cancel(rows, others, theirs, how)
    Envelope.objects.filter(message__conversation__in=rows).delete()
    _mark(theirs, how)
    counts["messages"], counts["files"] = _empty(theirs, how)
    own_messages = messages.exclude(conversation__in=others)
    counts["notes"], _ = _empty(own_messages.filter(direction=Direction.NOTE), how)
    if how.replies:
        private = Q(visibility=Visibility.PRIVATE, addressee__in=how.authors or ())
        replies = messages.filter(~Q(conversation__in=others) | private, direction=Direction.OUT)
        counts["replies"], _ = _empty(replies, how, own=True)
    _leave_out(messages, how.person)
    _inquiries(rows, others, how)
    redact_matters(rows, how.person)
    _history(rows, others, how)
    _settle(rows, others, how)
    return counts


def _others(rows: Iterable[Conversation], how: Redaction) -> dict[int, int]:
    """Return the conversations in which somebody else wrote too, with the first of them."""
    if how.authors is None:
        return {}
    inbound = Message.objects.filter(conversation__in=rows, direction=Direction.IN, author__isnull=False)
    writers = inbound.exclude(author__in=how.authors).order_by("-sent_at", "-pk").values_list("conversation", "author")
    return dict(writers)


def _cancel(rows: Iterable[Conversation], others: Iterable[int], theirs: QuerySet[Message], how: Redaction) -> int:
    """Cancel unsent replies to the person; remove the reasons of other failures, which may mention the person.

    A reply that is to be deleted on the network still is.
    """
    deliveries = Delivery.objects.filter(message__conversation__in=rows)
    answers_them = Q(message__in_reply_to__in=theirs.exclude(external_id=None).values("external_id"))
    in_public = ~Q(message__visibility=Visibility.PRIVATE) & answers_them
    to_them = Q(message__addressee__in=how.authors or ()) | in_public
    deliveries = deliveries.filter(~Q(message__conversation__in=others) | to_them)
    deliveries.filter(state__in=[Delivery.State.SENT, Delivery.State.CANCELLED]).update(reason=None)
    pending = deliveries.filter(kind=Delivery.Kind.SEND)
    pending = pending.exclude(state__in=[Delivery.State.SENT, Delivery.State.CANCELLED])
    return Delivery.objects.filter(pk__in=list(pending.values_list("pk", flat=True))).update(
        state=Delivery.State.CANCELLED, reason=_CANCELLED_REASON, leased_until=None
    )


def _mark(messages: QuerySet[Message], how: Redaction) -> None:
    """Mark the messages, so that they never come back."""
    rows = messages.exclude(external_id=None).exclude(external_id__startswith=GONE_PREFIX)
    for account in Account.objects.filter(pk__in=rows.values("account")):
        origins = rows.filter(account=account).values_list("external_id", "author__external_id")
        tombstones.add_marks(account, origins, now=how.now)


def _empty(messages: QuerySet[Message], how: Redaction, *, own: bool = False) -> tuple[int, int]:
    """Empty the messages; return how many messages and files. `own`: the city's, which keep their id on the network."""
    numbers = list(messages.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    files, _ = Attachment.objects.filter(message__in=numbers).delete()
    Vector.objects.filter(message__in=numbers).delete()  # nobody adds one: whoever does holds the message
    changes = {**_EMPTY, "erased_at": how.now}
    if own:
        del changes["url"], changes["author"]
    else:
        placeholder = Concat(Value(GONE_PREFIX), Cast("pk", CharField()))
        changes["external_id"] = Case(When(external_id=None, then=None), default=placeholder)
    return messages.update(**changes), files


def _leave_out(messages: QuerySet[Message], person: Identity) -> None:
    """Take the person out of messages that stay: the city's, and those of others in the same conversation.

    What leads from one of these to another stays too: a reply may still have to leave.
    """
    rows = list(messages.select_related("author", "contact", "conversation"))
    ids = {row.external_id for row in rows}
    for row in rows:
        row.quoted = row.html = ""
        row.thread, row.in_reply_to = (key if key in ids else "" for key in (row.thread, row.in_reply_to))
        row.references = [key for key in row.references if key in ids]
        row.subject = "" if row.direction == Direction.OUT else _without(row, row.subject, person)
        row.text = _without(row, row.text, person)
        row.search = index_text(row)
    bulk.update(rows, changing=[*_TEXTS, *_AROUND])
    Vector.objects.filter(message__in=[row.pk for row in rows]).delete()  # read again as they are now
    pictures = list(Attachment.objects.filter(message__in=[row.pk for row in rows], alt__isnull=False).defer("content"))
    for picture in pictures:
        picture.alt = remove_person(picture.alt, person)
    bulk.update(pictures, changing=["alt"])


def _without(row: Message, text: str, person: Identity) -> str:
    return remove_person(text, person, lang=row.lang or row.conversation.lang or "fr")


def _inquiries(rows: Sequence[Conversation], others: Iterable[int], how: Redaction) -> None:
    """Empty questions that concern nobody else; take the person out of those that other conversations share."""
    redacted_ids = {row.pk for row in rows}.difference(others)
    for inquiry in Inquiry.objects.filter(conversations__in=rows).distinct().prefetch_related("conversations"):
        is_shared = any(each.pk not in redacted_ids and each.erased_at is None for each in inquiry.conversations.all())
        inquiry.question = remove_person(inquiry.question, how.person) if is_shared else ""
        keeps = is_shared or not how.replies
        inquiry.answer = remove_person(inquiry.answer, how.person) if keeps else ""
        inquiry.reason = remove_person(inquiry.reason, how.person) if keeps else ""
        inquiry.save(update_fields=["question", "answer", "reason"])


def _history(rows: Iterable[Conversation], others: Iterable[int], how: Redaction) -> None:
    """Remove words from the events' data; from events of others' messages, only the person."""
    shared_ids, changes = set(others), []
    for event in Event.objects.filter(conversation__in=rows).select_related("message"):
        stays = event.conversation_id in shared_ids and not (event.message and event.message.erased_at)
        data = codes_of(event.data)
        if stays:
            texts = {key: value for key, value in event.data.items() if isinstance(value, str) and key not in data}
            data |= {key: remove_person(value, how.person) for key, value in texts.items()}
        if data != event.data:
            event.data = data
            changes.append(event)
    bulk.update(changes, changing=["data"])


def _settle(rows: Sequence[Conversation], others: Mapping[int, int], how: Redaction) -> None:
    """Remove the conversations' author, thread and reference, so that later mails no longer find them."""
    parts = list(Conversation.objects.select_for_update().filter(merged_into__in=rows).order_by("pk"))
    for row in (*rows, *parts):
        home = row.merged_into_id or row.pk
        row.thread, row.reference, row.suggestions = f"{GONE_PREFIX}thread-{row.pk}", token_hex(6), {}
        if home not in others:
            row.author, row.erased_at = None, how.now
        elif row.author_id in (how.authors or ()):
            row.author_id = others[home]
        else:
            row.subject = remove_person(row.subject, how.person)
            continue
        row.subject = row.about_url = row.about_title = ""
    bulk.update([*rows, *parts], changing=_WHOM)
    data = {"cause": how.cause}
    bulk.insert([Event(conversation=row, what=EventType.ERASED, at=how.now, contact=how.by, data=data) for row in rows])
    reproject(rows)
