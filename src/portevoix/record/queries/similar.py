"""Who else spoke of the same thing: messages to be compared, and what a colleague may see of those that are alike."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, Q
from django.db.models.functions import Left, Substr

from portevoix.kernel.messages import Direction, ReplyKind
from portevoix.record.models import Contact, Conversation, Delivery, Message
from portevoix.record.permissions import scope
from portevoix.record.queries.inbox import EXCERPT
from portevoix.record.queries.site_cache import House
from portevoix.text.tokens import whole

MOST = 20_000
DAYS = 90
MOST_ASKED = 10
"""So many messages of a conversation, the latest, say what it is about."""
MOST_COMPARED = 4_000
"""Characters of a message: what it is about is in its beginning."""
_BEGINNING = Left("text", MOST_COMPARED)
_SPOKEN = Q(direction=Direction.IN, automatic=False, retracted_at=None, erased_at=None)
_SHOWN = ("author__person", "sent_at", *(f"conversation__{name}" for name in ("account", "department", "state")))


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a citizen wrote, subject first."""

    pk: int
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """What a conversation is about: its citizen's latest messages in one text, the time of the last, their numbers."""

    conversation: Conversation
    text: str
    at: datetime
    messages: frozenset[int]


def beginning(now: datetime) -> int:
    """The number after which messages are worth comparing with: those of DAYS, MOST at most."""
    recent = Message.objects.filter(_SPOKEN, sent_at__gte=now - timedelta(days=DAYS))
    beyond = recent.order_by("-pk").values_list("pk", flat=True)[MOST : MOST + 1]
    for pk in beyond:
        return pk
    first: int | None = recent.aggregate(first=Min("pk"))["first"]
    return 0 if first is None else first - 1


def numbers(after: int, *, most: int) -> list[int]:
    """Of citizens' messages after this number, in order."""
    rows = Message.objects.filter(_SPOKEN, pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:most])


def spoken(pks: Collection[int]) -> list[Spoken]:
    """In the order of their numbers."""
    rows = Message.objects.filter(pk__in=pks).order_by("pk").values_list("pk", "subject", _BEGINNING, "sent_at")
    return [Spoken(pk, whole(subject, text), at) for pk, subject, text, at in rows]


def asked(contact: Contact, pk: int) -> Asked | None:
    """None when it does not exist, is part of another, or lies outside what the colleague may see."""
    row = (
        Conversation.objects.select_related("account", "author").filter(scope(contact), pk=pk, merged_into=None).first()
    )
    if row is None:
        return None
    latest = row.messages.filter(_SPOKEN).order_by("-sent_at", "-pk")
    several = list(latest.values_list("pk", "subject", _BEGINNING, "sent_at")[:MOST_ASKED])
    return Asked(
        conversation=row,
        text="\n".join(whole(subject, text) for _, subject, text, _ in reversed(several)),
        at=several[0][3] if several else row.last_message_at,
        messages=frozenset(pk for pk, *_ in several),
    )


def seen(contact: Contact, pks: Sequence[int], *, beside: Conversation, house: House) -> list[Message]:
    """Those of these messages that the colleague may see, in the order given, but none of the conversation `beside`.

    Nor any of a conversation that belongs to another department than that one does: words that are alike by chance
    mostly lead to another department, the same matter seldom does. They carry `excerpt` instead of their text, their
    author and their conversation.
    """
    theirs = Conversation.objects.filter(scope(contact), messages__in=pks).exclude(pk=beside.pk)
    if beside.department_id:
        theirs = theirs.filter(Q(department=beside.department_id) | Q(department=None))
    rows = Message.objects.filter(_SPOKEN, pk__in=pks, conversation__in=theirs.values("pk"))
    told = rows.select_related("author", "conversation").only("author", "conversation", *_SHOWN).order_by()
    found = {row.pk: row for row in told.annotate(excerpt=Substr("text", 1, EXCERPT))}
    for row in found.values():
        house.know(row.conversation, "account")
    return [found[pk] for pk in pks if pk in found]


def answers(messages: Sequence[Message]) -> list[tuple[Message, Message]]:
    """Those of these messages that were answered, each with the city's first answer after it, each answer once.

    Holding replies are none, nor what was withdrawn. `messages` are ones that the colleague may see: so are the answers
    to them.
    """
    rows = Message.objects.filter(
        direction=Direction.OUT,
        automatic=False,
        retracted_at=None,
        erased_at=None,
        conversation__in={message.conversation_id for message in messages},
    ).exclude(Q(reply_kind=ReplyKind.HOLDING) | Q(text="") | Q(delivery__kind=Delivery.Kind.WITHDRAW))
    given = list(rows.select_related("contact").only("conversation", "contact__name", "text", "sent_at", "visibility"))
    given.sort(key=lambda row: (row.sent_at, row.pk))
    found: dict[int, tuple[Message, Message]] = {}
    for message in messages:
        mine = (row for row in given if row.conversation_id == message.conversation_id)
        if first := next((row for row in mine if row.sent_at >= message.sent_at), None):
            found.setdefault(first.pk, (message, first))
    return list(found.values())
