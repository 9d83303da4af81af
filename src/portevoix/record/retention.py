"""Retention periods of each kind of data: the settings, their defaults, and the rows that are due."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

DAYS, MONTHS = "days", "months"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data. `label` and `why` are English sentences, marked with `gettext_noop`.

    `older` returns the rows older than an instant, the oldest first; `forget` deletes or empties up to `batch` of them
    inside the caller's transaction, and returns how many. `default` and `least` are in `unit`; `endless`: the data may
    also be kept without limit.
    """

    code: str
    label: str
    why: str
    unit: str
    default: int
    older: Callable[[datetime], QuerySet[Any]]
    forget: Callable[["Kind", datetime, datetime], int]
    least: int = 1
    endless: bool = False
    batch: int = 500

    def cut_off(self, policy: Mapping[str, int | None], now: datetime) -> datetime | None:
        """Return the instant before which data is deleted; None: nothing is."""
        duration = policy.get(self.code, self.default)
        if duration is None:
            return None
        return now - timedelta(days=duration) if self.unit == DAYS else _months_before(now, duration)


def delete(kind: Kind, cut_off: datetime, now: datetime) -> int:
    """Delete a batch: `Kind.forget` for rows that nothing refers to."""
    rows = kind.older(cut_off)
    return rows.model.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[: kind.batch])).delete()[0]


def _months_before(now: datetime, months: int) -> datetime:
    """Return the same day and time so many months earlier, or the last day of a shorter month."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1]))


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Register a kind of data of a product, when the product is loaded."""
    _kinds[kind.code] = kind


def registered() -> tuple[Kind, ...]:
    return tuple(_kinds.values())
