"""How much one message may hold, whatever channel or file it comes from: the record stores nothing larger."""

from dataclasses import replace
from typing import Final

from portevoix.kernel.messages import Incoming, Unreadable

MOST_TEXT: Final = 1_000_000
"""Characters of a message's text, of what was folded away from it, and of its HTML."""
MOST_UNREADABLE: Final = 100_000
"""Characters shown of what could not be read."""
MOST_WHOLE: Final = 25_000_000
"""Bytes of what could not be read, stored as it came."""
CUT: Final = "\n\n[…]"
"""Ends a text that is longer."""


def bound_message(message: Incoming) -> Incoming:
    """Return it with texts that are not longer than MOST_TEXT; HTML that is longer is left out."""
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
    """Return it with no more than is shown and stored of it."""
    whole = unreadable.whole
    kept = whole if whole is not None and len(whole) <= MOST_WHOLE else None
    return replace(unreadable, raw=unreadable.raw[:MOST_UNREADABLE], whole=kept)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - len(CUT)] + CUT
