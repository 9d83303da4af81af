"""Queries of new events, for the live updates of open pages."""

from collections.abc import Collection, Mapping

from django.db import connections

from portevoix.record.models import Contact, Event
from portevoix.record.permissions import Capability, can, confined, departments_once

MOST = 1000


def latest_event() -> int:
    """Return the number of the last event; 0 when there is none yet."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def since(event: int) -> tuple[int, frozenset[int]]:
    """Return the last event after `event` (itself when there is none), and the conversations of those events.

    It looks at MOST events at once: call it again while the number grows.
    """
    events = Event.objects.filter(pk__gt=event).order_by("pk")
    rows = list(events.values_list("pk", "conversation", "strand", "data__joins")[:MOST])
    conversations = frozenset(pk for _, *row in rows for pk in row if pk is not None)
    return (rows[-1][0] if rows else event), conversations


def told_to(contacts: Collection[int], conversations: frozenset[int]) -> dict[int, frozenset[int]]:
    """Return the conversations of which each colleague may be notified, with five queries, however many they are.

    It leaves no connection open.
    """
    if not conversations:
        return {}
    try:
        departments = departments_once(conversations)
        rows = Contact.objects.filter(pk__in=contacts).prefetch_related("departments")
        return {row.pk: _visible_to(row, conversations, departments) for row in rows}
    finally:
        connections.close_all()


def _visible_to(
    contact: Contact, conversations: frozenset[int], departments: Mapping[int, Collection[str]]
) -> frozenset[int]:
    if not can(contact, Capability.READ):
        return frozenset()
    if not confined(contact):
        return conversations
    mine = {department.slug for department in contact.departments.all()}
    return frozenset(pk for pk, slugs in departments.items() if not mine.isdisjoint(slugs))
