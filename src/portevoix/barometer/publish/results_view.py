"""The results of a study as pages read them: cities, medians, and cities that cannot be told apart."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from portevoix.barometer.publish import number_words
from portevoix.barometer.publish.catalogue import Catalogue, indicator_label, indicator_text
from portevoix.barometer.results.contents import City, MeasuredCell, RankedCity, Results
from portevoix.barometer.scoring.verdicts import Verdict, verdict

RANKINGS = ("quantitative", "qualitative", "general")
AUDIENCE = "audience"
PILLARS = ("presence", "reactivity", "conversation", "content", "automation", AUDIENCE)
"""In the order in which they are read; those of the score come first where they are counted."""

_HARMFUL = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True)
class StudyView:
    """`catalogue`: texts of the indicators of the `results`."""

    results: Results
    catalogue: Catalogue

    def label(self, code: str) -> str:
        return indicator_label(self.catalogue, code)

    def indicator_text(self, code: str, what: str) -> str:
        return indicator_text(self.catalogue, code, what)

    @cached_property
    def cities(self) -> Sequence[City]:
        return self.results.cities

    @cached_property
    def ranked_cities(self) -> Sequence[RankedCity]:
        """Return the cities with a rank, by tier, then by rank."""
        return sorted((one for one in self.cities if isinstance(one, RankedCity)), key=lambda one: (one.tier, one.rank))

    @cached_property
    def unranked_cities(self) -> Sequence[City]:
        return [city for city in self.cities if not isinstance(city, RankedCity)]

    @cached_property
    def by_code(self) -> Mapping[str, City]:
        return {city.code: city for city in self.cities}

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """Return each city's name in addresses and in the pages' identifiers: its code, in harmless letters only."""
        keys_by_code: dict[str, str] = {}
        taken_keys: set[str] = set()  # in small letters: some disks know no difference
        for city in self.cities:
            key = _HARMFUL.sub("-", city.code) or "city"
            while key.lower() in taken_keys:
                key += "-2"
            taken_keys.add(key.lower())
            keys_by_code[city.code] = key
        return keys_by_code

    @cached_property
    def pillars(self) -> Sequence[str]:
        """Return the pillars of the score, the heaviest first."""
        return sorted(self.results.weights, key=lambda pillar: -self.results.weights[pillar])

    @cached_property
    def weight_by_indicator(self) -> Mapping[str, float]:
        """Return the weight that each indicator has in the score, over all pillars together."""
        weights, inside = self.results.weights, self.results.pillars
        total = sum(weights.values()) or 1
        return {
            code: share * weights[pillar] / total / (sum(inside.get(pillar, {}).values()) or 1)
            for pillar in self.pillars
            for code, share in inside.get(pillar, {}).items()
        }

    @cached_property
    def counts_in(self) -> Mapping[str, str]:
        """Return the pillar of the score that each indicator is part of: not always its own in the catalogue."""
        return {code: pillar for pillar in self.pillars for code in self.results.pillars.get(pillar, {})}

    def unit(self, code: str) -> str:
        return self.results.indicators[code].unit

    def codes_of(self, pillar: str) -> Sequence[str]:
        """Return the indicators of a pillar, those that count first: each where it counts, else in its own pillar."""
        indicators = self.results.indicators
        codes = [code for code in indicators if self.counts_in.get(code, indicators[code].pillar) == pillar]
        return sorted(codes, key=lambda code: -self.weight_by_indicator.get(code, 0))

    def weight_of(self, pillar: str) -> float:
        """Return the weight of a pillar in the score; 0 for one that does not count."""
        return sum(share for code, share in self.weight_by_indicator.items() if self.counts_in[code] == pillar)

    def percent(self, weight: float) -> str:
        """Format a weight with as many decimals as all of them need, so that those of a pillar add up to its own."""
        return number_words.weight(weight, self._decimals)

    @cached_property
    def _decimals(self) -> int:
        every = [*self.weight_by_indicator.values(), *map(self.weight_of, self.pillars)]
        exact = (places for places in range(2) if all(abs(100 * w - round(100 * w, places)) < 1e-6 for w in every))
        return next(exact, 1)

    def verdict_of(self, city: City, code: str) -> Verdict:
        """Compare a city's indicator with the median city's, for every card, table and sentence."""
        cell, middle, indicator = city.cell(code), self.medians.get(code), self.results.indicators[code]
        direction = None if indicator.pillar == AUDIENCE else indicator.direction
        outcome = verdict(code, cell, middle, direction=direction)
        if outcome in ("", "unsure", "equal"):
            return outcome
        alike = number_words.amount(cell.value, indicator.unit) == number_words.amount(middle, indicator.unit)
        return "equal" if alike else outcome

    @cached_property
    def medians(self) -> Mapping[str, float]:
        """Return the median city's value of each indicator and score of each pillar, of those with enough data."""
        values_by_code = {code: [cell.value for cell in self.cells(code)] for code in self.results.indicators}
        values_by_code |= {pillar: [c.pillars[pillar].score for c in self.ranked_cities if pillar in c.pillars]
                  for pillar in self.pillars}  # fmt: skip
        return {code: median(values) for code, values in values_by_code.items() if values}

    def cells(self, code: str) -> Sequence[MeasuredCell]:
        """Return the cities' cells of an indicator, of those with enough data."""
        cells = (city.measured_cell(code) for city in self.cities)
        return [cell for cell in cells if cell is not None]

    @cached_property
    def _better(self) -> Mapping[str, frozenset[str]]:
        """Return, for each city, the cities that are significantly better."""
        return {city.code: frozenset(city.worse_than) for city in self.ranked_cities}

    def indistinguishable_from(self, city: City) -> Sequence[RankedCity]:
        """Return the ranked cities that are neither significantly better nor significantly worse than this one."""
        code = city.code
        better = self._better.get(code)
        if better is None:
            return ()
        others = (other for other in self.ranked_cities if other.code != code and other.code not in better)
        return [other for other in others if code not in self._better[other.code]]
