"""Facets: the parts of a post's text that are a mention, a link or a tag. They count bytes of UTF-8."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from portevoix.channels.bluesky.settings import HANDLE

_TYPE: Final = "app.bsky.richtext.facet"
MOST_FACETS: Final = 100
_MOST_LINK: Final = 2000
_MENTION: Final = re.compile(rf"(?<![\w.@/-])@({HANDLE})(?![\w-])")
_LINK: Final = re.compile(r"(?<![\w@])https?://[^\s<>\"«»]+", re.IGNORECASE)
_TAG: Final = re.compile(r"(?<![\w#/&])#((?=[\w-]*[^\W\d_])\w[\w-]{0,63})")
_TRAILING: Final = ".,;:!?…'’”)]}"


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet of a post: its bytes and its kind; `value` is the DID or the address."""

    start: int
    end: int
    kind: str
    value: str


def read(text: str, entries: object) -> tuple[Facet, ...]:
    """Return the mentions and links of a post, in order, except those outside its text or over another one."""
    whole, valid_facets, end = text.encode("utf-8", "replace"), [], 0
    facets = [facet for entry in _list(entries)[:MOST_FACETS] if (facet := _read_facet(entry, len(whole)))]
    for facet in sorted(facets, key=lambda facet: facet.start):
        if facet.start >= end and _is_whole(whole[facet.start : facet.end]):
            valid_facets.append(facet)
            end = facet.end
    return tuple(valid_facets)


def unfolded(text: str, facets: tuple[Facet, ...]) -> str:
    """Return the text with full links: Bluesky shows “ville.example/trav…” where the facet has the address."""
    whole, parts, position = text.encode("utf-8", "replace"), [], 0
    for facet in facets:
        if facet.kind == "link":
            label = whole[facet.start : facet.end].decode()
            parts += [whole[position : facet.start].decode(), _expand_link(label, facet.value)]
            position = facet.end
    return "".join(parts) + whole[position:].decode()


def _expand_link(label: str, link: str) -> str:
    bare = link.split("://", 1)[-1]
    visible_start = label.split("://", 1)[-1].rstrip("…. /")
    return link if bare.lower().startswith(visible_start.lower()) else f"{label} ({link})"


def _read_facet(entry: object, size: int) -> Facet | None:
    index = entry.get("index") if isinstance(entry, dict) else None
    features = entry.get("features") if isinstance(entry, dict) else None
    if not isinstance(index, dict):
        return None
    start, end = index.get("byteStart"), index.get("byteEnd")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= size:
        return None
    for feature in _list(features)[:5]:
        kind, value = _feature(feature)
        if value:
            return Facet(start, end, kind, value)
    return None


def _feature(feature: object) -> tuple[str, str]:
    fields = feature if isinstance(feature, dict) else {}
    kind = str(fields.get("$type", "")).removeprefix(f"{_TYPE}#")
    value = fields.get({"mention": "did", "link": "uri"}.get(kind, ""))
    if not isinstance(value, str) or len(value) > _MOST_LINK or not value.isprintable():
        return kind, ""
    return kind, "" if kind == "link" and not value.lower().startswith(("http://", "https://")) else value


def _is_whole(part: bytes) -> bool:
    """Return whether these bytes are complete characters."""
    try:
        part.decode()
    except UnicodeDecodeError:
        return False
    return True


def _list(document: object) -> list[object]:
    return document if isinstance(document, list) else []


def handles(text: str) -> Iterator[str]:
    """Yield the handles that a text mentions, in lower case."""
    for match in _MENTION.finditer(text):
        yield match[1].lower()


def written(text: str, dids: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the facets of a text of ours: links, tags, and the mentions of handles whose DID is known."""

    def mention(match: re.Match[str]) -> tuple[int, Any]:
        did = dids.get(match[1].lower())
        return match.end(), {"$type": f"{_TYPE}#mention", "did": did} if did else None

    def link(match: re.Match[str]) -> tuple[int, Any]:
        uri = _trim(match[0])
        return match.start() + len(uri), {"$type": f"{_TYPE}#link", "uri": uri}

    def tag(match: re.Match[str]) -> tuple[int, Any]:
        return match.end(), {"$type": f"{_TYPE}#tag", "tag": match[1]}

    kinds: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[int, Any]]], ...]
    kinds = ((_LINK, link), (_MENTION, mention), (_TAG, tag))
    facets, position = [], 0
    for start, end, feature in sorted(
        ((match.start(), *make(match)) for pattern, make in kinds for match in pattern.finditer(text)),
        key=lambda each: each[0],
    ):
        if feature and start >= position:
            index = {"byteStart": len(text[:start].encode()), "byteEnd": len(text[:end].encode())}
            facets.append({"index": index, "features": [feature]})
            position = end
    return facets


def _trim(uri: str) -> str:
    """Remove the punctuation at the end; a closing bracket stays where the address opens one."""
    while uri[-1] in _TRAILING and not (uri[-1] == ")" and uri.count("(") >= uri.count(")")):
        uri = uri[:-1]
    return uri
