"""Facets: which part of a post's text is a mention, a link or a tag. They count in bytes of UTF-8."""

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
    """One that a post has: its bytes, and what these are; `value` is the DID or the address."""

    start: int
    end: int
    kind: str
    value: str


def read(text: str, told: object) -> tuple[Facet, ...]:
    """The mentions and links of a post in order. What lies outside its text or over another one is left out."""
    whole, found, done = text.encode("utf-8", "replace"), [], 0
    facets = [facet for entry in _list(told)[:MOST_FACETS] if (facet := _one(entry, len(whole)))]
    for facet in sorted(facets, key=lambda facet: facet.start):
        if facet.start >= done and _is_whole(whole[facet.start : facet.end]):
            found.append(facet)
            done = facet.end
    return tuple(found)


def unfolded(text: str, facets: tuple[Facet, ...]) -> str:
    """The text with its links whole: Bluesky shows “ville.example/trav…” where the facet has the address."""
    whole, parts, done = text.encode("utf-8", "replace"), [], 0
    for facet in facets:
        if facet.kind == "link":
            shown = whole[facet.start : facet.end].decode()
            parts += [whole[done : facet.start].decode(), _shown(shown, facet.value)]
            done = facet.end
    return "".join(parts) + whole[done:].decode()


def _shown(shown: str, link: str) -> str:
    bare = link.split("://", 1)[-1]
    said = shown.split("://", 1)[-1].rstrip("…. /")
    return link if bare.lower().startswith(said.lower()) else f"{shown} ({link})"


def _one(entry: object, size: int) -> Facet | None:
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
    told = feature if isinstance(feature, dict) else {}
    kind = str(told.get("$type", "")).removeprefix(f"{_TYPE}#")
    value = told.get({"mention": "did", "link": "uri"}.get(kind, ""))
    if not isinstance(value, str) or len(value) > _MOST_LINK or not value.isprintable():
        return kind, ""
    return kind, "" if kind == "link" and not value.lower().startswith(("http://", "https://")) else value


def _is_whole(part: bytes) -> bool:
    """Whether these bytes are whole characters."""
    try:
        part.decode()
    except UnicodeDecodeError:
        return False
    return True


def _list(told: object) -> list[object]:
    return told if isinstance(told, list) else []


def handles(text: str) -> Iterator[str]:
    """The handles that a text mentions, in small letters."""
    for found in _MENTION.finditer(text):
        yield found[1].lower()


def written(text: str, dids: Mapping[str, str]) -> list[dict[str, Any]]:
    """The facets of a text of ours: links, tags, and the mentions of handles whose DID is known."""

    def mention(found: re.Match[str]) -> tuple[int, Any]:
        did = dids.get(found[1].lower())
        return found.end(), {"$type": f"{_TYPE}#mention", "did": did} if did else None

    def link(found: re.Match[str]) -> tuple[int, Any]:
        uri = _trimmed(found[0])
        return found.start() + len(uri), {"$type": f"{_TYPE}#link", "uri": uri}

    def tag(found: re.Match[str]) -> tuple[int, Any]:
        return found.end(), {"$type": f"{_TYPE}#tag", "tag": found[1]}

    kinds: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[int, Any]]], ...]
    kinds = ((_LINK, link), (_MENTION, mention), (_TAG, tag))
    facets, done = [], 0
    for start, end, feature in sorted(
        ((found.start(), *make(found)) for pattern, make in kinds for found in pattern.finditer(text)),
        key=lambda each: each[0],
    ):
        if feature and start >= done:
            index = {"byteStart": len(text[:start].encode()), "byteEnd": len(text[:end].encode())}
            facets.append({"index": index, "features": [feature]})
            done = end
    return facets


def _trimmed(uri: str) -> str:
    """Without the punctuation that follows it; a closing bracket stays where the address opens one."""
    while uri[-1] in _TRAILING and not (uri[-1] == ")" and uri.count("(") >= uri.count(")")):
        uri = uri[:-1]
    return uri
