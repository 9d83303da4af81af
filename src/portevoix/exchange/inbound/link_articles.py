"""Ties messages to the article of the city's website that they speak of.

A message speaks of the article that it links to, or else of the article of the post to which it replies.
"""

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

from portevoix.channels.feeds import key
from portevoix.kernel.messages import About, Change, Incoming
from portevoix.record.queries import feeds as queries

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]{1,2000}", re.IGNORECASE)
_AFTER = ".,;:!?…'’\"”»)]}*_"
"""Characters that may follow an address without being a part of it."""

MOST_LINKS = 50
"""At most so many links of a text are examined."""

_lock = threading.Lock()
_current: tuple[int | None, Mapping[str, About]] = None, {}


def known() -> Mapping[str, About]:
    """Return the articles by their normalised address: read once, and again when one of them has changed."""
    global _current
    with _lock:
        mark = queries.mark()
        if mark != _current[0]:
            _current = mark, queries.articles() if mark is not None else {}
        return _current[1]


def tied(messages: Sequence[Incoming]) -> list[Incoming]:
    """Return the same messages, with `about` set on those that speak of a known article."""
    articles = known()
    if not articles:
        return list(messages)
    linked_messages = [_with_article(message, _linked_article(message.text, articles)) for message in messages]
    return _inherit_articles(linked_messages, articles)


def _inherit_articles(messages: Sequence[Incoming], articles: Mapping[str, About]) -> list[Incoming]:
    """Give replies the article of the post to which they reply, be it in the record or in this batch."""
    articles_by_key = {_key(message, message.external_id): message.about for message in messages if message.about}
    missing = {parent for message in messages if message.about is None for parent in _parents(message)} - set(
        articles_by_key
    )
    for parent, post in queries.parents(missing).items():
        if about := post.about or _linked_article(post.text, articles):
            articles_by_key[parent] = about
    linked_messages = []
    for message in messages:
        about = next((articles_by_key[parent] for parent in _parents(message) if parent in articles_by_key), None)
        linked_messages.append(_with_article(message, about))
        if linked_messages[-1].about:
            articles_by_key[_key(message, message.external_id)] = linked_messages[-1].about
    return linked_messages


def _with_article(message: Incoming, about: About | None) -> Incoming:
    new = about and message.about is None and message.change is Change.MESSAGE
    return replace(message, about=about) if new else message


def _linked_article(text: str, articles: Mapping[str, About]) -> About | None:
    """Return the first article that the text links to."""
    for link in islice(_LINK.finditer(text), MOST_LINKS):
        address = link[0] if link[0][:4].lower() == "http" else f"https://{link[0]}"
        for candidate in (address, address.rstrip(_AFTER)):
            if about := articles.get(key(candidate)):
                return about
    return None


def _parents(message: Incoming) -> list[queries.Key]:
    """Return the keys of the message that it replies to, then of the one that began its thread."""
    return [_key(message, each) for each in (message.in_reply_to, message.thread) if each]


def _key(message: Incoming, external_id: str) -> queries.Key:
    return message.channel, message.account, external_id
