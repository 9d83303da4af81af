"""Positions in the charts, as percentages of their width and height.

An SVG with positions in percent and letters and marks in pixels stays readable from 320 px to a wide screen, without a
script and without a picture for each width. Numbers in attributes are never localised.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from portevoix.barometer.publish import number_words, sentences
from portevoix.barometer.publish.results_view import StudyView
from portevoix.barometer.results.contents import City, RankedCity

SHAPES = 8  # of tiers that have a shape and a colour of their own; later ones share the last
EDGE = 2.0  # per cent kept free at both ends, so that no mark is cut
STEP = 2.6  # per cent of the width within which two dots of a strip would touch
_LIFT = 9.0  # px between two dots of a strip, one above the other
_PILE = 150.0  # px of the highest pile: where more cities have one value, they overlap

type Scale = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Tick:
    x: str
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A city in a chart: its position, and the ends of its interval."""

    code: str
    name: str
    shape: int
    x: str
    y: str
    low: str = ""
    high: str = ""
    told: str = ""

    @property
    def towards(self) -> str:
        """Return the anchor of a name at the mark, "start", "middle" or "end", by the side with room."""
        x = float(self.x[:-1])
        return "start" if x < 30 else "end" if x > 70 else "middle"


@dataclass(frozen=True, slots=True)
class Band:
    """A tier: its cities, its meaning, and the lines of its chart."""

    tier: int
    shape: int
    meaning: str
    cities: Sequence[RankedCity]
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class Ranking:
    ticks: Sequence[Tick]
    bands: Sequence[Band]
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Strip:
    """One dot per city on one line. `height` in px."""

    ticks: Sequence[Tick]
    marks: Sequence[Mark]
    median: str
    median_text: str
    height: int
    count: int
    least: str
    most: str

    @property
    def base(self) -> int:
        """Return where the grid ends, in px from the top; the labels of its ticks are below."""
        return self.height - 16

    @property
    def free(self) -> str:
        """Return the side with more room for words: "start" or "end"."""
        return "start" if self.median and float(self.median[:-1]) > 50 else "end"

    @property
    def foot(self) -> int:
        return self.height - 3


def shape(city: City) -> int:
    """Return the number of a city's mark: that of its tier; 0 without one."""
    return min(city.tier or 0, SHAPES)


def percent(value: float) -> str:
    return f"{value:.2f}%"


def scale(low: float, high: float, *, edge: float = EDGE) -> Scale:
    """Return a function from values to percent of the width; the ends stay a little inside."""
    span = (high - low) or 1.0
    return lambda value: edge + (100 - 2 * edge) * min(max((value - low) / span, 0.0), 1.0)


def ranking(study: StudyView) -> Ranking | None:
    """Return the chart of ranks; None without a ranked city."""
    if not study.ranked_cities:
        return None
    ends = [end for city in study.ranked_cities for end in city.score_ci]
    low, high, step = _round_ends(min(ends), max(ends))
    at = scale(low, high)
    bands = []
    for tier, group in groupby(study.ranked_cities, key=lambda city: city.tier):
        cities = list(group)
        bands.append(
            Band(
                tier,
                min(tier, SHAPES),
                sentences.tier(cities[0], len(cities)),
                cities,
                [_line(c, i, len(cities), at) for i, c in enumerate(cities)],
            )
        )
    ticks = [Tick(percent(at(value)), str(value)) for value in range(low, high + 1, step)]
    return Ranking(ticks, bands, low, high)


def _round_ends(least: float, most: float) -> tuple[int, int, int]:
    """Return the ends of an axis of scores and the step of its ticks, all round numbers."""
    step = 10 if most - least <= 50 else 20
    low, high = step * math.floor(least / step), step * math.ceil(most / step)
    return (low, high, step) if low < high else (max(low - step, 0), min(high + step, 100), step)


def _line(city: RankedCity, place: int, rows: int, at: Scale) -> Mark:
    low, high = city.score_ci
    y = percent(100 * (place + 0.5) / rows)
    return Mark(city.code, city.name, shape(city), percent(at(city.score)), y, percent(at(low)), percent(at(high)))


def pillar_strip(study: StudyView, pillar: str) -> Strip:
    values = {c.code: c.pillars[pillar].score for c in study.ranked_cities if pillar in c.pillars}
    return _strip(study, values, ends=(0, 100), format_value=number_words.score, middle=study.medians.get(pillar))


def indicator_strip(study: StudyView, code: str) -> Strip | None:
    """Return the strip of an indicator; None when fewer than two cities have enough data."""
    cells = {city.code: city.measured_cell(code) for city in study.cities}
    values = {city: cell.value for city, cell in cells.items() if cell is not None}
    if len(values) < 2:
        return None
    unit = study.unit(code)
    ends = (0.0, 1.0 if unit == "share" else _round_top(max(values.values()), unit))
    strip = _strip(
        study, values, ends=ends, format_value=lambda v: number_words.amount(v, unit), middle=study.medians.get(code)
    )
    return replace(strip, ticks=_ratios(ends[1])) if unit == "ratio" else strip


