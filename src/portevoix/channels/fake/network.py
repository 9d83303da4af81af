"""A social network in memory, shared inside one process under its name, that fails on demand."""

from collections import deque
from dataclasses import replace
from enum import StrEnum
from threading import Lock, RLock

from portevoix.kernel.messages import Change, Incoming, Outgoing


class Fault(StrEnum):
    """The failure of one call."""

    LATER = "later"  # the network is busy: nothing happened
    REFUSED = "refused"  # nothing happened and nothing will
    EXPIRED = "expired"  # the whole account is refused
    LOST = "lost"  # the line broke before the message arrived
    UNTOLD = "untold"  # the line broke after the message arrived


class FakeNetwork:
    """The messages written, in order, and the replies that arrived, by key. `down` refuses every call."""

    def __init__(self) -> None:
        self.down = False
        self._lock = RLock()
        self._log: list[Incoming] = []
        self._arrived: dict[str, Outgoing] = {}
        self._faults: deque[Fault] = deque()

    def write(self, *messages: Incoming) -> None:
        """Let citizens (or the city, elsewhere) write."""
        with self._lock:
            self._log.extend(messages)

    def repeat(self, external_id: str) -> None:
        """Show the same message, unchanged, once more."""
        with self._lock:
            self._log.append(self._latest(external_id))

    def edit(self, external_id: str, text: str) -> None:
        with self._lock:
            last = self._latest(external_id)
            self._log.append(replace(last, text=text, revision=last.revision + 1, change=Change.AMEND))

    def delete(self, external_id: str) -> None:
        with self._lock:
            last = self._latest(external_id)
            self._log.append(replace(last, text="", revision=last.revision + 1, change=Change.RETRACT))

    def fail(self, *faults: Fault) -> None:
        """Let the next calls meet these faults, one each, in order."""
        with self._lock:
            self._faults.extend(faults)

    def next_fault(self) -> Fault | None:
        with self._lock:
            return self._faults.popleft() if self._faults else None

    def since(self, start: int, account: str, most: int) -> tuple[tuple[Incoming, ...], int, bool]:
        """Return up to `most` entries of the log: those of `account`, the next start, and whether there are more."""
        with self._lock:
            # A cursor beyond the end comes from a network that ended with its process: this one is read from its start.
            first = start if 0 <= start <= len(self._log) else 0
            page = self._log[first : first + most]
            end = first + len(page)
            return tuple(message for message in page if message.account == account), end, end < len(self._log)

    def accept(self, message: Outgoing) -> None:
        """Take a reply; a second one under the same key changes nothing."""
        with self._lock:
            self._arrived.setdefault(message.key, message)

    def withdraw(self, key: str) -> None:
        """Take a reply back, if it is there."""
        with self._lock:
            self._arrived.pop(key, None)

    def arrived(self, key: str = "") -> tuple[Outgoing, ...]:
        """Return the replies that arrived, in order; with `key`, that one or none."""
        with self._lock:
            return tuple(message for message in self._arrived.values() if key in ("", message.key))

    def _latest(self, external_id: str) -> Incoming:
        """Return the latest version. Raise KeyError when there is none."""
        for message in reversed(self._log):
            if message.external_id == external_id:
                return message
        raise KeyError(external_id)


_networks: dict[str, FakeNetwork] = {}
_registry = Lock()


def network(name: str = "default") -> FakeNetwork:
    """Return the network of that name in this process; the same one each time."""
    with _registry:
        return _networks.setdefault(name, FakeNetwork())


def forget() -> None:
    """Ends every network of this process; the next ones start empty."""
    with _registry:
        _networks.clear()
