"""Replicates: repeatable to the byte, as wide as theory says, and never certain of what was not seen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.measures.resample import (
    UNSEEN,
    Accuracy,
    corrected_replicates,
    curve_replicates,
    generator,
    interval,
    interval_around,
    mean_replicates,
    normal_replicates,
    ratio_replicates,
    share_replicates,
)
from portevoix.measures.survival import Curve
from tests.measures.cities import curve_of

MANY = 20_000
NOBODY = Curve(*(np.zeros(0, np.int64) for _ in range(3)))


def some_curve(n: int, seed: int = 0) -> Curve:
    rng = np.random.default_rng(seed)
    waited, watched = rng.integers(0, 90_000, n), rng.integers(20_000, 120_000, n)
    return curve_of([(int(min(t, c)), bool(t <= c)) for t, c in zip(waited, watched, strict=True)])


def test_the_same_seed_and_name_give_the_same_bytes() -> None:
    curve = some_curve(40)
    first, again = (curve_replicates(curve, (3_600, 28_800), 50, generator(2013, "Angers")) for _ in range(2))
    assert first.tobytes() == again.tobytes()
    # Written down: a new version that drew otherwise would change what was published.
    assert generator(2013, "Angers").random(2).tolist() == [0.4959279243815331, 0.5840207262206935]


def test_other_names_and_seeds_draw_apart() -> None:
    drawn = [share_replicates(5, 10, MANY, generator(seed, name)) for seed, name in ((1, "a"), (1, "b"), (2, "a"))]
    assert np.abs(np.corrcoef(drawn) - np.eye(3)).max() < 0.04


def test_generators_of_one_name_resample_the_same_conversations() -> None:
    curve = curve_of([(100, True)] * 12 + [(50_000, False)] * 18)
    within = curve_replicates(curve, (3_600,), 500, generator(1, "a"))[:, 0]
    mean = mean_replicates(curve, 3_600, 500, generator(1, "a"))
    at_once = (3_600 - mean - 3_500 * within) / 100  # who was answered in no time waits neither before nor after
    assert ((at_once > 0) & (at_once < within)).all()


def test_without_censoring_a_share_within_t_has_its_beta_distribution() -> None:
    curve = curve_of([(second, True) for second in range(1, 31)])
    drawn = curve_replicates(curve, (12,), MANY, generator(1, "a"))[:, 0]
    a, b = 12 + UNSEEN, 18 + UNSEEN
    assert drawn.mean() == pytest.approx(a / (a + b), abs=0.002)
    assert drawn.std() == pytest.approx(np.sqrt(a * b / (a + b) ** 2 / (a + b + 1)), rel=0.03)


def test_with_censoring_the_spread_is_greenwoods() -> None:
    curve = some_curve(2_000)
    drawn = curve_replicates(curve, (60_000,), 4_000, generator(1, "a"))[:, 0]
    estimate = curve.at(60_000)
    assert estimate.value is not None and estimate.low is not None and estimate.high is not None
    assert drawn.mean() == pytest.approx(estimate.value, abs=0.003)
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([estimate.low, estimate.high], abs=0.004)


def test_the_mean_wait_is_the_area_under_the_curve() -> None:
    curve = some_curve(2_000)
    drawn = mean_replicates(curve, 60_000, 2_000, generator(1, "a"))
    told = curve.restricted_mean(60_000)
    assert told.value is not None
    assert drawn.mean() == pytest.approx(told.value, rel=0.005)
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([told.low, told.high], rel=0.01)


@settings(deadline=None, max_examples=30)
@given(waits=st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=12))
def test_shares_grow_with_time_and_stay_shares(waits: list[tuple[int, bool]]) -> None:
    curve = curve_of(waits)
    drawn = curve_replicates(curve, (0, 5, 10, 40), 30, generator(1, "a"))
    assert drawn.shape == (30, 4)
    assert (np.diff(drawn, axis=1) >= -1e-12).all()
    assert (drawn >= 0).all() and (drawn <= 1).all()
    mean = mean_replicates(curve, 20, 30, generator(1, "a"))
    assert (mean >= 0).all() and (mean <= 20).all()


@pytest.mark.parametrize("answered", [True, False], ids=["all", "none"])
def test_what_was_never_seen_may_still_happen(answered: bool) -> None:
    few, many = (
        curve_replicates(curve_of([(100, answered)] * n), (100,), MANY, generator(1, "a"))[:, 0] for n in (10, 1_000)
    )
    assert few.std() > 0.05
    assert 0 < many.std() < 0.004


def test_a_large_curve_is_drawn_some_replicates_at_a_time() -> None:
    """More weights than are held at once: the end of one piece and the start of the next are drawn apart."""
    curve = some_curve(60_000)
    drawn = curve_replicates(curve, (28_800,), 100, generator(1, "a"))
    assert drawn.shape == (100, 1)
    assert len(np.unique(drawn)) == 100


def width(drawn: np.ndarray) -> float:
    return float(np.subtract(*np.quantile(drawn, [0.975, 0.025])))


@settings(deadline=None, max_examples=15)
@given(successes=st.integers(0, 30), failures=st.integers(0, 30), seed=st.integers(0, 5))
def test_twice_the_data_is_never_wider(successes: int, failures: int, seed: int) -> None:
    """The same share of twice as many; replicates are many, so that chance is small beside the difference."""
    rng, n = generator(seed, "a"), max(1, successes + failures)
    waits = [(100, True)] * successes + [(200, False)] * max(failures, n - successes)
    once, twice = (width(curve_replicates(curve_of(waits * k), (150,), 4_000, rng)) for k in (1, 2))
    assert twice <= once * 1.03
    once, twice = (width(share_replicates(successes * k, n * k, 4_000, rng)) for k in (1, 2))
    assert twice <= once * 1.03


def test_twice_the_days_are_narrower_on_average() -> None:
    rng, ratios = np.random.default_rng(3), []
    for _ in range(40):
        posts = rng.poisson(6, 56)
        replies = rng.binomial(posts, rng.beta(2, 3, 56))
        half, whole = (width(ratio_replicates(replies[:d], posts[:d], 1_000, rng)) for d in (28, 56))
        ratios.append(whole / half)
    assert np.mean(ratios) == pytest.approx(np.sqrt(0.5), abs=0.06)


def test_of_few_days_the_spread_is_students() -> None:
    """Days that count alike: a mean of seven, whose 95 % interval is ± 2.447 standard errors and not ± 1.96."""
    posts = np.array([3.0, 5, 4, 8, 2, 6, 7])
    drawn = ratio_replicates(posts, np.ones(7), 200_000, generator(1, "a"), share=False)
    half = 2.447 * posts.std(ddof=1) / np.sqrt(7)
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([5 - half, 5 + half], abs=0.15)


def test_of_one_day_hardly_anything_is_known() -> None:
    anything = ratio_replicates([3, 0], [4, 0], MANY, generator(1, "a"))
    assert (anything.mean(), anything.std()) == pytest.approx((0.5, np.sqrt(1 / 12)), abs=0.01)
    anything = ratio_replicates([7, 0], [5, 0], MANY, generator(1, "a"), share=False)
    assert (anything.mean(), anything.std()) == pytest.approx((1.5, 1.5), abs=0.05)


def test_where_nothing_was_observed_replicates_are_missing() -> None:
    rng = generator(1, "a")
    assert np.isnan(curve_replicates(NOBODY, (5, 10), 4, rng)).sum() == 8
    assert np.isnan(mean_replicates(NOBODY, 10, 4, rng)).all()
    assert np.isnan(share_replicates(0, 0, 4, rng)).all()
    assert np.isnan(corrected_replicates(np.full(4, np.nan), Accuracy(1, 9, 1, 9), rng)).all()
    assert np.isnan(ratio_replicates([0, 0], [0, 0], 4, rng)).all()
    assert np.isnan(ratio_replicates([0, 0], [0, 0], 4, rng, share=False)).all()


def test_days_that_are_all_alike_leave_the_chance_of_each_post() -> None:
    drawn = ratio_replicates([2] * 10, [4] * 10, MANY, generator(1, "a"))
    assert drawn.std() == pytest.approx(np.sqrt(0.25 / (40 + 2 * UNSEEN)), rel=0.05)
    drawn = ratio_replicates([2] * 10, [1] * 10, MANY, generator(1, "a"), share=False)
    assert drawn.std() == pytest.approx(np.sqrt(20.5) / 10, rel=0.05)


def test_days_in_bursts_are_wider_than_their_posts() -> None:
    drawn = ratio_replicates([0, 20] * 20, [20] * 40, MANY, generator(1, "a"))
    assert drawn.std() > 3 * np.sqrt(0.25 / 800)


def test_the_coders_errors_are_taken_out_and_carried_on() -> None:
    """True share 0.3, found 0.9 · 0.3 + 0.2 · 0.7 = 0.41."""
    shares = share_replicates(4_100, 10_000, MANY, generator(1, "Angers"))
    well, badly = (
        corrected_replicates(shares, Accuracy(9 * k, 10 * k, 8 * k, 10 * k), generator(1, "coder")) for k in (200, 10)
    )
    assert well.mean() == pytest.approx(0.3, abs=0.005)
    assert shares.std() < well.std() < badly.std()


def test_the_coders_errors_are_the_same_for_all_cities() -> None:
    one, other = (
        corrected_replicates(
            share_replicates(2_000, 10_000, MANY, generator(1, city)), Accuracy(40, 50, 40, 50), generator(1, "coder")
        )
        for city in ("Angers", "Nantes")
    )
    assert np.corrcoef(one, other)[0, 1] > 0.9


def test_a_coder_no_better_than_chance_says_nothing() -> None:
    drawn = corrected_replicates(np.full(MANY, 0.4), Accuracy(100, 1_000, 100, 1_000), generator(1, "coder"))
    assert (drawn.mean(), drawn.std()) == pytest.approx((0.5, np.sqrt(1 / 12)), abs=0.01)


def test_an_interval_holds_its_value() -> None:
    drawn = np.linspace(0, 1, 1_001)
    assert interval(drawn, 0.5) == pytest.approx((0.025, 0.975))
    assert interval(drawn, 1.2) == pytest.approx((0.025, 1.2))
    assert interval(drawn, 0.5, level=0.8) == pytest.approx((0.1, 0.9))


def test_normal_replicates_lie_exactly_around_the_scores() -> None:
    covariance = np.array([[4.0, 1], [1, 9]])
    drawn = normal_replicates([50, 60], covariance, MANY, generator(1, "a"))
    assert drawn.mean(axis=0) == pytest.approx([50, 60], abs=1e-9)
    assert np.cov(drawn.T) == pytest.approx(covariance, abs=0.2)


def test_a_margin_reaches_as_far_as_holds_the_replicates_and_no_further_than_the_scale() -> None:
    drawn = np.random.default_rng(1).normal(64, 3, MANY)
    low, high = interval_around(60, drawn)
    assert (low + high) / 2 == pytest.approx(60) and ((drawn >= low) & (drawn <= high)).mean() == pytest.approx(0.95)
    assert high - 60 == pytest.approx(4 + 1.645 * 3, abs=0.2), "the distance by which it was moved, and the noise"
    assert interval_around(98, drawn)[1] == 100 and interval_around(1, drawn)[0] == 0


@given(st.floats(0, 100), st.lists(st.floats(0, 100), min_size=1, max_size=30))
def test_a_score_is_never_outside_of_its_margin(value: float, drawn: list[float]) -> None:
    low, high = interval_around(value, drawn)
    assert 0 <= low <= value <= high <= 100
