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
_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,30})["']""")
_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "latin1"})
_VAST_CHARACTER = re.compile(r"&#[0-9]{10,}")
"""The number of no character, and perhaps of more digits than Python reads."""
_TAG = re.compile(r"<[^<>]{0,2000}>")
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_ROOTS = frozenset({"rss", "rdf", "feed"})
_ARTICLES = frozenset({"item", "entry"})
_DATES = ("published", "pubdate", "issued", "date", "updated", "modified")  # the first that is told counts
_READ = frozenset({"title", "link", "guid", "id", *_DATES})
_TRACKING = re.compile(r"(?:utm_[^=]*|fbclid|gclid)(?:=|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Article:
    """An article that a form or a post can be tied to. `published` is aware; None when the feed gives no date."""

    url: str
    title: str
    published: datetime | None = None


def read_articles(raw: bytes) -> tuple[Article, ...]:
    """Return the articles in the order of the feed, each address once, at most MOST_ARTICLES.

    Articles without a web address are left out. Raise BadInput for more than MOST_BYTES, and when this is not a feed.
    """
    if len(raw) > MOST_BYTES:
        raise BadInput(gettext_noop("The feed is larger than {most} bytes."), most=MOST_BYTES)
    reader = _Reader()
    text = _CDATA.sub(lambda match: escape(match[1]), _decode(raw))
    reader.feed(_VAST_CHARACTER.sub("\ufffd", text))
    reader.close()
    if not reader.is_feed:
        raise BadInput(gettext_noop("This is no feed: neither RSS nor Atom."))
    return tuple(reader.articles.values())


def comparison_key(url: str) -> str:
    """Return a web address in a form that is equal for all addresses of one article; "" when it is not an address.

    Left out: the scheme, "www.", the usual port, the fragment, slashes at the end, and parameters that only track where
    the reader came from (utm_…, fbclid, gclid).
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    place = host if port in (None, 80, 443) else f"{host}:{port}"
    query = "&".join(part for part in parts.query.split("&") if part and not _TRACKING.match(part))
    address = place + unquote(parts.path).rstrip("/") + (f"?{unquote_plus(query)}" if query else "")
    return "" if "\0" in address else address  # no database takes it


def _decode(raw: bytes) -> str:
    """Decode a feed by its byte order mark or its declaration, where that names an encoding that feeds have."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    declaration = _DECLARATION.match(raw[:300])
    encoding = declaration[1].decode().lower() if declaration else "utf-8"
    return raw.decode(encoding if encoding in _ENCODINGS else "utf-8", "replace").removeprefix("\ufeff")


class _Reader(HTMLParser):
    """Keeps the fields of one article at a time."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.articles: dict[str, Article] = {}
        self.is_feed = False
        self._fields: dict[str, str] | None = None
        self._name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = tag.rpartition(":")[2]
        attributes = {key.rpartition(":")[2]: value or "" for key, value in attrs}
        if name in _ROOTS:
            self.is_feed = True
        elif name in _ARTICLES:
            self._end()
            self._fields = {"about": attributes.get("about", "")}
            self._name = ""
        elif self._fields is not None and name in _READ:
            self._open(self._fields, name, attributes)

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

    def _open(self, fields: dict[str, str], name: str, attributes: dict[str, str]) -> None:
        """Start reading that field. An Atom link has its address in an attribute instead."""
        if name == "link" and attributes.get("href"):
            if attributes.get("rel", "alternate") == "alternate":
                fields.setdefault("href", attributes["href"])
        elif not (fields.get(name) or (name == "guid" and attributes.get("ispermalink", "").lower() == "false")):
            self._name = name

    def _end(self) -> None:
        """Store the article, which is complete."""
        fields, self._fields, self._name = self._fields, None, ""
        if fields is None or len(self.articles) >= MOST_ARTICLES:
            return
        addresses = (fields.get(name, "").strip() for name in ("href", "link", "guid", "about", "id"))
        url = next((address for address in addresses if _URL.fullmatch(address) and len(address) <= MOST_URL), "")
        if url and url not in self.articles:
            self.articles[url] = Article(url, _title(fields.get("title", "")), _publication_time(fields))


def _title(text: str) -> str:
    """Return the title without HTML, which feeds often escape once more."""
    bare = unescape(_VAST_CHARACTER.sub("\ufffd", _TAG.sub("", text)))
    return " ".join(bare.replace("\0", "").split())[:MOST_TITLE]


def _publication_time(fields: dict[str, str]) -> datetime | None:
    for text in (fields[name].strip() for name in _DATES if name in fields):
        try:
            moment = datetime.fromisoformat(text) if text[:4].isdecimal() else parsedate_to_datetime(text)
            moment.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
