"""Marks of redacted messages: should their network, a mailbox or a file bring them again, they are not taken in.

A mark is a keyed hash of channel, account and id. The key is derived from the installation's secret: with another
secret key, earlier marks match nothing.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from django.conf import settings

from portevoix.record.models import Account, Mark


def keep(account: Account, external_ids: Iterable[str], *, now: datetime) -> None:
    """Mark these messages permanently."""
    marks = [Mark(mark=_mark(account, external_id), at=now) for external_id in external_ids]
    Mark.objects.bulk_create(marks, ignore_conflicts=True, batch_size=500)


def kept(account: Account, external_ids: Iterable[str]) -> set[str]:
    """Return those of the ids that are marked, with one query."""
    marks = {_mark(account, external_id): external_id for external_id in external_ids}
    return {marks[mark] for mark in Mark.objects.filter(mark__among=set(marks)).values_list("mark", flat=True)}


def _mark(account: Account, external_id: str) -> str:
    text = "\0".join((account.channel, account.address, external_id))
    return hmac.digest(_key(settings.SECRET_KEY), text.encode("utf-8", "surrogatepass"), "sha256").hex()


@lru_cache(maxsize=1)
def _key(secret: str) -> bytes:
    return hmac.new(secret.encode(), b"portevoix marks of emptied messages", hashlib.sha256).digest()
