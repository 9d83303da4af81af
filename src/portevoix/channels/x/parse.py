"""Conversion of X's posts to `Incoming`. Nothing in them is trusted."""

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from portevoix.channels.timestamps import parse_timestamp
from portevoix.channels.x import post_length
from portevoix.channels.x.client import as_list, as_mapping
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Addressed, Change, Direction, Incoming, Media, Place, Unreadable, Writer

KIND: Final = "x"
UNREADABLE: Final = gettext_noop("The post could not be read. Open it on X.")
RETRACTION_REVISION: Final = 100
"""The revision of a deletion: X allows far fewer edits."""

_EPOCH_MS: Final = 1_288_834_974_657
_ID = re.compile("[0-9]{1,19}")
_NAME = re.compile(r"\w{1,20}", re.ASCII)
_LANG = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
_NO_LANG: Final = frozenset({"und", "zxx", "art", "qam", "qct", "qht", "qme", "qst"})
_LEADING_NAME = re.compile(r"\s*@(\w{1,15})\b")
_TYPES: Final = {"photo": "image", "animated_gif": "video", "video": "video"}
_MOST_TEXT: Final = 30_000
_MOST_RAW: Final = 100_000


@dataclass(frozen=True, slots=True)
class Page:
    """An answer of X: its posts, under old or new names, and what came with them."""

    posts: list[Any]
    users: Mapping[str, Mapping[str, Any]]
    media: Mapping[str, Mapping[str, Any]]
    others: Mapping[str, Mapping[str, Any]]
    next: str
    deleted_ids: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "Page":
        includes, following = as_mapping(answer.get("includes")), as_mapping(answer.get("meta")).get("next_token")
        return cls(
            posts=as_list(answer.get("data")),
            users=_by("id", includes.get("users")),
            media=_by("media_key", includes.get("media")),
            others=_by("id", includes.get("posts") or includes.get("tweets")),
            next=following if isinstance(following, str) and len(following) <= 500 else "",
            deleted_ids=frozenset(_deleted_ids(answer.get("errors"))),
        )

    @property
    def cost(self) -> int:
        """Return how many posts X bills, at most: a post is billed only once a day."""
        return len(self.posts) + len(self.others)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reader for one account: `account` as the city calls it, `me` its id and `handle` its name on X.

    `known_ids` are those of messages that were read before: only these can have edits.
    """

    account: str
    me: str
    handle: str
    known_ids: Collection[str] = ()

    def read(self, view: object, page: Page) -> Incoming | Unreadable | None:
        """Convert a post; None for a repost, which is no message."""
        post = as_mapping(view)
        number, author, text = post_id(post.get("id")), post_id(post.get("author_id")), self._text(post)
        sent_at = parse_timestamp(post.get("created_at"))
        parents = references(post)
        if "retweeted" in parents:
            return None
        if not number or not author or text is None or sent_at is None:
            return unreadable(view)
        history = [version for version in map(post_id, as_list(_either(post, "edit_history_{}_ids"))) if version]
        first = history[0] if number in history else number
        is_edit = first != number and first in self.known_ids
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
            thread=post_id(post.get("conversation_id")) or parent or first,
            in_reply_to=parent,
            lang=_language(post.get("lang")),
            url=f"https://x.com/{writer.handle or 'i'}/status/{number}",
            media=tuple(self._media(post, page)),
            place=_place(post),
            addressed=Addressed.DIRECT if own else self._addressing(post, text, parent, page),
            counts=_counts(post),
            revision=history.index(number) if is_edit else 0,
            change=Change.AMEND if is_edit else Change.MESSAGE,
        )

    def read_deletion(self, number: str) -> Incoming:
        """Return the retraction of a post that was deleted on X."""
        return Incoming(
            channel=KIND,
            account=self.account,
            external_id=number,
            direction=Direction.IN,
            author=Writer(id="unknown"),
            sent_at=creation_time(number),
            text="",
            revision=RETRACTION_REVISION,
            change=Change.RETRACT,
        )

    def _addressing(self, post: Mapping[str, Any], text: str, parent: str, page: Page) -> Addressed:
        """Return whether the city is addressed directly: by a reply to it, or by its name at the start.

        X puts the names of all participants in front of a reply, so that only the first name counts there.
        """
        to = post_id(post.get("in_reply_to_user_id")) or post_id(page.others.get(parent, {}).get("author_id"))
        if parent and to:
            return Addressed.DIRECT if to == self.me else Addressed.COPY
        names = _leading_names(text)
        return Addressed.DIRECT if self.handle.lower() in (names[:1] if parent else names) else Addressed.COPY

    def _text(self, post: Mapping[str, Any]) -> str | None:
        """Return the full text, of a long post too; None when there is none."""
        note = as_mapping(_either(post, "note_{}"))
        holder = note if isinstance(note.get("text"), str) else post
        text = holder.get("text")
        if not isinstance(text, str) or len(text) > _MOST_TEXT:
            return None
        links = {}
        for link in as_list(as_mapping(holder.get("entities")).get("urls")):
            short, long = as_mapping(link).get("url"), as_mapping(link).get("expanded_url")
            if isinstance(short, str) and isinstance(long, str) and len(long) <= 4000 and long.isprintable():
                links[short] = "" if "media_key" in link else long
        return post_length.expand_links(text, links).replace("\0", "")

    def _media(self, post: Mapping[str, Any], page: Page) -> Iterator[Media]:
        for key in as_list(as_mapping(post.get("attachments")).get("media_keys"))[:10]:
            attachment = page.media.get(key, {}) if isinstance(key, str) else {}
            url, alt = attachment.get("url") or attachment.get("preview_image_url"), attachment.get("alt_text")
            if isinstance(url, str) and url.startswith("https://") and url.isprintable() and len(url) <= 2000:
                kind = attachment.get("type")
                yield Media(
                    url=url,
                    type=_TYPES.get(kind, "") if isinstance(kind, str) else "",
                    alt=alt.replace("\0", "")[:5000] if isinstance(alt, str) else "",
                )


def unreadable(view: object) -> Unreadable:
    raw = json.dumps(view, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace").decode().replace("\0", "")
    number = post_id(as_mapping(view).get("id"))
    return Unreadable(
        external_id=number or "sha256:" + hashlib.sha256(raw.encode()).hexdigest()[:32],
        reason=UNREADABLE,
        raw=raw[:_MOST_RAW],
    )


def post_id(number: object) -> str:
    """Return the id of a post or of an account; "" when it is not one."""
    return number if isinstance(number, str) and _ID.fullmatch(number) and number.isascii() else ""


def references(post: Mapping[str, Any]) -> dict[str, str]:
    """Return the ids of what the post replies to, quotes or reposts, by X's name of the reference."""
    ids_by_kind = {}
    for reference in as_list(_either(post, "referenced_{}s")):
        kind, number = as_mapping(reference).get("type"), post_id(as_mapping(reference).get("id"))
        if isinstance(kind, str) and number:
            ids_by_kind[kind] = number
    return ids_by_kind


