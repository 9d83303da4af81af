"""How long a text is for X, and where a long one is cut into the posts of a thread (twitter-text, configuration 3)."""

import html
import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from portevoix.kernel.errors import Refused
from portevoix.kernel.i18n import gettext_noop

MOST: Final = 280
MOST_POSTS: Final = 25
_URL: Final = 23
_LIGHT: Final = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Code points that weigh 1; all others weigh 2."""
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
_UNIT = re.compile(rf"(?P<link>{_LINK})|(?P<bare>\b(?:[a-z0-9-]+\.)+[a-z]{{2,}}\b)|(?P<emoji>{_EMOJI})|.", re.I | re.S)
_BREAKS: Final = (re.compile(r"\n\s*"), re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][»”\")]))\s+"), re.compile(r"\s+"))
_PART = re.compile(r"\((\d{1,2})/(\d{1,2})\)$")
_SHORT = re.compile(r"https://t\.co/\w+")
_CALLED = re.compile(r"(?:@\w{1,15}\s+)+")


def weight(text: str) -> int:
    """What X counts of its `MOST`: links 23, emoji and CJK 2, most other letters 1."""
    return sum(_weight(unit) for unit in _UNIT.finditer(unicodedata.normalize("NFC", text)))


def posts(text: str) -> tuple[str, ...]:
    """The texts of the posts, in order: one that fits as it is, else numbered parts. The same for the same text.

    Raises Refused for a text of nothing but space, or one that fits into no thread of `MOST_POSTS`.
    """
    left = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode()).strip()
    if not left:
        raise Refused(gettext_noop("There is nothing in this reply that could be sent."))
    if weight(left) <= MOST:
        return (left,)
    found: list[str] = []
    while left:
        end = _fitting(left, MOST - len(" (25/25)"))
        end = _breath(left, end) if end < len(left) else end
        found.append(left[:end].strip())
        left = left[end:].lstrip()
        if len(found) > MOST_POSTS:
            raise Refused(
                gettext_noop("The reply is too long for X: more than {count} posts of 280 characters."),
                count=MOST_POSTS,
            )
    return tuple(f"{part} ({number}/{len(found)})" for number, part in enumerate(found, start=1))


def goes_on(text: str) -> bool:
    """Whether it is a part of a thread as `posts` makes it, other than the first one."""
    found = _PART.search(text)
    return bool(found and 1 < int(found[1]) <= int(found[2]) <= MOST_POSTS)


def unfolded(text: str, links: Mapping[str, str]) -> str:
    """As its author wrote it: `links` gives what X's short addresses stand for, "" for one that shows an attachment."""
    return _SHORT.sub(lambda found: links.get(found[0], found[0]), html.unescape(text)).strip()


def essence(text: str) -> str:
    """What remains of a text whatever X makes of it: names called first, space and the way links are written apart."""
    bare = _CALLED.sub("", unicodedata.normalize("NFC", text).strip() + " ", count=1)
    return " ".join(re.sub(r"https?://(?:www\.)?|/(?=\s|$)", "", bare, flags=re.I).split())


def _weight(unit: re.Match[str]) -> int:
    if unit["link"]:
        return _URL
    if unit["bare"]:  # X may make a link of it or not
        return max(_URL, len(unit["bare"]))
    if unit["emoji"]:
        return 2
    return 1 if any(first <= ord(unit[0]) <= last for first, last in _LIGHT) else 2


def _fitting(text: str, most: int) -> int:
    """How many characters of the beginning fit into one post; one unit at least."""
    end = size = 0
    for unit in _UNIT.finditer(text):
        size += _weight(unit)
        if size > most and end:
            break
        end = unit.end()
    return end


def _breath(text: str, end: int) -> int:
    """Where to cut: the end of a paragraph or of a sentence in its second half, or else of a word; else `end`."""
    for between in _BREAKS:
        places = [found.start() for found in between.finditer(text[: end + 1]) if found.start() <= end]
        if places and (places[-1] > end // 2 or between is _BREAKS[-1]) and text[: places[-1]].strip():
            return places[-1]
    return end
