"""Each city's indicators: worked by hand, and by the letter of the catalogue, post by post."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.measures.counting import SUMS
from portevoix.measures.indicator_values import CityCounts, combine_counts, compute_indicators, count_cities
from portevoix.measures.indicators import INDICATORS, ratio
from portevoix.measures.metrics import HORIZONS, MeasuredValue
from portevoix.measures.posts import FORMS, FUNCTIONS, TERRITORIES, TONES, Post, frame
from tests.measures.cities import FIRST, LAST, WATCHED, counted, curve_of, post, question, reply

DAYS = 7
HOUR = 3600


def told(*posts: Post, city: str = "49007", by_day: bool = True) -> dict[str, MeasuredValue]:
    return compute_indicators(counted(*posts, by_day=by_day)[city])


def test_angers_worked_by_hand() -> None:
    measured = told(
        question(1, after=HOUR // 2, author=7),
        question(2, after=20 * HOUR, author=7),
        question(3, author=8),
        question(4, author=9),
        reply(1, to=7, tone="neutral"),
        reply(2, to=7, tone="cold"),
        replace(reply(2, to=7, tone="neutral"), post=99),
        post(11, function="service", form="photo", images=2, images_described=1, plain=True, likes=3),
        post(12, day=2, function="alert", form="text", off_hours=True, automatic=True, reposts=1),
        post(13, day=2),
    )
    hand = {
        "reactivity.f1h": (0.25, 4),
        "reactivity.f8h": (0.25, 4),
        "reactivity.f24h": (0.5, 4),
        "reactivity.f1h.service": (0.25, 4),
        "reactivity.f8h.service": (0.5, 4),
        "reactivity.answered": (0.5, 4),
        # Of 72 h: one waits half an hour, one 20 hours, two all of them.
        "reactivity.restricted_mean": ((0.5 + 20 + 72 + 72) / 4 * HOUR, 4),
        "conversation.reply_share": (3 / 6, 6),
        "conversation.depth": (3 / 4, 4),
        "conversation.citizens": (1 / 3, 3),
        "conversation.neutral": (2 / 3, 3),
        "conversation.cold": (1 / 3, 3),
        "conversation.silly": (0.0, 3),
        "conversation.described": (0.5, 2),
        "conversation.plain": (1 / 3, 3),
        "content.service": (0.5, 2),
        "content.photo": (0.5, 2),
        "content.city": (None, 0),
        "content.posts_per_day": (3 / 7, 7),
        "content.regularity": (2 / 7, 7),
        "content.off_hours": (1 / 3, 3),
        "automation.share": (1 / 6, 6),
        "audience.p1": (1 / 6, 6),
        "audience.p2": (3 / 6, 6),
        "audience.v1": (1 / 6, 6),
    }
    for code, (value, n) in hand.items():
        assert measured[code].value == pytest.approx(value), code
        assert measured[code].n == n, code


def test_neither_a_machine_nor_a_text_for_all_is_a_reply() -> None:
    measured = told(question(1), reply(1, automatic=True), replace(reply(1, boilerplate=True), post=5))
    assert (measured["conversation.reply_share"].value, measured["conversation.depth"].value) == (0, 0)
    assert measured["conversation.citizens"].value == 0


def test_what_was_sent_before_or_after_the_study_is_not_counted() -> None:
    measured = told(post(1), post(2, day=-1), post(3, day=7), question(4, day=-1, after=60))
    assert measured["content.posts_per_day"].n == DAYS
    assert measured["content.posts_per_day"].value == 1 / DAYS
    assert measured["reactivity.answered"] == MeasuredValue(None, 0)


def test_a_citizen_who_only_joins_in_is_no_denominator() -> None:
    joined = post(1, outbound=False, author=12)
    assert told(question(1, after=60), reply(1), joined)["conversation.citizens"].n == 1


def test_cities_are_told_apart_and_put_together() -> None:
    counts = counted(question(1, after=60, author=1), question(2, city="72181", author=1), post(3, city="72181", day=1))
    assert list(counts) == ["49007", "72181"]
    both = compute_indicators(combine_counts(counts.values()))
    assert (both["reactivity.answered"].value, both["reactivity.f1h"].value) == (0.5, 0.5)
    assert both["conversation.citizens"].n == 2


def test_no_post_at_all_is_no_city() -> None:
    assert counted() == {}
    assert counted(by_day=False) == {}


# By the letter: each sum as a Python condition on one post, over all posts in memory.
def _replied(p: Post) -> bool:
    return p.outbound and p.reply and not p.automatic and not p.boilerplate


def _own(p: Post) -> bool:
    return p.outbound and not p.reply


def _worded(axis: str, words: Iterable[str], among: Callable[[Post], bool]) -> dict[str, Callable[[Post], int]]:
    made: dict[str, Callable[[Post], int]] = {axis: lambda p: among(p) and getattr(p, axis) != ""}
    for word in words:
        made[f"{axis}_{word}"] = lambda p, word=word: among(p) and getattr(p, axis) == word
    return made


LETTER: dict[str, Callable[[Post], int]] = {
    "posts": lambda p: p.outbound,
    "automatic": lambda p: p.outbound and p.automatic,
    "liked": lambda p: p.outbound and p.likes > 0,
    "commented": lambda p: p.outbound and p.comments > 0,
    "reposted": lambda p: p.outbound and p.reposts > 0,
    "likes": lambda p: p.likes if p.outbound else 0,
    "comments": lambda p: p.comments if p.outbound else 0,
    "reposts": lambda p: p.reposts if p.outbound else 0,
    "replies": _replied,
    "own": _own,
    "self_centred": lambda p: _own(p) and p.self_centred,
    "plain": lambda p: _own(p) and p.plain,
    "off_hours": lambda p: _own(p) and p.off_hours,
    "images": lambda p: p.images if _own(p) else 0,
    "images_described": lambda p: p.images_described if _own(p) else 0,
    "waits": lambda p: p.wait,
    **_worded("tone", TONES, _replied),
    **_worded("function", FUNCTIONS, _own),
    **_worded("form", FORMS, _own),
    **_worded("territory", TERRITORIES, _own),
}


def by_the_letter(posts: list[Post]) -> dict[str, float | None]:
    """Each indicator of one city, by loops over its posts."""
    sums = {name: sum(int(condition(p)) for p in posts) for name, condition in LETTER.items()}
    opened = {p.thread for p in posts if p.wait}
    sums |= {
        "days": DAYS,
        "days_posted": len({p.day for p in posts if _own(p)}),
        "threads": len(opened),
        "thread_replies": sum(_replied(p) and p.thread in opened for p in posts),
    }
    assert set(sums) == set(SUMS)
    asked = {p.author for p in posts if p.wait}
    met = {p.author for p in posts if p.wait and p.first_elapsed_s is not None}
    met |= {p.citizen for p in posts if _replied(p)} & asked
    found = {c: _over(sums[i.ratio[0]], sums[i.ratio[1]]) for c, i in INDICATORS.items() if i.ratio}
    found["conversation.citizens"] = _over(len(met), len(asked))
    for name, seconds in HORIZONS.items():
        for clock, suffix in (("elapsed", ""), ("service", ".service")):
            survival = _survival([p for p in posts if p.wait], clock, seconds)
            found[f"reactivity.f{name}{suffix}"] = None if survival is None else 1 - survival
    return found


def _over(numerator: float, denominator: float) -> float | None:
    return numerator / denominator if denominator else None


def _survival(waits: list[Post], clock: str, seconds: int) -> float | None:
    if not waits:
        return None
    seen = [(getattr(p, f"first_{clock}_s"), getattr(p, f"censored_{clock}_s")) for p in waits]
    survival = 1.0
    for moment in sorted({first for first, _ in seen if first is not None and first <= seconds}):
        at_risk = sum((censored if first is None else first) >= moment for first, censored in seen)
        survival *= 1 - sum(first == moment for first, _ in seen) / at_risk
    return survival


_small = st.integers(0, 3)
_citizens = st.integers(1, 5)
_cities = st.sampled_from(["49007", "72181"])
_days = st.integers(0, DAYS - 1)
_seconds = st.one_of(st.none(), st.integers(1, 400_000))


@st.composite
def cities_posts(draw: st.DrawFn) -> list[Post]:
    """A few conversations and posts of two cities."""
    posts = []
    for number in range(draw(st.integers(0, 6))):
        city, author = draw(_cities), draw(_citizens)
        after = draw(_seconds)
        posts.append(question(number, city=city, author=author, after=after, day=draw(_days)))
        posts += [
            reply(
                number,
                city=city,
                to=draw(st.sampled_from([0, author])),
                post=draw(st.integers(10**6, 10**9)),
                day=draw(_days),
                tone=draw(st.sampled_from(["", *TONES])),
                automatic=draw(st.booleans()),
                boilerplate=draw(st.booleans()),
            )
            for _ in range(draw(st.integers(0, 2)))
        ]
    for number in range(100, 100 + draw(st.integers(0, 6))):
        images = draw(_small)
        posts.append(
            post(
                number,
                city=draw(_cities),
                day=draw(_days),
                function=draw(st.sampled_from(["", *FUNCTIONS])),
                form=draw(st.sampled_from(["", *FORMS])),
                territory=draw(st.sampled_from(["", *TERRITORIES])),
                images=images,
                images_described=min(images, draw(_small)),
                likes=draw(_small),
                reposts=draw(_small),
                comments=draw(_small),
                automatic=draw(st.booleans()),
                plain=draw(st.booleans()),
                self_centred=draw(st.booleans()),
                off_hours=draw(st.booleans()),
            )
        )
    return posts


@settings(deadline=None, max_examples=60)
@given(posts=cities_posts(), by_day=st.booleans())
def test_each_indicator_is_what_its_formula_says(posts: list[Post], by_day: bool) -> None:
    for city, counts in counted(*posts, by_day=by_day).items():
        measured = compute_indicators(counts)
        for code, value in by_the_letter([p for p in posts if p.city == city]).items():
            assert measured[code].value == pytest.approx(value, abs=1e-12), code


@settings(deadline=None, max_examples=60)
@given(posts=cities_posts())
def test_days_add_up_to_the_study(posts: list[Post]) -> None:
    apart, whole = counted(*posts), counted(*posts, by_day=False)
    assert apart.keys() == whole.keys()
    for city, counts in apart.items():
        assert {name: days.sum() for name, days in counts.days.items()} == whole[city].totals
        assert compute_indicators(counts) == compute_indicators(whole[city])


@settings(deadline=None, max_examples=30)
@given(posts=cities_posts(), at_once=st.integers(1, 4))
def test_cities_counted_some_at_a_time_are_those_counted_together(posts: list[Post], at_once: int) -> None:
    whole, apart = (
        count_cities(frame(posts), first_day=FIRST, last_day=LAST, at_once=many) for many in (10**6, at_once)
    )
    assert list(whole) == list(apart)
    for city, counts in whole.items():
        assert compute_indicators(apart[city]) == compute_indicators(counts)


_SERVED = ("reactivity", "conversation")


@settings(deadline=None, max_examples=100)
@given(posts=cities_posts(), after=st.integers(1, WATCHED), day=_days)
def test_an_answered_question_never_lowers_a_city(posts: list[Post], after: int, day: int) -> None:
    before = [*posts, question(50, author=3)]
    after_all = [*posts, question(50, author=3, after=after), reply(50, to=3, day=day, tone="neutral")]
    left, answered = told(*before), told(*after_all)
    for code, indicator in INDICATORS.items():
        if code not in left or left[code].value is None:
            continue
        without, answering = left[code].value or 0.0, answered[code].value or 0.0
        if indicator.pillar in _SERVED and indicator.direction == "up":
            assert answering >= without - 1e-12, code
        if indicator.pillar in _SERVED and indicator.direction == "down":
            assert answering <= without + 1e-6, code
        if indicator.pillar == "content":
            assert answering == without, code
    assert (answered["automation.share"].value or 0) <= (left["automation.share"].value or 0)


@settings(deadline=None, max_examples=40)
@given(posts=cities_posts())
def test_twice_the_data_say_the_same_and_never_less_surely(posts: list[Post]) -> None:
    twins = [
        replace(p, post=p.post + 10**12, thread=p.thread + 10**12, author=p.author and p.author + 10**6,
                citizen=p.citizen and p.citizen + 10**6)
        for p in posts
    ]  # fmt: skip
    alone, doubled = counted(*posts), counted(*posts, *twins)
    for city, counts in alone.items():
        once, twice = compute_indicators(counts), compute_indicators(doubled[city])
        for code in once.keys() - {"content.posts_per_day", "content.regularity"}:
            assert twice[code].value == pytest.approx(once[code].value, abs=1e-6), code
            one, two = once[code], twice[code]
            if None not in (one.low, one.high, two.low, two.high):
                assert two.high - two.low <= one.high - one.low + 1e-6, code


def test_a_day_of_the_study_has_its_place() -> None:
    days = counted(post(1, day=3), question(2, day=5), reply(2, day=6))["49007"].days
    assert days["own"].tolist() == [0, 0, 0, 1, 0, 0, 0]
    assert days["days"].tolist() == [1] * DAYS
    assert days["threads"].tolist() == days["thread_replies"].tolist() == [0, 0, 0, 0, 0, 1, 0]


def test_ratios_are_told_by_code() -> None:
    assert ratio("automation.share") == ("automatic", "posts")
    with pytest.raises(KeyError):
        ratio("reactivity.f8h")


WAIT = st.tuples(st.integers(0, 40 * 24 * 3600), st.integers(0, 40 * 24 * 3600), st.floats(0, 1), st.floats(0, 1))
"""Replied to after, watched for, and which share of each was within opening hours."""


@given(st.lists(WAIT, min_size=1, max_size=40))
def test_no_two_figures_say_that_more_were_answered_sooner(given_waits: list[tuple[int, int, float, float]]) -> None:
    curves = []
    for clock in ("elapsed", "service"):
        rows = []
        for replied, watched, *parts in given_waits:
            happened = replied <= watched
            share = 1 if clock == "elapsed" else parts[0 if happened else 1]
            rows.append((int((replied if happened else watched) * share), happened))
        curves.append(curve_of(rows))
    sums = np.zeros((len(SUMS), 1), np.int64)
    measured = compute_indicators(CityCounts(sums, *curves, citizens=0, citizens_answered=0))
    for suffix in ("", ".service"):
        codes = [f"reactivity.f{horizon}{suffix}" for horizon in HORIZONS]
        shares = [measured[code].value for code in [*codes, "reactivity.answered"]]
        assert shares == sorted(shares)
    final = measured["reactivity.answered"]
    assert final.low <= final.value <= final.high
