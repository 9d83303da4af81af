"""Spans of personal data in a text, as written and as it looks."""

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


_ODD_SIGN = re.compile(
    "(?P<unseen>[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u20e3\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]{1,64})"
    "|(?P<space>[\u2000-\u200a\u205f\u3000])|(?P<dash>[\u2010-\u2012\u2212])"
    r"|(?P<figure>(?![0-9])\d|[\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468])"
    "|(?P<letter>[\uff01-\uff5e\U0001d400-\U0001d7cb\u24b6-\u24e9]|[^\\W\\d_][\u0300-\u036f]{1,4})"
)
"""Invisible characters, and those that look like plain ones: figures of other scripts, wide letters, lone accents."""


def as_seen(text: str, finder: Callable[[str], Iterable[Found]]) -> Iterator[Found]:
    """Yield the finder's results in the text as written and, if it looks different, as it looks; they may overlap."""
    yield from finder(text)
    if _ODD_SIGN.search(text):
        visible_text, places = _visible_text(text)
        yield from (Found(places[each.start][0], places[each.end - 1][1], each.kind) for each in finder(visible_text))


def _visible_text(text: str) -> tuple[str, list[Span]]:
    """Return the text as it looks, and the span of each of its characters in the original."""
    signs: list[str] = []
    places: list[Span] = []
    end = 0
    for match in _ODD_SIGN.finditer(text):
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
    """Return the plain character that the match looks like; "" for invisible ones."""
    plain = {"unseen": "", "space": " ", "dash": "-"}.get(match.lastgroup or "")
    if plain is not None:
        return plain
    if match.lastgroup == "figure":
        return str(unicodedata.digit(match.group()))
    return unicodedata.normalize("NFKC", match.group())[:1]


def blanked(text: str, found: Iterable[Found]) -> str:
    """Return the text, of the same length, with brackets and dots in place of the spans."""
    left, end = [], 0
    for each in found:
        left += [text[end : each.start], "[", "·" * (each.end - each.start - 2), "]"]
        end = each.end
    return "".join([*left, text[end:]]) if left else text


def without_overlaps(found: Iterable[Found]) -> list[Found]:
    """Return the spans with overlapping ones merged, of the kind of the first, or of the longest of these."""
    spans: list[Found] = []
    for each in sorted(found, key=lambda each: (each.start, -each.end, each.kind)):
        if spans and each.start < spans[-1].end:
            spans[-1] = Found(spans[-1].start, max(spans[-1].end, each.end), spans[-1].kind)
        else:
            spans.append(each)
    return spans
