"""Simulated accounts of cities: people who post and answer, and machines that publish a feed. None of them is real."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from portevoix.measures.automation import Trace

START = datetime(2026, 9, 7, tzinfo=UTC)
DAYS = 84

type Account = list[tuple[Trace, bool]]
"""Its posts, and of each whether a machine published it."""


def office_hours(rng: random.Random, *, daily: float = 4.0, answers: float = 0.4, mentions: float = 0.2) -> Account:
    """People on weekdays from 8.30 to 18.00, at heavy-tailed intervals, some evenings too; they answer and mention.

    One post in five is of an article, hours or days after it, and now and then one ends in dots.
    """
    found: Account = []
    at = START + timedelta(hours=8.5)
    n = 0
    while at < START + timedelta(days=DAYS):
        at += timedelta(seconds=30 + 86400 * 0.16 / daily * rng.paretovariate(1.3) * rng.random())
        if at.weekday() > 4 and rng.random() > 0.1:
            continue
        if not (8.5 <= at.hour + at.minute / 60 <= 18 or rng.random() < 0.05):
            at += timedelta(minutes=rng.uniform(5, 200))
            continue
        n += 1
        reply = rng.random() < answers
        lag = rng.lognormvariate(10.3, 1.4) if not reply and rng.random() < 0.2 else None
        post = Trace(
            id=f"h{n}", sent_at=at, reply=reply, mentions=reply or rng.random() < mentions, lag_s=lag,
            has_link=lag is not None or rng.random() < 0.3,
            is_truncated=not reply and rng.random() < 0.03, is_copy=not reply and rng.random() < 0.1,
        )  # fmt: skip
        found.append((post, False))
    return found


def scheduler(rng: random.Random) -> Account:
    """People who prepare their posts for full hours, in a tool that sends them to all networks at once."""
    return [
        (replace(post, sent_at=_full(post.sent_at, rng), is_copy=True), False) if not post.reply else (post, False)
        for post, _ in office_hours(rng, answers=0.25)
    ]


def broadcaster(rng: random.Random) -> Account:
    """People who never answer, and share every article by hand, when they come to it."""
    return [
        (replace(post, mentions=False, lag_s=rng.lognormvariate(9.5, 1.5)), False)
        for post, _ in office_hours(rng, answers=0.0, mentions=0.0, daily=2)
    ]


def silent_scheduler(rng: random.Random) -> Account:
    """People who never answer and schedule for full hours what they write themselves."""
    found = scheduler(rng)
    return [
        (replace(post, mentions=False, lag_s=None, is_truncated=False), False) for post, _ in found if not post.reply
    ]


def feed(rng: random.Random, *, every: int = 0, known: bool = True, cut: float = 0.3, daily: float = 3) -> Account:
    """A machine that posts title and link of each article some seconds after it, or looks `every` so many minutes.

    `known`: whoever measures has the feed; `cut`: the share of titles that are too long and cut off.
    """
    found: Account = []
    delay = rng.uniform(5, 240)
    for n, published in enumerate(_articles(rng, daily)):
        at = published + timedelta(seconds=delay + rng.uniform(0, 50))
        if every:
            at = at.replace(second=0) + timedelta(minutes=every - at.minute % every, seconds=rng.uniform(2, 40))
        lag = (at - published).total_seconds() if known else None
        found.append((Trace(id=f"f{n}", sent_at=at, lag_s=lag, has_link=True, is_truncated=rng.random() < cut), True))
    return found


def clockwork(rng: random.Random) -> Account:
    """A machine that says something each morning at the same minute, without a link: the weather, the day's menu."""
    at = START + timedelta(hours=rng.randint(6, 9), minutes=rng.randint(0, 59))
    return [(Trace(id=f"c{n}", sent_at=at + timedelta(days=n, seconds=rng.uniform(0, 40))), True) for n in range(DAYS)]


def mixed(rng: random.Random) -> Account:
    """People who answer and write, and a machine that publishes their city's articles beside them."""
    return sorted([*office_hours(rng, daily=3), *feed(rng, daily=2)], key=lambda one: one[0].sent_at)


KINDS: dict[str, Callable[[random.Random], Account]] = {
    "people": office_hours,
    "people who schedule": scheduler,
    "people who never answer": broadcaster,
    "people who schedule and never answer": silent_scheduler,
    "feed": feed,
    "feed, looked at each hour": lambda rng: feed(rng, every=60),
    "feed that we do not know, each quarter": lambda rng: feed(rng, every=15, known=False, cut=0.6),
    "feed that we do not know, whole titles each hour": lambda rng: feed(rng, every=60, known=False, cut=0.0),
    "feed that we do not know, titles cut off at any moment": lambda rng: feed(rng, known=False, cut=0.95),
    "clockwork without links": clockwork,
    "people and a feed": mixed,
}


def _full(at: datetime, rng: random.Random) -> datetime:
    return at.replace(minute=rng.choice([0, 0, 0, 30]), second=0)


def _articles(rng: random.Random, daily: float) -> Iterator[datetime]:
    for day in range(DAYS):
        for _ in range(rng.randint(0, round(2 * daily)) if day % 7 < 5 else 0):
            yield START + timedelta(days=day, hours=rng.uniform(8, 18.5))
