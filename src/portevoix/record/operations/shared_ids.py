"""Messages whose senders choose the ids: one that bears the id of another author's message is a message of its own.

Anybody can write a mail under a Message-ID that they have seen, and would otherwise have the real one passed over.
"""

from collections.abc import Sequence
from dataclasses import replace

from portevoix.kernel.messages import Direction, Incoming
from portevoix.kernel.sender_ids import id_of_author
from portevoix.record import tombstones
from portevoix.record.models import Account, Envelope, Message


def separate_ids(account: Account, messages: Sequence[Incoming]) -> tuple[Incoming, ...]:
    """Return the messages; where another author's has an id already, in the record or before it here, with one made
    of both. What was emptied stays known by its id, whose author nobody knows any more.
    """
    chosen = {message.external_id for message in messages if _is_chosen(message)}
    if not chosen:
        return tuple(messages)
    authors = _authors(account, chosen)
    emptied = tombstones.kept(account, chosen)
    separate = []
    for message in messages:
        if _is_chosen(message) and message.external_id not in emptied:
            first = authors.setdefault(message.external_id, message.author.id)
            separate.append(message if first == message.author.id else _with_own_id(message))
        else:
            separate.append(message)
    return tuple(separate)


def _is_chosen(message: Incoming) -> bool:
    return message.id_by_author and message.direction is Direction.IN


def _authors(account: Account, ids: set[str]) -> dict[str, str | None]:
    """Who wrote what the record has under these ids; None: the city, or nobody that is known."""
    envelopes = Envelope.objects.filter(account=account, external_id__among=ids, revision=0)
    messages = Message.objects.filter(account=account, external_id__among=ids)
    return {
        **dict(envelopes.values_list("external_id", "raw__author__id")),
        **dict(messages.values_list("external_id", "author__external_id")),
    }


def _with_own_id(message: Incoming) -> Incoming:
    return replace(message, external_id=id_of_author(message.external_id, message))
