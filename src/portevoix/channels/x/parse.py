"""A post as X shows it becomes an `Incoming`. Nothing in it is taken on trust."""

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from portevoix.channels.timestamps import instant
from portevoix.channels.x import text as texts
from portevoix.channels.x.client import listed, mapping
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Addressed, Change, Direction, Incoming, Media, Place, Unreadable, Writer

KIND: Final = "x"
UNREADABLE: Final = gettext_noop("The post could not be read. Open it on X.")
RETRACTED: Final = 100
"""The revision of a deletion: X allows far fewer edits."""

_EPOCH_MS: Final = 1_288_834_974_657
_ID = re.compile("[0-9]{1,19}")
_NAME = re.compile(r"\w{1,20}", re.ASCII)
_LANG = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
_NO_LANG: Final = frozenset({"und", "zxx", "art", "qam", "qct", "qht", "qme", "qst"})
_CALLED = re.compile(r"\s*@(\w{1,15})\b")
_TYPES: Final = {"photo": "image", "animated_gif": "video", "video": "video"}
_MOST_TEXT: Final = 30_000
_MOST_RAW: Final = 100_000


@dataclass(frozen=True, slots=True)
class Page:
    """An answer of X: its posts in whichever names it has, and what came with them."""

    posts: list[Any]
    users: Mapping[str, Mapping[str, Any]]
    media: Mapping[str, Mapping[str, Any]]
    others: Mapping[str, Mapping[str, Any]]
    next: str
    gone: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Page":
        includes, following = mapping(told.get("includes")), mapping(told.get("meta")).get("next_token")
        return cls(
            posts=listed(told.get("data")),
            users=_by("id", includes.get("users")),
            media=_by("media_key", includes.get("media")),
            others=_by("id", includes.get("posts") or includes.get("tweets")),
            next=following if isinstance(following, str) and len(following) <= 500 else "",
            gone=frozenset(_gone(told.get("errors"))),
        )

    @property
    def cost(self) -> int:
        """How many posts X bills, at most: it spares those that it billed the same day."""
        return len(self.posts) + len(self.others)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads for one account: `account` as the city calls it, `me` its id and `handle` its name on X.

    `known` are the ids of messages that were read before: only of these an edit is one.
    """

    account: str
    me: str
    handle: str
    known: Collection[str] = ()

    def read(self, view: object, page: Page) -> Incoming | Unreadable | None:
        """None for what is no message: a repost."""
        told = mapping(view)
        number, author, text = post_id(told.get("id")), post_id(told.get("author_id")), self._text(told)
        sent_at = instant(told.get("created_at"))
        parents = references(told)
        if "retweeted" in parents:
            return None
        if not number or not author or text is None or sent_at is None:
            return unreadable(view)
        history = [known for known in map(post_id, listed(_either(told, "edit_history_{}_ids"))) if known]
        first = history[0] if number in history else number
        amended = first != number and first in self.known
        parent, own = parents.get("replied_to", ""), author == self.me
        writer = _writer(author, page.users.get(author, {}))
        return Incoming(
            channel=KIND,
            account=self.account,
            external_id=first,
            direction=Direction.OUT if own else Direction.IN,
            author=writer,
            sent_at=sent_at,
            text=text,
            thread=post_id(told.get("conversation_id")) or parent or first,
            in_reply_to=parent,
            lang=_language(told.get("lang")),
            url=f"https://x.com/{writer.handle or 'i'}/status/{number}",
            media=tuple(self._media(told, page)),
            place=_place(told),
            addressed=Addressed.DIRECT if own else self._addressed(told, text, parent, page),
            counts=_counts(told),
            revision=history.index(number) if amended else 0,
            change=Change.AMEND if amended else Change.MESSAGE,
        )

    def gone(self, number: str) -> Incoming:
        """The post was deleted on X."""
        return Incoming(
            channel=KIND,
            account=self.account,
            external_id=number,
            direction=Direction.IN,
            author=Writer(id="unknown"),
            sent_at=made_at(number),
            text="",
            revision=RETRACTED,
            change=Change.RETRACT,
        )

    def _addressed(self, told: Mapping[str, Any], text: str, parent: str, page: Page) -> Addressed:
        """Spoken to: a reply to a post of the city, or a post that begins with its name.

        In a reply X lists all who take part in front, so that only the first name there counts.
        """
        to = post_id(told.get("in_reply_to_user_id")) or post_id(page.others.get(parent, {}).get("author_id"))
        if parent and to:
            return Addressed.DIRECT if to == self.me else Addressed.COPY
        called = _called(text)
        return Addressed.DIRECT if self.handle.lower() in (called[:1] if parent else called) else Addressed.COPY

    def _text(self, told: Mapping[str, Any]) -> str | None:
        """The whole text, a long post's too; None when there is none."""
        note = mapping(_either(told, "note_{}"))
        holder = note if isinstance(note.get("text"), str) else told
        text = holder.get("text")
        if not isinstance(text, str) or len(text) > _MOST_TEXT:
            return None
        links = {}
        for link in listed(mapping(holder.get("entities")).get("urls")):
            short, long = mapping(link).get("url"), mapping(link).get("expanded_url")
            if isinstance(short, str) and isinstance(long, str) and len(long) <= 4000 and long.isprintable():
                links[short] = "" if "media_key" in link else long
        return texts.unfolded(text, links).replace("\0", "")

    def _media(self, told: Mapping[str, Any], page: Page) -> Iterator[Media]:
        for key in listed(mapping(told.get("attachments")).get("media_keys"))[:10]:
            held = page.media.get(key, {}) if isinstance(key, str) else {}
            url, alt = held.get("url") or held.get("preview_image_url"), held.get("alt_text")
            if isinstance(url, str) and url.startswith("https://") and url.isprintable() and len(url) <= 2000:
                kind = held.get("type")
                yield Media(
                    url=url,
                    type=_TYPES.get(kind, "") if isinstance(kind, str) else "",
                    alt=alt.replace("\0", "")[:5000] if isinstance(alt, str) else "",
                )


