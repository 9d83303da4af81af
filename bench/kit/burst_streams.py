"""Streams of a made-up city for bench/bursts.py: sixteen weeks of 2,000 messages, with one burst in a week or none.

What makes it hard is in every stream, with a burst or without: growth, a weekly rhythm, a holiday, a department with a
season, people who write often, one text sent by many, one author who writes a score of messages about one thing, and
channels whose shares move.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kit.burst_texts import Pool, Text

WEEKS = 16
FIRST_WEEK = 6
"""A burst comes in this week or later, counted from 0."""
BEGIN = datetime(2026, 5, 4, tzinfo=UTC)
WEEKDAYS = (1.2, 1.15, 1.1, 1.0, 1.0, 0.5, 0.4)
CHANNELS = ("email", "facebook", "x", "webform")
SLIPS = 0.15
"""Messages of a burst that are in another department than the rest."""

VARIED = {
    "dev": (
        "valmont 2026-W38",
        "valmont 2026-W40",
        "valmont 2026-W46",
        "odour of the composting plant",
        "tram line cut after a landslide",
        "registration of school meals crashes",
    ),
    "held": (
        "valmont 2026-W39",
        "valmont 2026-W42",
        "plane trees felled on the avenue",
        "bedbugs in the library",
        "street lights off at night",
        "the outdoor market moves",
    ),
}
OTHERS = {
    "dev": (
        *("decidim 30", "decidim 15", "decidim 24", "decidim 31", "grand débat handicap", "grand débat handicap"),
        *("New Haven SNOW RELATED", "New Haven SNOW RELATED", "New Haven SNOW RELATED", "New Haven SNOW RELATED"),
        *("crisis 2012_Sandy_Hurricane", "crisis 2012_Sandy_Hurricane", "crisis 2012_Sandy_Hurricane"),
        *("crisis 2013_Queensland_Floods", "crisis 2013_Queensland_Floods", "crisis 2013_Queensland_Floods"),
        *("New Haven Graffiti", "New Haven Graffiti"),
    ),
    "held": (
        *("decidim 14", "decidim 36", "decidim 13", "decidim 37"),
        *("grand débat remuneration_personnel", "grand débat remuneration_personnel"),
        *("crisis 2013_Boston_Bombings",) * 6,
        *("New Haven Traffic Signal / Pedestrian Signal",) * 4,
        *("New Haven SNOW RELATED",) * 2,
    ),
}
SEEDS = {"dev": 2_013_000, "held": 7_013_000}
"""Of the first stream of each split; written down before anything was tuned. The held-back ones were not tuned to."""
WITHOUT_BURST = 12


@dataclass(frozen=True, slots=True)
class Sent:
    id: str
    text: str
    author: str
    sent_at: datetime
    department: str
    channel: str
    kind: str
    valence: str


@dataclass(frozen=True, slots=True)
class Stream:
    """`week` is the one that is asked about, counted from 0: that of most of the burst's messages.

    `burst`: the ids of these, none without a burst.
    """

    name: str
    varied: bool
    week: int
    messages: tuple[Sent, ...]
    burst: frozenset[str]


def streams(pool: Pool, split: str, *, size: int = 2000, few: bool = False) -> list[Stream]:
    names: list[tuple[str, bool]] = [(name, True) for name in VARIED[split]]
    names += [(name, False) for name in OTHERS[split]]
    names += [("", False)] * WITHOUT_BURST
    places = [0, 12, 24] if few else range(len(names))
    return [_stream(pool, SEEDS[split] + n, *names[n], size=size, lang=_language(names[n][0], n)) for n in places]


def _language(name: str, number: int) -> str:
    if name:
        return "en" if name.startswith(("New Haven", "crisis")) else "fr"
    return "fr" if number % 2 else "en"


def _stream(pool: Pool, seed: int, name: str, varied: bool, *, size: int, lang: str) -> Stream:
    draw = random.Random(seed)
    week = draw.randrange(FIRST_WEEK, WEEKS)
    usual = draw.sample(pool.usual[lang], min(size, len(pool.usual[lang])))
    season, growth = draw.choice(sorted({text.department for text in usual})), draw.uniform(-0.2, 0.6)
    holiday, opened = draw.randrange(WEEKS), draw.randrange(3, WEEKS)
    authors = [draw.choices(range(1300), [(n + 1) ** -0.5 for n in range(1300)])[0] for _ in usual]
    rows: list[Sent] = []
    for text, author in zip(usual, authors, strict=True):
        at = draw.choices(range(WEEKS), [_rate(n, growth, holiday, text.department == season) for n in range(WEEKS)])[0]
        rows.append(_sent(draw, text, f"a{author}", at, opened))
    rows += _campaign(draw, usual, week if draw.random() < 0.5 else draw.randrange(WEEKS), opened)
    rows += _loud_author(draw, pool, name, lang, week if draw.random() < 0.5 else draw.randrange(WEEKS), opened)
    burst = _burst(draw, pool.bursts[name], sorted({text.department for text in usual}), week, opened) if name else []
    every = sorted([*rows, *burst], key=lambda sent: (sent.sent_at, sent.text))
    within = {id(sent) for sent in burst}
    if burst:
        counts = Counter((sent.sent_at - BEGIN) // timedelta(weeks=1) for sent in burst)
        week = min(counts, key=lambda each: (-counts[each], each))
    numbered = [(_numbered(sent, n), id(sent) in within) for n, sent in enumerate(every)]
    return Stream(
        f"{seed} {name or 'no burst'} ({lang}, {len(burst)})",
        varied,
        week,
        tuple(sent for sent, _ in numbered),
        frozenset(sent.id for sent, inside in numbered if inside),
    )


def _numbered(sent: Sent, number: int) -> Sent:
    return Sent(
        f"m{number}", sent.text, sent.author, sent.sent_at, sent.department, sent.channel, sent.kind, sent.valence
    )


def _rate(week: int, growth: float, holiday: int, seasonal: bool) -> float:
    rate = 1 + growth * week / WEEKS
    if week == holiday:
        rate *= 0.6
    return rate * (0.5 + 1.2 * week / WEEKS if seasonal else 1)


def _sent(
    draw: random.Random, text: Text, author: str, week: int, opened: int, *, days: Sequence[int] = range(7)
) -> Sent:
    day = draw.choices(days, [WEEKDAYS[day % 7] for day in days])[0]
    at = BEGIN + timedelta(weeks=week, days=day, hours=draw.triangular(6, 24, 12))
    weights = (1.0, 1.0, 0.6, 1.5 if week >= opened else 0.05)
    channel = draw.choices(CHANNELS, weights)[0]
    return Sent("", text.text, author, at, text.department, channel, text.kind, text.valence)


def _campaign(draw: random.Random, usual: Sequence[Text], week: int, opened: int) -> list[Sent]:
    """One text sent by many, with another greeting or end."""
    long = draw.choice([text for text in usual if len(text.text) > 120] or list(usual))
    copies = []
    for n in range(draw.randint(5, 15)):
        begin, end = draw.choice(["", "Bonjour, ", "Hello. "]), draw.choice(["", " Merci.", " Thank you!", f" N. {n}"])
        copy = Text(begin + long.text + end, long.department, long.kind, long.valence)
        copies.append(_sent(draw, copy, f"campaign{n}", week, opened, days=range(1, 4)))
    return copies


def _loud_author(draw: random.Random, pool: Pool, burst: str, lang: str, week: int, opened: int) -> list[Sent]:
    names = sorted(name for name in pool.bursts if name != burst and _language(name, 0) == lang)
    texts = pool.bursts[draw.choice(names)]
    return [
        _sent(draw, text, "loud", week, opened) for text in draw.sample(texts, min(len(texts), draw.randint(10, 25)))
    ]


def _burst(
    draw: random.Random, texts: Sequence[Text], departments: Sequence[str], week: int, opened: int
) -> list[Sent]:
    count = min(len(texts), draw.randint(5, 40))
    begin, length = draw.randrange(5), draw.randint(2, 5)
    days = range(begin, begin + length)
    rows = []
    for n, text in enumerate(draw.sample(list(texts), count)):
        department = text.department if draw.random() > SLIPS else draw.choice(departments)
        author = f"burst{n if draw.random() > 0.1 else draw.randrange(count)}"
        moved = Text(text.text, department, text.kind, text.valence)
        rows.append(_sent(draw, moved, author, week, opened, days=days))
    return rows
