"""Who else has a conversation open, and who is writing a reply there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from portevoix.desk.models import Presence
from portevoix.record.queries.city import Contact

BEAT = timedelta(seconds=15)
"""How often an open page says so."""
GONE = 3 * BEAT
STOPPED = timedelta(seconds=20)
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Other:
    """A colleague on the same conversation."""

    name: str
    typing: bool


def beat(contact: Contact, conversation: int, *, now: datetime, typing: bool = False) -> list[Other]:
    """Says that `contact` has the conversation open; returns who else has, those who are writing first."""
    rows = Presence.objects.filter(conversation=conversation, seen_at__gt=now - GONE)
    here = {row.contact_id: row for row in rows.select_related("contact")}
    mine = here.pop(contact.pk, None)
    changed = mine is None or (typing and not _typing(mine, now))
    kept = mine or Presence(conversation_id=conversation, contact=contact)
    kept.pk, kept.seen_at = None, now
    if typing:
        kept.typed_at = now
    if changed:
        kept.changed_at = now
    Presence.objects.bulk_create(
        [kept],
        update_conflicts=True,
        unique_fields=["conversation", "contact"],
        update_fields=["seen_at", "typed_at", "changed_at"],
    )
    if changed:
        Presence.objects.filter(seen_at__lt=now - KEPT).delete()
        _announce(conversation)
    others = [Other(row.contact.name, _typing(row, now)) for row in here.values()]
    return sorted(others, key=lambda other: (not other.typing, other.name))


def _typing(row: Presence, now: datetime) -> bool:
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
