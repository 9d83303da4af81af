"""Where personal data stands in a text: as it is written, and as the eye sees it."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """Personal data at text[start:end]; `kind` is a key of MASKS["fr"]."""

    start: int
    end: int
    kind: str


_DRAWN = re.compile(
    "(?P<unseen>[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u20e3\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]{1,64})"
    "|(?P<space>[\u2000-\u200a\u205f\u3000])|(?P<dash>[\u2010-\u2012\u2212])"
    r"|(?P<figure>(?![0-9])\d|[\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468])"
    "|(?P<letter>[\uff01-\uff5e\U0001d400-\U0001d7cb\u24b6-\u24e9]|[^\\W\\d_][\u0300-\u036f]{1,4})"
)
"""What the eye does not see, or sees as a plain sign: figures of other scripts, wide letters, accents by themselves."""


def as_seen(text: str, finder: Callable[[str], Iterable[Found]]) -> Iterator[Found]:
    """What is found in the text as it is written and, where the eye sees another text, in that; they may overlap."""
    yield from finder(text)
    if _DRAWN.search(text):
        seen, places = _seen(text)
        yield from (Found(places[each.start][0], places[each.end - 1][1], each.kind) for each in finder(seen))


def _seen(text: str) -> tuple[str, list[Span]]:
    """What the eye sees, and where each sign of it stands in the text."""
    signs: list[str] = []
    places: list[Span] = []
    end = 0
    for match in _DRAWN.finditer(text):
        signs += text[end : match.start()]
        places += ((place, place + 1) for place in range(end, match.start()))
        end = match.end()
        if sign := _sign(match):
            signs.append(sign)
            places.append(match.span())
    signs += text[end:]
    places += ((place, place + 1) for place in range(end, len(text)))
    return "".join(signs), places


def _sign(match: re.Match[str]) -> str:
    """The one sign that the eye takes it for; none for what it does not see."""
    plain = {"unseen": "", "space": " ", "dash": "-"}.get(match.lastgroup or "")
    if plain is not None:
        return plain
    if match.lastgroup == "figure":
        return str(unicodedata.digit(match.group()))
    return unicodedata.normalize("NFKC", match.group())[:1]


def blanked(text: str, found: Iterable[Found]) -> str:
    """The text, as long as before, with brackets and dots where something was found."""
    left, end = [], 0
    for each in found:
        left += [text[end : each.start], "[", "·" * (each.end - each.start - 2), "]"]
        end = each.end
    return "".join([*left, text[end:]]) if left else text


def without_overlaps(found: Iterable[Found]) -> list[Found]:
    """What overlaps becomes one, of the kind of what begins first, then of the longest."""
    kept: list[Found] = []
    for each in sorted(found, key=lambda each: (each.start, -each.end, each.kind)):
        if kept and each.start < kept[-1].end:
            kept[-1] = Found(kept[-1].start, max(kept[-1].end, each.end), kept[-1].kind)
        else:
            kept.append(each)
    return kept
