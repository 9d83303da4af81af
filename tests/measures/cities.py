"""What the tests of the Barometer's measures are given: coded posts with only what matters said."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from portevoix.measures.indicator_values import CityCounts, count_cities
from portevoix.measures.posts import Post, frame
from portevoix.measures.survival import Curve

FIRST, LAST = date(2026, 9, 7), date(2026, 9, 13)
WATCHED = 600_000


def post(number: int = 1, *, city: str = "49007", day: int = 0, **more: Any) -> Post:
    """The city's own message on the `day`th day of the study; `number` is its hash and its thread's."""
    values: dict[str, Any] = {
        "city": city,
        "network": "mastodon",
        "account": "ville",
        "post": number,
        "thread": number,
        "outbound": True,
        "sent_at": datetime(2026, 9, 7, 9, tzinfo=UTC) + timedelta(days=day),
        "day": FIRST + timedelta(days=day),
    }
    return Post(**values | more)


def question(number: int = 1, *, after: int | None = None, author: int = 7, **more: Any) -> Post:
    """A first wait of a citizen, answered after so many seconds; the opening-hours clock runs ten times slower."""
    told: dict[str, Any] = {
        "author": author,
        "outbound": False,
        "wait": True,
        "first_elapsed_s": after,
        "first_service_s": None if after is None else after // 10,
        "censored_elapsed_s": WATCHED,
        "censored_service_s": WATCHED // 10,
    }
    return post(number, **told | more)


def reply(number: int = 1, *, to: int = 7, **more: Any) -> Post:
    """The city's reply to a citizen, in the thread that the question `number` opened."""
    told: dict[str, Any] = {"post": number + 10**6, "reply": True, "citizen": to}
    return post(number, **told | more)


def counted(*posts: Post, by_day: bool = True) -> dict[str, CityCounts]:
    return count_cities(frame(posts), first_day=FIRST, last_day=LAST, by_day=by_day)


def curve_of(waits: list[tuple[int, bool]]) -> Curve:
    """Of waits of so many seconds, and whether each was answered."""
    seconds = np.array([wait for wait, _ in waits])
    duration, cell = np.unique(seconds, return_inverse=True)
    events = np.bincount(cell, [answered for _, answered in waits], len(duration)).astype(np.int64)
    return Curve(duration=duration, events=events, total=np.bincount(cell, minlength=len(duration)))
