"""X: the output of twarc2, which uses the API v2, flattened or as it was answered, one object a line.

Source: https://twarc-project.readthedocs.io and https://docs.x.com/x-api/fundamentals/data-dictionary.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from itertools import islice
from typing import Any, BinaryIO

from portevoix.channels.importers.city_accounts import City, Names, opening
from portevoix.channels.importers.documents import Item, LeftOut, read_documents
from portevoix.channels.importers.values import Values, language, web_address
from portevoix.kernel.errors import BadLine
from portevoix.kernel.i18n import gettext_noop

MOST_LINKS = 200
"""Links, and pictures, of one post that are looked at."""

_NOTHING = Values({})


@dataclass(frozen=True, slots=True)
class Includes:
    """The objects that an answer includes beside its posts: people by their id, media by their key."""

    users: Mapping[str, Values] = field(default_factory=dict)
    media: Mapping[str, Values] = field(default_factory=dict)


def read(stream: BinaryIO, city: City) -> Iterator[Item]:
    """Yield the posts of a file, in its order."""
    return read_documents(stream, posts, lambda part: post(*part, city))


def posts(value: Values) -> Iterator[tuple[Values, Includes]]:
    """Yield the posts in a line: one that is flattened, or the `data` of an answer with what it includes."""
    if "data" not in value:
        if "errors" in value and "id" not in value:
            return  # an answer without a post
        yield value, Includes()
        return
    includes = value.within("includes")
    beside = Includes(
        users={user.key("id"): user for user in includes.each("users")},
        media={item.key("media_key"): item for item in includes.each("media")},
    )
    data = value.within("data")
    yield from ((item, beside) for item in (value.each("data") if isinstance(data.data, list) else [data]))


def post(value: Values, includes: Includes, city: City) -> dict[str, Any] | LeftOut:
    """Convert a post to a line of the interchange format. Raise BadLine."""
    if "id_str" in value:
        raise BadLine(gettext_noop("This is a post of X's first interface. Only what twarc2 writes is read."))
    refers = {item.text("type"): item.key("id") for item in value.each("referenced_tweets")}
    if "retweeted" in refers:
        return LeftOut("reposts")
    number, who = value.key("id", needed=True), value.key("author_id", needed=True)
    author = includes.users.get(who) or value.within("author", "author_user")
    note = value.within("note_tweet")
    text = _text(note if "text" in note else value)
    handle, metrics = author.text("username"), value.within("public_metrics")
    return {
        "channel": "x",
        **_sides(value, includes, text, (handle, who), city),
        "external_id": number,
        "thread": value.key("conversation_id"),
        "in_reply_to": refers.get("replied_to", ""),
        "author": {"id": who, "handle": handle, "name": author.text("name")},
        "sent_at": value.text("created_at", needed=True),
        "text": text,
        "lang": language(value.text("lang")),
        "url": address(handle, number),
        "media": list(_media(value, includes)),
        "place": point(value.within("geo").within("coordinates")),
        "counts": {
            "likes": metrics.count("like_count"),
            "reposts": metrics.count("retweet_count"),
            "replies": metrics.count("reply_count"),
        },
    }


def address(handle: str, number: str) -> str:
    """Return the address of a post; X finds it by its number, whatever handle comes before."""
    return f"https://x.com/{handle or 'i'}/status/{number}" if number.isdecimal() else ""


def point(coordinates: Values) -> dict[str, object] | None:
    """Return the place of a GeoJSON point, whose longitude comes first."""
    numbers = [item.data for item in coordinates.each("coordinates")]
    return {"lon": numbers[0], "lat": numbers[1]} if len(numbers) == 2 else None


def _sides(value: Values, includes: Includes, text: str, author: Names, city: City) -> dict[str, str]:
    parent_author = value.key("in_reply_to_user_id")
    mentions = [(mention.text("username"), mention.key("id")) for mention in value.within("entities").each("mentions")]
    parent_name = includes.users.get(parent_author, _NOTHING).text("username") or value.within("in_reply_to_user").text(
        "username"
    )
    mentioned_name = next((name for name, number in mentions if number and number == parent_author), "")
    own = parent_author == author[1]  # one's own thread is no reply to the city, whoever it mentions first
    begins = opening(text)
    first = next((number for name, number in mentions if name.casefold() == begins.casefold()), "")
    return city.sides(
        author=author,
        replied=(parent_author, parent_name, mentioned_name) if not own else (),
        opening=(begins, first),
        mentioned=mentions,
    )


def _text(value: Values) -> str:
    """Return the text with full links, and without the links to the post's own pictures."""
    text = value.text("text", needed=True)
    for link in islice(value.within("entities").each("urls"), MOST_LINKS):
        short, full_link = link.text("url"), web_address(link.text("expanded_url"))
        if short and (full_link or "media_key" in link):
            text = text.replace(short, "" if "media_key" in link else full_link, 1)
    return unescape(text).strip()


def _media(value: Values, includes: Includes) -> Iterator[dict[str, str]]:
    attachments = value.within("attachments")
    media_items = [*islice(attachments.each("media"), MOST_LINKS)]
    for key in islice(
        attachments.each("media_keys"), MOST_LINKS
    ):  # 4CAT puts the media themselves in the place of their keys
        medium = key if isinstance(key.data, dict) else includes.media.get(str(key.data), _NOTHING)
        media_items += [medium] if medium.data not in [other.data for other in media_items] else []
    for item in media_items:
        if link := web_address(item.text("url")) or web_address(item.text("preview_image_url")):
            yield {"url": link, "type": item.text("type"), "alt": item.text("alt_text")}
