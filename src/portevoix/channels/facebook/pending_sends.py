"""Sends with an uncertain result, and how long Meta may still work on them. Only this process remembers: when another
one died, its lease was waited for.
"""

import time
from datetime import timedelta
from typing import Final

SETTLES: timedelta = timedelta(minutes=2)
"""So long a reply that is not there yet may still appear."""
_MOST: Final = 1_000
_SINCE: dict[str, float] = {}
"""By the message's key, on the monotonic clock."""


def doubted(key: str) -> None:
    """Store that the send of this message is uncertain."""
    _SINCE[key] = time.monotonic()
    while len(_SINCE) > _MOST:
        _SINCE.pop(next(iter(_SINCE)))


def left(key: str) -> timedelta:
    """Return how long to wait until a missing reply is certainly missing; zero when there is no doubt."""
    since = _SINCE.get(key)
    seconds = 0.0 if since is None else SETTLES.total_seconds() - (time.monotonic() - since)
    if seconds <= 0:
        _SINCE.pop(key, None)
    return timedelta(seconds=max(0.0, seconds))
