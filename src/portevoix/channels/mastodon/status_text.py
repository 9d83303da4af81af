"""Conversion of a status from HTML to plain text, as it is displayed, but with full links and mentions."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Final

MOST_HTML: Final = 100_000
"""Characters of a status that are read; instances allow some thousands."""
CUT: Final = "\n\n[…]"
_BLOCKS = frozenset(
    {"p", "div", "blockquote", "pre", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "table", "section", "article"}
)
_LINES = frozenset({"br", "li", "tr", "hr"})
_UNSEEN = frozenset({"script", "style", "template", "head"})
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_ADDRESS = re.compile(r"https?://\S+")
_MENTION = re.compile(r"(?<![\w/])@[\w.-]*\w(?:@[\w.-]*\w(?::\d+)?)?")


def clean(text: str) -> str:
    """Remove what no database stores: null characters and surrogates."""
    return _UNSTORABLE.sub("", text)


def plain(html: str, mentions: Mapping[str, str] | None = None) -> str:
    """Convert HTML to text; `mentions` maps the address of a profile to `@user@host`, as which it is written."""
    parser = _Reader(mentions or {})
    parser.feed(html[:MOST_HTML])
    parser.close()
    return parser.text() + (CUT if len(html) > MOST_HTML else "")


def length(text: str, address: int) -> int:
    """Return the length as the instance counts it, or more: links as `address` characters, 0: as they are."""
    if not address:
        return len(text)
    return len(_ADDRESS.sub("", text)) + sum(max(address, 1) for _ in _ADDRESS.finditer(text))


def leading_mentions(text: str) -> list[str]:
    """Return the mentions with which a text begins, in lower case."""
    mentions: list[str] = []
    for word in text.split():
        bare = word.rstrip(",:;!.")
        if not _MENTION.fullmatch(bare):
            break
        mentions.append(bare.lower())
    return mentions


def find_mentions(text: str) -> list[str]:
    """Return everything in a text that an instance would take for a mention, in lower case."""
    return [mention.lower() for mention in _MENTION.findall(text)]


def essence(text: str) -> str:
    """Return letters and digits without the mentions, which stay the same however an instance formats a text."""
    content = _MENTION.sub("", text)
    return "".join(character for character in content if character.isalnum()).casefold() or "".join(content.split())


class _Reader(HTMLParser):
    def __init__(self, mentions: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self._mentions = mentions
        self._parts: list[str] = []
        self._link: tuple[str, int] | None = None
        self._unseen = ""
        self._verbatim = 0

    def text(self) -> str:
        self._end_link()
        lines = clean("".join(self._parts)).split("\n")
        return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen = self._unseen or tag
        elif tag == "a":
            self._end_link()
            self._link = (dict(attrs).get("href") or "", len(self._parts))
        elif tag == "img":
            self._parts.append(dict(attrs).get("alt") or "")
        elif tag in _BLOCKS:
            self._verbatim += tag == "pre"
            self._parts.append("\n\n")
        elif tag in _LINES:
            self._parts.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen:
            self._unseen = ""
        elif tag == "a":
            self._end_link()
        elif tag in _BLOCKS:
            self._verbatim -= tag == "pre" and self._verbatim > 0
            self._parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        text = data if self._verbatim else re.sub(r"\s+", " ", data)
        at_line_start = not self._parts or self._parts[-1].endswith(("\n", "- "))
        self._parts.append(text.lstrip(" ") if at_line_start and not self._verbatim else text)

    def _end_link(self) -> None:
        if self._link is None:
            return
        (address, start), self._link = self._link, None
        label = "".join(self._parts[start:])
        self._parts[start:] = [self._link_text(label.strip(), address)]

    def _link_text(self, label: str, address: str) -> str:
        """Return the text of a link: its mention or hashtag, its address, or its label with the address."""
        if address in self._mentions:
            return self._mentions[address]
        if label.startswith(("#", "@")) or not address.startswith(("http://", "https://")) or label == address:
            return label
        bare = address.partition("://")[2]
        visible_address = label.removeprefix("https://").removeprefix("http://")
        full_addresses = (bare, bare.removeprefix("www."))
        visible_start = visible_address.removesuffix("…").removesuffix("...")
        is_shortened = visible_start != visible_address and any(
            name.startswith(visible_start) for name in full_addresses
        )
        if is_shortened or not label or visible_address.rstrip("/") in (name.rstrip("/") for name in full_addresses):
            return address
        return f"{label} ({address})"
