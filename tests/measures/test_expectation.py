"""Expected counts and their tests beside what is known: exact Poisson, simulated streams, hand-made q-values."""

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from portevoix.measures.discovery import adjust_discoveries
from portevoix.measures.expectation import (
    Expectation,
    cap_events,
    estimate_dispersion,
    expect_counts,
    find_trend,
    probability_above,
    probability_below,
    weigh_channels,
    weigh_weeks,
)


def test_tails_are_those_of_the_negative_binomial() -> None:
    counts, mean, size = np.arange(8.0), 2.5, 4.0
    expectation = Expectation(np.full(8, mean), np.full(8, size))
    law = nbinom(size, size / (size + mean))
    assert probability_above(counts, expectation) == pytest.approx(law.sf(counts) + law.pmf(counts) / 2)
    assert probability_below(counts, expectation) == pytest.approx(1 - law.sf(counts) - law.pmf(counts) / 2)


def test_without_dispersion_and_with_a_long_past_it_is_poisson() -> None:
    expectation = Expectation(np.array([3.0]), np.array([1e7]))
    exact = poisson(3).sf(5) + poisson(3).pmf(5) / 2
    assert probability_above(np.array([5.0]), expectation)[0] == pytest.approx(exact, rel=1e-4)


def test_what_is_usual_is_seldom_unusual() -> None:
    """Mid-p values of Poisson streams below 0.05 come about as often as they should."""
    random = np.random.default_rng(3)
    volumes = np.full(10, 400.0)
    counts = random.poisson(4.0, (4000, 11)).astype(float)
    past, now = counts[:, 1:], counts[:, 0]
    expectation = expect_counts(past, volumes, 400.0, dispersion=estimate_dispersion(past, volumes))
    share = float((probability_above(now, expectation) < 0.05).mean())
    assert 0.025 < share < 0.065


def test_streams_that_vary_have_dispersion_and_others_none() -> None:
    random = np.random.default_rng(4)
    volumes = np.full(12, 1000.0)
    level = random.gamma(4.0, 1 / 4, (300, 12))
    assert estimate_dispersion(random.poisson(8, (300, 12)).astype(float), volumes) < 0.02
    assert 0.15 < estimate_dispersion(random.poisson(8 * level).astype(float), volumes) < 0.35
    assert estimate_dispersion(np.zeros((0, 12)), volumes) == 0
    assert estimate_dispersion(np.ones((2, 2)), np.ones(2)) == 0


def test_expectations_follow_the_volume_and_the_trend() -> None:
    volumes = np.full(10, 100.0)
    flat = np.full((1, 10), 20.0)
    one, two = (expect_counts(flat, volumes, volume, dispersion=0.0).mean[0] for volume in (100.0, 200.0))
    assert one == pytest.approx(20, rel=0.02) and two == pytest.approx(2 * one)
    growing = 20 * np.exp(-0.05 * np.arange(10))[None, :]
    assert find_trend(growing, volumes)[0] > 1.05 > 0.97 > find_trend(growing[:, ::-1], volumes)[0]
    assert find_trend(flat, volumes)[0] == pytest.approx(1)


def test_an_event_of_the_past_is_not_what_is_usual() -> None:
    past = np.array([[13.0, 0, 0, 0, 0, 0, 0, 0], [9.0, 8, 9, 7, 9, 8, 10, 9]])
    capped = cap_events(past, np.full(8, 100.0))
    assert capped[0, 0] == pytest.approx(2.0) and (capped[1] == past[1]).all()


def test_the_same_weeks_of_last_year_weigh_as_last_week_does() -> None:
    weights = weigh_weeks(60)
    assert weights[0] == 1 and weights[51] == 1 and weights[50] == 1 and weights[40] < 0.2 and weights[12] == 0.5


def test_a_channel_that_grows_brings_what_is_usual_on_it() -> None:
    by_channel = np.array([[50.0, 0.0], [25.0, 25.0]])
    factor = weigh_channels(by_channel, np.array([500.0, 500.0]), np.array([100.0, 0.0]))
    assert factor[0] > 1.7 and factor[1] == pytest.approx(1)


def test_q_values_are_those_of_benjamini_and_hochberg() -> None:
    p = np.array([0.01, 0.04, 0.03, 0.5])
    assert adjust_discoveries(p) == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])
    assert adjust_discoveries(p[:1], looked_at=100) == pytest.approx([1.0])
    assert (adjust_discoveries(p, any_dependence=True) >= adjust_discoveries(p)).all()
    assert len(adjust_discoveries(np.zeros(0))) == 0
