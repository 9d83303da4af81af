"""The number of posts to read and write in a calendar month (UTC), since X bills each post."""

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
_write_tallies: dict[str, "Tally"] = {}
"""Posts of an account in a month, as this process knows: from reading its own posts, and from what it sent since."""
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one month, "2026-11"."""

    month: str = ""
    read: int = 0
    written: int = 0

    def at(self, now: datetime) -> "Tally":
        """Return this month's counts: a new month begins with zero."""
        return self if self.month == month_of(now) else Tally(month_of(now))


def month_of(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m")


def next_month(now: datetime) -> datetime:
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def room(tally: Tally, most: int, least: int, now: datetime, *, each: int = 1) -> int:
    """Return how many posts, up to 100, one page may bring, where each may cost `each`.

    Raises TryLater when less than `least`, X's smallest page, is left.
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
    """Return how many posts were read beside the intake this month."""
    with _lock:
        return _beside.get(account, Tally()).at(now).read


def counted(account: str, count: int, now: datetime) -> None:
    """Subtract posts that the cursor counts now."""
    read_beside(account, -count, now)


def knows(account: str, tally: Tally) -> None:
    """Store the tally of the account's own posts, which were read up to now."""
    with _lock:
        _write_tallies[account] = tally


def write(account: str, most: int, count: int, now: datetime) -> None:
    """Raise TryLater when `count` more posts would be too many, as far as this process knows."""
    with _lock:
        written_count = _write_tallies.get(account, Tally()).at(now).written
    if most and written_count + count > most:
        raise TryLater(
            gettext_noop("The month's {count} posts to write on X are used up. It goes on on {date}, or with more."),
            after=next_month(now) - now,
            count=most,
            date=next_month(now).date().isoformat(),
        )


def wrote(account: str, now: datetime) -> None:
    """Count one more post."""
    with _lock:
        tally = _write_tallies.get(account, Tally()).at(now)
        _write_tallies[account] = Tally(tally.month, tally.read, tally.written + 1)


def forget() -> None:
    """Forget all counts, as after a restart."""
    with _lock:
        _write_tallies.clear()
        _beside.clear()
