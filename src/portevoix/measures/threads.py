"""Which messages of a city belong together and who answers whom, as far as the messages themselves tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from portevoix.kernel.messages import Direction, Incoming


@dataclass(frozen=True, slots=True)
class Joined:
    """The thread that a message belongs to, and the `parts` that were threads of their own before it came."""

    thread: int
    parts: tuple[int, ...]


class Threads:
    """The threads of messages whose ids are unique, in whatever order they come (a union-find over their ids).

    A thread is what the network says (`Incoming.thread`); otherwise a message belongs to the thread of the one it
    replies to, and messages that reply to the same absent one belong together. A message costs a few bytes whatever it
    says.
    """

    def __init__(self) -> None:
        self._by_message: dict[str, int] = {}
        self._by_thread: dict[str, int] = {}
        self._parent: list[int] = []
        self._read = bytearray()

    def add(self, message: Incoming) -> Joined | None:
        """Take in `message`; None when its `external_id` is known: it is the first one again."""
        own = self._node(self._by_message, message.external_id)
        if self._read[own]:
            return None
        self._read[own] = True
        root = other = self._root(own)
        if message.thread:
            other = self._root(self._node(self._by_thread, message.thread))
        elif message.in_reply_to:
            other = self._root(self._node(self._by_message, message.in_reply_to))
        thread, absorbed = sorted((root, other))
        self._parent[absorbed] = thread
        return Joined(thread, (root, other) if root != other else (root,))

    def thread_of(self, message: Incoming) -> int:
        """Return the thread of a message that was added, as far as it is joined by now. Raises KeyError for others."""
        return self._root(self._by_message[message.external_id])

    def _node(self, nodes: dict[str, int], name: str) -> int:
        node = nodes.setdefault(name, len(self._parent))
        if node == len(self._parent):
            self._parent.append(node)
            self._read.append(False)
        return node

    def _root(self, node: int) -> int:
        parent = self._parent
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node


def order_of(message: Incoming) -> tuple[datetime, bool, bool, str]:
    """Return the key by which messages follow one another.

    Of messages sent in one second, what replies to nothing came first, and the citizen before the city.
    """
    sent_at = message.sent_at.astimezone(UTC)
    return sent_at, bool(message.in_reply_to), message.direction is Direction.OUT, message.external_id


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands: its thread, and the citizen whom it answers ("" when it answers nobody)."""

    thread: str
    citizen: str


class Exchanges:
    """Whom each message of one city answers. Whichever account of the city answers, it is the city: its accounts on a
    network are taken together, except where ids are unique within each of them only.
    """

    def __init__(self, messages: Sequence[Incoming]) -> None:
        self._apart = find_numbered_apart(messages)
        self._threads: dict[str, Threads] = {}
        for message in messages:
            self._threads.setdefault(self._scope(message), Threads()).add(message)
        self._openings: dict[tuple[str, int], str] = {}
        self._places: dict[str, Place] = {}
        self._outbound: set[str] = set()
        self._spoke_last: dict[str, str] = {}
        for message in sorted(messages, key=order_of):
            self._put(message)

    def place(self, message: Incoming) -> Place:
        """Raises KeyError for a message that was not among them."""
        return self._places[self._within(message, message.external_id)]

    def _put(self, message: Incoming) -> None:
        own, scope = self._within(message, message.external_id), self._scope(message)
        thread = self._openings.setdefault((scope, self._threads[scope].thread_of(message)), own)
        outbound = message.direction is Direction.OUT
        self._places[own] = Place(thread, self._answered(message, thread) if outbound else "")
        if outbound:
            self._outbound.add(own)
        else:
            self._spoke_last[thread] = citizen_of(message)

    def _answered(self, message: Incoming, thread: str) -> str:
        """The citizen replied to. A city that goes on after its own reply still answers the same one; one that goes on
        after its own post answers nobody. Whoever wrote a message that is not among them is a citizen of that name."""
        parent = self._within(message, message.in_reply_to)
        if not message.in_reply_to or parent in self._places:
            if parent in self._outbound:
                return self._places[parent].citizen
            return self._spoke_last.get(thread, "")
        return self._spoke_last.get(thread) or f"{message.channel}:of:{message.in_reply_to}"

    def _scope(self, message: Incoming) -> str:
        return f"{message.channel}:{message.account}" if message.channel in self._apart else message.channel

    def _within(self, message: Incoming, own: str) -> str:
        return f"{self._scope(message)}:{own}"


def find_numbered_apart(messages: Iterable[Incoming]) -> frozenset[str]:
    """Networks where one id names different messages of two accounts: there nobody can tell who answers for another."""
    known: dict[tuple[str, str], Incoming] = {}
    apart = set()
    for message in messages:
        first = known.setdefault((message.channel, message.external_id), message)
        if (first.sent_at, first.author.id, first.text) != (message.sent_at, message.author.id, message.text):
            apart.add(message.channel)
    return frozenset(apart)


def name_of(message: Incoming) -> str:
    """A message's name among all messages of a city."""
    return f"{message.channel}:{message.account}:{message.external_id}"


def citizen_of(message: Incoming) -> str:
    """Who wrote an inbound message: the same person on two networks is two."""
    return f"{message.channel}:{message.author.id}"
