"""The HTML of a mail: cleaned, and as plain text. What nests without end is made flat first."""

import re
from collections import Counter
from collections.abc import Set

import nh3
from html2text import HTML2Text

MOST_NESTED = 100
"""Elements within one another that are read as such: cleaning takes time in the square of how deep they are nested."""
MOST_FORMATTED = 8
"""Of those, elements of formatting: one that is not closed begins anew in each paragraph, as HTML has it."""
MOST_INDENTED = 10
"""Quotes and lists within one another that the text shows as such: each is written again before each line."""
MOST_BLANK = 50
"""Blanks in a row that are read: the library looks for lists in the square of them."""

# fmt: off
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "i", "ins", "li", "ol", "p", "pre", "q", "s", "small", "span", "strong", "sub", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}
_NEVER_NESTED = frozenset({
    "area", "base", "body", "br", "caption", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "html", "img",
    "input", "li", "link", "meta", "option", "p", "param", "source", "tbody", "td", "tfoot", "th", "thead", "tr",
    "track", "wbr",
})
"""Empty elements, and those that end where the next one of their kind begins."""
_FORMATTING = frozenset({
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
})
# fmt: on
_INDENTING = frozenset({"blockquote", "dl", "ol", "ul"})
_ATTRIBUTES = {"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_CLEANER = nh3.Cleaner(tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"})
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,30})[^<>]*>")
_LINK = re.compile(r"\[([^\[\]\n]{0,500})\]\(<([^<>\s]{0,2000})>(?: \"[^\"]{0,500}\")?\)")
_ENTITIES = {"&lt;": "\ue000", "&gt;": "\ue001", "&amp;": "\ue002"}
"""Of cleaned HTML, and what stands for them meanwhile: the library takes a hundred times as long for an entity."""
_ENTITY_CHARACTERS = str.maketrans({"\ue000": "<", "\ue001": ">", "\ue002": "&"})
_LONG_BLANK = re.compile(rf"\s{{{MOST_BLANK},}}")
_BLANKS = re.compile(r"\n{3,}")


def clean_html(html: str) -> str:
    """Return words, lists, tables and links; nothing that runs, and nothing that is loaded from elsewhere."""
    return _CLEANER.clean(_flatten(_flatten(html, MOST_FORMATTED, _FORMATTING), MOST_NESTED)).strip()


def html_to_text(html: str) -> str:
    """Return cleaned HTML as plain text, with the addresses of links in brackets behind them."""
    writer = HTML2Text(bodywidth=0)
    writer.ignore_emphasis = True
    writer.ignore_images = True
    writer.ignore_tables = True
    writer.escape_snob = False
    writer.protect_links = True
    writer.single_line_break = False
    writer.ul_item_mark = "-"
    flat = _flatten(html, MOST_INDENTED, _INDENTING)
    for entity, stand_in in _ENTITIES.items():
        flat = flat.replace(entity, stand_in)
    text = writer.handle(_LONG_BLANK.sub(lambda match: match[0][:MOST_BLANK], flat)).translate(_ENTITY_CHARACTERS)
    text = _LINK.sub(_link, text)
    text = re.sub(r"(?m)^#{1,6} ", "", text)
    text = re.sub(r"\\([-+.#()_*>!`{}\[\]\\])", r"\1", text)
    return _BLANKS.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip()


def _flatten(html: str, most: int, names: Set[str] | None = None) -> str:
    """Remove the tags of elements, of those `names` or of all, that are nested in more than `most` others of them."""
    open_tags: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    depth = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal depth
        name = match[2].lower()
        if name in _NEVER_NESTED or (names is not None and name not in names):
            return match[0]
        if not match[1]:
            if depth >= most:
                left_out[name] += 1
                return ""
            open_tags[name] += 1
            depth += 1
        elif left_out[name]:
            left_out[name] -= 1
            return ""
        elif open_tags[name]:
            open_tags[name] -= 1
            depth -= 1
        return match[0]

    return _TAG.sub(keep, html)


def _link(match: re.Match[str]) -> str:
    label, address = match[1], match[2]
    bare = address.removeprefix("mailto:").removeprefix("tel:")
    return label if not address or label in {address, bare} else f"{label} ({bare})"
