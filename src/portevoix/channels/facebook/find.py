"""Search for a reply whose sending was uncertain. Meta takes no key that identifies it: it is searched by its text,
from the city, under the same comment or in the same conversation, since it was written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from portevoix.channels.facebook.direct_messages import WITH, is_conversation
from portevoix.channels.facebook.graph import Graph, after
from portevoix.channels.facebook.pending_sends import left
from portevoix.channels.facebook.send import NUMBER, recipient, under
from portevoix.channels.facebook.values import Here, Unclear, data, is_public, mapping, maybe, moment, text
from portevoix.kernel.errors import TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Outgoing, Receipt, Visibility

EARLIER: Final = timedelta(minutes=10)
"""The same text from so short a time before may be this one, by another clock, or a reply of before."""
MOST_PAGES: Final = 20
_PAGE: Final = 100
_LETTERS: Final = 20
"""The newest messages of a conversation: Meta does not tell the words of older ones."""


def find(graph: Graph, here: Here, message: Outgoing) -> Receipt | None:
    """Return the receipt; None when everything was read and it is missing. Raise Uncertain where Meta cannot tell, and
    TryLater while it may still appear.
    """
    replies = (
        _replies(graph, here, message) if message.visibility is Visibility.PUBLIC else _letters(graph, here, message)
    )
    receipt = _among(list(replies), here, message)
    if receipt is None and (wait := left(message.key)):
        raise TryLater(gettext_noop("Whether the reply arrived shows in a moment."), after=wait)
    return receipt


@dataclass(frozen=True, slots=True)
class _Reply:
    """A reply on the network: its id, author ("" when Meta does not tell), time and words."""

    key: str
    author: str
    at: datetime
    words: str


def _replies(graph: Graph, here: Here, message: Outgoing) -> Iterator[_Reply]:
    """Yield all replies to the same comment: their order is not reliable enough to stop early."""
    place = under(message)
    if here.channel == "instagram":
        yield from _all(graph, f"/{place}/replies", "id,from,text,timestamp", {"limit": _PAGE}, since=None)
        return
    for each in (place, *_above(graph, place, message)):
        parameters: dict[str, str | int] = {"filter": "stream", "limit": _PAGE}
        yield from _all(graph, f"/{each}/comments", "id,from,message,created_time", parameters, since=None)


def _above(graph: Graph, place: str, message: Outgoing) -> Iterator[str]:
    """Yield the parent: Facebook may move an answer to an answer one level up, under what that one answers."""
    if len(message.references) > 1:
        parent = maybe(mapping(graph.get(f"/{place}", fields="parent{id}").get("parent")).get("id"))
        if is_public(parent):
            yield parent


def _letters(graph: Graph, here: Here, message: Outgoing) -> Iterator[_Reply]:
    """Yield the newest messages with this person."""
    if not message.thread.startswith(WITH) and not NUMBER.fullmatch(message.to.id):
        raise Uncertain(gettext_noop("Meta does not tell with whom this conversation is. Look whether it arrived."))
    platform = "messenger" if here.channel == "facebook" else "instagram"
    conversations = data(
        graph.get("/me/conversations", platform=platform, user_id=recipient(message), fields="id", limit=1)
    )
    for conversation in conversations:
        key = maybe(mapping(conversation).get("id"))
        if not is_conversation(key):
            raise Uncertain(gettext_noop("Meta does not tell what this conversation holds. Look whether it arrived."))
        parameters = {"limit": _LETTERS}
        fields = "id,from,message,created_time"
        yield from _all(graph, f"/{key}/messages", fields, parameters, since=_earliest(message), pages=1)


def _all(
    graph: Graph,
    path: str,
    fields: str,
    parameters: Mapping[str, str | int],
    *,
    since: datetime | None,
    pages: int = MOST_PAGES,
) -> Iterator[_Reply]:
    """Yield replies back to `since`, the newest first; None: all, in any order. Raise Uncertain for too many pages."""
    _, _, words, when = fields.split(",")
    onward = ""
    for _ in range(pages):
        edge = graph.get(path, fields=fields, **parameters, **({"after": onward} if onward else {}))
        for raw in map(mapping, data(edge)):
            try:
                at = moment(raw.get(when))
            except Unclear as error:
                raise Uncertain(
                    gettext_noop("Meta does not tell when a reply was made. Look whether it arrived.")
                ) from error
            if since and at < since:
                return
            yield _Reply(maybe(raw.get("id")), maybe(mapping(raw.get("from")).get("id")), at, text(raw.get(words)))
        onward = after(edge)
        if not onward:
            return
    raise Uncertain(gettext_noop("There are too many replies to look through. Look whether it arrived."))


def _among(replies: list[_Reply], here: Here, message: Outgoing) -> Receipt | None:
    """Return the earliest that matches. Raise Uncertain when it may be another one with the same words."""
    sent_at, words = message.sent_at.astimezone(UTC).replace(microsecond=0), text(message.text).split()
    matches = [one for one in replies if one.words.split() == words and one.author in (here.me, "")]
    matches = [one for one in matches if one.at >= _earliest(message)]
    for one in sorted(matches, key=lambda one: one.at):
        if one.at >= sent_at and one.author and one.key:
            address = f"https://www.facebook.com/{one.key}" if here.channel == "facebook" and is_public(one.key) else ""
            return Receipt(one.key, address)
    if matches:
        raise Uncertain(gettext_noop("The same text stands there from shortly before. Look whether this one arrived."))
    return None


def _earliest(message: Outgoing) -> datetime:
    return message.sent_at.astimezone(UTC).replace(microsecond=0) - EARLIER
