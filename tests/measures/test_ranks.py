"""Rank sets beside their definition, pair by pair, and what they promise; tiers, the first five, other weights."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.measures.ranks import (
    RankSets,
    Sensitivity,
    other_weights,
    rank_sets,
    ranks,
    sensitivity,
    share_in_first,
    studentise,
    tiers,
)
from portevoix.measures.resample import generator, normal_replicates

seeds = st.integers(0, 10_000)


def drawn(seed: int, *, cities: int = 8, replicates: int = 400, spread: float = 15) -> tuple[np.ndarray, np.ndarray]:
    """Scores and their replicates, of cities some of which are well known and some hardly."""
    rng = np.random.default_rng(seed)
    scores = np.round(rng.normal(50, spread, cities), 1)
    deviation = rng.uniform(0.5, 6, cities)
    return scores, normal_replicates(scores, np.diag(deviation**2), replicates, rng)


def pair_by_pair(scores: np.ndarray, draws: np.ndarray, alpha: float) -> tuple[list[int], list[int]]:
    """The definition, with lists: all ordered pairs, one critical value, then again with those that are left."""
    cities = range(len(scores))
    centre = draws.mean(axis=0)
    deviation = {(i, j): (draws[:, i] - draws[:, j]).std(ddof=1) for i in cities for j in cities if i != j}
    left, better = set(deviation), set[tuple[int, int]]()
    while left:
        largest = [
            max(((one[j] - centre[j]) - (one[i] - centre[i])) / deviation[i, j] for i, j in left) for one in draws
        ]
        critical = np.quantile(largest, 1 - alpha)
        newly = {(i, j) for i, j in left if (centre[i] - centre[j]) / deviation[i, j] > critical}
        if not newly:
            break
        better, left = better | newly, left - newly
    low = [1 + sum(j == city for _, j in better) for city in cities]
    return low, [len(scores) - sum(i == city for i, _ in better) for city in cities]


@settings(deadline=None, max_examples=20)
@given(seed=seeds, alpha=st.sampled_from([0.05, 0.2]))
def test_sets_are_those_of_the_definition(seed: int, alpha: float) -> None:
    scores, draws = drawn(seed, cities=5, replicates=200)
    low, high = pair_by_pair(scores, draws, alpha)
    sets = rank_sets(scores, draws, alpha=alpha)
    assert sets.low.tolist() == low
    assert sets.high.tolist() == high


def test_cities_that_vary_together_are_told_apart_by_their_difference() -> None:
    """An error that all share, such as the coder's, sets no city apart and hides no difference."""
    rng = np.random.default_rng(1)
    shared = rng.normal(0, 10, (2_000, 1))
    draws = np.array([40.0, 50, 60]) + shared + rng.normal(0, 0.5, (2_000, 3))
    assert rank_sets(draws.mean(axis=0), draws).low.tolist() == [3, 2, 1]


@settings(deadline=None, max_examples=30)
@given(seed=seeds)
def test_sets_hold_the_published_rank_whatever_orders_it(seed: int) -> None:
    scores, draws = drawn(seed)
    shrunk = np.round(scores * 0.5 + np.random.default_rng(seed).normal(20, 10, len(scores)))
    for published in (scores, shrunk):
        sets = rank_sets(published, draws)
        assert (sets.low <= ranks(published)).all()
        assert (ranks(published) <= sets.high).all()


@settings(deadline=None, max_examples=30)
@given(seed=seeds)
def test_the_order_of_cities_does_not_matter(seed: int) -> None:
    scores, draws = drawn(seed)
    order = np.random.default_rng(seed).permutation(len(scores))
    sets, turned = rank_sets(scores, draws), rank_sets(scores[order], draws[:, order])
    assert turned.low.tolist() == sets.low[order].tolist()
    assert turned.high.tolist() == sets.high[order].tolist()
    assert (turned.worse == sets.worse[np.ix_(order, order)]).all()
    assert tiers(scores[order], turned).tolist() == tiers(scores, sets)[order].tolist()


@settings(deadline=None, max_examples=20)
@given(seed=seeds)
def test_more_confidence_is_never_narrower(seed: int) -> None:
    scores, draws = drawn(seed)
    sure, less = rank_sets(scores, draws, alpha=0.01), rank_sets(scores, draws, alpha=0.1)
    assert (sure.low <= less.low).all()
    assert (sure.high >= less.high).all()


def test_equals_are_not_told_apart() -> None:
    sets = rank_sets([50, 50, 50], normal_replicates([50] * 3, np.eye(3), 2_000, generator(1, "a")))
    assert (sets.low.tolist(), sets.high.tolist()) == ([1, 1, 1], [3, 3, 3])


