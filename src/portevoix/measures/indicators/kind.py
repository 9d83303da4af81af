"""What an indicator is."""

from dataclasses import dataclass
from typing import Literal

from portevoix.measures.metrics import MINIMUM_SAMPLE, Direction

type Pillar = Literal["presence", "reactivity", "conversation", "content", "automation", "audience"]

type Unit = Literal["share", "s", "count", "ratio"]
"""0 to 1, seconds, how many, or so many of one thing to one of another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One measure of a city. A published one never changes: what would change it gets a new version.

    `direction` says which way is better for the citizen, None where neither is. On fewer than `minimum` observations no
    value is to be published. `label`, `formula` and `source` are English, marked for translation. `ratio` names the two
    sums of `counting.SUMS` whose quotient the indicator is, where it is one.
    """

    code: str
    version: int = 1
    unit: Unit = "share"
    direction: Direction = None
    minimum: int = MINIMUM_SAMPLE
    pillar: Pillar
    label: str
    formula: str
    source: str
    ratio: tuple[str, str] | None = None
