"""How long each kind of data is kept: what can be set, its defaults, and what has grown too old by now."""

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

    `older` gives the rows that are due to go at an instant, the oldest first; `forget` takes up to `batch` of them away
    inside the caller's transaction, and returns how many. `default` and `least` are in `unit`; `endless`: it may also
    be kept without limit.
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
        """What is older than this goes; None: nothing does."""
        duration = policy.get(self.code, self.default)
        if duration is None:
            return None
        return now - timedelta(days=duration) if self.unit == DAYS else _months_before(now, duration)


def delete(kind: Kind, cut_off: datetime, now: datetime) -> int:
    """`Kind.forget` for rows that nothing refers to."""
    rows = kind.older(cut_off)
    return rows.model.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[: kind.batch])).delete()[0]


def _months_before(now: datetime, months: int) -> datetime:
    """The same day and time, or the last day of a month that is shorter."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1]))


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """For products that keep data of their own; called when they are loaded."""
    _kinds[kind.code] = kind


def registered() -> tuple[Kind, ...]:
    return tuple(_kinds.values())