def test_replicates_that_never_move_are_no_certainty() -> None:
    """The first two never move: they are taken to be as uncertain as the least certain of the others."""
    draws = normal_replicates([52, 55, 50, 90], np.diag([0, 0, 4.0, 1]), 2_000, generator(1, "a"))
    centre, _, deviation = studentise(draws)
    assert deviation[0, 1] == pytest.approx(np.sqrt(8), rel=0.05)
    sets = rank_sets(centre, draws)
    assert sets.low.tolist() == [2, 2, 2, 1]
    assert sets.high.tolist() == [4, 4, 4, 1]


def test_where_no_replicate_moves_nothing_is_told() -> None:
    sets = rank_sets([10, 90], np.tile([10.0, 90], (50, 1)))
    assert (sets.low.tolist(), sets.high.tolist()) == ([1, 1], [2, 2])
    assert not sets.worse.any()


def test_a_city_of_which_nothing_is_known_may_have_any_rank_and_hides_no_other() -> None:
    draws = normal_replicates([10, 50, 90], np.eye(3), 500, generator(1, "a"))
    draws[7, 1] = np.nan
    sets = rank_sets([10, 50, 90], draws)
    assert (sets.low.tolist(), sets.high.tolist()) == ([2, 1, 1], [3, 3, 2])


@pytest.mark.parametrize("cities", [0, 1], ids=["none", "one"])
def test_few_cities_are_no_error(cities: int) -> None:
    sets = rank_sets(np.full(cities, 50.0), np.full((10, cities), 50.0))
    assert sets.low.tolist() == sets.high.tolist() == [1] * cities
    assert tiers(np.full(cities, 50.0), sets).tolist() == [1] * cities


def test_equal_scores_share_the_better_rank() -> None:
    assert ranks([50, 70, 50, 90, np.nan]).tolist() == [3, 2, 3, 1, 5]
    assert ranks([[1, 2], [2, 2]]).tolist() == [[2, 1], [1, 1]]


def told(*pairs: tuple[int, int], cities: int) -> RankSets:
    """Sets in which the first of each pair is told to be worse than the second."""
    worse = np.zeros((cities, cities), np.bool_)
    for worst, best in pairs:
        worse[worst, best] = True
    return RankSets(low=1 + worse.sum(axis=1), high=cities - worse.sum(axis=0), worse=worse)


def test_a_tier_is_all_who_cannot_be_told_apart_from_its_leader() -> None:
    sets = told((2, 0), (3, 0), (3, 1), (4, 0), (4, 1), (4, 2), cities=5)
    assert tiers([90, 80, 70, 60, 50], sets).tolist() == [1, 1, 2, 2, 3]


def test_a_city_hardly_known_may_stand_above_a_better_score() -> None:
    assert tiers([90, 80, 70], told((1, 0), cities=3)).tolist() == [1, 2, 1]


def test_equal_leaders_lead_together() -> None:
    assert tiers([90, 90, 70], told((2, 1), cities=3)).tolist() == [1, 1, 2]


def test_the_share_of_replicates_in_which_a_city_is_among_the_first() -> None:
    draws = np.array([[9.0, 8, 7], [7, 8, 9], [9, 9, 9], [np.nan, 8, 9]])
    assert share_in_first(draws, 1).tolist() == [0.5, 0.25, 0.75]
    assert share_in_first(draws, 2).tolist() == [0.5, 1, 0.75]
    assert share_in_first(draws, 5).tolist() == [1, 1, 1]


def under_others(pillars: list[list[float]], weights: list[float]) -> Sensitivity:
    return sensitivity(pillars, weights, other_weights(weights, seed=2013))


def test_a_city_that_leads_every_pillar_stays_whatever_the_weights() -> None:
    found = under_others([[90, 90, 90], [80, 20, 50], [20, 80, 50]], [0.6, 0.3, 0.1])
    assert found.stays == 1
    assert (found.low[0], found.high[0]) == (1, 1)
    assert (found.low[1:].tolist(), found.high[1:].tolist()) == ([2, 2], [3, 3])


def test_where_pillars_disagree_the_leader_depends_on_the_weights() -> None:
    found = under_others([[80, 20], [20, 80]], [0.5, 0.5])
    assert found.stays == 1  # equal under the study's weights: one of the two always leads
    found = under_others([[80, 21], [20, 80]], [0.5, 0.5])
    assert found.stays == pytest.approx(0.5, abs=0.1)
    assert (found.low.tolist(), found.high.tolist()) == ([1, 1], [2, 2])


def test_a_pillar_without_weight_or_without_data_is_left_out() -> None:
    found = under_others([[80, 20, np.nan], [20, 99, np.nan]], [1, 0, 0.5])
    assert found.stays == 1


def test_other_weights_repeat_from_a_seed_and_are_those_that_can_be_published() -> None:
    one, again, other = (other_weights([0.6, 0.3, 0.1], seed=seed) for seed in (2013, 2013, 7))
    assert one.tobytes() == again.tobytes() != other.tobytes()
    assert (np.round(one, 4) == one).all() and one.sum(axis=1) == pytest.approx(1, abs=2e-4)
    assert other_weights([1, 0, 0.5], seed=1)[:, 1].max() == 0
