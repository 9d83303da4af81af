"""Definition of an indicator."""

from dataclasses import dataclass
from typing import Literal

from portevoix.measures.metrics import MINIMUM_SAMPLE, Direction

type Pillar = Literal["presence", "reactivity", "conversation", "content", "automation", "audience"]

type Unit = Literal["share", "s", "count", "ratio"]
"""0 to 1, seconds, a number, or a number of one thing per one of another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One measure of a city. A published one never changes: any change needs a new version.

    `direction` is the one that is better for citizens, None where neither is. No value is published on fewer than
    `minimum` observations. `label`, `formula` and `source` are English, marked for translation. `ratio` names the two
    sums of `counting.SUMS` whose quotient the indicator is, if it is one.
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
