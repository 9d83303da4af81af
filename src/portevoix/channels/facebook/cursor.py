"""The cursor of an account: how far it has been read, and the requests that remain in the current reading."""

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
WATCHED: Final = timedelta(days=14)
MOST_WATCHED: Final = 300
"""How old a message may be whose edit or removal is looked for, and how many of the newest are kept for that."""


@dataclass(frozen=True, slots=True)
class Step:
    """One request still to be made: an edge, its owner (id, address, text, or a person's id), and the page to start
    from.
    """

    edge: str
    of: tuple[str, ...] = ()
    after: str = ""


@dataclass(slots=True)
class Watched:
    """A message that is checked for edits and removal: its time, the id of its parent, a digest of its words.

    `turn` is the last reading in which it was there, `due` the time from which it is asked for on its own if no listing
    shows it; `missed`: it was asked for, and not there.
    """

    at: int
    place: str
    words: str
    turn: int
    due: int = 0
    missed: bool = False


@dataclass(slots=True)
class Cursor:
    """The position of an account. Times are seconds since 1970. `since`: everything up to there was read. `read_at`:
    when the last reading began.

    `todo` are the remaining requests of the current reading; `newest` is the newest message so far. `seen` are the
    messages of the overlap, `fresh` those of this reading, each with its time. `counts`: the number of comments of each
    media. `turn` numbers the readings, `heard` counts the public messages of citizens in this one. `now` is not stored.
    """

    since: int = 0
    read_at: int = 0
    newest: int = 0
    todo: list[Step] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    fresh: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    watched: dict[str, Watched] = field(default_factory=dict)
    turn: int = 0
    heard: int = 0
    now: int = 0

    @classmethod
    def read(cls, written: str | None) -> "Cursor":
        """Parse a cursor. An unreadable one starts afresh: messages already stored are recognised by their ids."""
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
                watched={str(key): _parse_watched(*row) for key, row in raw.get("watched", {}).items()},
                turn=int(raw.get("turn", 0)),
                heard=int(raw.get("heard", 0)),
            )
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            return cls()

    def write(self) -> str:
        """Return the cursor as JSON."""
        return json.dumps(
            {
                "since": self.since,
                "read_at": self.read_at,
                "newest": self.newest,
                "todo": [[step.edge, step.of, step.after] for step in self.todo],
                "seen": self.seen,
                "fresh": self.fresh,
                "counts": dict(list(self.counts.items())[-MOST_COUNTED:]),
                "watched": {key: _row(one) for key, one in self._newest()},
                "turn": self.turn,
                "heard": self.heard,
            },
            separators=(",", ":"),
        )

    def begin(self, now: int, steps: list[Step]) -> None:
        if not self.since:
            self.since = now - int(FIRST.total_seconds())
        self.read_at, self.newest, self.todo, self.fresh = now, self.since, steps, {}
        self.turn, self.heard = self.turn + 1, 0

    @property
    def first(self) -> int:
        """Return the time before which everything was read."""
        return self.since - OVERLAP

    def take(self, key: str, at: int) -> bool:
        """Return whether a message is new to this account's readings."""
        if at < self.first:
            return False
        self.newest = max(self.newest, at)
        self.fresh[key] = at
        return key not in self.seen

    def end(self) -> None:
        """End the reading. Messages that arrived meanwhile are in the next reading's overlap."""
        self.since = max(self.since, min(self.newest, self.read_at))
        recent = [(key, at) for key, at in (self.seen | self.fresh).items() if at >= self.first]
        self.seen = dict(sorted(recent, key=lambda one: one[1])[-MOST_SEEN:])
        self.fresh = {}

    def _newest(self) -> list[tuple[str, Watched]]:
        first = self.read_at - int(WATCHED.total_seconds())
        recent = [(key, one) for key, one in self.watched.items() if one.at >= first]
        return sorted(recent, key=lambda one: one[1].at)[-MOST_WATCHED:]


def _parse_watched(at: Any, place: Any, words: Any, turn: Any, due: Any, missed: Any) -> Watched:
    return Watched(int(at), str(place), str(words), int(turn), int(due), bool(missed))


def _row(one: Watched) -> list[str | int]:
    return [one.at, one.place, one.words, one.turn, one.due, int(one.missed)]


def _numbers(raw: Any) -> dict[str, int]:
    return {str(key): int(value) for key, value in raw.items()}
