"""Stores editions of the journal."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from portevoix.kernel.bounds import CLOCK_TOLERANCE
from portevoix.kernel.errors import NotThere
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.states import EventType
from portevoix.record import permissions
from portevoix.record.edition_words import index_edition
from portevoix.record.models import Contact, Edition, Event, PublicFinding, Week
from portevoix.record.permissions import JournalRight

_LOCK = 7_464_100
"""Which of PostgreSQL's advisory locks holds up others that store editions, or take a person out of them."""


def store_edition(
    *, week: str, department: str, cut_off: datetime, content: dict[str, Any], now: datetime, removals: int
) -> Edition | None:
    """Store the edition of a past week, and the week's cut-off; the first one stored stays.

    One that was made later than now is not the first: a clock that was ahead stored it, before the week was over.

    `removals`: what `count_removals` returned before it was composed. Return None when there were more since: what was
    removed may be quoted in it.
    """
    with transaction.atomic():
        lock_editions()
        if count_removals() != removals:
            return None
        Week.objects.get_or_create(week=week, defaults={"cut_off": cut_off})
        values = {"cut_off": cut_off, "made_at": now, "content": content, "search": index_edition(content)}
        row, _ = Edition.objects.get_or_create(week=week, department=department, defaults=values)
        if row.made_at > now + CLOCK_TOLERANCE:
            row, _ = Edition.objects.update_or_create(week=week, department=department, defaults=values)
    return row


def show_finding(*, week: str, department: str, finding: str, by: Contact, now: datetime) -> None:
    """Show a finding of a stored edition to the public, once. Raise NotThere where the edition is not stored."""
    permissions.check_journal_right(by, department, JournalRight.EDIT)
    edition = Edition.objects.filter(week=week, department=department).first()
    if edition is None:
        raise NotThere(gettext_noop("This edition is not stored yet."))
    PublicFinding.objects.get_or_create(edition=edition, finding=finding, defaults={"contact": by, "shown_at": now})


def hide_finding(*, week: str, department: str, finding: str, by: Contact) -> None:
    """Show a finding to the public no longer."""
    permissions.check_journal_right(by, department, JournalRight.EDIT)
    PublicFinding.objects.filter(edition__week=week, edition__department=department, finding=finding).delete()


def lock_editions() -> None:
    """Hold up others that lock the editions until the transaction ends; on SQLite each transaction that writes does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def count_removals() -> int:
    """Return how often somebody was erased, or deleted a message on a network."""
    return Event.objects.filter(what__in=[EventType.ERASED, EventType.RETRACTED]).count()
