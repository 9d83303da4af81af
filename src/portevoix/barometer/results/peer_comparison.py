"""Compares a city's indicators with those of the other cities of the study."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from portevoix.barometer.scoring.verdicts import Verdict, shares_error, verdict
from portevoix.measures.indicators import INDICATORS

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
    ci: Sequence[float] | None
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
    ci: Sequence[float] | None
    lines: tuple[Line, ...]


def sections(results: Mapping[str, Any], code: str) -> list[Section]:
    """Return the city's indicators by pillar, without those that no city has or that have another version."""
    own = city_of(results, code)
    others = [one for one in results["cities"] if one["code"] != code]
    pillar_sections = []
    for pillar in PILLARS:
        lines = tuple(
            line
            for indicator in INDICATORS.values()
            if indicator.pillar == pillar
            and results["indicators"].get(indicator.code, {}).get("version") == indicator.version
            and (line := _line(indicator.code, own, others)) is not None
        )
        cell = own["pillars"].get(pillar)
        if lines:
            pillar_sections.append(Section(pillar, cell and cell["score"], cell and cell["ci"], lines))
    return pillar_sections


def city_of(results: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    """Return the city with a code. Raises KeyError when the study does not have it."""
    for city in results["cities"]:
        if city["code"] == code:
            return dict(city)
    raise KeyError(code)


def _line(code: str, own: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> Line | None:
    cell = own["indicators"].get(code)
    peer_values = sorted(
        one["indicators"][code]["value"]
        for one in others
        if code in one["indicators"] and one["indicators"][code]["enough"]
    )
    if (cell is None or cell["value"] is None) and not peer_values:
        return None
    cell = cell or {"value": None, "ci": None, "n": 0, "enough": False}
    median = float(np.median(peer_values)) if len(peer_values) >= FEWEST_PEERS else None
    indicator = INDICATORS[code]
    outcome = verdict(code, cell, median, direction=indicator.direction)
    peers = tuple(peer_values)
    return Line(
        code,
        indicator.label,
        indicator.unit,
        cell["value"],
        cell["ci"],
        cell["n"],
        cell["enough"],
        peers,
        median,
        outcome,
        shares_error(code, cell, median, outcome),
    )
