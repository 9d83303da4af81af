"""The results of a study as pages read them: cities, medians, and cities that cannot be told apart."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Any

from portevoix.barometer.publish import labels
from portevoix.barometer.publish.catalogue import Catalogue, label, said
from portevoix.barometer.results.document import check
from portevoix.barometer.scoring.verdicts import Verdict, verdict

RANKINGS = ("quantitative", "qualitative", "general")
AUDIENCE = "audience"
PILLARS = ("presence", "reactivity", "conversation", "content", "automation", AUDIENCE)
"""In the order in which they are read; those of the score come first where they are counted."""

_HARMFUL = re.compile(r"[^A-Za-z0-9_-]+")

type City = Mapping[str, Any]


@dataclass(frozen=True)
class Study:
    """`results`: the content of `results.json`, unchanged; `catalogue`: texts of its indicators."""

    results: Mapping[str, Any]
    catalogue: Catalogue

    def label(self, code: str) -> str:
        return label(self.catalogue, code)

    def said(self, code: str, what: str) -> str:
        return said(self.catalogue, code, what)

    @cached_property
    def cities(self) -> Sequence[City]:
        return tuple(self.results["cities"])

    @cached_property
    def ranked(self) -> Sequence[City]:
        """Return the cities with a rank, by tier, then by rank."""
        return sorted((city for city in self.cities if city["rank"] is not None), key=lambda c: (c["tier"], c["rank"]))

    @cached_property
    def unranked(self) -> Sequence[City]:
        return [city for city in self.cities if city["rank"] is None]

    @cached_property
    def by_code(self) -> Mapping[str, City]:
        return {city["code"]: city for city in self.cities}

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """Return each city's name in addresses and in the pages' identifiers: its code, in harmless letters only."""
        keys_by_code: dict[str, str] = {}
        taken_keys: set[str] = set()  # in small letters: some disks know no difference
        for city in self.cities:
            key = _HARMFUL.sub("-", city["code"]) or "city"
            while key.lower() in taken_keys:
                key += "-2"
            taken_keys.add(key.lower())
            keys_by_code[city["code"]] = key
        return keys_by_code

    @cached_property
    def pillars(self) -> Sequence[str]:
        """Return the pillars of the score, the heaviest first."""
        return sorted(self.results["weights"], key=lambda pillar: -self.results["weights"][pillar])

    @cached_property
    def counted(self) -> Mapping[str, float]:
        """Return the weight that each indicator has in the score, over all pillars together."""
        weights, inside = self.results["weights"], self.results["pillars"]
        total = sum(weights.values()) or 1
        return {
            code: share * weights[pillar] / total / (sum(inside.get(pillar, {}).values()) or 1)
            for pillar in self.pillars
            for code, share in inside.get(pillar, {}).items()
        }

    @cached_property
    def counts_in(self) -> Mapping[str, str]:
        """Return the pillar of the score that each indicator is part of: not always its own in the catalogue."""
        return {code: pillar for pillar in self.pillars for code in self.results["pillars"].get(pillar, {})}

    def unit(self, code: str) -> str:
        unit: str = self.results["indicators"][code]["unit"]
        return unit

    def codes_of(self, pillar: str) -> Sequence[str]:
        """Return the indicators of a pillar, those that count first: each where it counts, else in its own pillar."""
        indicators = self.results["indicators"]
        codes = [code for code in indicators if self.counts_in.get(code, indicators[code]["pillar"]) == pillar]
        return sorted(codes, key=lambda code: -self.counted.get(code, 0))

    def weight_of(self, pillar: str) -> float:
        """Return the weight of a pillar in the score; 0 for one that does not count."""
        return sum(share for code, share in self.counted.items() if self.counts_in[code] == pillar)

    def percent(self, weight: float) -> str:
        """Format a weight with as many decimals as all of them need, so that those of a pillar add up to its own."""
        return labels.weight(weight, self._decimals)

    @cached_property
    def _decimals(self) -> int:
        every = [*self.counted.values(), *map(self.weight_of, self.pillars)]
        exact = (places for places in range(2) if all(abs(100 * w - round(100 * w, places)) < 1e-6 for w in every))
        return next(exact, 1)

    def verdict_of(self, city: City, code: str) -> Verdict:
        """Compare a city's indicator with the median city's, for every card, table and sentence."""
        cell, middle, indicator = city["indicators"].get(code), self.medians.get(code), self.results["indicators"][code]
        if cell is None:
            return ""
        direction = None if indicator["pillar"] == AUDIENCE else indicator["direction"]
        outcome = verdict(code, cell, middle, direction=direction)
        if outcome in ("", "unsure", "equal"):
            return outcome
        alike = labels.amount(cell["value"], indicator["unit"]) == labels.amount(middle, indicator["unit"])
        return "equal" if alike else outcome

    @cached_property
    def medians(self) -> Mapping[str, float]:
        """Return the median city's value of each indicator and score of each pillar, of those with enough data."""
        values_by_code = {code: [cell["value"] for cell in self.cells(code)] for code in self.results["indicators"]}
        values_by_code |= {pillar: [c["pillars"][pillar]["score"] for c in self.ranked if pillar in c["pillars"]]
                  for pillar in self.pillars}  # fmt: skip
        return {code: median(values) for code, values in values_by_code.items() if values}

    def cells(self, code: str) -> Sequence[Mapping[str, Any]]:
        """Return the cities' cells of an indicator, of those with enough data."""
        cells = (value_of(city, code) for city in self.cities)
        return [cell for cell in cells if cell is not None]

    @cached_property
    def _better(self) -> Mapping[str, frozenset[str]]:
        """Return, for each city, the cities that are significantly better."""
        return {city["code"]: frozenset(city["worse_than"]) for city in self.ranked}

    def alike(self, city: City) -> Sequence[City]:
        """Return the ranked cities that are neither significantly better nor significantly worse than this one."""
        code = city["code"]
        better = self._better.get(code)
        if better is None:
            return ()
        others = (other for other in self.ranked if other["code"] != code and other["code"] not in better)
        return [other for other in others if code not in self._better[other["code"]]]


def value_of(city: City, code: str) -> Mapping[str, Any] | None:
    """Return a city's cell of an indicator, with `value`, `n` and `ci`; None without enough data."""
    cell = city["indicators"].get(code)
    if cell is None or cell["value"] is None or not cell.get("enough", True):
        return None
    known_cell: Mapping[str, Any] = cell
    return known_cell


def read(results: Mapping[str, Any], catalogue: Catalogue) -> Study:
    """Return the view of these results. Raises BadInput for results of another kind or version."""
    check(results)
    return Study(results, catalogue)
