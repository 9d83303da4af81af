"""A query of the last activity: a message came, or a colleague did or read something."""

from datetime import datetime

from portevoix.record.models import Access, Envelope, Event


def last_activity_at() -> datetime | None:
    """Return the latest moment; None where nothing ever happened. Three reads of an index's end."""
    moments = (
        Envelope.objects.order_by("-pk").values_list("received_at", flat=True).first(),
        Event.objects.filter(contact__isnull=False).order_by("-pk").values_list("at", flat=True).first(),
        Access.objects.order_by("-pk").values_list("at", flat=True).first(),
    )
    return max(filter(None, moments), default=None)
