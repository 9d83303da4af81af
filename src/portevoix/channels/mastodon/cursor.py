"""The cursor of an account: how far it has been read, and which statuses to check for edits and deletions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

MOST_WATCHED: Final = 500
WATCHED_FOR: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Watched:
    """A status that was handed on: when it came (seconds since 1970), its revision then, its thread's first status.

    `mine`: the city wrote it.
    """

    at: int
    revision: int
    root: str
    mine: bool = False


@dataclass(slots=True)
class Cursor:
    """The last notification (`notified`) and own status (`own`) that were fully read; None: none was ever read.

    `upto` is the last notification of a page that has others after it. `watched` is by status, the oldest first;
    `looked` is the one that was checked last.
    """

    notified: str | None = None
    upto: str | None = None
    own: str | None = None
    looked: str = ""
    watched: dict[str, Watched] = field(default_factory=dict)

    @classmethod
    def read(cls, written: str | None) -> "Cursor":
        """Parse a cursor. An unreadable one starts afresh: messages already stored are recognised by their ids."""
        try:
            raw = json.loads(written or "{}")
            return cls(
                notified=_text(raw.get("notified")),
                upto=_text(raw.get("upto")),
                own=_text(raw.get("own")),
                looked=_text(raw.get("looked")) or "",
                watched=dict(_entries(raw.get("watched", []))),
            )
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            return cls()

    def write(self, now: datetime) -> str:
        """Return JSON with the newest watched statuses, none older than two weeks."""
        first = int((now - WATCHED_FOR).timestamp())
        recent = [(key, one) for key, one in self.watched.items() if one.at >= first][-MOST_WATCHED:]
        entries = [
            [key, one.at, one.revision, "" if one.root == key else one.root, int(one.mine)] for key, one in recent
        ]
        return json.dumps(
            {
                "notified": self.notified,
                "upto": self.upto,
                "own": self.own,
                "looked": self.looked,
                "watched": entries,
            },
            separators=(",", ":"),
        )

    def next_watched(self, most: int) -> list[str]:
        """Return the next statuses to check, in turn."""
        keys = list(self.watched)
        start = keys.index(self.looked) + 1 if self.looked in self.watched else 0
        return [*keys[start:], *keys[:start]][:most]


def rank(key: str) -> tuple[int, str]:
    """Return a sort key for ids, which grow: as numbers without leading zeros, or as texts of one length."""
    return len(key), key


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _entries(raw: list[Any]) -> Iterator[tuple[str, Watched]]:
    for key, at, revision, root, mine in raw:
        yield str(key), Watched(int(at), int(revision), str(root or key), bool(mine))
