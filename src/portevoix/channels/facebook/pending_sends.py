"""Sends that ended in doubt, and how long Meta may still be at work on them. This process alone remembers: when another
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
    _SINCE[key] = time.monotonic()
    while len(_SINCE) > _MOST:
        _SINCE.pop(next(iter(_SINCE)))


def left(key: str) -> timedelta:
    """How long to wait until what is not there has not arrived; nothing when there is no doubt."""
    since = _SINCE.get(key)
    seconds = 0.0 if since is None else SETTLES.total_seconds() - (time.monotonic() - since)
    if seconds <= 0:
        _SINCE.pop(key, None)
    return timedelta(seconds=max(0.0, seconds))
