"""Stores editions of the journal."""

from datetime import datetime
from typing import Any

from portevoix.record.models import Edition


def keep_edition(*, week: str, department: str, cut_off: datetime, content: dict[str, Any], now: datetime) -> Edition:
    """Store the edition of a past week; the first one stored stays."""
    row, _ = Edition.objects.get_or_create(
        week=week, department=department, defaults={"cut_off": cut_off, "made_at": now, "content": content}
    )
    return row