def creation_time(number: str) -> datetime:
    """Return when the post of that id was made: X counts milliseconds in its upper bits."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=(int(number) >> 22) + _EPOCH_MS)


def number_at(when: datetime) -> int:
    """Return the highest id that X can have given up to that millisecond."""
    milliseconds = (when - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)
    return ((milliseconds - _EPOCH_MS + 1) << 22) - 1


def _either(post: Mapping[str, Any], name: str) -> object:
    """Return a field under its current name, or else under its former one."""
    return post.get(name.format("post")) or post.get(name.format("tweet"))


def _by(key: str, documents: object) -> dict[str, Mapping[str, Any]]:
    rows = [row for row in as_list(documents) if isinstance(row, dict)]
    return {name: row for row in rows if isinstance(name := row.get(key), str)}


def _deleted_ids(errors: object) -> Iterator[str]:
    for error in map(as_mapping, as_list(errors)):
        kind, number = error.get("type"), error.get("resource_id") or error.get("value")
        if isinstance(kind, str) and kind.endswith("/resource-not-found") and post_id(number):
            yield str(number)


def _writer(number: str, user: Mapping[str, Any]) -> Writer:
    handle, name = user.get("username"), user.get("name")
    return Writer(
        id=number,
        handle=handle if isinstance(handle, str) and _NAME.fullmatch(handle) else "",
        name=" ".join(name.replace("\0", "").split())[:200] if isinstance(name, str) else "",
    )


def _leading_names(text: str) -> list[str]:
    """Return the names at the beginning, in lower case."""
    names, at = [], 0
    while match := _LEADING_NAME.match(text, at):
        names.append(match[1].lower())
        at = match.end()
    return names


def _language(code: object) -> str:
    return code if isinstance(code, str) and _LANG.fullmatch(code) and code not in _NO_LANG else ""


def _place(post: Mapping[str, Any]) -> Place | None:
    point = as_list(as_mapping(as_mapping(post.get("geo")).get("coordinates")).get("coordinates"))
    if len(point) != 2 or not all(type(number) in (int, float) for number in point):
        return None
    lon, lat = point
    return Place(lat=float(lat), lon=float(lon)) if -90 <= lat <= 90 and -180 <= lon <= 180 else None


def _counts(post: Mapping[str, Any]) -> dict[str, int]:
    metrics = as_mapping(post.get("public_metrics"))
    counts = {
        "likes": metrics.get("like_count"),
        "reposts": metrics.get("repost_count", metrics.get("retweet_count")),
        "replies": metrics.get("reply_count"),
    }
    return {name: value for name, value in counts.items() if type(value) is int and 0 <= value < 2**31}
