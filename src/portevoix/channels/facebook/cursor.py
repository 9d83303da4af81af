"""How far an account has been read, and what of the reading under way is still to be asked."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

OVERLAP: Final = 600
"""Seconds before the newest message that are read again: clocks differ, and what is held back appears later."""
MOST_SEEN: Final = 2_000
MOST_COUNTED: Final = 1_000
FIRST: Final = timedelta(days=30)
"""As far back the first reading goes, and as old may a post be under which somebody comments."""


@dataclass(frozen=True, slots=True)
class Step:
    """One request still to be made: an edge, of what it is (id, address, text, or with whom), from which page on."""

    edge: str
    of: tuple[str, ...] = ()
    after: str = ""


@dataclass(slots=True)
class Cursor:
    """Moments are seconds since 1970. `since`: up to there all was read. `read_at`: when the last reading began.

    `todo` is what the reading under way has still to ask; `newest` what it has found so far. `seen` are the messages
    of the overlap, `fresh` those that this reading found, each with its moment. `counts`: comments of each media then.
    """

    since: int = 0
    read_at: int = 0
    newest: int = 0
    todo: list[Step] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    fresh: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, written: str | None) -> "Cursor":
        """What cannot be read is a beginning: what is known already is known by its id."""
        try:
            raw = json.loads(written or "{}")
            return cls(
                since=int(raw.get("since", 0)),
                read_at=int(raw.get("read_at", 0)),
                newest=int(raw.get("newest", 0)),
                todo=[Step(str(edge), tuple(map(str, of)), str(after)) for edge, of, after in raw.get("todo", [])],
                seen=_numbers(raw.get("seen", {})),
                fresh=_numbers(raw.get("fresh", {})),
                counts=_numbers(raw.get("counts", {})),
            )
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            return cls()

    def write(self) -> str:
        """JSON."""
        return json.dumps(
            {
                "since": self.since,
                "read_at": self.read_at,
                "newest": self.newest,
                "todo": [[step.edge, step.of, step.after] for step in self.todo],
                "seen": self.seen,
                "fresh": self.fresh,
                "counts": dict(list(self.counts.items())[-MOST_COUNTED:]),
            },
            separators=(",", ":"),
        )

    def begin(self, now: int, steps: list[Step]) -> None:
        if not self.since:
            self.since = now - int(FIRST.total_seconds())
        self.read_at, self.newest, self.todo, self.fresh = now, self.since, steps, {}

    @property
    def first(self) -> int:
        """What is older than that was read before."""
        return self.since - OVERLAP

    def take(self, key: str, at: int) -> bool:
        """Whether a message is new to this account's readings."""
        if at < self.first:
            return False
        self.newest = max(self.newest, at)
        self.fresh[key] = at
        return key not in self.seen

    def end(self) -> None:
        """Nothing is left to ask. What came while it was read lies in the next reading's overlap."""
        self.since = max(self.since, min(self.newest, self.read_at))
        kept = [(key, at) for key, at in (self.seen | self.fresh).items() if at >= self.first]
        self.seen = dict(sorted(kept, key=lambda one: one[1])[-MOST_SEEN:])
        self.fresh = {}


def _numbers(raw: Any) -> dict[str, int]:
    return {str(key): int(value) for key, value in raw.items()}
