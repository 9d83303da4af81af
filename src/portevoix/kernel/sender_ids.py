"""Ids that senders choose, such as those of mails: the same one of two authors is of two messages."""

import hashlib

from portevoix.kernel.messages import Incoming


def id_of_author(external_id: str, message: Incoming) -> str:
    """Return the id under which `message`'s author has a message, where somebody else has one under `external_id`."""
    return id_with_author(external_id, message.author.id)


def id_with_author(external_id: str, author: str) -> str:
    """Return the same, of an author's id."""
    digest = hashlib.sha256(author.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{external_id} {digest[:16]}"


def id_of_sender(key: str) -> str:
    """Return the id as the sender wrote it, which has no blank."""
    return key.partition(" ")[0]


def id_of_text(external_id: str, message: Incoming) -> str:
    """Return the id of a message whose author has another one under `external_id` already."""
    text = hashlib.sha256(message.text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{id_of_author(external_id, message)} {text[:16]}"
