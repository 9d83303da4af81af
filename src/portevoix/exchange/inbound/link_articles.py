"""Ties what people write to the article of the city's website that it speaks of.

A message speaks of the article that it links to, or else of the one that the post spoke of to which it replies.
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
"""What may stand behind an address without being a part of it."""

MOST_LINKS = 50
"""So many of a text are looked at."""

_lock = threading.Lock()
_current: tuple[int | None, Mapping[str, About]] = None, {}


def known() -> Mapping[str, About]:
    """The articles by their address as it is compared: read once, and again when one of them has changed."""
    global _current
    with _lock:
        mark = queries.mark()
        if mark != _current[0]:
            _current = mark, queries.articles() if mark is not None else {}
        return _current[1]


def tied(messages: Sequence[Incoming]) -> list[Incoming]:
    """The same messages, those that speak of a known article with their `about`."""
    articles = known()
    if not articles:
        return list(messages)
    found = [_replace(message, _linked(message.text, articles)) for message in messages]
    return _inherited(found, articles)


def _inherited(messages: Sequence[Incoming], articles: Mapping[str, About]) -> list[Incoming]:
    """Replies with what the posts are about to which they reply, be these in the record or in this batch."""
    here = {_key(message, message.external_id): message.about for message in messages if message.about}
    asked = {parent for message in messages if message.about is None for parent in _parents(message)} - set(here)
    for parent, said in queries.parents(asked).items():
        if about := said.about or _linked(said.text, articles):
            here[parent] = about
    found = []
    for message in messages:
        about = next((here[parent] for parent in _parents(message) if parent in here), None)
        found.append(_replace(message, about))
        if found[-1].about:
            here[_key(message, message.external_id)] = found[-1].about
    return found


def _replace(message: Incoming, about: About | None) -> Incoming:
    new = about and message.about is None and message.change is Change.MESSAGE
    return replace(message, about=about) if new else message


def _linked(text: str, articles: Mapping[str, About]) -> About | None:
    """The first article that the text links to."""
    for found in islice(_LINK.finditer(text), MOST_LINKS):
        address = found[0] if found[0][:4].lower() == "http" else f"https://{found[0]}"
        for tried in (address, address.rstrip(_AFTER)):
            if about := articles.get(key(tried)):
                return about
    return None


def _parents(message: Incoming) -> list[queries.Key]:
    """What it replies to, then what its thread began with."""
    return [_key(message, each) for each in (message.in_reply_to, message.thread) if each]


def _key(message: Incoming, external_id: str) -> queries.Key:
    return message.channel, message.account, external_id
