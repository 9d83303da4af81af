"""Reports of mail servers that letters of the house came back: the ledger is told, and nobody at the desk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from portevoix.kernel.messages import Incoming
from portevoix.record.models import Dispatch, Envelope
from portevoix.record.operations.dispatches import record_letter_returns


class _Item(Protocol):
    envelope: int
    incoming: Incoming


def take_letter_returns[T: _Item](items: Sequence[T], *, now: datetime) -> list[T]:
    """Record what these items report of letters, and delete their envelopes; return the other items.

    A report has the letter's key, which only whoever got it knows, or the server that did not deliver it.
    """
    keys = {item.incoming.bounce.key for item in items if item.incoming.bounce}
    ours = set(Dispatch.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
    if not ours:
        return list(items)
    reports = [item for item in items if item.incoming.bounce and item.incoming.bounce.key in ours]
    record_letter_returns([item.incoming.bounce for item in reports if item.incoming.bounce], now=now)
    done = {item.envelope for item in reports}
    Envelope.objects.filter(pk__in=done).delete()
    return [item for item in items if item.envelope not in done]
