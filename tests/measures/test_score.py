"""Points, means and shrinkage by hand; nobody's score moves for another's sake, and better is never worse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from portevoix.measures.score import (
    FLOOR,
    Goalpost,
    points,
    shrink,
    stabilise_variance,
    weighted_geometric,
    weighted_mean,
)

between = st.floats(0, 100)
three = arrays(np.float64, 3, elements=between)
some_weights = arrays(np.float64, 3, elements=st.floats(0.01, 1))


def test_points_lie_between_the_goalposts_and_stop_there() -> None:
    assert points([-1, 0, 0.45, 0.9, 2], Goalpost(0, 0.9)).tolist() == [0, 0, 50, 100, 100]


def test_where_less_is_better_the_goalposts_are_turned() -> None:
    assert points([259_200, 136_800, 14_400], Goalpost(259_200, 14_400)).tolist() == [0, 50, 100]


def test_what_is_missing_stays_missing() -> None:
    assert np.isnan(points(np.nan, Goalpost(0, 1)))
    assert np.isnan(shrink(np.nan, 0, 30, 10))


@pytest.mark.parametrize("low, high", [(1, 1), (0, np.inf), (np.nan, 1)], ids=["equal", "infinite", "nan"])
def test_goalposts_that_measure_nothing_are_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="goalposts"):
        Goalpost(low, high)


def test_shrinkage_is_the_mean_with_observations_that_were_not_made() -> None:
    assert shrink(90, 10, 30, 10) == pytest.approx(60)
    assert shrink(90, 990, 30, 10) == pytest.approx(89.4)
    assert shrink(90, 10, 30, 0) == 90
    assert shrink([90, 90], [0, 10], 30, 10).tolist() == [30, 60]


def test_means_by_hand() -> None:
    assert weighted_mean([20, 50, 80], [0.5, 0.25, 0.25]) == pytest.approx(42.5)
    assert weighted_geometric([16, 81], [0.5, 0.5]) == pytest.approx(36)
    assert weighted_geometric([25, 100], [3, 1]) == pytest.approx(25**0.75 * 100**0.25)


def test_a_pillar_that_is_missing_is_dropped_and_the_weights_of_the_rest_scaled_up() -> None:
    assert weighted_geometric([16, np.nan, 81], [0.3, 0.4, 0.3]) == pytest.approx(36)
    assert np.isnan(weighted_geometric([np.nan, np.nan], [0.5, 0.5]))
    assert np.isnan(weighted_mean([np.nan, 7], [1, 0]))


def test_one_zero_does_not_annul_a_score() -> None:
    assert weighted_geometric([0, 100], [0.5, 0.5]) == pytest.approx(10)
    assert weighted_geometric([0, 0], [0.5, 0.5]) == pytest.approx(FLOOR)


def test_uneven_pillars_are_worth_less_than_even_ones() -> None:
    assert weighted_geometric([20, 80], [0.5, 0.5]) < weighted_geometric([50, 50], [0.5, 0.5])


@given(cities=arrays(np.float64, (4, 3), elements=between), newcomer=three, weights=some_weights)
def test_a_city_that_joins_moves_nobody(cities: np.ndarray, newcomer: np.ndarray, weights: np.ndarray) -> None:
    alone = [float(weighted_geometric(city, weights)) for city in cities]
    together = weighted_geometric(np.vstack([cities, newcomer]), weights)
    assert together[:4] == pytest.approx(alone, rel=1e-12)


@given(values=three, more=between, which=st.integers(0, 2), weights=some_weights, n=st.integers(0, 500))
def test_an_indicator_that_improves_never_lowers_a_score(
    values: np.ndarray, more: float, which: int, weights: np.ndarray, n: int
) -> None:
    goalposts = [Goalpost(0, 90), Goalpost(10, 60), Goalpost(80, 5)]

    def score(given: np.ndarray) -> float:
        made = [points(value, goalpost) for value, goalpost in zip(given, goalposts, strict=True)]
        pillars = [weighted_mean(made[:2], weights[:2]), made[2]]
        return float(weighted_geometric(shrink(pillars, n, 30, 10), weights[1:]))

    improved = values.copy()
    improved[which] += np.copysign(more, goalposts[which].high - goalposts[which].low)
    assert score(improved) >= score(values) - 1e-9


@given(replicates=arrays(np.float64, (5, 2, 3), elements=between), weights=some_weights)
def test_replicates_are_scored_as_values_are(replicates: np.ndarray, weights: np.ndarray) -> None:
    whole = weighted_geometric(replicates, weights)
    assert whole.shape == (5, 2)
    assert whole[3, 1] == pytest.approx(float(weighted_geometric(replicates[3, 1], weights)), rel=1e-12)


@given(one=between, other=between)
def test_the_stabilised_scale_keeps_the_order(one: float, other: float) -> None:
    assert one >= other or stabilise_variance(one) <= stabilise_variance(other)
    assert 0 <= stabilise_variance(one) <= np.pi / 2
