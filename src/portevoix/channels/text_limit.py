"""Cutting a text that is too long for one message of a network into several, at natural breaks."""

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
    """The length limit of one message on a network, as the network counts it, and how a longer text is cut.

    `count` returns how much of `most` a text takes. `cut` returns the texts of the messages to be sent, in order, a
    single one if the text fits; always the same for the same text. It raises Refused as `cut_text` does.
    """

    most: int
    count: Callable[[str], int]
    cut: Callable[[str], tuple[str, ...]]


def cut_text(text: str, fits: Fits) -> tuple[str, ...]:
    """Cut a text into parts, in order, each of which `fits`; always the same for the same text, losing no word.

    Parts end after a paragraph or a sentence if that leaves none half empty, else after a word. Only a word that does
    not fit by itself is cut, and an address, a mention or a tag only as a last resort. `fits` must be false for every
    text that begins with one that does not fit. Raise Refused for nothing but space, or more than `MOST_PARTS`.
    """
    whole = text.encode("utf-8", "replace").decode().strip()
    if not whole:
        raise Refused(gettext_noop("There is nothing in this reply that could be sent."))
    parts: list[str] = []
    ends, start = tuple(_ends(whole)), 0
    while start < len(whole):
        end = _last_fitting_end(whole, start, ends, fits)
        if end < len(whole):
            end = start + _natural_break(whole[start : end + 2], end - start)
        parts.append(whole[start:end].strip())
        start = len(whole) - len(whole[end:].lstrip())
        if len(parts) > MOST_PARTS:
            raise Refused(
                gettext_noop("The reply is too long for this network: it would be more than {count} posts."),
                count=MOST_PARTS,
            )
    return tuple(parts)


def _ends(text: str) -> Iterator[int]:
    """Yield the places where a part may end if it must: after each grapheme, except within a part to keep whole."""
    position = 0
    for match in _WHOLE.finditer(text):
        yield from _after(text[position : match.start()], position)
        yield match.end()
        position = match.end()
    yield from _after(text[position:], position)


def _after(text: str, start: int) -> Iterator[int]:
    return accumulate(map(len, graphemes(text)), initial=start) if text else iter(())


def _last_fitting_end(text: str, start: int, ends: Sequence[int], fits: Fits) -> int:
    """Return the last of the ends up to which the text fits from `start` on, but at least one character. Where not even
    the first end fits, it is one of the graphemes within.
    """
    first = bisect_right(ends, start)
    end = _last(text, start, ends, first, fits)
    if end == start:
        word = text[start : ends[first]]
        end = _last(text, start, tuple(_after(word, start)), 1, fits)
    return max(end, start + 1)


def _last(text: str, start: int, ends: Sequence[int], first: int, fits: Fits) -> int:
    """Return the last end that fits; `start` when none does. Looks no further than about twice the part."""
    good, step = first - 1, _STRIDE
    while good + step < len(ends) and fits(text[start : ends[good + step]]):
        good, step = good + step, step * 2
    bad = min(good + step, len(ends))
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if fits(text[start : ends[middle]]) else (good, middle)
    return ends[good] if good >= first else start


def _natural_break(text: str, end: int) -> int:
    """Return where to cut: the end of a paragraph or sentence in the second half, else of a word, else `end`."""
    for between in _BREAKS:
        places = [match.start() for match in between.finditer(text) if 0 < match.start() <= end]
        if places and (places[-1] > end // 2 or between is _BREAKS[-1]):
            return places[-1]
    return end