def _ratios(top: float) -> list[Tick]:
    """Return the quarters of an axis of ratios, with no more decimals than needed."""
    at, quarter = scale(0, top), top / 4
    decimals = 0 if quarter == int(quarter) else 1 if round(quarter, 1) == round(quarter, 4) else 2
    return [Tick(percent(at(quarter * part)), number_words.number(quarter * part, decimals)) for part in range(5)]


def _round_top(most: float, unit: str) -> float:
    """Return the least end of an axis whose quarters are round: whole units for counts, hours for durations."""
    one = number_words.HOUR_S if unit == "s" else 1
    quarter = max(most / 4 / one, 1.0 if unit == "count" else 1e-6)
    power = 10 ** math.floor(math.log10(quarter))
    parts = (1, 2, 3, 4, 5, 10) if unit == "count" else (1, 1.5, 2, 2.5, 3, 4, 5, 10)
    return 4 * one * next(power * part for part in parts if power * part >= quarter - 1e-12)


def _strip(
    study: StudyView,
    values: Mapping[str, float],
    *,
    ends: tuple[float, float],
    format_value: Callable[[float], str],
    middle: float | None,
) -> Strip:
    at = scale(*ends)
    marks, heights = [], _pile_heights(sorted((at(value), code) for code, value in values.items()))
    most = max(heights.values(), default=0)
    lift = min(_LIFT, _PILE / most) if most else _LIFT
    height = 46 + round(most * lift)
    for code, value in sorted(values.items(), key=lambda item: item[1]):
        city = study.by_code[code]
        y = f"{height - 26 - heights[code] * lift:.0f}"
        marks.append(Mark(code, city.name, shape(city), percent(at(value)), y, told=format_value(value)))
    span = ends[1] - ends[0]
    ticks = [
        Tick(percent(at(ends[0] + span * part)), format_value(ends[0] + span * part))
        for part in (0, 0.25, 0.5, 0.75, 1)
    ]
    sorted_values = sorted(values.values())
    return Strip(
        ticks=ticks,
        marks=marks,
        median="" if middle is None else percent(at(middle)),
        median_text="" if middle is None else format_value(middle),
        height=height,
        count=len(values),
        least=format_value(sorted_values[0]) if sorted_values else "",
        most=format_value(sorted_values[-1]) if sorted_values else "",
    )


def _pile_heights(places: Sequence[tuple[float, str]]) -> dict[str, int]:
    """Return how many dots each dot is raised above the line, so that none hides another."""
    tops: list[float] = []
    heights = {}
    for x, code in places:
        level = next((i for i, end in enumerate(tops) if x - end >= STEP), len(tops))
        tops[level : level + 1] = [x]
        heights[code] = level
    return heights


def weights(study: StudyView) -> dict[str, Any]:
    """Return the chart of ranks 1 to p: each city's rank, and the range of 90 % of other weights."""
    count = len(study.ranked_cities)
    at = scale(1, max(count, 2))
    by_rank = sorted(study.ranked_cities, key=lambda city: city.rank)
    marks = []
    for place, city in enumerate(by_rank):
        low, high = city.weights_range or (city.rank, city.rank)
        y = percent(100 * (place + 0.5) / count)
        x, ends = percent(at(city.rank)), (percent(at(low)), percent(at(high)))
        marks.append(Mark(city.code, city.name, shape(city), x, y, *ends))
    step = 5 if count > 12 else 2 if count > 5 else 1
    tick_ranks = sorted({1, *range(step, count + 1, step)}) if count > 1 else [1]
    ticks = [Tick(percent(at(rank)), str(rank)) for rank in tick_ranks]
    return {"marks": marks, "ticks": ticks, "cities": by_rank}


def reach(study: StudyView) -> dict[str, Any] | None:
    """Return the chart of followers per inhabitant (logarithmic) beside the score; None for fewer than two cities."""
    pairs = [(city, city.measured_cell("audience.reach")) for city in study.ranked_cities]
    city_values = [(city, cell.value) for city, cell in pairs if cell is not None and cell.value > 0]
    if len(city_values) < 2:
        return None
    logs = [math.log10(value) for _, value in city_values]
    x = scale(math.floor(min(logs) * 2) / 2, math.ceil(max(logs) * 2) / 2, edge=5)
    scores = [city.score for city, _ in city_values]
    low, high, step = _round_ends(min(scores), max(scores))
    y = scale(low, high, edge=6)
    marks = [
        Mark(city.code, city.name, shape(city), percent(x(math.log10(value))), percent(100 - y(city.score)))
        for city, value in city_values
    ]
    candidates = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
    inside = [value for value in candidates if min(logs) - 0.3 <= math.log10(value) <= max(logs) + 0.3]
    across = [Tick(percent(x(math.log10(value))), number_words.number(1000 * value)) for value in inside]
    up = [Tick(percent(100 - y(value)), str(value)) for value in range(low, high + 1, step)]
    return {"marks": marks, "across": across, "up": up, "named": _outstanding(city_values)}


def _outstanding(city_values: Sequence[tuple[RankedCity, float]]) -> set[str]:
    """Return the cities that are named in the chart: the most followed, and the best."""
    most_followed = max(city_values, key=lambda pair: pair[1])[0].code
    best = max(city_values, key=lambda pair: pair[0].score)[0].code
    return {most_followed, best}
