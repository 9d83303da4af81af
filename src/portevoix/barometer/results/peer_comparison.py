"""Compares a city's indicators with those of the other cities of the study."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from portevoix.barometer.results.contents import City, Interval, Results
from portevoix.barometer.scoring.verdicts import Verdict, shares_error, verdict
from portevoix.measures.indicators import INDICATORS
from portevoix.measures.indicators.definition import Indicator

PILLARS = ("reactivity", "conversation", "content", "automation", "audience", "presence")
FEWEST_PEERS = 3
"""With fewer other cities there is no middle to stand beside."""


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator. `peers` are the others' values in rising order, `median` theirs; None when there are too few.

    `verdict` compares with that median; `shares_error` as in `verdicts.shares_error`.
    """

    code: str
    label: str
    unit: str
    value: float | None
    ci: Interval | None
    n: int
    enough: bool
    peers: tuple[float, ...]
    median: float | None
    verdict: Verdict
    shares_error: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The indicators of one pillar; `score` and `ci` are None for what is not scored."""

    pillar: str
    score: float | None
    ci: Interval | None
    lines: tuple[Line, ...]


def sections(results: Results, code: str) -> list[Section]:
    """Return the city's indicators by pillar, without those that no city has or that have another version."""
    own = city_of(results, code)
    others = [one for one in results.cities if one.code != code]
    pillar_sections = []
    for pillar in PILLARS:
        lines = tuple(
            line
            for indicator in INDICATORS.values()
            if indicator.pillar == pillar
            and _has_version(results, indicator)
            and (line := _line(indicator.code, own, others)) is not None
        )
        cell = own.pillars.get(pillar)
        if lines:
            score, interval = (cell.score, cell.ci) if cell else (None, None)
            pillar_sections.append(Section(pillar, score, interval, lines))
    return pillar_sections


def city_of(results: Results, code: str) -> City:
    """Return the city with a code. Raise KeyError when the study does not have it."""
    for city in results.cities:
        if city.code == code:
            return city
    raise KeyError(code)


def _has_version(results: Results, indicator: Indicator) -> bool:
    """Return whether the study measured this version of an indicator."""
    rule = results.indicators.get(indicator.code)
    return rule is not None and rule.version == indicator.version


def _line(code: str, own: City, others: Sequence[City]) -> Line | None:
    cell = own.cell(code)
    peer_values = sorted(peer.value for one in others if (peer := one.measured_cell(code)))
    if cell.value is None and not peer_values:
        return None
    median = float(np.median(peer_values)) if len(peer_values) >= FEWEST_PEERS else None
    indicator = INDICATORS[code]
    outcome = verdict(code, cell, median, direction=indicator.direction)
    peers = tuple(peer_values)
    return Line(
        code,
        indicator.label,
        indicator.unit,
        cell.value,
        cell.ci,
        cell.n,
        cell.enough,
        peers,
        median,
        outcome,
        shares_error(code, cell, median, outcome),
    )
