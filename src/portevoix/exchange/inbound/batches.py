"""What waits on a network, read page after page: as much as the record takes in one go."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic

from portevoix.exchange.background_call import PATIENCE
from portevoix.exchange.result import Done, attempt
from portevoix.kernel.messages import Batch, Incoming

BATCH = 500
BATCH_CHARACTERS = 2_000_000
"""What a batch holds of text and files at most, about: it is cut earlier, so that memory stays bounded."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Some pages of one account as one batch, and what came in the way of the next one."""

    batch: Batch
    trouble: Exception | None = None


def read_pages(ask: Callable[[str | None], Batch], cursor: str | None) -> Pages:
    """Asks from `cursor` on, until there is no more, a batch is full, or PATIENCE has passed. Raises what the first
    page raises; `more` is false where a network says that there is more and gives the same again.
    """
    ends = monotonic() + PATIENCE
    whole, asked = ask(cursor), cursor
    while whole.more and whole.cursor not in (None, asked) and not _full(whole) and monotonic() < ends:
        asked = whole.cursor
        came = attempt(partial(ask, whole.cursor))
        if not isinstance(came, Done):
            return Pages(whole, came)
        whole = _joined(whole, came.value)
    return Pages(replace(whole, more=whole.more and whole.cursor not in (None, asked)))


def weight(message: Incoming) -> int:
    """Characters of text and bytes of files."""
    text = len(message.text) + len(message.html) + len(message.quoted)
    return text + sum(file.size for file in message.files if file.content is not None)


def _full(batch: Batch) -> bool:
    if len(batch.messages) + len(batch.unreadable) >= BATCH:
        return True
    unread = sum(len(one.raw) + len(one.whole or b"") for one in batch.unreadable)
    return sum(map(weight, batch.messages)) + unread >= BATCH_CHARACTERS


def _joined(first: Batch, then: Batch) -> Batch:
    return Batch(
        messages=first.messages + then.messages,
        cursor=first.cursor if then.cursor is None else then.cursor,
        more=then.more,
        unreadable=first.unreadable + then.unreadable,
    )
