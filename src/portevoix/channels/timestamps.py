"""Timestamps in the formats of networks."""

from datetime import UTC, datetime


def instant(text: object) -> datetime | None:
    """Return the time in UTC; None when it is not a text in ISO 8601 with an offset."""
    if not isinstance(text, str) or len(text) > 64:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
