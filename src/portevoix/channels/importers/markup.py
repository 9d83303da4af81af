"""The HTML of a post as plain text: paragraphs, whole links, mentions as handles."""

from collections.abc import Mapping
from html.parser import HTMLParser

from portevoix.kernel.errors import BadLine
from portevoix.kernel.i18n import gettext_noop

MOST_HTML = 200_000
"""Characters; a post that has more is none."""

_BLOCKS = frozenset({"p", "div", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "table"})
_HIDDEN = frozenset({"script", "style", "head", "title", "template"})
_SCHEMES = ("http://", "https://")


def plain(html: str, handles: Mapping[str, str] | None = None) -> str:
    """The text that a reader sees, with links as they lead and not as they are shortened.

    `handles` maps the address of a profile to what its mention becomes ("@ana@social.example"); other mentions stay as
    they stand. Raises BadLine for more than MOST_HTML characters.
    """
    if len(html) > MOST_HTML:
        raise BadLine(gettext_noop("The HTML of the post has more than {most} characters."), line=None, most=MOST_HTML)
    reader = _Reader(handles or {})
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Builds the text; neither entities nor anything else in it leads out of the string."""

    def __init__(self, handles: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self._handles = handles
        self._parts: list[str] = []
        self._link: str | None = None
        self._label: list[str] = []
        self._hidden = 0

    def text(self) -> str:
        self._end_link()
        lines = "".join(self._parts).split("\n")
        kept: list[str] = []
        for line in (line.rstrip() for line in lines):
            if line or (kept and kept[-1]):
                kept.append(line)
        return "\n".join(kept).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "a":
            self._end_link()
            self._link = dict(attrs).get("href") or ""
        elif tag == "br":
            self._write("\n")
        elif tag == "li":
            self._write("\n- ")
        elif tag in _BLOCKS:
            self._write("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag == "a":
            self._end_link()
        elif tag in _BLOCKS:
            self._write("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._write(data)

    def _write(self, text: str) -> None:
        (self._parts if self._link is None else self._label).append(text)

    def _end_link(self) -> None:
        if self._link is None:
            return
        label, address = "".join(self._label), self._link
        self._link, self._label = None, []
        self._parts.append((address and self._handles.get(address)) or _link(label, address))


def _link(label: str, address: str) -> str:
    shown = label.strip()
    if not address.startswith(_SCHEMES) or shown.startswith(("@", "#")):
        return label
    bare = address.removeprefix("https://").removeprefix("http://").removeprefix("www.")
    if (
        shown in {"", address}
        or shown.rstrip("…. /") == ""
        or shown.removeprefix("www.").rstrip("/") == bare.rstrip("/")
    ):
        return address
    beginning = shown.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("…").rstrip(".")
    return address if beginning and bare.startswith(beginning) and " " not in shown else f"{label} ({address})"
