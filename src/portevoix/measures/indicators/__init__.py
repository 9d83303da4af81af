"""Catalogue of the Barometer's indicators, by pillar. `indicator_values`, `presence` and `audience` compute them.

A new one also needs its sums (`measures.counting`), its weight and its goalposts (`barometer.studies.default_weights`,
and the commented copy in `barometer/ready/study.toml`); one that is no quotient its replicates
(`barometer.scoring.replicates`).
"""

from portevoix.measures.indicators.audience import AUDIENCE
from portevoix.measures.indicators.content import AUTOMATION, CONTENT
from portevoix.measures.indicators.conversation import CONVERSATION
from portevoix.measures.indicators.definition import Indicator, Pillar, Unit
from portevoix.measures.indicators.presence import PRESENCE
from portevoix.measures.indicators.reactivity import REACTIVITY

__all__ = ["INDICATORS", "Indicator", "Pillar", "Unit", "ratio"]

INDICATORS = {
    indicator.code: indicator for indicator in (*PRESENCE, *REACTIVITY, *CONVERSATION, *CONTENT, *AUTOMATION, *AUDIENCE)
}
"""Every indicator by its code."""


def ratio(code: str) -> tuple[str, str]:
    """Return the sums whose quotient the indicator is, numerator first. Raise KeyError when it is not a quotient."""
    sums = INDICATORS[code].ratio
    if sums is None:
        raise KeyError(code)
    return sums
