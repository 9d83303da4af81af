"""Size limits of a message, the same for all channels and files: the record stores nothing larger."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from portevoix.kernel.messages import Incoming, Unreadable

MOST_TEXT: Final = 1_000_000
"""Most characters of a message's text, of its quoted text, and of its HTML."""
BEGINNING: Final = 4_000
"""Characters of a text in which it says what it is about: what compares, quotes or looks through many reads no more."""
MOST_NUMBER: Final = 2**63 - 1
"""Largest row number: no database of ours takes another."""
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""Clocks of two machines may differ by so much."""
MOST_UNREADABLE: Final = 100_000
"""Most characters shown of an unreadable message."""
MOST_WHOLE: Final = 25_000_000
"""Most bytes of an unreadable message that are stored unchanged."""
CUT: Final = "\n\n[…]"
"""Marks the end of a text that was cut."""


def bound_message(message: Incoming) -> Incoming:
    """Return `message` with its texts cut to MOST_TEXT characters; longer HTML is dropped."""
    longest = max(len(message.text), len(message.quoted), len(message.html))
    if longest <= MOST_TEXT:
        return message
    return replace(
        message,
        text=_cut(message.text),
        quoted=_cut(message.quoted),
        html=message.html if len(message.html) <= MOST_TEXT else "",
    )


def bound_unreadable(unreadable: Unreadable) -> Unreadable:
    """Return `unreadable` within MOST_UNREADABLE characters; the original is dropped above MOST_WHOLE bytes."""
    whole = unreadable.whole
    original = whole if whole is not None and len(whole) <= MOST_WHOLE else None
    return replace(unreadable, raw=unreadable.raw[:MOST_UNREADABLE], whole=original)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - len(CUT)] + CUT
