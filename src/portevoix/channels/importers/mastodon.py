"""Mastodon's API answers: statuses, notifications, contexts; a list, one answer, or one a line.

Source: https://docs.joinmastodon.org/entities/Status/ and /entities/Notification/.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from portevoix.channels.importers.city_accounts import City, Names, opening
from portevoix.channels.importers.documents import Item, LeftOut, read_documents
from portevoix.channels.importers.values import Values, article, language, paragraphs, web_address
from portevoix.channels.mastodon.status_text import plain
from portevoix.kernel.messages import Direction

_PRIVATE = frozenset({"private", "direct"})
_LEFT_OUT = {"reblog": "reposts", "favourite": "likes"}
_OF_STATUSES = frozenset({"mention", "status", "update", "poll", "quote"})


def read(stream: BinaryIO, city: City) -> Iterator[Item]:
    """Yield the statuses of a file, in its order."""
    return read_documents(stream, statuses, lambda value: status(value, city))


def statuses(value: Values) -> Iterator[Values]:
    """Yield the statuses and notifications in an answer."""
    lists = [name for name in ("ancestors", "descendants", "statuses") if name in value]
    if not lists:
        yield value
    for name in lists:
        yield from value.each(name)


def status(value: Values, city: City) -> dict[str, Any] | LeftOut:
    """Convert a status, or a notification of one, to a line of the interchange format. Raise BadLine."""
    if "type" in value and "content" not in value:
        kind = value.text("type")
        if kind not in _OF_STATUSES or "status" not in value:
            return LeftOut(_LEFT_OUT.get(kind, "other notifications"))
        value = value.within("status")
    if "reblog" in value:
        return LeftOut("reposts")
    account = value.within("account")
    handles = {mention.text("url"): f"@{_names(mention)[-1]}" for mention in value.each("mentions")}
    text = plain(value.text("content", needed=True), handles)
    sides = _sides(value, text, city)
    visibility, card = value.text("visibility"), value.within("card")
    return {
        "channel": "mastodon",
        **sides,
        "external_id": value.key("id", needed=True),
        "in_reply_to": value.key("in_reply_to_id"),
        "author": _author(account),
        "sent_at": value.text("created_at", needed=True),
        "text": paragraphs(value.text("spoiler_text"), text),
        "lang": language(value.text("language")),
        "url": web_address(value.text("url")) or web_address(value.text("uri")),
        "media": list(_media(value)),
        "about": article(card.text("url"), card.text("title")),
        "visibility": "private" if visibility in _PRIVATE else None,
        "automatic": account.flag("bot") and sides["direction"] == Direction.IN,
        "counts": {
            "likes": value.count("favourites_count"),
            "reposts": value.count("reblogs_count"),
            "replies": value.count("replies_count"),
        },
    }


def _sides(value: Values, text: str, city: City) -> dict[str, str]:
    mentions = {mention.key("id"): _names(mention) for mention in value.each("mentions")}
    parent, begins = value.key("in_reply_to_account_id"), opening(text)
    parent_names = mentions.get(parent, (parent,))
    if value.text("visibility") == "direct":  # nobody but those that it mentions can read it
        parent_names = tuple(name for names in mentions.values() for name in names)
    return city.sides(
        author=_names(value.within("account")),
        replied=parent_names,
        opening=next((names for names in mentions.values() if begins in names), (begins,)),
        mentioned=mentions.values(),
    )


def _author(account: Values) -> dict[str, str]:
    """Return the author, identified by `user@host`, which is the same on every instance."""
    full_name = _names(account)[-1]
    return {"id": full_name.lower(), "handle": f"@{full_name}", "name": account.text("display_name")}


def _names(account: Values) -> Names:
    """Return an account's name on its instance, and last its name everywhere: `user@host`."""
    name = account.text("acct", "username", needed=True)
    if "@" in name:
        return (name,)
    try:
        host = urlsplit(account.text("url")).hostname or ""
    except ValueError:
        host = ""
    return (name, f"{name}@{host}") if host else (name,)


def _media(value: Values) -> Iterator[dict[str, str]]:
    for item in value.each("media_attachments"):
        if (
            address := web_address(item.text("url"))
            or web_address(item.text("remote_url"))
            or web_address(item.text("preview_url"))
        ):
            yield {"url": address, "type": item.text("type"), "alt": item.text("description")}
