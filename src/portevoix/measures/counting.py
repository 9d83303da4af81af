"""Counts of posts, conversations and citizens by city, computed on the engine; the results are small."""

from collections.abc import Iterable, Sequence

import narwhals as nw

from portevoix.measures.metrics import Clock
from portevoix.measures.posts import FORMS, FUNCTIONS, TERRITORIES, TONES
from portevoix.measures.survival import Rows, tally

_POST = nw.col("outbound")
_OWN = _POST & ~nw.col("reply")
_REPLY = _POST & nw.col("reply") & ~nw.col("automatic") & ~nw.col("boilerplate")
_WAIT_WITH_REPLY = nw.col("wait") & ~nw.col("first_elapsed_s").is_null()


def _word_columns(among: nw.Expr, column: str, words: Iterable[str]) -> dict[str, nw.Expr]:
    """Return the expressions for the rows of `among` that have a word in `column`, and each of `words` there."""
    return {column: among & (nw.col(column) != "")} | {
        f"{column}_{word}": among & (nw.col(column) == word) for word in words
    }


_ROW_COUNTS: dict[str, nw.Expr] = {
    "posts": _POST,
    "automatic": _POST & nw.col("automatic"),
    "liked": _POST & (nw.col("likes") > 0),
    "commented": _POST & (nw.col("comments") > 0),
    "reposted": _POST & (nw.col("reposts") > 0),
    "replies": _REPLY,
    **_word_columns(_REPLY, "tone", TONES),
    "own": _OWN,
    **_word_columns(_OWN, "function", FUNCTIONS),
    **_word_columns(_OWN, "form", FORMS),
    **_word_columns(_OWN, "territory", TERRITORIES),
    "self_centred": _OWN & nw.col("self_centred"),
    "plain": _OWN & nw.col("plain"),
    "off_hours": _OWN & nw.col("off_hours"),
    "waits": nw.col("wait"),
}
"""Counts: the number of rows for which the expression is true."""

_COLUMN_SUMS: dict[str, tuple[str, nw.Expr]] = {
    "likes": ("likes", _POST),
    "comments": ("comments", _POST),
    "reposts": ("reposts", _POST),
    "images": ("images", _OWN),
    "images_described": ("images_described", _OWN),
}
"""Sums: a column, summed over the rows for which the expression is true."""

SUMS = (*_ROW_COUNTS, *_COLUMN_SUMS, "threads", "thread_replies", "days", "days_posted")
"""The sums from which ratios are computed. Conversations count on the day that opened them."""


def count_posts(rows: Rows, keys: Sequence[str]) -> Rows:
    """Return the sums of posts and of waits, in one row per city, or per city and day."""
    row_counts = (rows_where.cast(nw.Int64()).sum().alias(name) for name, rows_where in _ROW_COUNTS.items())
    column_sums = (
        nw.when(rows_where).then(nw.col(column)).otherwise(0).sum().alias(name)
        for name, (column, rows_where) in _COLUMN_SUMS.items()
    )
    return rows.group_by(*keys).agg(*row_counts, *column_sums)


def count_threads(rows: Rows, keys: Sequence[str]) -> Rows:
    """Return the `threads` that citizens opened, by `keys` on their first day, and the city's `thread_replies`."""
    messages = rows.filter(nw.col("wait") | _REPLY).select(
        "city",
        "thread",
        nw.col("wait").cast(nw.Int64()).alias("wait"),
        _REPLY.cast(nw.Int64()).alias("reply"),
        nw.when(nw.col("wait")).then(nw.col("day")).alias("day"),
    )
    threads = messages.group_by("city", "thread").agg(
        nw.col("wait").max(), nw.col("reply").sum().alias("replies"), nw.col("day").min()
    )
    citizen_threads = threads.filter(nw.col("wait") == 1)
    return citizen_threads.group_by(*keys).agg(
        nw.len().alias("threads"), nw.col("replies").sum().alias("thread_replies")
    )


def count_days(rows: Rows) -> Rows:
    """Return `days_posted`: the number of days on which a city wrote posts that are not replies."""
    days = rows.filter(_OWN).select("city", "day").unique()
    return days.group_by("city").agg(nw.len().alias("days_posted"))


def count_citizens(rows: Rows) -> Rows:
    """Return the `citizens` who opened a conversation with a city, and those `answered`, in whichever conversation."""
    questions = rows.filter(nw.col("wait")).select(
        "city",
        nw.col("author").alias("citizen"),
        nw.lit(1).alias("asked"),
        _WAIT_WITH_REPLY.cast(nw.Int32()).alias("answered"),
    )
    replies = rows.filter(_REPLY, nw.col("citizen") != 0).select(
        "city", "citizen", nw.lit(0).alias("asked"), nw.lit(1).alias("answered")
    )
    people = (
        nw.concat([questions, replies]).group_by("city", "citizen").agg(nw.col("asked").max(), nw.col("answered").max())
    )
    askers = people.filter(nw.col("asked") == 1)
    return askers.group_by("city").agg(nw.len().alias("citizens"), nw.col("answered").sum())


def waits(rows: Rows, clock: Clock) -> Rows:
    """Return the tally of each city's first waits."""
    reply_s = nw.col(f"first_{clock}_s")
    return tally(
        rows.filter(nw.col("wait")),
        by=("city",),
        duration=nw.coalesce(reply_s, nw.col(f"censored_{clock}_s")),
        happened=~reply_s.is_null(),
    )
