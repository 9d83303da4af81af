"""Marks of redacted messages: should their network, a mailbox or a file bring them again, they are not taken in.

A mark is a keyed hash of channel, account and id. The key is derived from the installation's secret: with another
secret key, earlier marks match nothing.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache

from django.conf import settings

from portevoix.kernel.messages import SENDERS_CHOOSE_IDS
from portevoix.kernel.sender_ids import id_of_sender, id_with_author
from portevoix.record.models import Account, Mark

_BY_AUTHOR = "by author"


def add_marks(account: Account, origins: Iterable[tuple[str, str | None]], *, now: datetime) -> None:
    """Mark messages permanently, by their ids and their authors' ids, None where nobody knows the author.

    Where senders choose ids, another author's message under the same one is none of them.
    """
    ids = {key for external_id, author in origins for key in _keys(account, external_id, author)}
    marks = [Mark(mark=_mark(account, key), at=now) for key in sorted(ids)]
    Mark.objects.bulk_create(marks, ignore_conflicts=True, batch_size=500)


def _keys(account: Account, external_id: str, author: str | None) -> Iterator[str]:
    yield external_id
    if author and account.channel in SENDERS_CHOOSE_IDS and external_id == id_of_sender(external_id):
        yield id_with_author(external_id, author)
        yield told_apart(external_id)


def told_apart(external_id: str) -> str:
    """Return what is marked beside an id whose author is marked, too: earlier marks tell no authors apart."""
    return f"{external_id} {_BY_AUTHOR}"


def marked_ids(account: Account, external_ids: Iterable[str]) -> set[str]:
    """Return those of the ids that are marked, with one query."""
    marks = {_mark(account, external_id): external_id for external_id in external_ids}
    return {marks[mark] for mark in Mark.objects.filter(mark__among=set(marks)).values_list("mark", flat=True)}


def _mark(account: Account, external_id: str) -> str:
    text = "\0".join((account.channel, account.address, external_id))
    return hmac.digest(_key(settings.SECRET_KEY), text.encode("utf-8", "surrogatepass"), "sha256").hex()


@lru_cache(maxsize=1)
def _key(secret: str) -> bytes:
    return hmac.new(secret.encode(), b"portevoix marks of emptied messages", hashlib.sha256).digest()
