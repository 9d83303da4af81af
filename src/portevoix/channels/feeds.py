"""The articles of a news feed: RSS 2.0, RSS 1.0 (RDF) and Atom, from the bytes of its file.

Read with the parser that reads HTML: it knows no document type, no entity but those of characters, and fetches
nothing, so that no feed can grow or lead out of its own bytes. In return a feed that is not well-formed gives the
articles that can be made out, and a prefix of a name counts for nothing ("dc:date" is "date").
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import escape, unescape
from html.parser import HTMLParser
from typing import Final
from urllib.parse import unquote, unquote_plus, urlsplit

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop

MOST_BYTES: Final = 5_000_000
MOST_ARTICLES: Final = 1000
MOST_TITLE: Final = 1000
MOST_URL: Final = 4000

_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,30})["']""")
_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "latin1"})
_TAG = re.compile(r"<[^<>]{0,2000}>")
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_ROOTS = frozenset({"rss", "rdf", "feed"})
_ARTICLES = frozenset({"item", "entry"})
_DATES = ("published", "pubdate", "issued", "date", "updated", "modified")  # the first that is told counts
_READ = frozenset({"title", "link", "guid", "id", *_DATES})
_TRACKING = re.compile(r"(?:utm_[^=]*|fbclid|gclid)(?:=|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Article:
    """What a form or a post can be tied to. `published` is aware; None when the feed does not tell."""

    url: str
    title: str
    published: datetime | None = None


def articles(raw: bytes) -> tuple[Article, ...]:
    """The articles in the order of the feed, each address once. Those without an address of the web are passed over.

    At most MOST_ARTICLES. Raises BadInput for more than MOST_BYTES, and for what is no feed.
    """
    if len(raw) > MOST_BYTES:
        raise BadInput(gettext_noop("The feed is larger than {most} bytes."), most=MOST_BYTES)
    reader = _Reader()
    reader.feed(_CDATA.sub(lambda found: escape(found[1]), _decoded(raw)))
    reader.close()
    if not reader.is_feed:
        raise BadInput(gettext_noop("This is no feed: neither RSS nor Atom."))
    return tuple(reader.found.values())


def key(url: str) -> str:
    """An address of the web as it is compared: two that lead to one article have the same; "" for what is none.

    Left out: the scheme, "www.", the usual port, the fragment, slashes at the end, and what only tells where the reader
    came from (utm_…, fbclid, gclid).
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    place = host if port in (None, 80, 443) else f"{host}:{port}"
    asked = "&".join(part for part in parts.query.split("&") if part and not _TRACKING.match(part))
    found = place + unquote(parts.path).rstrip("/") + (f"?{unquote_plus(asked)}" if asked else "")
    return "" if "\0" in found else found  # no database takes it


def _decoded(raw: bytes) -> str:
    """As its byte order mark or its declaration says, where that is one of the encodings that feeds have."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    declared = _DECLARED.match(raw[:300])
    encoding = declared[1].decode().lower() if declared else "utf-8"
    return raw.decode(encoding if encoding in _ENCODINGS else "utf-8", "replace").removeprefix("\ufeff")


class _Reader(HTMLParser):
    """Keeps the fields of one article at a time."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, Article] = {}
        self.is_feed = False
        self._fields: dict[str, str] | None = None
        self._name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = tag.rpartition(":")[2]
        given = {key.rpartition(":")[2]: value or "" for key, value in attrs}
        if name in _ROOTS:
            self.is_feed = True
        elif name in _ARTICLES:
            self._end()
            self._fields = {"about": given.get("about", "")}
            self._name = ""
        elif self._fields is not None and name in _READ:
            self._open(self._fields, name, given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in _ARTICLES:
            self._end()
        elif name == self._name:
            self._name = ""

    def handle_data(self, data: str) -> None:
        if self._fields is not None and self._name:
            before = self._fields.get(self._name, "")
            if len(before) < MOST_URL:
                self._fields[self._name] = before + data[:MOST_URL]

    def _open(self, fields: dict[str, str], name: str, given: dict[str, str]) -> None:
        """What follows is that field. A link of Atom leads somewhere by its attributes instead."""
        if name == "link" and given.get("href"):
            if given.get("rel", "alternate") == "alternate":
                fields.setdefault("href", given["href"])
        elif not (fields.get(name) or (name == "guid" and given.get("ispermalink", "").lower() == "false")):
            self._name = name

    def _end(self) -> None:
        """The article is complete."""
        fields, self._fields, self._name = self._fields, None, ""
        if fields is None or len(self.found) >= MOST_ARTICLES:
            return
        told = (fields.get(name, "").strip() for name in ("href", "link", "guid", "about", "id"))
        url = next((address for address in told if _URL.fullmatch(address) and len(address) <= MOST_URL), "")
        if url and url not in self.found:
            self.found[url] = Article(url, _title(fields.get("title", "")), _published(fields))


def _title(text: str) -> str:
    """Titles often hold HTML that was escaped once more."""
    bare = unescape(_TAG.sub("", text))
    return " ".join(bare.replace("\0", "").split())[:MOST_TITLE]


def _published(fields: dict[str, str]) -> datetime | None:
    for told in (fields[name].strip() for name in _DATES if name in fields):
        try:
            found = datetime.fromisoformat(told) if told[:4].isdecimal() else parsedate_to_datetime(told)
            found.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
