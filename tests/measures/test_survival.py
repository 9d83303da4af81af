"""The estimator against the definition worked out by hand, and against published numbers."""

from collections.abc import Sequence
from fractions import Fraction
from math import exp, log, sqrt

import narwhals as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.measures.survival import Curve, tally

# Freireich et al., "The effect of 6-mercaptopurine on the duration of steroid-induced remissions in acute leukemia",
# Blood 21 (1963): weeks in remission of the treated arm; + is censored.
SIX_MP = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"

waits = st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=25)
some_waits = waits.filter(bool)


def curve_of(observed: Sequence[tuple[int, bool]]) -> Curve:
    columns = {"seconds": [s for s, _ in observed], "replied": [replied for _, replied in observed]}
    rows = nw.from_dict(columns, schema={"seconds": nw.Int64(), "replied": nw.Boolean()}, backend="polars").lazy()
    home = tally(rows, duration=nw.col("seconds"), happened=nw.col("replied")).collect()
    return Curve.of({name: home[name].to_numpy() for name in home.columns})


def by_hand(observed: Sequence[tuple[int, bool]], t: int) -> tuple[Fraction, Fraction | None]:
    """S(t) and Greenwood's sum, person by person, in exact fractions; no sum where S is 0."""
    survival, spread = Fraction(1), Fraction(0)
    for moment in sorted({s for s, replied in observed if replied and s <= t}):
        at_risk = sum(1 for s, _ in observed if s >= moment)
        events = sum(1 for s, replied in observed if replied and s == moment)
        survival *= Fraction(at_risk - events, at_risk)
        if at_risk == events:
            return survival, None
        spread += Fraction(events, at_risk * (at_risk - events))
    return survival, spread


@settings(deadline=None)
@given(observed=some_waits, t=st.integers(0, 14))
def test_the_share_is_the_product_over_the_risk_sets(observed: list[tuple[int, bool]], t: int) -> None:
    survival, _ = by_hand(observed, t)
    assert curve_of(observed).at(t).value == pytest.approx(float(1 - survival), abs=1e-12)


@settings(deadline=None)
@given(observed=some_waits, t=st.integers(0, 14))
def test_the_interval_is_greenwoods_on_the_log_log_scale(observed: list[tuple[int, bool]], t: int) -> None:
    survival, spread = by_hand(observed, t)
    estimate = curve_of(observed).at(t)
    assert estimate.value is not None and estimate.low is not None and estimate.high is not None
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    if spread and 0 < survival < 1:
        middle = log(-log(float(survival)))
        half = 1.959963984540054 * sqrt(float(spread)) / abs(log(float(survival)))
        assert estimate.low == pytest.approx(1 - exp(-exp(middle - half)), abs=1e-9)
        assert estimate.high == pytest.approx(1 - exp(-exp(middle + half)), abs=1e-9)


@settings(deadline=None)
@given(observed=waits)
def test_the_median_is_where_half_are_answered(observed: list[tuple[int, bool]]) -> None:
    halved = (t for t in range(15) if by_hand(observed, t)[0] <= Fraction(1, 2))
    assert curve_of(observed).median() == next(halved, None)


def test_half_is_half_whatever_the_rounding() -> None:
    # The product of 23/24, 22/23 … 12/13 is a half, and a hair more in floating point.
    assert curve_of([(second, True) for second in range(1, 25)]).median() == 12


@settings(deadline=None)
@given(observed=some_waits, which=st.integers(0, 24), longer=st.integers(0, 5), t=st.integers(0, 14))
def test_a_reply_taken_away_never_improves_the_share(
    observed: list[tuple[int, bool]], which: int, longer: int, t: int
) -> None:
    place = which % len(observed)
    seconds, _ = observed[place]
    without = [*observed[:place], (seconds + longer, False), *observed[place + 1 :]]
    before, after = curve_of(observed).at(t).value, curve_of(without).at(t).value
    assert before is not None and after is not None
    assert after <= before + 1e-12


@settings(deadline=None)
@given(observed=some_waits, t=st.integers(0, 12))
def test_the_share_never_falls_with_time(observed: list[tuple[int, bool]], t: int) -> None:
    sooner, later = curve_of(observed).at(t).value, curve_of(observed).at(t + 1).value
    assert sooner is not None and later is not None
    assert sooner <= later


def test_the_leukemia_trial_as_textbooks_print_it() -> None:
    curve = curve_of([(int(week.rstrip("+")), not week.endswith("+")) for week in SIX_MP.split()])
    printed = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    for week, survival in printed.items():
        assert 1 - (curve.at(week).value or 0) == pytest.approx(survival, abs=5e-4)
    assert (curve.n, curve.answered, curve.median()) == (21, 9, 23)
    # Stata's and R's log-log limits at the first and the last event.
    first, last = curve.at(6), curve.at(23)
    assert first.low is not None and first.high is not None and last.low is not None and last.high is not None
    assert (1 - first.high, 1 - first.low) == pytest.approx((0.6197, 0.9516), abs=1e-4)
    assert (1 - last.high, 1 - last.low) == pytest.approx((0.1881, 0.6801), abs=1e-4)


def test_the_curve_keeps_its_last_value_beyond_the_last_wait() -> None:
    curve = curve_of([(1, True), (2, False)])
    assert curve.at(2) == curve.at(10**9)
    assert curve.at(2).value == 0.5


def test_a_wait_censored_when_another_is_answered_was_still_waiting() -> None:
    assert curve_of([(5, True), (5, False)]).at(5).value == 0.5
    assert curve_of([(5, True), (4, False)]).at(5).value == 1


def test_no_wait_has_no_share() -> None:
    estimate = curve_of([]).at(10)
    assert (estimate.value, estimate.low, estimate.high) == (None, None, None)
    assert curve_of([]).median() is None


def test_nobody_answered_yet_is_not_told_as_certainty() -> None:
    curve = curve_of([(10, False)] * 20)
    watched, unknown = curve.at(10), curve.at(11)
    assert (watched.value, watched.low) == (0, 0)
    assert watched.high == pytest.approx(0.1684, abs=1e-4)  # the exact binomial limit of 0 in 20
    assert (unknown.value, unknown.low, unknown.high) == (0, 0, 1)


def test_everybody_answered_is_not_told_as_certainty() -> None:
    estimate = curve_of([(3, True)] * 20 + [(1, False)]).at(3)
    assert (estimate.value, estimate.high) == (1, 1)
    assert estimate.low == pytest.approx(0.8316, abs=1e-4)  # the exact binomial limit of 20 in 20
