"""Checks that results are consistent, so that a file changed by hand cannot become a ranking."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from string import Formatter

from portevoix.barometer.results.contents import City, PillarScore, Results, Sentence

_ROUNDING = 0.01
"""Points of a score that rounding its pillars may cost."""
_FLOOR = 1.0
_MOST_PLACES = 10
"""The longest sentences of ours have four; a value that is put in very often makes a page of any size."""
_LARGEST = 10.0**12
"""More than all people there are, and than the seconds of ten thousand years: what is beyond it counts nothing."""


def contradictions(results: Results) -> Iterator[str]:
    """Yield the JSON paths where results that match their schema contradict themselves."""
    yield from _countless({name: value for name, value in results.document.items() if name != "seed"}, "$")
    yield from _of_rules(results)
    cities = results.cities
    if not _is_period(*results.period):
        yield "$.period"
    codes = {city.code for city in cities}
    if len(codes) < len(cities):
        yield "$.cities"
    ranked_scores = [city.score for city in cities if city.rank is not None]
    for place, city in enumerate(cities):
        for field in _of_city(city, ranked_scores, codes, results.weights):
            yield f"$.cities[{place}].{field}"
    for name, rows in results.rankings.items():
        ranks = {city.code: city.rankings[name] for city in cities if city.rankings[name] is not None}
        if ranks != {row.code: row.rank for row in rows or ()}:
            yield f"$.rankings.{name}"
    yield from _of_sentences(results)
    tiers = {city.tier for city in cities if city.rank is not None}
    if tiers != set(range(1, len(tiers) + 1)):
        yield "$.cities"


def _of_sentences(results: Results) -> Iterator[str]:
    for name, sentence in results.rankings_missing.items():
        if not (_is_plain(sentence) and _can_be_told(sentence)):
            yield f"$.rankings_missing.{name}"
    for place, sentence in enumerate(results.remarks):
        if not _is_plain(sentence):
            yield f"$.remarks[{place}]"


def _countless(value: object, path: str) -> Iterator[str]:
    """Yield the paths of numbers that are infinite, NaN, or larger than anything that is counted."""
    if isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _countless(inner, f"{path}.{name}" if isinstance(value, dict) else f"{path}[{name}]")
    elif isinstance(value, int | float) and not -_LARGEST <= value <= _LARGEST:
        yield path


def _of_rules(results: Results) -> Iterator[str]:
    """Yield the paths of rules that are incomplete: each pillar needs its indicators, each indicator its goalposts."""
    if not results.weights.keys() <= results.pillars.keys():
        yield "$.weights"
    codes = set(chain.from_iterable(results.pillars.values()))
    if not codes <= results.goalposts.keys() & results.indicators.keys():
        yield "$.pillars"
    for code, ends in results.goalposts.items():
        if ends[0] == ends[1]:
            yield f"$.goalposts.{code}"


def _of_city(
    city: City, ranked_scores: Sequence[float | None], codes: Iterable[str], weights: Mapping[str, float]
) -> Iterator[str]:
    score, around, rank = city.score, city.score_ci, city.rank
    if not _is_mean(score, city.pillars, weights):
        yield "score"
    if score is not None and not (around and around[0] <= score <= around[1]):
        yield "score_ci"
    if rank != city.rankings["qualitative"] or (rank is None) != bool(city.unranked):
        yield "rank"
    if rank is not None:
        yield from _of_rank(city, rank, ranked_scores)
    if not set(city.worse_than) <= set(codes):
        yield "worse_than"
    if city.unranked and not (_is_plain(city.unranked) and _can_be_told(city.unranked)):
        yield "unranked"
    for code, cell in city.indicators.items():
        if cell.enough and cell.value is None:
            yield f"indicators.{code}"


def _of_rank(city: City, rank: int, ranked_scores: Sequence[float | None]) -> Iterator[str]:
    score, possible = city.score, city.rank_set
    if score is None or rank != 1 + sum(other is not None and other > score for other in ranked_scores):
        yield "rank"
    if not possible or not 1 <= possible[0] <= rank <= possible[1] <= len(ranked_scores):
        yield "rank_set"
    if city.tier is None or city.p_top5 is None:
        yield "tier"


def _is_period(first: str, last: str) -> bool:
    try:
        return date.fromisoformat(first) <= date.fromisoformat(last)
    except ValueError:
        return False


def _is_mean(score: float | None, pillars: Mapping[str, PillarScore], weights: Mapping[str, float]) -> bool:
    """Return whether a score is the weighted geometric mean of its pillars (`measures.score`)."""
    pairs = [(weights[name], max(one.score, _FLOOR)) for name, one in pillars.items() if weights.get(name, 0) > 0]
    if score is None or not pairs or len(pairs) < len(pillars):
        return score is None and not pillars
    total = sum(weight for weight, _ in pairs)
    mean = math.exp(sum(weight * math.log(value) for weight, value in pairs) / total)
    return abs(mean - score) <= _ROUNDING


def _is_plain(sentence: Sentence) -> bool:
    """Return whether a sentence has few and plain places for its values: no attributes, and no format that could make
    them huge.
    """
    try:
        places = list(Formatter().parse(sentence.text))
    except ValueError:
        return False
    filled = [place[1:] for place in places if place[1] is not None]
    return len(filled) <= _MOST_PLACES and all(
        name and name.isidentifier() and not (spec or kind) for name, spec, kind in filled
    )


def _can_be_told(sentence: Sentence) -> bool:
    try:
        sentence.text.format(**sentence.values)
    except (KeyError, IndexError, ValueError, AttributeError):
        return False
    return True
