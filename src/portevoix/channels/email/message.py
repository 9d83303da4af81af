"""A mail as the standard library parses it, with fast access to headers by name."""

import codecs
import re
from dataclasses import dataclass
from email.feedparser import BytesFeedParser
from email.message import Message
from email.policy import Compat32, compat32
from typing import Any, Final

MOST_HEADER: Final = 20_000
"""Characters of a header that are read: parsers of the standard library take time in the square of some of them."""
MOST_HEADERS: Final = 1_000
"""Of a mail, or of a part of one: what comes after is passed over."""
MOST_PARAMETERS: Final = 100
"""Of a header that describes a part of a mail; those of a real one are some ten."""

MOST_HEAD = 1_000_000
"""Bytes before a mail's text begins."""
MOST_PARTS = 5_000
MOST_HEADERS_IN_ALL = 20_000
"""Of a mail with all that lies in it: one of 25 MB could hold millions, and each takes a kilobyte of memory."""
LONGEST_CHARSET = 40
"""Characters; the standard library remembers each name that it was ever asked for."""
_NO_CHARSETS = frozenset(
    {"idna", "mbcs", "oem", "punycode", "raw_unicode_escape", "raw-unicode-escape", "undefined", "unicode_escape",
     "unicode-escape"}
)  # fmt: skip
_PIECE = 100_000
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n|\r\r")


class TooManyParts(ValueError):
    """A mail has more parts or headers than are read."""


@dataclass(slots=True)
class _Tally:
    """How many parts and headers of one mail were read."""

    parts: int = 0
    headers: int = 0

    def add(self, *, parts: int = 0, headers: int = 0) -> None:
        self.parts += parts
        self.headers += headers
        if self.parts > MOST_PARTS or self.headers > MOST_HEADERS_IN_ALL:
            raise TooManyParts(f"{self.parts} parts, {self.headers} headers")


class Mail(Message):
    """A mail, or a part of one, that is read and not changed.

    The standard library's class searches all headers for each access, and parses the Content-Type again each time: with
    some forty accesses a mail, that took most of the reading time.
    """

    def __init__(self, policy: Compat32 = compat32, tally: _Tally | None = None) -> None:
        super().__init__(policy)
        self._tally = tally or _Tally()
        self._tally.add(parts=1)
        self._by_name: dict[str, list[Any]] = {}
        self._kind: str | None = None

    @property
    def names(self) -> frozenset[str]:
        """Return the names of the headers, in lower case."""
        return frozenset(self._by_name)

    def set_raw(self, name: str, value: Any) -> None:
        self._tally.add(headers=1)
        if len(self) >= MOST_HEADERS:
            return
        short_value = _cut(name.lower(), value) if isinstance(value, str) else value
        super().set_raw(name, short_value)
        self._by_name.setdefault(name.lower(), []).append(short_value)
        self._kind = None

    def get(self, name: str, failobj: Any = None) -> Any:
        values = self._by_name.get(name.lower())
        return self.policy.header_fetch_parse(name, values[0]) if values else failobj

    def get_all(self, name: str, failobj: Any = None) -> Any:
        values = self._by_name.get(name.lower())
        return [self.policy.header_fetch_parse(name, value) for value in values] if values else failobj

    @property
    def written(self) -> str | None:
        """Return the undecoded content of this part; None for a part with others inside."""
        payload = getattr(self, "_payload", None)
        return payload if isinstance(payload, str) else None

    def get_content_charset(self, failobj: Any = None) -> Any:
        charset = super().get_content_charset()
        return charset if charset and is_charset(charset) else failobj

    def get_content_type(self) -> str:
        if self._kind is None:
            self._kind = super().get_content_type()
        return self._kind


def is_charset(name: str) -> bool:
    """Return whether it is a charset of texts: other codecs take time in the square of a text's length."""
    try:
        return len(name) <= LONGEST_CHARSET and codecs.lookup(name).name not in _NO_CHARSETS
    except (LookupError, ValueError):
        return False


def _cut(name: str, value: str) -> str:
    text = value[:MOST_HEADER]
    if name.startswith("content-") and text.count(";") > MOST_PARAMETERS:
        return ";".join(text.split(";", MOST_PARAMETERS)[:MOST_PARAMETERS])
    return text


def read_mail(raw: bytes) -> Mail:
    """Raise TooManyParts for a head beyond MOST_HEAD, more than MOST_PARTS parts or MOST_HEADERS_IN_ALL headers."""
    if len(raw) > MOST_HEAD and not _END_OF_HEAD.search(raw, 0, MOST_HEAD):
        raise TooManyParts(f"a head of more than {MOST_HEAD} bytes")
    tally = _Tally()

    def begin(policy: Compat32 = compat32) -> Mail:
        return Mail(policy, tally)

    parser = BytesFeedParser(begin)  # what takes the whole at once keeps it four times over
    for start in range(0, len(raw), _PIECE):
        parser.feed(raw[start : start + _PIECE])
    return parser.close()
