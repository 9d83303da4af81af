"""Detection of posts published by a machine, from the behaviour of an account. No text is read, only the times of posts
and what they share with the city's feed, as `text.posts.feed_traces` finds it.

Signs are of three families: where the text comes from (*feed*, *shape*, *links*), when it comes (*lag*, *minute*,
*regular*, *copies*), and whether anybody is there (*silent*). A post is called automatic when signs that do not follow
from one another agree for its account: it repeats the feed at a lag that hardly varies; or it repeats the feed, is one
of many links with titles cut off or of nothing but links, on an account that keeps to the clock and never speaks to
anybody; or nearly every title is cut off, or minute and gap are always the same, and nobody ever speaks. No sign alone
is enough: people schedule at full hours, share the city's articles, and do not always answer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

FEWEST = 8
"""A sign counts from this many posts on: fewer may be chance."""
SHAPE_SHARE = 0.2
CUT_SHARE = 0.8
"""From this share on, the publishing program cuts off the titles."""
LINKS_SHARE = 0.9
LAG_WINDOW_S = 600.0
LAG_SHARE = 0.7
MINUTE_LENGTH = 0.7
MINUTE_HARMONICS = (1, 2, 4)
"""Once, twice, four times an hour."""
MINUTE_CHANCE = 1e-4
GAP_WINDOW_S = 120.0
SHORTEST_GAP_S = 300.0
GAP_SHARE = 0.5
COPIES_SHARE = 0.8
SILENT_SHARE = 0.98

type Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A post of one account. `sent_at` in the city's own time; `lag_s`: seconds after the article that it repeats.

    `is_declared`: the message itself says that a machine sent it. The rest is as in `text.posts.feed_traces.Features`.
    """

    id: str
    sent_at: datetime
    reply: bool = False
    mentions: bool = False
    lag_s: float | None = None
    has_link: bool = False
    is_truncated: bool = False
    is_copy: bool = False
    is_declared: bool = False


@dataclass(frozen=True, slots=True)
class Automation:
    """`ids`: the posts that a machine published, declared ones among them; `share`: of all posts of the account.

    `signs`: each sign's strength, 0 to 1, also of those that are too weak to count; `agreeing_signs`: those that
    counted and made the call, () where none was made.
    """

    ids: frozenset[str]
    signs: Mapping[str, float]
    agreeing_signs: tuple[str, ...]
    share: float


def find_automatic(posts: Iterable[Trace]) -> Automation:
    """Return the posts that a machine published on one account. Their order does not matter.

    Signs, of the posts that are no replies (n of them) unless said otherwise:

    - *feed*: those that repeat an article of the city's feed / n. Counts from FEWEST posts on.
    - *lag*: of the feed's, those in the densest window of LAG_WINDOW_S of their lags / all of them. From LAG_SHARE on.
    - *shape*: those with a link whose text is cut off / n. From FEWEST posts and SHAPE_SHARE on.
    - *links*: those with a link / n. From FEWEST posts and LINKS_SHARE on.
    - *minute*: the largest of |Σ exp(2πi·k·m/60)| / n over k in MINUTE_HARMONICS, m the minute of the hour (Rayleigh's
      mean resultant length). From MINUTE_LENGTH on, where chance gives it less than MINUTE_CHANCE: k·exp(−n·R²), k the
      number of harmonics.
    - *regular*: of the gaps between one post and the next, of SHORTEST_GAP_S or more, those in the densest window of
      GAP_WINDOW_S / all of them. From GAP_SHARE on.
    - *copies*: those that stand on another network too within minutes / n. From COPIES_SHARE on.
    - *silent*: 1 − (replies + posts that mention somebody) / all posts. From SILENT_SHARE on.

    Called automatic: with *feed* and *lag*, the posts whose lag is in that window; with one of *feed*, *shape* and
    *links*, one of *minute*, *regular* and *copies*, and *silent*, those that repeat the feed and, with *shape* or
    *links*, those with a link; with *shape* from CUT_SHARE on, and *silent*, those with a link; with *minute*,
    *regular* and *silent*, all. What is declared counts always.
    """
    every = sorted(posts, key=lambda post: (post.sent_at, post.id))
    own = [post for post in every if not post.reply]
    lags = np.sort(np.array([post.lag_s for post in own if post.lag_s is not None], float))
    start, inside = _densest(lags, LAG_WINDOW_S)
    signs = _signs(every, own, lag=inside)
    counting = {name for name, counts in _counting(own).items() if counts(signs[name])}
    ids = {post.id for post in every if post.is_declared}
    agreeing_signs: tuple[str, ...] = ()
    if {"feed", "lag"} <= counting:
        agreeing_signs = ("feed", "lag")
        ids |= {post.id for post in own if post.lag_s is not None and start <= post.lag_s <= start + LAG_WINDOW_S}
    if "silent" in counting:
        silent_signs, silent_ids = _judge_silent_account(own, signs, counting)
        agreeing_signs = tuple(name for name in signs if name in {*agreeing_signs, *silent_signs})
        ids |= silent_ids
    return Automation(frozenset(ids), signs, agreeing_signs, len(ids) / len(every) if every else 0.0)


