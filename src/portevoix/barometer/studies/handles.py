"""Normalises handles, however they were written: bare, with an @, or as the address of a page."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote, urlsplit

MOST: Final = 500
_MANY: Final = 4096

_ALIASES: Final[Mapping[str, str]] = MappingProxyType({"twitter": "x", "bsky": "bluesky", "fb": "facebook"})
_NETWORK = re.compile(r"[a-z0-9_-]{1,32}")
# Zero width characters and marks of direction, which come along when a handle is copied from a page.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\0]")
_BEGINS_WITH_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?/")
# Parts of an address that stand before the name, network by network.
_BEFORE: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "bluesky": frozenset(("profile",)),
        "mastodon": frozenset(("users", "web", "deck")),
        "facebook": frozenset(("pages", "people", "pg", "p")),
        "linkedin": frozenset(("company", "school")),
        "youtube": frozenset(("channel", "c", "user")),
    }
)
_THEN_A_TITLE: Final = frozenset(("pages", "people"))  # /pages/Name-of-the-city/1234
_FACEBOOK_ID = re.compile(r".*-(\d{6,})")


def network_name(text: str) -> str:
    """Return the interchange's `channel` of a network; "" when it cannot be one."""
    name = "_".join(_INVISIBLE.sub("", text).lower().split())
    return _ALIASES.get(name, name) if _NETWORK.fullmatch(name) else ""


@lru_cache(_MANY)
def handle(network: str, text: str) -> str:
    """Return the handle in small letters, without @ and without an address around it; idempotent.

    On Mastodon it is `user@server` if the text has the server. "" when the text holds no handle.
    """
    bare = _INVISIBLE.sub("", text[:MOST]).strip().strip("\"'<>“”«»").strip()
    name = bare.lower().removeprefix("acct:").removeprefix("at://")
    if "://" in name or name.startswith("www.") or _BEGINS_WITH_HOST.match(name):
        name = _in_address(network, name)
    return name.strip("/").lstrip("@").strip()


def is_whole(network: str, name: str) -> bool:
    """Return whether a handle is complete enough to find the account: on Mastodon, it needs its server."""
    return network != "mastodon" or "@" in name


def is_possible(name: str) -> bool:
    """Return whether it can be a handle at all."""
    return bool(name) and not re.search(r"[\s/,;]", name)


def _in_address(network: str, address: str) -> str:
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
    except ValueError:  # an address of IPv6 that is none
        return ""
    host = (parts.hostname or "").removeprefix("www.")
    if parts.path.endswith("/profile.php"):
        match = re.search(r"(?:^|&)id=(\d+)", parts.query)
        return match[1] if match else ""
    steps = [step for step in unquote(f"{parts.path}/{parts.fragment}").lower().split("/") if step not in ("", "!")]
    while steps and steps[0] in _BEFORE.get(network, ()):
        before = steps.pop(0)
        if before in _THEN_A_TITLE and len(steps) > 1:
            steps.pop(0)
    if not steps:
        return host if network == "bluesky" and host != "bsky.app" else ""
    name = steps[0].strip().lstrip("@")
    if network == "mastodon":
        return name if "@" in name or not name else f"{name}@{host}"
    match = _FACEBOOK_ID.fullmatch(name) if network == "facebook" else None
    return match[1] if match else name
