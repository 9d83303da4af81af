"""Presence: who else has a conversation open, and who is writing a reply there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from portevoix.desk.models import Presence
from portevoix.record.queries.city import Contact
from portevoix.record.queries.site_cache import SiteCache

BEAT = timedelta(seconds=15)
"""Interval between the reports of an open page."""
GONE_AFTER = 3 * BEAT
FRESH = BEAT / 3
"""A presence stored less long ago is not stored again: a page asks for several of its parts at once."""
TYPING_LASTS = timedelta(seconds=20)
_PRESENCES_SQL = """
    SELECT here.id, here.contact_id, here.seen_at, here.changed_at, here.typed_at,
        (SELECT text FROM desk_draft WHERE contact_id = %s AND conversation_id = %s) AS draft,
        EXISTS (SELECT 1 FROM desk_draftpicture WHERE contact_id = %s AND conversation_id = %s) AS pictures
    FROM (SELECT 1) AS always
    LEFT JOIN desk_presence AS here ON here.conversation_id = %s AND (here.contact_id = %s OR here.seen_at > %s)"""


@dataclass(frozen=True, slots=True)
class Other:
    """A colleague on the same conversation."""

    name: str
    typing: bool


@dataclass(frozen=True, slots=True)
class Here:
    """The others on a conversation, and the colleague's own draft there: text, and whether it has `pictures`."""

    others: list[Other]
    draft: str
    pictures: bool


def arrive(contact: Contact, conversation: int, *, house: SiteCache, now: datetime, typing: bool = False) -> Here:
    """Store that `contact` has the conversation open; `others` have it open too, those who are writing first."""
    rows = _presences(contact, conversation, now)
    here = {row.contact_id: row for row in rows if row.contact_id}
    mine = here.pop(contact.pk, None)
    present = mine is not None and mine.seen_at > now - GONE_AFTER
    has_changed = not present or (typing and not _typing(mine, now))
    if mine is None or has_changed or typing or mine.seen_at < now - FRESH:
        _write(mine, contact, conversation, now=now, typing=typing, has_changed=has_changed)
    colleagues = house.colleagues
    others = [
        Other(colleagues[row.contact_id].name, _typing(row, now))
        for row in here.values()
        if row.contact_id in colleagues
    ]
    others.sort(key=lambda other: (not other.typing, other.name))
    return Here(others, rows[0].draft or "", bool(rows[0].pictures))


def _presences(contact: Contact, conversation: int, now: datetime) -> list[Any]:
    """Return the presences, at least one row: each holds the colleague's draft.

    Every page of a conversation runs this query.
    """
    mine, since = (contact.pk, conversation), connection.ops.adapt_datetimefield_value(now - GONE_AFTER)
    return list(Presence.objects.raw(_PRESENCES_SQL, [*mine, *mine, conversation, contact.pk, since]))


def _write(mine: Any, contact: Contact, conversation: int, *, now: datetime, typing: bool, has_changed: bool) -> None:
    presence = Presence(
        conversation_id=conversation,
        contact_id=contact.pk,
        seen_at=now,
        changed_at=now if has_changed else mine.changed_at,
        typed_at=now if typing else mine and mine.typed_at,
    )
    Presence.objects.bulk_create(
        [presence],
        update_conflicts=True,
        unique_fields=["conversation", "contact"],
        update_fields=["seen_at", "typed_at", "changed_at"],
    )
    if has_changed:
        _announce(conversation)


def _typing(row: Any, now: datetime) -> bool:
    return row.typed_at is not None and row.typed_at > now - TYPING_LASTS


def changed_since(moment: datetime) -> tuple[datetime, frozenset[int]]:
    """Return the latest change after `moment` (`moment` itself when there is none), and the conversations concerned."""
    rows = list(Presence.objects.filter(changed_at__gt=moment).values_list("changed_at", "conversation"))
    return max((at for at, _ in rows), default=moment), frozenset(pk for _, pk in rows)


def _announce(conversation: int) -> None:
    """Notify open pages; on the embedded database they poll for changes themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('portevoix', %s)", [f"presence:{conversation}"])
