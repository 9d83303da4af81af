"""Queries of new events, for the live updates of open pages."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

from django.contrib.sessions.models import Session
from django.db import connections
from django.utils import timezone

from portevoix.record.models import Contact, Event
from portevoix.record.permissions import Capability, can, departments_involved, is_confined

MOST = 1000


@dataclass(frozen=True, slots=True)
class Listener:
    """A colleague's sign-in, as it was when a page of theirs began to listen: `mark` changes with the password."""

    contact: int
    session: str
    mark: str
    is_confined: bool

    @classmethod
    def of(cls, contact: Contact, session: str) -> Self:
        return cls(contact.pk, session, contact.get_session_auth_hash(), is_confined(contact))

    def is_still(self, contact: Contact | None) -> bool:
        """Return whether the colleague may still read, as much as before and with the same password."""
        return contact is not None and can(contact, Capability.READ) and Listener.of(contact, self.session) == self


def still_listening(listeners: Collection[Listener]) -> set[Listener]:
    """Return those of the listeners whose sign-in is still as it was, with two queries; leave no connection open."""
    try:
        rows = Session.objects.filter(session_key__in={one.session for one in listeners})
        sessions = set(rows.filter(expire_date__gt=timezone.now()).values_list("session_key", flat=True))
        contacts = Contact.objects.in_bulk({one.contact for one in listeners})
        return {one for one in listeners if one.session in sessions and one.is_still(contacts.get(one.contact))}
    finally:
        connections.close_all()


def latest_event() -> int:
    """Return the number of the last event; 0 when there is none yet."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def events_since(event: int) -> tuple[int, frozenset[int]]:
    """Return the last event after `event` (itself when there is none), and the conversations of those events.

    It looks at MOST events at once: call it again while the number grows.
    """
    events = Event.objects.filter(pk__gt=event).order_by("pk")
    rows = list(events.values_list("pk", "conversation", "strand", "data__joins")[:MOST])
    conversations = frozenset(pk for _, *row in rows for pk in row if pk is not None)
    return (rows[-1][0] if rows else event), conversations


def visible_to(contacts: Collection[int], conversations: frozenset[int]) -> dict[int, frozenset[int]]:
    """Return the conversations of which each colleague may be notified, with five queries, however many they are.

    It leaves no connection open.
    """
    if not conversations:
        return {}
    try:
        departments = departments_involved(conversations)
        rows = Contact.objects.filter(pk__in=contacts).prefetch_related("departments")
        return {row.pk: _visible_to(row, conversations, departments) for row in rows}
    finally:
        connections.close_all()


def _visible_to(
    contact: Contact, conversations: frozenset[int], departments: Mapping[int, Collection[str]]
) -> frozenset[int]:
    if not can(contact, Capability.READ):
        return frozenset()
    if not is_confined(contact):
        return conversations
    mine = {department.slug for department in contact.departments.all()}
    return frozenset(pk for pk, slugs in departments.items() if not mine.isdisjoint(slugs))
