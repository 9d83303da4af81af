"""How long a status may be, as its instance says, and into which statuses a longer reply is cut.

What an instance says stands in the account's settings, so that whoever writes sees the very parts that will leave.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from portevoix.channels import thread
from portevoix.channels.http import Answer, Http, Rejected
from portevoix.channels.mastodon.settings import LINK_CHARACTERS, MOST_CHARACTERS, base_of, handle_of
from portevoix.channels.mastodon.status import entries
from portevoix.channels.mastodon.text import length, mentioned
from portevoix.channels.thread import TextLimit
from portevoix.kernel.errors import Refused
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Writer

EVERY: Final = timedelta(days=1)
"""How often an instance is asked what it takes."""
_LEAST_ROOM: Final = 50


@dataclass(frozen=True, slots=True)
class Limits:
    """How many characters a status may have, and as how many an address counts (0: as many as it has).

    `pictures`, and `bytes` of each; 0 where the instance does not tell.
    """

    characters: int = MOST_CHARACTERS
    link: int = LINK_CHARACTERS
    pictures: int = 0
    bytes: int = 0


def ask_limits(get: Callable[[str], Answer]) -> Limits | None:
    """What the instance says of itself; None where it tells nothing that could be a limit."""
    for path in ("/api/v2/instance", "/api/v1/instance"):
        try:
            configuration = entries(entries(get(path).json()).get("configuration"))
        except Rejected:
            continue
        statuses, files = entries(configuration.get("statuses")), entries(configuration.get("media_attachments"))
        most, link = statuses.get("max_characters"), statuses.get("characters_reserved_per_url")
        if type(most) is int and most >= 100:
            return Limits(
                characters=most,
                link=link if type(link) is int and 0 < link < 100 else 0,
                pictures=_count(statuses.get("max_media_attachments")),
                bytes=_count(files.get("image_size_limit")),
            )
    return None


class MastodonRenewal:
    """The instance's limits, asked once a day; where it says nothing, what it said before holds."""

    def due(self, settings: Mapping[str, Any], now: datetime) -> bool:
        return int(settings.get("limits_read_at") or 0) <= (now - EVERY).timestamp()

    def renew(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {settings['access_token']}"}
        limits = ask_limits(Http(base_of(settings["instance"]), headers=headers).get)
        read = {"most_characters": limits.characters, "link_characters": limits.link} if limits else {}
        return {**read, "limits_read_at": int(datetime.now(UTC).timestamp())}


def name_of(to: Writer, host: str) -> str:
    """`@user@host`: a status reaches whom it mentions. Who has no host is on `host`. Raises BadInput."""
    user, at = handle_of(to.handle or to.id)
    return f"@{user}@{at or host}"


def text_limit(characters: int, link: int, to: str, warning: str = "") -> TextLimit:
    """Of statuses each of which begins with the name `to`, which is how it gets there; "": they go to nobody.

    A content `warning` counts too.
    """
    room = characters - len(warning) - len(f"{to} " if to else "")

    def count(said: str) -> int:
        return length(_without(said, to), link)

    def cut(said: str) -> tuple[str, ...]:
        if room < _LEAST_ROOM:
            raise Refused(gettext_noop("The content warning leaves no room for a reply."))
        bare = _without(said, to)
        if not bare and to:
            return (to,)
        return tuple(f"{to} {part}".strip() for part in thread.cut(bare, lambda part: length(part, link) <= room))

    return TextLimit(room, count, cut)


def _without(said: str, to: str) -> str:
    """Without the name with which it begins already."""
    begun = bool(to) and to.lower() in mentioned(said)[:1] and said.lower().startswith(to.lower())
    return said[len(to) :].strip() if begun else said.strip()


def _count(told: object) -> int:
    return told if type(told) is int and told > 0 else 0
