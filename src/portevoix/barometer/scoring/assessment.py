"""Computes each city's indicators, pillars and score, then which cities can be told apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from portevoix.barometer.scoring.city_audience import audience
from portevoix.barometer.scoring.coder_error import CODED_INDICATORS
from portevoix.barometer.scoring.rankings_2013 import (
    GENERAL,
    QUALITATIVE,
    QUANTITATIVE,
    Ranking,
    general,
    qualitative,
    quantitative,
)
from portevoix.barometer.scoring.replicates import Replicates
from portevoix.barometer.scoring.scores import DECIMALS, CityScores, Scoring
from portevoix.barometer.studies.loader import Study, StudyCity
from portevoix.kernel.i18n import gettext_noop
from portevoix.measures.indicator_values import NOBODY, CityCounts, compute_indicators
from portevoix.measures.indicators import INDICATORS
from portevoix.measures.metrics import MeasuredValue
from portevoix.measures.network_presence import presence
from portevoix.measures.ranks import RankSets, Sensitivity, other_weights, rank_sets, sensitivity, share_in_first, tiers
from portevoix.measures.resample import interval
from portevoix.measures.score import Floats, stabilise_variance, weighted_geometric

COMMUNITY_MANAGER = "community_manager"
FIRST = 5
CODED_DECIMALS = 4
"""Of replicates of a share that a coder decides: those that are published are those that were reckoned with."""
NOTHING = CityCounts(np.zeros((0, 0), np.int64), NOBODY, NOBODY, 0, 0)
"""Of a city without a message."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence marked for translation, with its values."""

    text: str
    values: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class AssessedCity:
    """One city. `enough` tells which indicators rest on enough data; `unranked` is the reason if it has no rank.

    `coded` are replicates (B,) of the indicators that a coder decides, freed from its errors, of `CODED_DECIMALS`.
    """

    city: StudyCity
    measured: Mapping[str, MeasuredValue]
    enough: Mapping[str, bool]
    scored: CityScores
    coded: Mapping[str, Floats]
    unranked: Reason | None


@dataclass(frozen=True, slots=True)
class CityRank:
    """The rank of a city; `worse_than` lists the cities that are significantly better."""

    rank: int
    rank_set: tuple[int, int]
    tier: int
    p_first: float
    weights_range: tuple[int, int]
    worse_than: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """All cities, in order of the study; `weights` are those of the pillars that count, with sum 1.

    `other_weights` (draws, pillars that count) were tried as alternatives; `leader_stays` is the share of them under
    which the first city stays first, None without a ranking.
    """

    cities: tuple[AssessedCity, ...]
    city_ranks: Mapping[str, CityRank]
    rankings: Mapping[str, Ranking]
    weights: Mapping[str, float]
    other_weights: Floats
    leader_stays: float | None


def assess(study: Study, counts: Mapping[str, CityCounts], *, seed: int) -> Assessment:
    """Assess all cities. `counts` is by the city's code and lacks cities without any message."""
    scoring = Scoring(study)
    replicates_by_city = {
        city.code: Replicates(counts.get(city.code, NOTHING), city=city.code, seed=seed) for city in study.cities
    }
    coded_by_city = {
        code: _coded_replicates(counts[code], replicates)
        for code, replicates in replicates_by_city.items()
        if code in counts
    }
    measured_by_city = {
        city.code: _measure_city(study, city, counts.get(city.code), coded_by_city) for city in study.cities
    }
    scores_by_city = {
        code: scoring.of(measured_by_city[code], replicates) for code, replicates in replicates_by_city.items()
    }
    present = {
        name
        for name in scoring.pillars
        if any(scoring.has_observations(name, one) for one in measured_by_city.values())
    }
    total = sum(weight for name, weight in study.weights.items() if name in present)
    weights = {name: weight / total for name, weight in study.weights.items() if name in present}
    cities = tuple(
        AssessedCity(
            city,
            measured_by_city[city.code],
            {code: scoring.enough(code, one) for code, one in measured_by_city[city.code].items()},
            scores_by_city[city.code],
            coded_by_city.get(city.code, {}),
            _why_unranked(study, city, scores_by_city[city.code], weights),
        )
        for city in study.cities
    )
    ranked_cities = [one for one in cities if one.unranked is None]
    others = other_weights(list(weights.values()), seed=seed) if weights else np.zeros((0, 0))
    standings, stays = _standings(ranked_cities, scoring, weights, others)
    return Assessment(cities, standings, _rankings(cities, ranked_cities), weights, others, stays)


