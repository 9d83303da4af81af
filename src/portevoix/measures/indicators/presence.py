"""Indicators of presence on the networks."""

from portevoix.kernel.i18n import gettext_noop
from portevoix.measures.indicators.definition import Indicator
from portevoix.measures.indicators.sources import OWN, STUDY_2013

PRESENCE = (
    Indicator(
        code="presence.account",
        direction="up",
        minimum=0,
        pillar="presence",
        label=gettext_noop("Has an account"),
        formula=gettext_noop("1 with an account of the city’s own, else 0; for the study, cities with one / cities"),
        source=STUDY_2013,
    ),
    Indicator(
        code="presence.accounts",
        unit="count",
        minimum=0,
        pillar="presence",
        label=gettext_noop("Accounts"),
        formula=gettext_noop("accounts of the city’s own; for the study, those of all cities"),
        source=STUDY_2013,
    ),
    Indicator(
        code="presence.official",
        direction="up",
        minimum=0,
        pillar="presence",
        label=gettext_noop("Accounts that the city declares as its own"),
        formula=gettext_noop("accounts with the address of an official page that names them / accounts"),
        source=OWN,
    ),
    Indicator(
        code="presence.community_manager",
        direction="up",
        minimum=0,
        pillar="presence",
        label=gettext_noop("Has a community manager"),
        formula=gettext_noop("1 where the city says so, else 0; for the study, cities with one / cities"),
        source=STUDY_2013,
    ),
)
