"""Ids that senders choose: a message with the id of another author's message is treated as a separate one.

Anybody can write a mail under a Message-ID that they have seen; otherwise the real one would be skipped.
"""

from collections.abc import Sequence
from dataclasses import replace

from portevoix.kernel.messages import Direction, Incoming
from portevoix.kernel.sender_ids import id_of_author
from portevoix.record import tombstones
from portevoix.record.models import Account, Envelope, Message


def separate_ids(account: Account, messages: Sequence[Incoming]) -> tuple[Incoming, ...]:
    """Return the messages, with a new id, made of id and author, where another author's message has the id already.

    That one may be in the record or earlier in this batch. Redacted messages keep their id, whose author is unknown.
    """
    ids = {message.external_id for message in messages if _is_chosen(message)}
    if not ids:
        return tuple(messages)
    authors = _authors(account, ids)
    tombstone_ids = tombstones.kept(account, ids)
    separate = []
    for message in messages:
        if _is_chosen(message) and message.external_id not in tombstone_ids:
            first = authors.setdefault(message.external_id, message.author.id)
            separate.append(message if first == message.author.id else _with_own_id(message))
        else:
            separate.append(message)
    return tuple(separate)


def _is_chosen(message: Incoming) -> bool:
    return message.id_by_author and message.direction is Direction.IN


def _authors(account: Account, ids: set[str]) -> dict[str, str | None]:
    """Return the authors of the record's messages with these ids; None: the city, or unknown."""
    envelopes = Envelope.objects.filter(account=account, external_id__among=ids, revision=0)
    messages = Message.objects.filter(account=account, external_id__among=ids)
    return {
        **dict(envelopes.values_list("external_id", "raw__author__id")),
        **dict(messages.values_list("external_id", "author__external_id")),
    }


def _with_own_id(message: Incoming) -> Incoming:
    return replace(message, external_id=id_of_author(message.external_id, message))
