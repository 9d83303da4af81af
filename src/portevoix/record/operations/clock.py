"""Repairs what a clock left behind that was ahead for a while: nothing waits for a moment that is years away."""

from collections import Counter
from datetime import datetime, timedelta

from portevoix.record.models import Account, Delivery, Envelope, LifeSign

TOLERANCE = timedelta(minutes=5)
"""Clocks of two machines may differ by so much."""
LONGEST_WAIT = timedelta(days=1)
"""Nothing that is tried again waits longer."""


def pull_back(*, now: datetime) -> Counter[str]:
    """Bring moments back to `now` that a clock ahead of it has set; return how many rows, by what they are."""
    ahead, far = now + TOLERANCE, now + LONGEST_WAIT
    accounts = Account.objects.filter(received_at__gt=ahead, state=Account.State.ACTIVE)
    waiting = Delivery.objects.filter(sent_at=None)
    counts = Counter(
        accounts=accounts.update(received_at=now, next_poll_at=now, leased_until=None),
        deliveries=waiting.filter(next_attempt_at__gt=far).update(next_attempt_at=now)
        + waiting.filter(leased_until__gt=far).update(leased_until=now),
        envelopes=Envelope.objects.filter(leased_until__gt=far).update(leased_until=None),
        workers=LifeSign.objects.filter(seen_at__gt=ahead).delete()[0],
    )
    return +counts