def _coded_replicates(counts: CityCounts, replicates: Replicates) -> dict[str, Floats]:
    codes = (
        code for code, one in compute_indicators(counts).items() if code in CODED_INDICATORS and one.value is not None
    )
    return {code: np.round(replicates.of(code), CODED_DECIMALS) for code in codes}


def _measure_city(
    study: Study, city: StudyCity, counts: CityCounts | None, coded: Mapping[str, Mapping[str, Floats]]
) -> dict[str, MeasuredValue]:
    own = [one for one in study.accounts if one.city == city.code and one.counts]
    own = [one for one in own if study.looks_at(one)]
    has_manager = any(one.city == city.code and one.question == COMMUNITY_MANAGER and one.value for one in study.survey)
    presence_values = presence(
        accounts=len(own), evidenced=sum(bool(one.evidence_url) for one in own), community_manager=has_manager
    )
    replicates = coded.get(city.code, {})
    observations = (
        {code: _with_coder_error(one, replicates.get(code)) for code, one in compute_indicators(counts).items()}
        if counts
        else {}
    )
    # Whoever reads the results finds every indicator of every city: what lacks has no value, and rests on nothing.
    return (
        dict.fromkeys(INDICATORS, MeasuredValue(None, 0))
        | presence_values
        | observations
        | audience(study, city, counts)
    )


def _with_coder_error(measured: MeasuredValue, replicates: Floats | None) -> MeasuredValue:
    """Widen the interval of an indicator decided by a coder by the coder's errors; the value stays as observed."""
    if replicates is None or measured.value is None:
        return measured
    low, high = interval(replicates, measured.value)
    return MeasuredValue(measured.value, measured.n, low=low, high=high)


def _why_unranked(study: Study, city: StudyCity, scored: CityScores, weights: Mapping[str, float]) -> Reason | None:
    """Return why a city has no rank: a rank must not rest on less than half of what the study weighs."""
    if not any(one.city == city.code and one.counts for one in study.accounts):
        return Reason(gettext_noop("It has no account on the networks that were looked at."), {})
    lacking = [name for name in weights if name not in scored.pillars]
    if scored.score is None:
        return Reason(gettext_noop("Too few messages were found for any indicator."), {})
    if sum(weights[name] for name in lacking) > 0.5:
        text = gettext_noop("Fewer than {minimum} messages: too few to score {pillars} ({share}% of the score).")
        minimum, share = max(study.minimum[name] for name in lacking), sum(weights[name] for name in lacking)
        return Reason(text, {"pillars": ", ".join(lacking), "minimum": minimum, "share": round(100 * share)})
    return None


def _standings(
    ranked: Sequence[AssessedCity], scoring: Scoring, weights: Mapping[str, float], others: Floats
) -> tuple[dict[str, CityRank], float | None]:
    if not ranked:
        return {}, None
    scores = np.array([one.scored.score for one in ranked], np.float64)
    draws = np.column_stack([weighted_geometric(one.scored.draws, scoring.weights) for one in ranked])
    sets = rank_sets(scores, stabilise_variance(draws))
    pillars = np.array([[one.scored.pillars.get(name, np.nan) for name in weights] for one in ranked])
    other = sensitivity(np.round(pillars, DECIMALS), list(weights.values()), others)
    ranking = qualitative({one.city.code: one.scored.score or 0.0 for one in ranked})
    rows = zip(ranked, tiers(scores, sets), share_in_first(draws, FIRST), range(len(ranked)), strict=True)
    return {
        one.city.code: _standing(ranking.of(one.city.code) or 0, place, sets, other, ranked, int(tier), float(first))
        for one, tier, first, place in rows
    }, other.stays


def _standing(
    rank: int, place: int, sets: RankSets, other: Sensitivity, ranked: Sequence[AssessedCity], tier: int, first: float
) -> CityRank:
    return CityRank(
        rank=rank,
        rank_set=(int(sets.low[place]), int(sets.high[place])),
        tier=tier,
        p_first=first,
        weights_range=(int(other.low[place]), int(other.high[place])),
        worse_than=tuple(ranked[better].city.code for better in np.flatnonzero(sets.worse[place])),
    )


def _rankings(cities: Sequence[AssessedCity], ranked: Sequence[AssessedCity]) -> dict[str, Ranking]:
    followers, reach = (
        {one.city.code: value for one in cities if (value := one.measured[code].value) is not None}
        for code in ("audience.followers", "audience.reach")
    )
    audience_ranking = quantitative(followers, reach)
    quality = qualitative({one.city.code: one.scored.score or 0.0 for one in ranked})
    return {QUANTITATIVE: audience_ranking, QUALITATIVE: quality, GENERAL: general(audience_ranking, quality)}
