"""Moments as networks write them."""

from datetime import UTC, datetime


def instant(told: object) -> datetime | None:
    """In UTC; None for what is no text in ISO 8601 with an offset."""
    if not isinstance(told, str) or len(told) > 64:
        return None
    try:
        found = datetime.fromisoformat(told)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None
