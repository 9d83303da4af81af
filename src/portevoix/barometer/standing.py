"""A city's indicators beside those of the other cities of the study."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from portevoix.barometer.coders import beside
from portevoix.measures.indicators import INDICATORS

PILLARS = ("reactivity", "conversation", "content", "automation", "audience", "presence")
FEWEST_PEERS = 3
"""With fewer other cities there is no middle to stand beside."""

type Verdict = Literal["better", "worse", "same", ""]
"""Beside the median of the others: its whole interval on one side, or not; "" where there is nothing to compare."""


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator. `peers` are the others' values in rising order, `median` theirs; None where they are too few."""

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


@dataclass(frozen=True, slots=True)
class Section:
    """The indicators of one pillar; `score` and `ci` are None for what is not scored."""

    pillar: str
    score: float | None
    ci: Sequence[float] | None
    lines: tuple[Line, ...]


def sections(results: Mapping[str, Any], code: str) -> list[Section]:
    """Of the city with that code, pillar by pillar; indicators that nobody has are left out."""
    own = city_of(results, code)
    others = [one for one in results["cities"] if one["code"] != code]
    found = []
    for pillar in PILLARS:
        lines = tuple(
            line
            for indicator in INDICATORS.values()
            if indicator.pillar == pillar and (line := _line(indicator.code, own, others)) is not None
        )
        scored = own["pillars"].get(pillar)
        if lines:
            found.append(Section(pillar, scored and scored["score"], scored and scored["ci"], lines))
    return found


def city_of(results: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    """Raises KeyError for a code that the study does not have."""
    for city in results["cities"]:
        if city["code"] == code:
            return dict(city)
    raise KeyError(code)


def _line(code: str, own: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> Line | None:
    found = own["indicators"].get(code)
    known = sorted(
        one["indicators"][code]["value"]
        for one in others
        if code in one["indicators"] and one["indicators"][code]["enough"]
    )
    if (found is None or found["value"] is None) and not known:
        return None
    found = found or {"value": None, "ci": None, "n": 0, "enough": False}
    median = float(np.median(known)) if len(known) >= FEWEST_PEERS else None
    indicator = INDICATORS[code]
    verdict = _verdict(code, found, median, indicator.direction)
    peers = tuple(known)
    return Line(
        code,
        indicator.label,
        indicator.unit,
        found["value"],
        found["ci"],
        found["n"],
        found["enough"],
        peers,
        median,
        verdict,
    )


def _verdict(code: str, found: Mapping[str, Any], median: float | None, direction: str | None) -> Verdict:
    if median is None or direction is None or not found["enough"] or not (interval := beside(code, found)):
        return ""
    low, high = interval
    if low <= median <= high:
        return "same"
    return "better" if (low > median) == (direction == "up") else "worse"
