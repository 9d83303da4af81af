"""Queries for monitoring: machines ask them every few seconds, so that each uses an index."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, QuerySet

from portevoix.kernel.letters import WAITING_FOR_A_PERSON, DispatchState
from portevoix.record.models import Account, Conversation, Delivery, Dispatch, Envelope, LifeSign, SuppressedAddress

ALIVE = timedelta(minutes=1)
"""A running worker gives a sign several times as often."""


@dataclass(frozen=True, slots=True)
class Liveness:
    """When a worker was last seen, and since when the oldest envelope, reply and letter wait; None: none does."""

    worker_seen_at: datetime | None
    envelope_since: datetime | None
    delivery_since: datetime | None
    letter_since: datetime | None


def liveness(now: datetime) -> Liveness:
    waiting = Envelope.objects.filter(message=None, state=Envelope.State.WAITING)
    due = Delivery.objects.filter(sent_at=None, state__in=[Delivery.State.DUE, Delivery.State.SENDING])
    due = due.exclude(message__account__state=Account.State.PAUSED)  # those wait for a person, not for a worker
    return Liveness(
        worker_seen_at=LifeSign.objects.order_by("-seen_at").values_list("seen_at", flat=True).first(),
        envelope_since=waiting.order_by("received_at").values_list("received_at", flat=True).first(),
        delivery_since=due.filter(next_attempt_at__lte=now)
        .order_by("next_attempt_at")
        .values_list("next_attempt_at", flat=True)
        .first(),
        letter_since=_open_letters().filter(next_attempt_at__lte=now).aggregate(at=Min("next_attempt_at"))["at"],
    )


def _open_letters() -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(sent_at=None, state__in=[DispatchState.DUE, DispatchState.SENDING])


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of unfinished things. Finished ones are not counted: that would read everything.

    `stored` is the highest number of an envelope, `accounts` counts those in service by channel and state.
    """

    envelopes: dict[str, int]
    stored: int
    deliveries: dict[str, int]
    letters: dict[str, int]
    suppressed: int
    open: int
    late: int
    accounts: dict[tuple[str, str], int]
    troubled: int
    workers: int


def counts(now: datetime) -> Counts:
    open_ones = Conversation.objects.filter(queue_at__isnull=False)
    accounts = Account.objects.exclude(state=Account.State.UNCONNECTED).order_by()
    kinds = accounts.values_list("channel", "state").annotate(count=Count("pk"))
    return Counts(
        envelopes=_by_state(Envelope.objects.filter(message=None), Envelope.State.TAKEN),
        stored=Envelope.objects.aggregate(last=Max("pk"))["last"] or 0,
        deliveries=_by_state(Delivery.objects.filter(sent_at=None), Delivery.State.SENT),
        letters=_letters_by_state(),
        suppressed=SuppressedAddress.objects.count(),
        open=open_ones.count(),
        late=open_ones.filter(queue_at__lt=now).count(),
        accounts={(channel, state): count for channel, state, count in kinds},
        troubled=accounts.filter(trouble__isnull=False).count(),
        workers=LifeSign.objects.filter(seen_at__gt=now - ALIVE).count(),
    )


def _by_state(rows: QuerySet[Envelope] | QuerySet[Delivery], done: str) -> dict[str, int]:
    """Return the count of each state but `done`, including zeros."""
    counts_by_state = dict(rows.order_by().values_list("state").annotate(count=Count("pk")))
    return {state: counts_by_state.get(state, 0) for state in rows.model.State.values if state != done}


def _letters_by_state() -> dict[str, int]:
    """Return the count of each state in which something is still to happen, including zeros."""
    states = [DispatchState.DUE, DispatchState.SENDING, *WAITING_FOR_A_PERSON]
    rows = Dispatch.objects.filter(sent_at=None, state__in=states).order_by()
    found = dict(rows.values_list("state").annotate(count=Count("pk")))
    return {state.value: found.get(state.value, 0) for state in states}
