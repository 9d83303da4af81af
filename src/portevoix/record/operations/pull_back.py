"""Repairs what a clock left behind that was ahead for a while: nothing waits for a moment that is far away."""

from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import F, Q

from portevoix.kernel.bounds import CLOCK_TOLERANCE
from portevoix.kernel.letters import LATE_AFTER, DispatchState
from portevoix.record.models import (
    Account,
    Alert,
    Attempt,
    Delivery,
    Dispatch,
    Envelope,
    Feed,
    LifeSign,
    Reading,
    Sweep,
)

LEASE = timedelta(minutes=5)
"""No lease is longer; nor is the pause after a poll that went well."""
LONGEST_WAIT = timedelta(days=1)
"""What failed is tried again after a shorter pause, unless the month's budget of a network is used up."""
PROOF = "proof"
"""Attempts of this kind are proofs of work that were used: they stay, so that none is used twice."""


def pull_back(*, now: datetime) -> Counter[str]:
    """Bring moments back to `now` that a clock ahead of it has set; return how many rows, by what they are.

    It does no harm by a clock that is behind: what waits is asked for early, who is signed in signs in again, and no
    content is deleted.
    """
    ahead, far = now + CLOCK_TOLERANCE, now + LONGEST_WAIT
    session_end = ahead + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    endless = Q(leased_until__gt=ahead + LEASE)
    return +Counter(
        accounts=_pull_accounts(now, ahead, endless),
        deliveries=_pull_deliveries(now, ahead, far),
        letters=_pull_letters(now, far),
        envelopes=Envelope.objects.filter(endless).update(leased_until=None),
        feeds=Feed.objects.filter(endless | Q(due_at__gt=far)).update(due_at=now, leased_until=None),
        readings=Reading.objects.filter(endless | Q(try_at__gt=far)).update(try_at=None, leased_until=None),
        attempts=Attempt.objects.filter(at__gt=ahead).exclude(kind=PROOF).delete()[0],
        workers=LifeSign.objects.filter(seen_at__gt=ahead).delete()[0],
        sessions=Session.objects.filter(expire_date__gt=session_end).delete()[0],
        runs=Sweep.objects.filter(started_at__gt=ahead).delete()[0],
        alerts=Alert.objects.filter(endless).update(leased_until=now),  # None would say that it was sent
    )


def _pull_accounts(now: datetime, ahead: datetime, endless: Q) -> int:
    """Let accounts be polled that were last polled, well or in vain, at a moment to come; return how many.

    By a clock that is years ahead all certificates have expired, which pauses accounts: these are resumed. One that a
    colleague paused, whose trouble is announced from the beginning, stays so.
    """
    paused = Account.objects.filter(state=Account.State.PAUSED, trouble_at__gt=ahead)
    paused.exclude(announced_at=F("trouble_at")).update(state=Account.State.ACTIVE, next_poll_at=now)
    failed_ahead = Q(trouble__isnull=False, trouble_at__gt=ahead)
    resumed_ahead = Q(trouble__isnull=True, next_poll_at__gt=ahead + LEASE)
    waiting = Account.objects.filter(Q(received_at__gt=ahead) | failed_ahead | resumed_ahead | endless)
    count = waiting.filter(state=Account.State.ACTIVE).update(next_poll_at=now, leased_until=None)
    # What was announced by that clock was an earlier trouble, unless the trouble is that clock's too.
    Account.objects.filter(announced_at__gt=ahead).exclude(trouble_at__gt=ahead).update(announced_at=None)
    for stamp in ("received_at", "trouble_at", "announced_at"):
        Account.objects.filter(**{f"{stamp}__gt": ahead}).update(**{stamp: now})
    return count


def _pull_deliveries(now: datetime, ahead: datetime, far: datetime) -> int:
    """Let replies leave that were written, tried or begun by that clock; one that is being sent has a lease to end."""
    state = Delivery.State
    late = Q(attempts=0, next_attempt_at__gt=ahead) | Q(next_attempt_at__gt=far)
    count = Delivery.objects.filter(late, state=state.DUE).update(next_attempt_at=now, attempts=0)
    begun = Delivery.objects.filter(state=state.SENDING, leased_until__gt=far)
    return count + begun.update(leased_until=now + LEASE)


def _pull_letters(now: datetime, far: datetime) -> int:
    """Let letters leave at their time that were tried by that clock; one that was late by it is late no more."""
    late = Dispatch.objects.filter(state=DispatchState.LATE, due_at__gt=now - LATE_AFTER)
    count = late.update(state=DispatchState.DUE, reason=None, next_attempt_at=F("due_at"))
    put_off = Dispatch.objects.filter(state=DispatchState.DUE, next_attempt_at__gt=far).exclude(
        next_attempt_at=F("due_at")
    )
    count += put_off.update(next_attempt_at=F("due_at"))
    begun = Dispatch.objects.filter(state=DispatchState.SENDING, leased_until__gt=far)
    return count + begun.update(leased_until=now + LEASE)
