"""Ids that senders choose: another message under the id of one that is known is treated as a separate one.

Anybody can write a mail under a Message-ID that they have seen; otherwise the real one would be skipped. Some devices
send all their mails under one.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from django.db.models.fields.json import KT
from django.db.models.functions import Left

from portevoix.kernel.bounds import BEGINNING
from portevoix.kernel.messages import Direction, Incoming
from portevoix.kernel.sender_ids import id_of_author, id_of_text
from portevoix.record import tombstones
from portevoix.record.models import Account, Envelope, Message

LEAST_COMMON = 40
"""Characters from which on a text inside another one is a copy of it: a mailing list adds a few lines."""


class _Known(NamedTuple):
    """What is known of a message that has an id. `author` None: the city, or unknown."""

    author: str | None
    text: str


_REDACTED = _Known(None, "")
"""Somebody else's message that was redacted."""


def separate_ids(account: Account, messages: Sequence[Incoming]) -> tuple[Incoming, ...]:
    """Return the messages, with a new id where another message has theirs already.

    That one may be in the record or earlier in this batch; a second copy of one message keeps its id, as does what was
    redacted, of which no more is known than its author.
    """
    ids = {key for message in messages if _is_chosen(message) for key in _keys(message)}
    if not ids:
        return tuple(messages)
    known = _known_messages(account, ids)
    tombstone_ids = tombstones.marked_ids(account, ids | {tombstones.told_apart(m.external_id) for m in messages})
    separate = []
    for message in messages:
        if not _is_chosen(message) or _is_redacted(message, tombstone_ids):
            separate.append(message)
            continue
        if message.external_id in tombstone_ids:
            known[message.external_id] = _REDACTED
        separate.append(replace(message, external_id=_own_id(message, known)))
    return tuple(separate)


def _is_redacted(message: Incoming, tombstone_ids: Collection[str]) -> bool:
    """Return whether the message was redacted, or may have been: earlier marks do not say whose it was."""
    if message.external_id not in tombstone_ids:
        return False
    is_told_apart = tombstones.told_apart(message.external_id) in tombstone_ids
    return not is_told_apart or id_of_author(message.external_id, message) in tombstone_ids


def _keys(message: Incoming) -> Iterator[str]:
    """Yield the ids that a message may have, as long as no other message has them."""
    yield message.external_id
    yield id_of_author(message.external_id, message)


def _own_id(message: Incoming, known: dict[str, _Known]) -> str:
    """Return the first id that is the message's or free; at last one made of its text."""
    mine = _Known(message.author.id, message.text[:BEGINNING])
    for key in _keys(message):
        if _is_copy(mine, known.setdefault(key, mine)):
            return key
    return id_of_text(message.external_id, message)


def _is_chosen(message: Incoming) -> bool:
    return message.id_by_author and message.direction is Direction.IN


def _is_copy(message: _Known, known: _Known) -> bool:
    """Return whether a message is the known one again: of its author, and saying nothing else."""
    if message.author != known.author:
        return False
    new, old = message.text.strip(), known.text.strip()
    return new == old or (len(new) >= LEAST_COMMON and new in old)


def _known_messages(account: Account, ids: Collection[str]) -> dict[str, _Known]:
    """Return what the record knows of the messages with these ids."""
    envelopes = Envelope.objects.filter(account=account, external_id__among=set(ids), revision=0)
    waiting = envelopes.values_list("external_id", "raw__author__id", Left(KT("raw__text"), BEGINNING))
    known = {key: _Known(author, text or "") for key, author, text in waiting}
    messages = Message.objects.filter(account=account, external_id__among=set(ids))
    stored = messages.values_list("external_id", "author__external_id", Left("text", BEGINNING))
    return known | {key: _Known(author, text) for key, author, text in stored}
