"""Threads of a city's messages, and the citizen whom each message answers, from the messages alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from portevoix.kernel.messages import Direction, Incoming


@dataclass(frozen=True, slots=True)
class Joined:
    """The thread of an added message, and the `parts` that were separate threads before."""

    thread: int
    parts: tuple[int, ...]


class Threads:
    """The threads of messages with unique ids, added in any order (a union-find over their ids).

    A message belongs to the thread that the network states (`Incoming.thread`), otherwise to that of the message it
    replies to; messages that reply to the same absent one belong together. A message costs a few bytes, whatever its
    length.
    """

    def __init__(self) -> None:
        self._by_message: dict[str, int] = {}
        self._by_thread: dict[str, int] = {}
        self._parent: list[int] = []
        self._read = bytearray()

    def add(self, message: Incoming) -> Joined | None:
        """Add `message` and return its thread; None when its `external_id` was added before."""
        own = self._node(self._by_message, message.external_id)
        if self._read[own]:
            return None
        self._read[own] = True
        root = other = self._root(own)
        if message.thread:
            other = self._root(self._node(self._by_thread, message.thread))
        elif message.in_reply_to:
            other = self._root(self._node(self._by_message, message.in_reply_to))
        thread, child = sorted((root, other))
        self._parent[child] = thread
        return Joined(thread, (root, other) if root != other else (root,))

    def thread_of(self, message: Incoming) -> int:
        """Return the current thread of a message that was added. Raises KeyError for others."""
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
    """Return the sort key of messages.

    Of messages sent in one second, those that are no replies come first, and the citizen's before the city's.
    """
    sent_at = message.sent_at.astimezone(UTC)
    return sent_at, bool(message.in_reply_to), message.direction is Direction.OUT, message.external_id


@dataclass(frozen=True, slots=True)
class Place:
    """The thread of a message, and the citizen whom it answers ("" when it answers nobody)."""

    thread: str
    citizen: str


class Exchanges:
    """The citizen whom each message of one city answers.

    The city's accounts on a network are taken together, except where ids are unique within each account only.
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
        """Return the place of a message. Raises KeyError when it was not among them."""
        return self._places[self._within(message, message.external_id)]

    def _put(self, message: Incoming) -> None:
        own, scope = self._within(message, message.external_id), self._scope(message)
        thread = self._openings.setdefault((scope, self._threads[scope].thread_of(message)), own)
        outbound = message.direction is Direction.OUT
        self._places[own] = Place(thread, self._find_citizen(message, thread) if outbound else "")
        if outbound:
            self._outbound.add(own)
        else:
            self._spoke_last[thread] = citizen_of(message)

    def _find_citizen(self, message: Incoming, thread: str) -> str:
        """Return the citizen to whom the city replies, "" for nobody.

        A message of the city after its own reply answers the same citizen; one after its own post answers nobody. The
        unknown author of a message that is not among them gets a name made from that message's id.
        """
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
    """Return the networks on which one id names different messages of two accounts.

    There the replies of one account cannot be assigned to messages of another.
    """
    first_by_id: dict[tuple[str, str], Incoming] = {}
    apart = set()
    for message in messages:
        first = first_by_id.setdefault((message.channel, message.external_id), message)
        if (first.sent_at, first.author.id, first.text) != (message.sent_at, message.author.id, message.text):
            apart.add(message.channel)
    return frozenset(apart)


def name_of(message: Incoming) -> str:
    """Return a message's unique name among all messages of a city."""
    return f"{message.channel}:{message.account}:{message.external_id}"


def citizen_of(message: Incoming) -> str:
    """Return the name of an inbound message's author; the same person on two networks counts as two."""
    return f"{message.channel}:{message.author.id}"
