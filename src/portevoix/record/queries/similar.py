"""Queries for similar messages: those to compare with, and those that a colleague may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, Q
from django.db.models.functions import Left, Substr

from portevoix.kernel.bounds import BEGINNING
from portevoix.kernel.messages import Direction, ReplyKind
from portevoix.record.models import Contact, Conversation, Delivery, Message
from portevoix.record.permissions import scope
from portevoix.record.queries.inbox import EXCERPT
from portevoix.record.queries.site_cache import SiteCache
from portevoix.text.tokens import with_subject

MOST = 20_000
DAYS = 90
MOST_ASKED = 10
"""The latest messages of a conversation that represent it."""
_BEGINNING = Left("text", BEGINNING)
_CITIZENS_WORDS = Q(direction=Direction.IN, automatic=False, retracted_at=None, erased_at=None)
_COLUMNS = ("author__person", "sent_at", *(f"conversation__{name}" for name in ("account", "department", "state")))


@dataclass(frozen=True, slots=True)
class MessageText:
    """A citizen's message, with the subject first in `text`."""

    pk: int
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConversationText:
    """The subject of a conversation: its citizen's latest messages in one text, their last time and their numbers."""

    conversation: Conversation
    text: str
    at: datetime
    messages: frozenset[int]


def beginning(now: datetime) -> int:
    """Return the number after which messages are compared: those of the last DAYS, MOST at most."""
    recent = Message.objects.filter(_CITIZENS_WORDS, sent_at__gte=now - timedelta(days=DAYS))
    beyond = recent.order_by("-pk").values_list("pk", flat=True)[MOST : MOST + 1]
    for pk in beyond:
        return pk
    first: int | None = recent.aggregate(first=Min("pk"))["first"]
    return 0 if first is None else first - 1


def numbers(after: int, *, most: int) -> list[int]:
    """Return the numbers of citizens' messages after this number, in order."""
    rows = Message.objects.filter(_CITIZENS_WORDS, pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:most])


def message_texts(pks: Collection[int]) -> list[MessageText]:
    """Return these messages in the order of their numbers."""
    rows = Message.objects.filter(pk__in=pks).order_by("pk").values_list("pk", "subject", _BEGINNING, "sent_at")
    return [MessageText(pk, with_subject(subject, text), at) for pk, subject, text, at in rows]


def conversation_text(contact: Contact, pk: int) -> ConversationText | None:
    """Return the subject; None when it does not exist, is part of another, or the colleague may not see it."""
    row = (
        Conversation.objects.select_related("account", "author").filter(scope(contact), pk=pk, merged_into=None).first()
    )
    if row is None:
        return None
    latest = row.messages.filter(_CITIZENS_WORDS).order_by("-sent_at", "-pk")
    several = list(latest.values_list("pk", "subject", _BEGINNING, "sent_at")[:MOST_ASKED])
    return ConversationText(
        conversation=row,
        text="\n".join(with_subject(subject, text) for _, subject, text, _ in reversed(several)),
        at=several[0][3] if several else row.last_message_at,
        messages=frozenset(pk for pk, *_ in several),
    )


def visible_messages(contact: Contact, pks: Sequence[int], *, beside: Conversation, house: SiteCache) -> list[Message]:
    """Return those of these messages that the colleague may see, in the same order, without those of `beside`.

    Messages of another department than that conversation's are left out: words that agree by chance mostly lead to
    another department, the same matter seldom does. Messages have `excerpt` instead of their text, their author and
    their conversation.
    """
    theirs = Conversation.objects.filter(scope(contact), messages__in=pks).exclude(pk=beside.pk)
    if beside.department_id:
        theirs = theirs.filter(Q(department=beside.department_id) | Q(department=None))
    rows = Message.objects.filter(_CITIZENS_WORDS, pk__in=pks, conversation__in=theirs.values("pk"))
    query = rows.select_related("author", "conversation").only("author", "conversation", *_COLUMNS).order_by()
    messages = {row.pk: row for row in query.annotate(excerpt=Substr("text", 1, EXCERPT))}
    for row in messages.values():
        house.attach(row.conversation, "account")
    return [messages[pk] for pk in pks if pk in messages]


def answers(messages: Sequence[Message]) -> list[tuple[Message, Message]]:
    """Return those of these messages that were answered, each with the city's first answer after it, each answer once.

    Holding replies do not count, nor withdrawn ones. `messages` are visible to the colleague, and so are their answers.
    """
    rows = Message.objects.filter(
        direction=Direction.OUT,
        automatic=False,
        retracted_at=None,
        erased_at=None,
        conversation__in={message.conversation_id for message in messages},
    ).exclude(Q(reply_kind=ReplyKind.HOLDING) | Q(text="") | Q(delivery__kind=Delivery.Kind.WITHDRAW))
    replies = list(
        rows.select_related("contact").only("conversation", "contact__name", "text", "sent_at", "visibility")
    )
    replies.sort(key=lambda row: (row.sent_at, row.pk))
    pairs: dict[int, tuple[Message, Message]] = {}
    for message in messages:
        mine = (row for row in replies if row.conversation_id == message.conversation_id)
        if first := next((row for row in mine if row.sent_at >= message.sent_at), None):
            pairs.setdefault(first.pk, (message, first))
    return list(pairs.values())
