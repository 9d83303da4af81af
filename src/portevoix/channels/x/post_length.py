"""Length of a text on X, and cutting a long text into the posts of a thread (twitter-text, configuration 3)."""

import html
import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from portevoix.channels import text_limit

MOST: Final = 280
_NUMBER: Final = f" ({text_limit.MOST_PARTS}/{text_limit.MOST_PARTS})"
_URL: Final = 23
_HEAVY: Final = "[^\0-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]"
"""Characters that weigh 2; all others weigh 1."""
_PICTURE = (
    "[\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u2600-\u27bf\u2900-\u297f\u2b00-\u2bff\u00a9\u00ae]"
)
_EMOJI = (
    "[\U0001f1e6-\U0001f1ff]{2}"
    "|[0-9#*]\ufe0f?\u20e3"
    f"|{_PICTURE}(?:\ufe0f|[\U0001f3fb-\U0001f3ff]|[\U000e0020-\U000e007f]|\u200d{_PICTURE})+"
    "|[\U0001f000-\U0001faff]"
)
_LINK = r"https?://[^\s/?#.]+\.[^\s]*[^\s.,;:!?)»”'\"]"
_BARE = r"(?<![\w.-])(?:[a-z0-9-]{1,63}\.){1,10}[a-z]{2,63}\b"
"""An address without https://. Bounded: a draft of a.a.a… is counted in the square of its length else."""
_SPECIAL = re.compile(rf"(?P<link>{_LINK})|(?P<bare>{_BARE})|{_EMOJI}|(?-i:{_HEAVY})", re.I)
"""What weighs something else than its characters."""
_PART = re.compile(r"\((\d{1,2})/(\d{1,2})\)$")
_SHORT = re.compile(r"https://t\.co/\w+")
_LEADING_NAMES = re.compile(r"(?:@\w{1,15}\s+)+")


def weight(text: str) -> int:
    """Return what X counts of its `MOST`: links 23, emoji and CJK 2, most other letters 1."""
    normal_form = unicodedata.normalize("NFC", text)
    return len(normal_form) + sum(_weight(match) - len(match[0]) for match in _SPECIAL.finditer(normal_form))


def posts(text: str) -> tuple[str, ...]:
    """Return the texts of the posts: one that fits unchanged, else numbered parts.

    Raise Refused as `text_limit.cut_text` does.
    """
    normal_form = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode()).strip()
    if normal_form and weight(normal_form) <= MOST:
        return (normal_form,)
    parts = text_limit.cut_text(normal_form, lambda part: weight(part) <= MOST - len(_NUMBER))
    return tuple(f"{part} ({number}/{len(parts)})" for number, part in enumerate(parts, start=1))


LIMIT: Final = text_limit.TextLimit(MOST, weight, posts)


def is_later_part(text: str) -> bool:
    """Return whether the text is a later part of a thread as `posts` makes it."""
    match = _PART.search(text)
    return bool(match and 1 < int(match[1]) <= int(match[2]) <= text_limit.MOST_PARTS)


def expand_links(text: str, links: Mapping[str, str]) -> str:
    """Return the text as its author wrote it: `links` expands X's short addresses; "" is one of an attachment."""
    return _SHORT.sub(lambda match: links.get(match[0], match[0]), html.unescape(text)).strip()


def essence(text: str) -> str:
    """Return what X never changes in a text: without leading names, space and the way links are written."""
    bare = _LEADING_NAMES.sub("", unicodedata.normalize("NFC", text).strip() + " ", count=1)
    return " ".join(re.sub(r"https?://(?:www\.)?|/(?=\s|$)", "", bare, flags=re.I).split())


def _weight(match: re.Match[str]) -> int:
    if match["link"]:
        return _URL
    if match["bare"]:  # X may make a link of it or not
        return max(_URL, len(match["bare"]))
    return 2
