"""A reply that is too long for one post becomes a thread of posts, cut where a reader would breathe."""

import re
from typing import Final

from portevoix.channels.bluesky.graphemes import graphemes
from portevoix.kernel.errors import Refused
from portevoix.kernel.i18n import gettext_noop

MOST_GRAPHEMES: Final = 300
MOST_BYTES: Final = 3000
MOST_POSTS: Final = 25
_BREAKS: Final = (re.compile(r"\n\s*"), re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][»”\")]))\s+"), re.compile(r"\s+"))


def posts(text: str) -> tuple[str, ...]:
    """The texts of the posts, in order; one that fits stays as it is. The same for the same text, always.

    Raises Refused for a text of nothing but space, or one that fits into no thread of `MOST_POSTS`.
    """
    if not text.strip():
        raise Refused(gettext_noop("There is nothing in this reply that could be sent."))
    found: list[str] = []
    left = text.encode("utf-8", "replace").decode()
    while left:
        end = _fitting(left)
        if end < len(left):
            end = _breath(left, end)
        found.append(left[:end] if end == len(left) and not found else left[:end].strip())
        left = left[end:].lstrip()
        if len(found) > MOST_POSTS:
            raise Refused(
                gettext_noop("The reply is too long for Bluesky: more than {count} posts of 300 characters."),
                count=MOST_POSTS,
            )
    return tuple(found)


def _fitting(text: str) -> int:
    """How many characters of the beginning fit into one post; one at least."""
    end = size = 0
    for count, grapheme in enumerate(graphemes(text[: MOST_BYTES + 1]), start=1):
        size += len(grapheme.encode())
        if count > MOST_GRAPHEMES or size > MOST_BYTES:
            break
        end += len(grapheme)
    return end or 1


def _breath(text: str, end: int) -> int:
    """Where to cut: the end of a paragraph or of a sentence in its second half, or else of a word; else `end`."""
    for between in _BREAKS:
        places = [found.start() for found in between.finditer(text[: end + 1]) if found.start() <= end]
        if places and (places[-1] > end // 2 or between is _BREAKS[-1]) and text[: places[-1]].strip():
            return places[-1]
    return end
