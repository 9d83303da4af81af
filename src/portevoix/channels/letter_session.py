"""The contract of connectors that send letters of the house's own, many through one connection."""

from datetime import datetime
from typing import Protocol, runtime_checkable

from portevoix.kernel.letters import Letter


class LetterSession(Protocol):
    """A connection by which letters are sent one after the other. An error closes it; the next call opens another."""

    def send(self, letter: Letter, *, at: datetime) -> None:
        """Send a letter. Raise as `Connector.send` does."""

    def find(self, letter_key: str) -> bool:
        """Return True where that letter left. Raise as `Connector.find` does: Uncertain, TryLater, Refused."""

    def close(self) -> None:
        """Close what is open."""


@runtime_checkable
class SendsLetters(Protocol):
    """A connector that sends letters of the house's own."""

    def open_letters(self) -> LetterSession:
        """Return a session, without connecting yet."""
