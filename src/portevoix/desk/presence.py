"""Who else has a conversation open, and who is writing a reply there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, F, FilteredRelation, Q, QuerySet, Subquery

from portevoix.desk.models import Draft, DraftPicture, Presence
from portevoix.record.queries.city import Contact

BEAT = timedelta(seconds=15)
"""How often an open page says so."""
GONE = 3 * BEAT
FRESH = BEAT / 3
"""What was written down so lately is not written again: a page asks for several of its parts at once."""
STOPPED = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Other:
    """A colleague on the same conversation."""

    name: str
    typing: bool


@dataclass(frozen=True, slots=True)
class Here:
    """Whom a colleague finds on a conversation, and what they themselves had begun there: text, and any `pictures`."""

    others: list[Other]
    draft: str
    pictures: bool


def arrive(contact: Contact, conversation: int, *, now: datetime, typing: bool = False) -> Here:
    """Says that `contact` has the conversation open; `others` who have it too, those who are writing first."""
    here = {row.pk: row for row in _colleagues(contact, conversation, now)}
    mine = here.pop(contact.pk)
    present = mine.seen_at is not None and mine.seen_at > now - GONE
    changed = not present or (typing and not _typing(mine, now))
    if changed or typing or mine.seen_at < now - FRESH:
        _write(mine, conversation, now=now, typing=typing, changed=changed)
    others = [Other(row.name, _typing(row, now)) for row in here.values()]
    return Here(sorted(others, key=lambda other: (not other.typing, other.name)), mine.draft or "", mine.pictures)


def _colleagues(contact: Contact, conversation: int, now: datetime) -> QuerySet[Contact]:
    """The colleague, and whoever else is there; one query."""
    drafts = Draft.objects.filter(conversation=conversation, contact=contact)
    pictures = Exists(DraftPicture.objects.filter(conversation=conversation, contact=contact))
    here = FilteredRelation("presences", condition=Q(presences__conversation=conversation))
    found = Contact.objects.annotate(here=here).filter(Q(pk=contact.pk) | Q(here__seen_at__gt=now - GONE))
    told = {name: F(f"here__{name}") for name in ("seen_at", "changed_at", "typed_at")}
    return found.order_by().only("name").annotate(**told, draft=Subquery(drafts.values("text")), pictures=pictures)


def _write(mine: Any, conversation: int, *, now: datetime, typing: bool, changed: bool) -> None:
    kept = Presence(
        conversation_id=conversation,
        contact_id=mine.pk,
        seen_at=now,
        changed_at=now if changed else mine.changed_at,
        typed_at=now if typing else mine.typed_at,
    )
    Presence.objects.bulk_create(
        [kept],
        update_conflicts=True,
        unique_fields=["conversation", "contact"],
        update_fields=["seen_at", "typed_at", "changed_at"],
    )
    if changed:
        _announce(conversation)


def _typing(row: Any, now: datetime) -> bool:
    return row.typed_at is not None and row.typed_at > now - STOPPED


def changed_since(moment: datetime) -> tuple[datetime, frozenset[int]]:
    """The latest change after `moment` (`moment` itself when there is none), and the conversations concerned."""
    rows = list(Presence.objects.filter(changed_at__gt=moment).values_list("changed_at", "conversation"))
    return max((at for at, _ in rows), default=moment), frozenset(pk for _, pk in rows)


def _announce(conversation: int) -> None:
    """Tells open pages; on the embedded database they look for changes themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('portevoix', %s)", [f"presence:{conversation}"])
