"""Indicators of reply times, including citizens who still wait."""

from portevoix.kernel.i18n import gettext_noop
from portevoix.measures.indicators.definition import Indicator
from portevoix.measures.indicators.sources import KAPLAN_MEIER, KLEIN_MOESCHBERGER

_FORMULA = gettext_noop(
    "1 − Kaplan–Meier’s estimate of first waits, the unanswered ones censored when collection ended"
)

_LABELS = (
    ("f1h", gettext_noop("Answered within 1 hour")),
    ("f8h", gettext_noop("Answered within 8 hours")),
    ("f24h", gettext_noop("Answered within 24 hours")),
    ("f72h", gettext_noop("Answered within 72 hours")),
    ("f1h.service", gettext_noop("Answered within 1 opening hour")),
    ("f8h.service", gettext_noop("Answered within 8 opening hours")),
    ("f24h.service", gettext_noop("Answered within 24 opening hours")),
    ("f72h.service", gettext_noop("Answered within 72 opening hours")),
)

REACTIVITY = (
    *(
        Indicator(
            code=f"reactivity.{code}",
            direction="up",
            pillar="reactivity",
            label=label,
            formula=_FORMULA,
            source=KAPLAN_MEIER,
        )
        for code, label in _LABELS
    ),
    Indicator(
        code="reactivity.answered",
        version=2,
        direction="up",
        pillar="reactivity",
        label=gettext_noop("Answered within two weeks"),
        formula=gettext_noop("1 − Kaplan–Meier’s estimate at 14 days, or at 72 opening hours where that says more"),
        source=KAPLAN_MEIER,
    ),
    Indicator(
        code="reactivity.restricted_mean",
        unit="s",
        direction="down",
        pillar="reactivity",
        label=gettext_noop("Mean wait, none counted for more than 72 hours"),
        formula=gettext_noop("area under Kaplan–Meier’s estimate from 0 to 72 hours"),
        source=KLEIN_MOESCHBERGER,
    ),
)
