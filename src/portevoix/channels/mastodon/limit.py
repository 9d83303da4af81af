"""The length limit of a status, as its instance says, and the cutting of longer replies.

The limit is stored in the account's settings, so that the composer shows the very parts that will be sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from portevoix.channels.http import Http
from portevoix.channels.http_answers import Answer, Rejected
from portevoix.channels.mastodon.settings import LINK_CHARACTERS, MOST_CHARACTERS, base_of, handle_of
from portevoix.channels.mastodon.status import as_mapping
from portevoix.channels.mastodon.status_text import find_mentions, length
from portevoix.channels.text_limit import TextLimit, cut_text
from portevoix.kernel.errors import Refused
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Writer

EVERY: Final = timedelta(days=1)
"""How often an instance is asked what it takes."""
_LEAST_ROOM: Final = 50


@dataclass(frozen=True, slots=True)
class Limits:
    """The number of characters of a status, and of a link in it (0: as many as it has).

    `pictures` is how many a status may have, and `bytes` the size of each; 0 where the instance does not tell.
    """

    characters: int = MOST_CHARACTERS
    link: int = LINK_CHARACTERS
    pictures: int = 0
    bytes: int = 0


def ask_limits(get: Callable[[str], Answer]) -> Limits | None:
    """Return the limits that the instance announces; None where it announces nothing usable."""
    for path in ("/api/v2/instance", "/api/v1/instance"):
        try:
            configuration = as_mapping(as_mapping(get(path).json()).get("configuration"))
        except Rejected:
            continue
        statuses, files = as_mapping(configuration.get("statuses")), as_mapping(configuration.get("media_attachments"))
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
    """Daily renewal of the instance's limits; where it announces nothing, the earlier ones stay."""

    def due(self, settings: Mapping[str, Any], now: datetime) -> bool:
        return int(settings.get("limits_read_at") or 0) <= (now - EVERY).timestamp()

    def renew(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {settings['access_token']}"}
        limits = ask_limits(Http(base_of(settings["instance"]), headers=headers).get)
        limit_settings = {"most_characters": limits.characters, "link_characters": limits.link} if limits else {}
        return {**limit_settings, "limits_read_at": int(datetime.now(UTC).timestamp())}


def name_of(to: Writer, host: str) -> str:
    """Return `@user@host`: a status reaches whom it mentions. Without a host, it is `host`. Raise BadInput."""
    user, at = handle_of(to.handle or to.id)
    return f"@{user}@{at or host}"


def text_limit(characters: int, link: int, to: str, warning: str = "") -> TextLimit:
    """Return the limit of statuses that each begin with the name `to`, which addresses them; "": to nobody.

    A content `warning` counts too.
    """
    room = characters - len(warning) - len(f"{to} " if to else "")

    def count(text: str) -> int:
        return length(_strip_recipient(text, to), link)

    def cut(text: str) -> tuple[str, ...]:
        if room < _LEAST_ROOM:
            raise Refused(gettext_noop("The content warning leaves no room for a reply."))
        bare = _strip_recipient(text, to)
        if not bare and to:
            return (to,)
        return tuple(f"{to} {part}".strip() for part in cut_text(bare, lambda part: length(part, link) <= room))

    return TextLimit(room, count, cut)


def _strip_recipient(text: str, to: str) -> str:
    """Return the text without the name at its beginning."""
    is_named = bool(to) and to.lower() in find_mentions(text)[:1] and text.lower().startswith(to.lower())
    return text[len(to) :].strip() if is_named else text.strip()


def _count(number: object) -> int:
    return number if type(number) is int and number > 0 else 0
