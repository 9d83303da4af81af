"""What the engine counts: posts, conversations and citizens, city by city. What comes home is small."""

from collections.abc import Iterable, Sequence

import narwhals as nw

from portevoix.measures.metrics import Clock
from portevoix.measures.posts import FORMS, FUNCTIONS, TERRITORIES, TONES
from portevoix.measures.survival import Rows, tally

_POST = nw.col("outbound")
_OWN = _POST & ~nw.col("reply")
_REPLY = _POST & nw.col("reply") & ~nw.col("automatic") & ~nw.col("boilerplate")
_ANSWERED = nw.col("wait") & ~nw.col("first_elapsed_s").is_null()


def _worded(among: nw.Expr, column: str, words: Iterable[str]) -> dict[str, nw.Expr]:
    """The rows of `among` that have a word in `column`, and those that have each of `words`."""
    return {column: among & (nw.col(column) != "")} | {
        f"{column}_{word}": among & (nw.col(column) == word) for word in words
    }


_COUNTED: dict[str, nw.Expr] = {
    "posts": _POST,
    "automatic": _POST & nw.col("automatic"),
    "liked": _POST & (nw.col("likes") > 0),
    "commented": _POST & (nw.col("comments") > 0),
    "reposted": _POST & (nw.col("reposts") > 0),
    "replies": _REPLY,
    **_worded(_REPLY, "tone", TONES),
    "own": _OWN,
    **_worded(_OWN, "function", FUNCTIONS),
    **_worded(_OWN, "form", FORMS),
    **_worded(_OWN, "territory", TERRITORIES),
    "self_centred": _OWN & nw.col("self_centred"),
    "plain": _OWN & nw.col("plain"),
    "off_hours": _OWN & nw.col("off_hours"),
    "waits": nw.col("wait"),
}
"""What is counted: rows for which this is true."""

_ADDED: dict[str, tuple[str, nw.Expr]] = {
    "likes": ("likes", _POST),
    "comments": ("comments", _POST),
    "reposts": ("reposts", _POST),
    "images": ("images", _OWN),
    "images_described": ("images_described", _OWN),
}
"""What is added up: a column, over rows for which this is true."""

SUMS = (*_COUNTED, *_ADDED, "threads", "thread_replies", "days", "days_posted")
"""The sums that ratios are made of. Conversations are counted on the day that opened them."""


def count_posts(rows: Rows, keys: Sequence[str]) -> Rows:
    """One row per city, or per city and day: the sums of posts and of waits."""
    counted = (rows_where.cast(nw.Int64()).sum().alias(name) for name, rows_where in _COUNTED.items())
    added = (
        nw.when(rows_where).then(nw.col(column)).otherwise(0).sum().alias(name)
        for name, (column, rows_where) in _ADDED.items()
    )
    return rows.group_by(*keys).agg(*counted, *added)


def count_threads(rows: Rows, keys: Sequence[str]) -> Rows:
    """`threads` that a citizen opened, by city and by the day that opened them; `thread_replies`, the city's there."""
    told = rows.filter(nw.col("wait") | _REPLY).select(
        "city",
        "thread",
        nw.col("wait").cast(nw.Int64()).alias("wait"),
        _REPLY.cast(nw.Int64()).alias("reply"),
        nw.when(nw.col("wait")).then(nw.col("day")).alias("day"),
    )
    threads = told.group_by("city", "thread").agg(
        nw.col("wait").max(), nw.col("reply").sum().alias("replies"), nw.col("day").min()
    )
    opened = threads.filter(nw.col("wait") == 1)
    return opened.group_by(*keys).agg(nw.len().alias("threads"), nw.col("replies").sum().alias("thread_replies"))


def count_days(rows: Rows) -> Rows:
    """`days_posted`: the days on which a city wrote of itself."""
    days = rows.filter(_OWN).select("city", "day").unique()
    return days.group_by("city").agg(nw.len().alias("days_posted"))


def count_citizens(rows: Rows) -> Rows:
    """`citizens` who opened a conversation with a city, and those of them who were `answered`, wherever it was."""
    asked = rows.filter(nw.col("wait")).select(
        "city",
        nw.col("author").alias("citizen"),
        nw.lit(1).alias("asked"),
        _ANSWERED.cast(nw.Int32()).alias("answered"),
    )
    replied = rows.filter(_REPLY, nw.col("citizen") != 0).select(
        "city", "citizen", nw.lit(0).alias("asked"), nw.lit(1).alias("answered")
    )
    people = (
        nw.concat([asked, replied]).group_by("city", "citizen").agg(nw.col("asked").max(), nw.col("answered").max())
    )
    met = people.filter(nw.col("asked") == 1)
    return met.group_by("city").agg(nw.len().alias("citizens"), nw.col("answered").sum())


def waits(rows: Rows, clock: Clock) -> Rows:
    """The tally of each city's first waits."""
    replied = nw.col(f"first_{clock}_s")
    return tally(
        rows.filter(nw.col("wait")),
        by=("city",),
        duration=nw.coalesce(replied, nw.col(f"censored_{clock}_s")),
        happened=~replied.is_null(),
    )