def _judge_silent_account(
    own: Sequence[Trace], signs: Mapping[str, float], counting: Set[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the signs that agree on an account that speaks to nobody, and the posts that they call automatic."""
    sources, timings = counting & {"feed", "shape", "links"}, counting & {"minute", "regular", "copies"}
    if {"minute", "regular"} <= timings:
        return frozenset({*sources, *timings, "silent"}), frozenset(post.id for post in own)
    if not sources or (not timings and signs["shape"] < CUT_SHARE):
        return frozenset(), frozenset()
    is_by_link = bool(sources & {"shape", "links"})
    ids = {post.id for post in own if (is_by_link and post.has_link) or ("feed" in sources and post.lag_s is not None)}
    return frozenset({*sources, *timings, "silent"}), frozenset(ids)


def _signs(every: Sequence[Trace], own: Sequence[Trace], *, lag: float) -> dict[str, float]:
    return {
        "feed": _share(own, lambda post: post.lag_s is not None),
        "lag": lag,
        "shape": _share(own, lambda post: post.has_link and post.is_truncated),
        "links": _share(own, lambda post: post.has_link),
        "minute": _resultant(own),
        "regular": _densest(_gaps(own), GAP_WINDOW_S)[1],
        "copies": _share(own, lambda post: post.is_copy),
        "silent": 1 - _share(every, lambda post: post.reply or post.mentions) if every else 0.0,
    }


def _counting(own: Sequence[Trace]) -> dict[str, Callable[[float], bool]]:
    """Return for each sign a test of whether its strength counts, on an account with these posts."""
    many = len(own)
    enough = many >= FEWEST
    return {
        "feed": lambda share: round(share * many) >= FEWEST,
        "lag": lambda share: share >= LAG_SHARE,
        "shape": lambda share: round(share * many) >= FEWEST and share >= SHAPE_SHARE,
        "links": lambda share: enough and share >= LINKS_SHARE,
        "minute": lambda length: enough and length >= MINUTE_LENGTH and _chance(length, many) < MINUTE_CHANCE,
        "regular": lambda share: many > FEWEST and share >= GAP_SHARE,
        "copies": lambda share: enough and share >= COPIES_SHARE,
        "silent": lambda share: enough and share >= SILENT_SHARE,
    }


def _chance(length: float, many: int) -> float:
    return float(len(MINUTE_HARMONICS) * np.exp(-many * length**2))


def _share(posts: Sequence[Trace], shows: Callable[[Trace], bool]) -> float:
    return sum(map(shows, posts)) / len(posts) if posts else 0.0


def _resultant(own: Sequence[Trace]) -> float:
    if not own:
        return 0.0
    minutes = np.array([post.sent_at.minute for post in own]) * (2 * np.pi / 60)
    return max(float(abs(np.exp(1j * k * minutes).mean())) for k in MINUTE_HARMONICS)


def _gaps(own: Sequence[Trace]) -> Numbers:
    gaps = [(later.sent_at - earlier.sent_at).total_seconds() for earlier, later in pairwise(own)]
    return np.sort(np.array([gap for gap in gaps if gap >= SHORTEST_GAP_S], float))


def _densest(ascending: Numbers, window: float) -> tuple[float, float]:
    """Return where the window of this length that holds most begins, and the share inside it; (0, 0) for no numbers."""
    if not len(ascending):
        return 0.0, 0.0
    ends = np.searchsorted(ascending, ascending + window, side="right")
    inside = ends - np.arange(len(ascending))
    first = int(inside.argmax())
    return float(ascending[first]), float(inside[first] / len(ascending))
