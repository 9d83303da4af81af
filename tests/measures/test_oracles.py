"""The same numbers as statsmodels and lifelines, to nine digits."""

from fractions import Fraction
from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.measures.intervals import wilson
from tests.measures.test_survival import curve_of

lifelines = pytest.importorskip("lifelines")
restricted_mean_survival_time = pytest.importorskip("lifelines.utils").restricted_mean_survival_time
proportion_confint = pytest.importorskip("statsmodels.stats.proportion").proportion_confint

_waits = st.lists(st.tuples(st.integers(1, 400_000), st.booleans()), min_size=1, max_size=40)


@given(trials=st.integers(1, 10**6), share=st.floats(0, 1))
def test_wilsons_interval_is_that_of_statsmodels(trials: int, share: float) -> None:
    successes = round(share * trials)
    theirs = proportion_confint(successes, trials, alpha=0.05, method="wilson")
    assert wilson(successes, trials) == pytest.approx(theirs, abs=1e-9)


@settings(deadline=None, max_examples=60)
@given(observed=_waits, seconds=st.sampled_from([3_600, 259_200]))
@pytest.mark.filterwarnings("ignore")
def test_the_curve_and_its_restricted_mean_are_those_of_lifelines(
    observed: list[tuple[int, bool]], seconds: int
) -> None:
    fitted = lifelines.KaplanMeierFitter().fit([s for s, _ in observed], [replied for _, replied in observed])
    curve = curve_of(observed)
    assert 1 - (curve.at(seconds).value or 0) == pytest.approx(float(fitted.predict(seconds)), abs=1e-9)
    ours = curve.restricted_mean(seconds)
    assert ours.value == pytest.approx(restricted_mean_survival_time(fitted, t=seconds), rel=1e-9)
    # Its variance is by lifelines' definition; its own quadrature steps over steps, so the steps are added up here.
    steps = fitted.survival_function_.iloc[:, 0].loc[: seconds - 1]
    edges = [*(Fraction(edge) for edge in steps.index), Fraction(seconds)]
    moments = [
        sum(Fraction(height) * (end**k - start**k) for height, (start, end) in zip(steps, pairwise(edges), strict=True))
        for k in (1, 2)
    ]
    assert ours.variance == pytest.approx(float(moments[1] - moments[0] ** 2), rel=1e-9, abs=1e-9 * seconds**2)


@pytest.mark.filterwarnings("ignore")
def test_the_variance_is_that_of_lifelines_where_its_quadrature_holds() -> None:
    observed = [(4, True), (5, True), (6, False), (7, True)]
    fitted = lifelines.KaplanMeierFitter().fit([s for s, _ in observed], [replied for _, replied in observed])
    theirs = restricted_mean_survival_time(fitted, t=8, return_variance=True)
    ours = curve_of(observed).restricted_mean(8)
    assert (ours.value, ours.variance) == pytest.approx(theirs, abs=1e-9)


def test_the_interval_of_the_restricted_mean_worked_by_hand() -> None:
    """Answered after 1, 3 and 6 s, one lost sight of after 4 s, cut at 8 s.

    S is 1, 3/4 from 1 s, 1/2 from 3 s, 0 from 6 s: the mean is 1 + 3/4 · 2 + 1/2 · 3 = 4. Ahead of 1 s lie 3, ahead of
    3 s lie 3/2: its squared error is 9 · 1/(4·3) + 9/4 · 1/(3·2) = 9/8.
    """
    told = curve_of([(1, True), (3, True), (4, False), (6, True)]).restricted_mean(8)
    assert told.value == pytest.approx(4)
    assert told.variance == pytest.approx(1 + 0.75 * (9 - 1) + 0.5 * (36 - 9) - 16)
    assert told.low == pytest.approx(4 - 1.959963984540054 * sqrt(9 / 8))
    assert told.high == pytest.approx(4 + 1.959963984540054 * sqrt(9 / 8))


def test_no_error_is_told_where_none_is_known() -> None:
    for observed in ([(5, False)] * 3, [(5, True)] * 3):
        told = curve_of(observed).restricted_mean(10)
        assert (told.low, told.high) == (None, None)
    assert curve_of([(5, False)]).restricted_mean(10).value == 10
    assert curve_of([(5, True)]).restricted_mean(10).value == 5
    assert curve_of([]).restricted_mean(10).value is None
