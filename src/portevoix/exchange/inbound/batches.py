"""Reads what waits on a network page by page: as much as the record stores in one go."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic

from portevoix.exchange.background_call import PATIENCE
from portevoix.exchange.result import Done, attempt
from portevoix.kernel.messages import Batch, Incoming

BATCH = 500
BATCH_CHARACTERS = 2_000_000
"""About how much text and files a batch may hold; larger batches are cut, so that memory stays bounded."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Some pages of one account as one batch, and the error that the next page raised."""

    batch: Batch
    trouble: Exception | None = None


def read_pages(ask: Callable[[str | None], Batch], cursor: str | None) -> Pages:
    """Read from `cursor` on, until there is no more, a batch is full, or PATIENCE has passed.

    Raise what the first page raises. `more` is false where a network promises more and returns the same page again.
    """
    ends = monotonic() + PATIENCE
    batch, last_cursor = ask(cursor), cursor
    while batch.more and batch.cursor not in (None, last_cursor) and not _full(batch) and monotonic() < ends:
        last_cursor = batch.cursor
        result = attempt(partial(ask, batch.cursor))
        if not isinstance(result, Done):
            return Pages(batch, result)
        batch = _join(batch, result.value)
    return Pages(replace(batch, more=batch.more and batch.cursor not in (None, last_cursor)))


def weight(message: Incoming) -> int:
    """Return the characters of text plus the bytes of files."""
    text = len(message.text) + len(message.html) + len(message.quoted)
    return text + sum(file.size for file in message.files if file.content is not None)


def _full(batch: Batch) -> bool:
    if len(batch.messages) + len(batch.unreadable) >= BATCH:
        return True
    unread = sum(len(one.raw) + len(one.whole or b"") for one in batch.unreadable)
    return sum(map(weight, batch.messages)) + unread >= BATCH_CHARACTERS


def _join(first: Batch, then: Batch) -> Batch:
    return Batch(
        messages=first.messages + then.messages,
        cursor=first.cursor if then.cursor is None else then.cursor,
        more=then.more,
        unreadable=first.unreadable + then.unreadable,
    )
