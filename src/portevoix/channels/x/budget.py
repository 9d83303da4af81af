"""What may be read and written in a calendar month (UTC), since X bills each post."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Final

from portevoix.kernel.errors import TryLater
from portevoix.kernel.i18n import gettext_noop

EACH: Final = 3
"""Posts that one of a page may cost, at most: itself, the one that it answers and the one that it quotes."""
_beside: dict[str, "Tally"] = {}
"""Posts that were read by this process beside the intake, and are in no cursor yet: to find what was sent."""
_written: dict[str, "Tally"] = {}
"""Posts of an account in a month, as this process knows: from reading its own posts, and from what it sent since."""
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one month, "2026-11"."""

    month: str = ""
    read: int = 0
    written: int = 0

    def at(self, now: datetime) -> "Tally":
        """This month's: a new month begins with nothing."""
        return self if self.month == month_of(now) else Tally(month_of(now))


def month_of(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m")


def next_month(now: datetime) -> datetime:
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def room(tally: Tally, most: int, least: int, now: datetime, *, each: int = 1) -> int:
    """How many posts one page may bring, up to 100, where each may cost `each`.

    Raises TryLater when what is left does not do for `least`, X's smallest page.
    """
    left = (most - tally.at(now).read) // each if most else 100
    if left < least:
        raise TryLater(
            gettext_noop("The month's {count} posts to read on X are used up. It goes on on {date}, or with more."),
            after=next_month(now) - now,
            count=most,
            date=next_month(now).date().isoformat(),
        )
    return min(left, 100)


def read_beside(account: str, count: int, now: datetime) -> None:
    with _lock:
        tally = _beside.get(account, Tally()).at(now)
        _beside[account] = replace(tally, read=max(0, tally.read + count))


def beside(account: str, now: datetime) -> int:
    """How many these are this month."""
    with _lock:
        return _beside.get(account, Tally()).at(now).read


def counted(account: str, count: int, now: datetime) -> None:
    """So many of them are in the cursor now."""
    read_beside(account, -count, now)


def knows(account: str, tally: Tally) -> None:
    """The account's own posts were read up to now."""
    with _lock:
        _written[account] = tally


def write(account: str, most: int, count: int, now: datetime) -> None:
    """Raises TryLater when `count` posts more would be too many, as far as this process knows."""
    with _lock:
        known = _written.get(account, Tally()).at(now).written
    if most and known + count > most:
        raise TryLater(
            gettext_noop("The month's {count} posts to write on X are used up. It goes on on {date}, or with more."),
            after=next_month(now) - now,
            count=most,
            date=next_month(now).date().isoformat(),
        )


def wrote(account: str, now: datetime) -> None:
    """One post more."""
    with _lock:
        tally = _written.get(account, Tally()).at(now)
        _written[account] = Tally(tally.month, tally.read, tally.written + 1)


def forget() -> None:
    """As after a restart."""
    with _lock:
        _written.clear()
        _beside.clear()
