"""A text that is too long for one message of a network becomes several, cut where a reader would breathe."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from portevoix.channels.graphemes import graphemes
from portevoix.kernel.errors import Refused
from portevoix.kernel.i18n import gettext_noop

MOST_PARTS: Final = 25
"""Into which a reply is cut at most, on every network; a longer one is refused before it leaves."""
_SPACE: Final = r"(?<!«)[^\S\u00a0\u202f]+(?![!?:;»])"
"""Where a line may end: French punctuation stays with its word."""
_BREAKS: Final = (
    re.compile(r"\n\s*"),
    re.compile(rf"(?:(?<=[.!?…])|(?<=[.!?…][»”\")])|(?<=[.!?…]\s»)){_SPACE}"),
    re.compile(_SPACE),
)
_WHOLE: Final = re.compile(r"https?://\S+|(?<!\w)[@#]\S+", re.IGNORECASE)
"""What would be something else if it were cut: an address, a mention, a tag."""
_STRIDE: Final = 64

Fits = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class TextLimit:
    """How much text a network takes in one message, as it counts it, and how it takes a longer one.

    `count` gives what counts of `most`. `cut` gives the texts of the messages as they are sent, in their order, one
    where the text fits; the same for the same text, always. It raises Refused as the function `cut` does.
    """

    most: int
    count: Callable[[str], int]
    cut: Callable[[str], tuple[str, ...]]


def cut(text: str, fits: Fits) -> tuple[str, ...]:
    """The parts, in order, each of which `fits`; the same for the same text, always. They say all that `text` says.

    They end with a paragraph or a sentence where that leaves none half empty, else with a word. Only a word that does
    not fit by itself is cut, and of these an address, a mention or a tag as the last. What is longer than what does not
    fit must not fit either. Raises Refused for nothing but space, or more than `MOST_PARTS`.
    """
    whole = text.encode("utf-8", "replace").decode().strip()
    if not whole:
        raise Refused(gettext_noop("There is nothing in this reply that could be sent."))
    found: list[str] = []
    ends, start = tuple(_ends(whole)), 0
    while start < len(whole):
        end = _fitting(whole, start, ends, fits)
        if end < len(whole):
            end = start + _breath(whole[start : end + 2], end - start)
        found.append(whole[start:end].strip())
        start = len(whole) - len(whole[end:].lstrip())
        if len(found) > MOST_PARTS:
            raise Refused(
                gettext_noop("The reply is too long for this network: it would be more than {count} posts."),
                count=MOST_PARTS,
            )
    return tuple(found)


def _ends(text: str) -> Iterator[int]:
    """Where a part may end if it must: after each grapheme outside of what is to stay whole, and after that."""
    done = 0
    for found in _WHOLE.finditer(text):
        yield from _after(text[done : found.start()], done)
        yield found.end()
        done = found.end()
    yield from _after(text[done:], done)


def _after(text: str, start: int) -> Iterator[int]:
    return accumulate(map(len, graphemes(text)), initial=start) if text else iter(())


def _fitting(text: str, start: int, ends: Sequence[int], fits: Fits) -> int:
    """The last of the ends to which the text fits from `start` on; within what does not fit by itself, of its
    graphemes; one character at least.
    """
    first = bisect_right(ends, start)
    end = _last(text, start, ends, first, fits)
    if end == start:
        word = text[start : ends[first]]
        end = _last(text, start, tuple(_after(word, start)), 1, fits)
    return max(end, start + 1)


def _last(text: str, start: int, ends: Sequence[int], first: int, fits: Fits) -> int:
    """`start` when the text fits to none of them. Looks no further than about twice the part."""
    good, step = first - 1, _STRIDE
    while good + step < len(ends) and fits(text[start : ends[good + step]]):
        good, step = good + step, step * 2
    bad = min(good + step, len(ends))
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if fits(text[start : ends[middle]]) else (good, middle)
    return ends[good] if good >= first else start


def _breath(text: str, end: int) -> int:
    """Where to cut: the end of a paragraph or of a sentence in its second half, or else of a word; else `end`."""
    for between in _BREAKS:
        places = [found.start() for found in between.finditer(text) if 0 < found.start() <= end]
        if places and (places[-1] > end // 2 or between is _BREAKS[-1]):
            return places[-1]
    return end
