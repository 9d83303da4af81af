"""Coded posts: one row per public message of a city's conversations, without text and without names.

A *post* of the city is an outbound message; inbound ones serve to measure waits. A citizen's text was dropped after
coding, and the author is a keyed hash.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import narwhals as nw

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop

FUNCTIONS = ("service", "event_announced", "event_covered", "alert", "consultation", "symbolic", "relay", "answer")
FORMS = ("text", "link", "photo", "video")
TERRITORIES = ("city", "agglomeration", "elsewhere")
TONES = ("neutral", "silly", "conniving", "cold")
_WORDS = {"function": FUNCTIONS, "form": FORMS, "territory": TERRITORIES, "tone": TONES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One public message, coded. `sent_at` is aware and in UTC; `…_s` are whole seconds; "" is not coded.

    `account` is the city's own handle. `post`, `thread`, `author` and `citizen` are keyed hashes of 63 bits: `author`
    is 0 for the city, `citizen` the one whom an outbound reply answers and 0 elsewhere. `day` and `minute` (of the
    hour) are those of the city's time zone. `reply` marks a message of the city to somebody else. `automatic` was
    declared by a machine or detected by behaviour; `boilerplate` is a reply that many received word for word: neither
    is an answer. `wait` marks the inbound message that opened a first wait and addressed the city: `first_…_s` is the
    time until its first reply (None: none yet), `censored_…_s` the time observed; both are set on waits alone.
    Raises ValueError for a word that the codebook does not have, and for more descriptions than images.
    """

    city: str
    network: str
    account: str
    post: int
    thread: int
    author: int = 0
    outbound: bool
    sent_at: datetime
    day: date
    minute: int = 0
    off_hours: bool = False
    reply: bool = False
    citizen: int = 0
    automatic: bool = False
    boilerplate: bool = False
    function: str = ""
    form: str = ""
    territory: str = ""
    self_centred: bool = False
    tone: str = ""
    plain: bool = False
    images: int = 0
    images_described: int = 0
    likes: int = 0
    reposts: int = 0
    comments: int = 0
    wait: bool = False
    first_elapsed_s: int | None = None
    first_service_s: int | None = None
    censored_elapsed_s: int = 0
    censored_service_s: int = 0

    def __post_init__(self) -> None:
        for name, words in _WORDS.items():
            if (word := getattr(self, name)) and word not in words:
                raise ValueError(f"{name} is none of {', '.join(words)}")
        if not 0 <= self.images_described <= self.images:
            raise ValueError("images_described is more than images")


_DTYPES: dict[Any, Any] = {
    str: nw.String(),
    int: nw.Int64(),
    int | None: nw.Int64(),
    bool: nw.Boolean(),
    date: nw.Date(),
    datetime: nw.Datetime("us", "UTC"),
}

COLUMNS: dict[str, Any] = {field.name: _DTYPES[field.type] for field in fields(Post)}
"""The Narwhals dtype of each column, in order: the schema of the Parquet files as well."""


def frame(posts: Iterable[Post]) -> nw.DataFrame[Any]:
    """Return posts in columns (Polars behind Narwhals); an empty iterable gives an empty frame with every column."""
    rows = list(posts)
    columns = {name: [getattr(post, name) for post in rows] for name in COLUMNS}
    return nw.from_dict(columns, schema=COLUMNS, backend="polars")


def write(posts: nw.DataFrame[Any], directory: Path) -> None:
    """Write `DIRECTORY/NETWORK/WEEK.parquet`, WEEK being the ISO week of `day`, such as 2026-W48.

    Rows of one city are adjacent. Raises BadInput when the directory already holds posts: two studies must not mix.
    """
    if any(directory.rglob("*.parquet")):
        raise BadInput(
            gettext_noop("{place} holds posts already: name another folder, or remove it."), place=str(directory)
        )
    weekly = posts.with_columns(nw.col("day").dt.to_string("%G-W%V").alias("week")).sort(
        "network", "week", "city", "day"
    )
    for (network, week), part in weekly.group_by("network", "week"):
        folder = directory / quote(str(network), safe="@")
        folder.mkdir(parents=True, exist_ok=True)
        part.drop("week").write_parquet(folder / f"{week}.parquet")
