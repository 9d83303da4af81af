"""4CAT: the NDJSON of its data sets of X (by API, or captured with Zeeschuimer), Bluesky and Mastodon.

Source: https://github.com/digitalmethodsinitiative/4cat, data sources twitterv2, twitter-import and bsky. They store
the network's answers, with a few additions.
"""

from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import Any, BinaryIO

from portevoix.channels.importers import bluesky, mastodon, twarc
from portevoix.channels.importers.city_accounts import City, Names, opening
from portevoix.channels.importers.documents import Item, LeftOut, read_documents
from portevoix.channels.importers.values import Values, language, web_address, x_time
from portevoix.kernel.errors import BadLine
from portevoix.kernel.i18n import gettext_noop


def read(stream: BinaryIO, city: City) -> Iterator[Item]:
    """Yield the items of a file, in its order, each read as one of its network."""

    def message(value: Values) -> dict[str, Any] | LeftOut:
        if "uri" in value and "record" in value:
            return bluesky.post(value, city)
        if "rest_id" in value or "legacy" in value:
            return post(value, city)
        if "author_id" in value:
            return twarc.post(value, twarc.Includes(), city)
        if "account" in value:
            return mastodon.status(value, city)
        raise BadLine(gettext_noop("This is no item of 4CAT's data sets of X, Bluesky or Mastodon."))

    return read_documents(stream, lambda value: [value], message)


def post(value: Values, city: City) -> dict[str, Any] | LeftOut:
    """Convert a post of X, as its pages load it, to a line of the interchange format. Raise BadLine."""
    legacy = value.within("legacy")
    if "retweeted_status_result" in legacy:
        return LeftOut("reposts")
    number, author = value.key("rest_id") or legacy.key("id_str", needed=True), _author(value, legacy)
    text = _text(value, legacy)
    return {
        "channel": "x",
        **_sides(legacy, text, author, city),
        "external_id": number,
        "thread": legacy.key("conversation_id_str"),
        "in_reply_to": legacy.key("in_reply_to_status_id_str"),
        "author": author,
        "sent_at": x_time(legacy.text("created_at", needed=True)),
        "text": text,
        "lang": language(legacy.text("lang")),
        "url": twarc.address(author["handle"], number),
        "media": list(_media(legacy)),
        "place": twarc.point(legacy.within("coordinates")),
        "counts": {
            "likes": legacy.count("favorite_count"),
            "reposts": legacy.count("retweet_count"),
            "replies": legacy.count("reply_count"),
        },
    }


def _author(value: Values, legacy: Values) -> dict[str, str]:
    """Return the author. X has moved the names within its answers over the years."""
    person = value.within("core").within("user_results").within("result")
    places = (person.within("core"), person.within("legacy"), value.within("user"))
    return {
        "id": legacy.key("user_id_str") or person.key("rest_id") or value.within("user").key("id_str", needed=True),
        "handle": next((name for place in places if (name := place.text("screen_name"))), ""),
        "name": next((name for place in places if (name := place.text("name"))), ""),
    }


def _sides(legacy: Values, text: str, author: dict[str, str], city: City) -> dict[str, str]:
    parent_author = legacy.key("in_reply_to_user_id_str")
    mentions: list[Names] = [
        (mention.text("screen_name"), mention.key("id_str"))
        for mention in legacy.within("entities").each("user_mentions")
    ]
    return city.sides(
        author=(author["handle"], author["id"]),
        replied=(legacy.text("in_reply_to_screen_name"), parent_author) if parent_author != author["id"] else (),
        opening=(opening(text),),
        mentioned=mentions,
    )


def _text(value: Values, legacy: Values) -> str:
    note = value.within("note_tweet").within("note_tweet_results").within("result")
    text = note.text("text") or legacy.text("full_text", "text", needed=True)
    for link in islice(legacy.within("entities").each("urls"), twarc.MOST_LINKS):
        if (short := link.text("url")) and (full_link := web_address(link.text("expanded_url"))):
            text = text.replace(short, full_link, 1)
    for item in islice(legacy.within("entities").each("media"), twarc.MOST_LINKS):
        text = text.replace(item.text("url") or "\0", "", 1)
    return unescape(text).strip()


def _media(legacy: Values) -> Iterator[dict[str, str]]:
    entities = legacy.within("extended_entities", "entities")
    for item in entities.each("media"):
        if link := web_address(item.text("media_url_https")):
            yield {"url": link, "type": item.text("type"), "alt": item.text("ext_alt_text")}