def unreadable(view: object) -> Unreadable:
    raw = json.dumps(view, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace").decode().replace("\0", "")
    number = post_id(mapping(view).get("id"))
    return Unreadable(
        external_id=number or "sha256:" + hashlib.sha256(raw.encode()).hexdigest()[:32],
        reason=UNREADABLE,
        raw=raw[:_MOST_RAW],
    )


def post_id(told: object) -> str:
    """The id of a post or of an account; "" when it is none."""
    return told if isinstance(told, str) and _ID.fullmatch(told) and told.isascii() else ""


def references(told: Mapping[str, Any]) -> dict[str, str]:
    """What the post replies to, quotes or reposts: ids by X's word for it."""
    found = {}
    for one in listed(_either(told, "referenced_{}s")):
        kind, number = mapping(one).get("type"), post_id(mapping(one).get("id"))
        if isinstance(kind, str) and number:
            found[kind] = number
    return found


def made_at(number: str) -> datetime:
    """When the post of that id was made: X counts milliseconds in its upper bits."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=(int(number) >> 22) + _EPOCH_MS)


def number_at(when: datetime) -> int:
    """The highest id that X can have given before that moment and in its millisecond."""
    milliseconds = (when - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)
    return ((milliseconds - _EPOCH_MS + 1) << 22) - 1


def _either(told: Mapping[str, Any], name: str) -> object:
    """A field under its name of now, or under that of before."""
    return told.get(name.format("post")) or told.get(name.format("tweet"))


def _by(key: str, told: object) -> dict[str, Mapping[str, Any]]:
    rows = [row for row in listed(told) if isinstance(row, dict)]
    return {name: row for row in rows if isinstance(name := row.get(key), str)}


def _gone(told: object) -> Iterator[str]:
    for error in map(mapping, listed(told)):
        kind, number = error.get("type"), error.get("resource_id") or error.get("value")
        if isinstance(kind, str) and kind.endswith("/resource-not-found") and post_id(number):
            yield str(number)


def _writer(number: str, told: Mapping[str, Any]) -> Writer:
    handle, name = told.get("username"), told.get("name")
    return Writer(
        id=number,
        handle=handle if isinstance(handle, str) and _NAME.fullmatch(handle) else "",
        name=" ".join(name.replace("\0", "").split())[:200] if isinstance(name, str) else "",
    )


def _called(text: str) -> list[str]:
    """The names that stand in front, in small letters."""
    names, at = [], 0
    while found := _CALLED.match(text, at):
        names.append(found[1].lower())
        at = found.end()
    return names


def _language(told: object) -> str:
    return told if isinstance(told, str) and _LANG.fullmatch(told) and told not in _NO_LANG else ""


def _place(told: Mapping[str, Any]) -> Place | None:
    point = listed(mapping(mapping(told.get("geo")).get("coordinates")).get("coordinates"))
    if len(point) != 2 or not all(type(number) in (int, float) for number in point):
        return None
    lon, lat = point
    return Place(lat=float(lat), lon=float(lon)) if -90 <= lat <= 90 and -180 <= lon <= 180 else None


def _counts(told: Mapping[str, Any]) -> dict[str, int]:
    metrics = mapping(told.get("public_metrics"))
    named = {
        "likes": metrics.get("like_count"),
        "reposts": metrics.get("repost_count", metrics.get("retweet_count")),
        "replies": metrics.get("reply_count"),
    }
    return {name: value for name, value in named.items() if type(value) is int and 0 <= value < 2**31}
