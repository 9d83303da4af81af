"""Keeps an edition of the journal as a value."""

from datetime import datetime
from typing import Any

from portevoix.record.models import Edition


def keep_edition(*, week: str, department: str, cut_off: datetime, content: dict[str, Any], now: datetime) -> Edition:
    """Stores the edition of a week that is over; the first that is kept stays."""
    row, _ = Edition.objects.get_or_create(
        week=week, department=department, defaults={"cut_off": cut_off, "made_at": now, "content": content}
    )
    return row
