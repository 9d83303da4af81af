"""The messages of a file that an edition is made of, picked in one pass, and their threads."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property

from portevoix.journal.editions.weeks import MOST_LEARNT
from portevoix.kernel.clock import parse_week
from portevoix.kernel.messages import Direction, Incoming
from portevoix.measures.threads import Threads, order_of
from portevoix.record.facts import MONDAY_MORNING

LONGEST_LABEL = 64

type Root = tuple[str, str, int]
"""Channel, account and number of a thread."""


def week_of_day(day: date) -> str:
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02}"


def read_wall(instant: datetime) -> datetime:
    """Return the time on the wall of whoever wrote, by the instant's own offset."""
    return instant.replace(tzinfo=None)


def is_citizens(message: Incoming) -> bool:
    return message.direction is Direction.IN and not message.automatic


def given_label(message: Incoming, task: str) -> str:
    """Return the label that the file gives a message, "" for none."""
    value = message.labels.get(task)
    return value.strip()[:LONGEST_LABEL] if isinstance(value, str) else ""


class Window:
    """Picks what the edition of a week needs: the messages of the week and of those before, and the replies to them.

    Of what is older only the thread is stored; what came after the week's Monday morning is passed over. One message
    that comes twice counts once.
    """

    def __init__(self, week: str) -> None:
        self.monday = datetime.combine(parse_week(week), time())
        self.weeks: set[str] = set()
        """All weeks of the file in which citizens wrote, and `departments`: all that it names."""
        self.departments: set[str] = set()
        self._picked: list[Incoming] = []
        self._older: list[Incoming] = []
        self._threads: dict[tuple[str, str], Threads] = {}

    def add(self, message: Incoming) -> None:
        wall = read_wall(message.sent_at)
        if is_citizens(message):
            self.weeks.add(week_of_day(wall.date()))
            if department := given_label(message, "department"):
                self.departments.add(department)
        if wall >= self.monday + timedelta(weeks=1) + MONDAY_MORNING:
            return
        if self._threads.setdefault((message.channel, message.account), Threads()).add(message) is None:
            return
        if wall >= self.monday - timedelta(weeks=MOST_LEARNT):
            self._picked.append(message)
        else:
            self._older.append(replace(message, text="", media=(), labels={}, counts={}))

    def threads(self) -> list[list[Incoming]]:
        """Return the messages picked, by thread, those of each by time."""
        threads: dict[Root, list[Incoming]] = {}
        for message in sorted(self._picked, key=order_of):
            threads.setdefault(self._root(message), []).append(message)
        return list(threads.values())

    def is_older(self, thread: Sequence[Incoming]) -> bool:
        """Return whether a thread began before what was picked."""
        return self._root(thread[0]) in self._older_roots

    def offset(self) -> tzinfo | None:
        """Return the offset of most messages of the week; None without any."""
        own = [each.sent_at.tzinfo for each in self._picked if read_wall(each.sent_at) >= self.monday]
        return Counter(own).most_common(1)[0][0] if own else None

    @cached_property
    def _older_roots(self) -> frozenset[Root]:
        return frozenset(map(self._root, self._older))

    def _root(self, message: Incoming) -> Root:
        place = (message.channel, message.account)
        return (*place, self._threads[place].thread_of(message))
