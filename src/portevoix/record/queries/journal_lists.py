"""Queries of the journal's lists, with unmasked data: who waits longest, missed dates, threads that end in thanks."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Left

from portevoix.kernel.bounds import BEGINNING
from portevoix.kernel.labels import Kind, Sentiment
from portevoix.kernel.messages import Addressed, Direction
from portevoix.record.models import Contact, Conversation, Fact, Message, Promise
from portevoix.record.permissions import scope
from portevoix.record.queries.journal import names_of

MOST_LISTED, MOST_SHOWN = 5, 200


@dataclass(frozen=True, slots=True)
class OpenWait:
    """A wait without any reply. `subject` is the conversation's, or the citizen's text; never published unmasked.

    `beginning` is that of the text.
    """

    conversation: int
    department: str
    subject: str
    lang: str
    names: tuple[str, ...]
    since: datetime
    beginning: str = ""


@dataclass(frozen=True, slots=True)
class OpenWaits:
    """At most MOST_LISTED waits, the longest first; how many there are; and conversations of the first MOST_SHOWN."""

    rows: tuple[OpenWait, ...]
    total: int
    conversations: tuple[int, ...]


def open_waits(*, cut_off: datetime, department: str) -> OpenWaits:
    """Return who had no reply at all by the cut-off, of a department or of the city (""); thanks wait for none."""

    def later(field: str) -> Q:
        return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gt": cut_off})

    rows = Fact.objects.filter(later("first_reply_at"), later("closed_at"), opened_at__lte=cut_off)
    rows = rows.filter(addressed=Addressed.DIRECT, conversation__erased_at=None, message__isnull=False)
    rows = rows.exclude(message__kind=Kind.PRAISE).exclude(message__valence=Sentiment.WELL)
    if department:
        rows = rows.filter(department=department)
    rows = rows.annotate(home=Coalesce("conversation__merged_into", "conversation"))
    homes = rows.order_by().values("home").annotate(since=Min("opened_at")).order_by("since", "home")
    every = [each["home"] for each in homes[:MOST_SHOWN]]
    listed = rows.filter(home__in=every[:MOST_LISTED]).select_related("conversation__author")
    listed = listed.annotate(beginning=Left("message__text", BEGINNING)).order_by("opened_at", "pk")
    first = {each.home: each for each in reversed(listed)}  # the earliest of each
    rows_listed = tuple(_open_wait(first[home]) for home in every[:MOST_LISTED])
    return OpenWaits(rows_listed, homes.count(), tuple(every))


def _open_wait(row: Fact) -> OpenWait:
    conversation = row.conversation
    return OpenWait(
        conversation=conversation.merged_into_id or conversation.pk,
        department=row.department,
        subject=conversation.subject or row.beginning or conversation.about_title,  # type: ignore[attr-defined]
        lang=conversation.lang,
        names=names_of(conversation.author),
        since=row.opened_at,
        beginning=row.beginning,  # type: ignore[attr-defined]
    )


def missed_dates(conversations: Collection[int], *, cut_off: datetime) -> dict[int, list[tuple[datetime, datetime]]]:
    """Return from when until when a promised answer was overdue, by conversation; until `cut_off` where it still is."""
    found = defaultdict[int, list[tuple[datetime, datetime]]](list)
    rows = Promise.objects.filter(conversation__in=conversations, ordinal__gt=0, promised_at__lt=cut_off)
    rows = rows.filter(Q(answered_at=None) | Q(answered_at__gt=F("promised_at")))
    for pk, promised_at, answered_at in rows.values_list("conversation", "promised_at", "answered_at"):
        found[pk].append((promised_at, min(answered_at or cut_off, cut_off)))
    return found


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """A message of a thread. `text`, its first BEGINNING characters, is never published unmasked."""

    pk: int
    is_reply: bool
    is_wrong: bool
    text: str
    sent_at: datetime
    names: tuple[str, ...]
    lang: str


def read_threads(conversations: Collection[int], *, until: datetime) -> dict[int, Sequence[ThreadMessage]]:
    """Return the messages of conversations until an instant, by time, without notes and automatic messages."""
    rows = Message.objects.filter(conversation__in=conversations, sent_at__lte=until, automatic=False)
    rows = rows.filter(direction__in=[Direction.IN, Direction.OUT], retracted_at=None, erased_at=None)
    rows = rows.defer("text", "quoted", "html", "search").annotate(beginning=Left("text", BEGINNING))
    threads = defaultdict[int, list[ThreadMessage]](list)
    for row in rows.select_related("author").order_by("sent_at", "pk"):
        threads[row.conversation_id].append(
            ThreadMessage(
                pk=row.pk,
                is_reply=row.direction == Direction.OUT,
                is_wrong=row.valence == Sentiment.WRONG,
                text=row.beginning,
                sent_at=row.sent_at,
                names=names_of(row.author),
                lang=row.lang,
            )
        )
    return dict(threads)


@dataclass(frozen=True, slots=True)
class ListedMessages:
    """Messages that a colleague may open, by time, at most MOST_SHOWN; how many `more`, and how many they may not."""

    rows: tuple[Message, ...]
    more: int
    hidden: int


def list_messages(
    contact: Contact, numbers: Collection[int], conversations: Collection[int], *, until: datetime
) -> ListedMessages:
    """Return citizens' messages by number, and the last one by the instant of each conversation without any of them."""
    last = Message.objects.filter(conversation=OuterRef("pk"), direction=Direction.IN, sent_at__lte=until)
    others = Conversation.objects.filter(pk__in=conversations).exclude(messages__in=list(numbers))
    newest = others.annotate(last=Subquery(last.order_by("-sent_at", "-pk").values("pk")[:1])).values("last")
    every = Message.objects.filter(Q(pk__in=list(numbers)) | Q(pk__in=newest))
    visible = every.filter(conversation__in=Conversation.objects.filter(scope(contact)), erased_at=None)
    shown = visible.select_related("account", "author", "conversation__department").order_by("sent_at", "pk")
    shown = shown.defer("text", "quoted", "html", "search").annotate(beginning=Left("text", BEGINNING))
    rows_shown, count = tuple(shown[:MOST_SHOWN]), visible.count()
    return ListedMessages(rows_shown, count - len(rows_shown), every.count() - count)
