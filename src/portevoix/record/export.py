"""Export of the record as interchange messages, which `intake` restores to the same messages and threads."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from portevoix.kernel.messages import About, Addressed, Direction, Incoming, Media, Place, ReplyKind, Visibility, Writer
from portevoix.record.models import Event, Message


def export(*, since: datetime | None = None, until: datetime | None = None) -> Iterator[Incoming]:
    """Yield messages in and out sent in [since, until), by time, without notes and replies that did not leave."""
    rows = Message.objects.all()
    if since:
        rows = rows.filter(sent_at__gte=since)
    if until:
        rows = rows.filter(sent_at__lt=until)
    return lines(rows)


def lines(messages: QuerySet[Message]) -> Iterator[Incoming]:
    """Yield these messages, by time, without notes and replies that did not leave."""
    rows = messages.exclude(direction=Direction.NOTE).exclude(external_id=None)
    parent = Message.objects.filter(
        account=OuterRef("account"), conversation=OuterRef("conversation"), external_id=OuterRef("in_reply_to")
    )
    events = Event.objects.filter(message=OuterRef("pk"), strand__isnull=False).order_by("pk")
    rows = rows.annotate(parented=Exists(parent), strand=Subquery(events.values("strand__thread")[:1]))
    rows = rows.select_related("account", "author", "conversation").order_by("sent_at", "pk")
    for row in rows.iterator(chunk_size=1000):
        yield _incoming(row)


def _incoming(row: Message) -> Incoming:
    author, about, place = row.author, row.about, row.place
    return Incoming(
        channel=row.account.channel,
        account=row.account.address,
        external_id=row.external_id or "",
        direction=Direction(row.direction),
        author=Writer(author.external_id, author.handle, author.name) if author else Writer(_nobody(row)),
        sent_at=row.sent_at.astimezone(timezone(timedelta(minutes=row.offset))),
        text=row.text,
        thread=_thread(row),
        in_reply_to=row.in_reply_to,
        lang=row.lang,
        url=row.url,
        media=tuple(Media(**media) for media in row.media),
        place=Place(**place) if place else None,
        addressed=Addressed(row.addressed),
        visibility=Visibility(row.visibility),
        about=About(**about) if about else None,
        automatic=row.automatic,
        reply_kind=ReplyKind(row.reply_kind) if row.reply_kind else None,
        promised_at=row.promised_at,
        counts=row.counts,
        labels=row.labels,
    )


def _nobody(row: Message) -> str:
    """Return an id for a message without an author: the city's address, or a placeholder for an erased citizen."""
    return f"gone:{row.conversation_id}" if row.direction == Direction.IN else row.account.address


def _thread(row: Message) -> str:
    """Return the network's thread, or our own where nothing else would put the message into its conversation again.

    Ours is that of the conversation to which it came: conversations that a host merged are separate on the network.
    """
    home = row.strand or row.conversation.thread  # type: ignore[attr-defined]
    if row.thread or row.parented or home in (row.external_id, row.in_reply_to):  # type: ignore[attr-defined]
        return row.thread
    return home
