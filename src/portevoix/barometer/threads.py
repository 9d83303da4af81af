"""Who answers whom within one city's messages, as far as they tell."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from portevoix.kernel.words import Direction, Incoming


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands: its thread, and the citizen whom it answers ("" when it answers nobody)."""

    thread: str
    citizen: str


@dataclass
class Threads:
    """Places messages in order of time. Whichever account of the city answers, it is the city: its accounts on a
    network are taken together, except where ids are unique within each of them only (`apart`).
    """

    apart: frozenset[str] = frozenset()
    _places: dict[str, Place] = field(default_factory=dict)
    _outbound: set[str] = field(default_factory=set)
    _spoke_last: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, messages: Iterable[Incoming]) -> "Threads":
        every = list(messages)
        threads = cls(numbered_apart(every))
        for message in sorted(every, key=lambda m: (m.sent_at, m.direction is Direction.OUT, m.external_id)):
            threads._add(message)
        return threads

    def place(self, message: Incoming) -> Place:
        """Raises KeyError for a message that was not among them."""
        return self._places[self._name(message)]

    def _add(self, message: Incoming) -> None:
        thread = self._thread(message)
        outbound = message.direction is Direction.OUT
        self._places[self._name(message)] = Place(thread, self._answered(message, thread) if outbound else "")
        if outbound:
            self._outbound.add(self._name(message))
        else:
            self._spoke_last[thread] = citizen(message)

    def _thread(self, message: Incoming) -> str:
        if message.thread:
            return self._within(message, f"thread:{message.thread}")
        parent = self._places.get(self._within(message, message.in_reply_to))
        return parent.thread if parent else self._within(message, message.in_reply_to or message.external_id)

    def _answered(self, message: Incoming, thread: str) -> str:
        """The citizen replied to. A city that goes on after its own reply still answers the same one; one that goes on
        after its own post answers nobody. Whoever wrote a message that is not among them is a citizen of that name."""
        parent = self._within(message, message.in_reply_to)
        if not message.in_reply_to or parent in self._places:
            if parent in self._outbound:
                return self._places[parent].citizen
            return self._spoke_last.get(thread, "")
        return self._spoke_last.get(thread) or f"{message.channel}:of:{message.in_reply_to}"

    def _name(self, message: Incoming) -> str:
        return self._within(message, message.external_id)

    def _within(self, message: Incoming, own: str) -> str:
        return _within(message, own) if message.channel in self.apart else f"{message.channel}:{own}"


def numbered_apart(messages: Iterable[Incoming]) -> frozenset[str]:
    """Networks where one id names different messages of two accounts: there nobody can tell who answers for another."""
    known: dict[tuple[str, str], Incoming] = {}
    apart = set()
    for message in messages:
        first = known.setdefault((message.channel, message.external_id), message)
        if (first.sent_at, first.author.id, first.text) != (message.sent_at, message.author.id, message.text):
            apart.add(message.channel)
    return frozenset(apart)


def name(message: Incoming) -> str:
    """A message's name among all messages of a city."""
    return _within(message, message.external_id)


def citizen(message: Incoming) -> str:
    """Who wrote an inbound message: the same person on two networks is two."""
    return f"{message.channel}:{message.author.id}"


def _within(message: Incoming, own: str) -> str:
    return f"{message.channel}:{message.account}:{own}"
