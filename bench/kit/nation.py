"""Coded posts of a nation's communes, in Parquet: few of them write most, and some answers come late or never."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from portevoix.measures.posts import COLUMNS, FORMS, FUNCTIONS, TERRITORIES, TONES

FIRST_DAY, WEEKS = date(2026, 9, 7), 12
CHUNK = 2_500_000
LAST_DAY = FIRST_DAY + timedelta(weeks=WEEKS, days=-1)
_WEEK = 7 * 86_400
_BEGINS = int(datetime(2026, 9, 7, tzinfo=UTC).timestamp())
_NETWORKS = np.array(["mastodon", "bluesky", "facebook"])
# Of a hundred rows: posts of the city, first waits, other messages of citizens; the rest are replies.
_OWN, _WAITS, _OTHERS = 0.50, 0.20, 0.15


def write_nation(directory: Path, *, rows: int, communes: int = 35_000, chunk: int = CHUNK) -> list[Path]:
    """Files of `chunk` rows, each of one network and one week, the cities in order; `rows` is a multiple of it."""
    return [_write(directory, part, communes, chunk) for part in range(rows // chunk)]


def _write(directory: Path, part: int, communes: int, size: int) -> Path:
    random = np.random.default_rng([2013, part])
    week, network = part % WEEKS, _NETWORKS[part % len(_NETWORKS)]
    kind = _kinds(random, size)
    city = (communes * random.random(size) ** 3).astype(np.int64)  # the first tenth has nearly half
    thread = np.arange(size, dtype=np.int64) + part * size
    # A reply is of the conversation that a wait opened: the same place in another part of the row's kind.
    waits, replies = np.flatnonzero(kind == 1), np.flatnonzero(kind == 3)
    elapsed, left, begun = _waits(random, waits, size, week)
    answered = waits[elapsed[waits] < left[waits]]
    of = answered[np.arange(len(replies)) % len(answered)]
    people = 200 + 500_000 / (1 + city / 10)
    citizen = city * 1_000_000 + (people * random.random(size) ** 2).astype(np.int64) + 1
    city[replies], thread[replies] = city[of], thread[of]
    out = (kind == 0) | (kind == 3)
    seen = np.where(kind == 1, left, 0)
    happened = (kind == 1) & (elapsed < left)
    images, described = random.integers(0, 3, size), random.integers(0, 2, size)
    columns = {
        "city": pl.Series(city).cast(pl.String).str.zfill(5),
        "network": pl.repeat(str(network), size, eager=True),
        "account": pl.Series(city).cast(pl.String).str.zfill(5),
        "post": _hashed(np.arange(size, dtype=np.int64) + part * size),
        "thread": _hashed(thread),
        "author": np.where(out, 0, _hashed(citizen)),
        "outbound": out,
        "sent_at": pl.Series((_BEGINS + begun) * 1_000_000).cast(pl.Datetime("us", "UTC")),
        "day": pl.Series((_BEGINS + begun) // 86_400).cast(pl.Int32).cast(pl.Date),
        "minute": (begun // 60) % 60,
        "off_hours": (begun // 3_600) % 24 < 8,
        "reply": kind == 3,
        "citizen": np.zeros(size, np.int64),
        "automatic": out & (random.random(size) < 0.2 * ((city % 9) == 0)),
        "boilerplate": (kind == 3) & (random.random(size) < 0.03),
        "function": _words(random, FUNCTIONS, kind == 0),
        "form": _words(random, FORMS, kind == 0),
        "territory": _words(random, TERRITORIES, kind == 0),
        "self_centred": (kind == 0) & (random.random(size) < 0.2),
        "tone": _words(random, TONES, kind == 3),
        "plain": random.random(size) < 0.6,
        "images": images,
        "images_described": np.minimum(images, described),
        "likes": _few(random, size, 3.0),
        "reposts": _few(random, size, 1.0),
        "comments": _few(random, size, 0.5),
        "wait": kind == 1,
        "first_elapsed_s": _known(elapsed, happened),
        "first_service_s": _known(elapsed // 3, happened),
        "censored_elapsed_s": seen,
        "censored_service_s": seen // 3,
    }
    columns["citizen"][replies] = _hashed(citizen[of])
    folder = directory / str(network)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{week:02}-{part:03}.parquet"
    pl.DataFrame({name: columns[name] for name in COLUMNS}).sort("city").write_parquet(file, compression="lz4")
    return file


def _kinds(random: np.random.Generator, size: int) -> np.ndarray:
    """0 a post of the city, 1 a first wait, 2 another message of a citizen, 3 a reply."""
    return np.searchsorted(np.cumsum([_OWN, _WAITS, _OTHERS]), random.random(size))


def _waits(random: np.random.Generator, waits: np.ndarray, size: int, week: int) -> tuple[np.ndarray, ...]:
    """Of each row, in seconds: how long until its answer, how long it was watched, and when it was sent."""
    begun = week * _WEEK + random.integers(0, _WEEK, size)
    left = WEEKS * _WEEK - begun
    elapsed = np.full(size, np.iinfo(np.int64).max)
    asked = random.random(len(waits)) < 0.65
    elapsed[waits[asked]] = np.exp(random.normal(np.log(14_400), 2.0, asked.sum())).astype(np.int64) + 1
    return elapsed, left, begun


def _hashed(numbers: np.ndarray) -> np.ndarray:
    """63 bits that look like a keyed hash and are as distinct (an odd factor)."""
    return ((numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(1)).astype(np.int64)


def _few(random: np.random.Generator, size: int, mean: float) -> np.ndarray:
    return (random.pareto(1.5, size) * mean / 2).astype(np.int64).clip(max=100_000)


def _known(values: np.ndarray, known: np.ndarray) -> pl.Series:
    return pl.select(pl.when(pl.Series(known)).then(pl.Series(values))).to_series()


def _words(random: np.random.Generator, words: tuple[str, ...], told: np.ndarray) -> pl.Series:
    chosen = np.where(told, random.integers(1, len(words) + 1, len(told)), 0).astype(np.uint32)
    return pl.Series(["", *words])[pl.Series(chosen)]
