"""What may be read and written in a calendar month (UTC), since X bills each post."""

from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from portevoix.kernel.errors import TryLater
from portevoix.kernel.i18n import gettext_noop

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


def room(tally: Tally, most: int, least: int, now: datetime) -> int:
    """How many posts one page may bring, up to 100. Raises TryLater when fewer than `least`, X's smallest page, do."""
    left = most - tally.at(now).read if most else 100
    if left < least:
        raise TryLater(
            gettext_noop("The month's {count} posts to read on X are used up. It goes on on {date}, or with more."),
            after=next_month(now) - now,
            count=most,
            date=next_month(now).date().isoformat(),
        )
    return min(left, 100)


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
