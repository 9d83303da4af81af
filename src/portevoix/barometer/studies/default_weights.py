"""The defaults of `study.toml`, each with its reason.

All of them are fixed: a goalpost that moved with the cities would move a city's score when another one joins.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TIMEZONE: Final = "Europe/Paris"
LANGUAGES: Final = ("fr",)
# The year of the study that this one does again: any number does, as long as it is written down.
SEED: Final = 2013

WEIGHTS: Final[Mapping[str, float]] = MappingProxyType(
    {
        # The service is an answer, and in time: who waits has been served by nothing else.
        "reactivity": 0.6,
        # Whether a city speaks with citizens, and with how many of them, rather than at them.
        "conversation": 0.3,
        # What a city publishes of itself: readable, regular, by people. It helps; it answers nobody.
        "content": 0.1,
    }
)

# Left out on purpose, though all of it is shown: tone, function and territory of posts (a classifier's verdict must not
# decide a rank), followers and reactions (they measure the audience), 72 hours and the restricted mean (they say again
# what the other figures of reactivity say). No member can fall because a question was answered.
INDICATORS: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {
        "reactivity": MappingProxyType(
            {
                "reactivity.f1h": 0.2,  # while the question is still hot: a road that is closed now
                "reactivity.f8h": 0.4,  # the time that a host gives herself: the measure of the service
                "reactivity.f24h": 0.2,  # by the next day
                "reactivity.answered": 0.2,  # within two weeks: late is better than never
            }
        ),
        "conversation": MappingProxyType(
            {
                "conversation.reply_share": 0.4,  # the one figure that every network shows alike
                "conversation.citizens": 0.4,  # many citizens, and not one regular many times
                "conversation.depth": 0.2,  # a conversation goes on; few do, so it weighs less
            }
        ),
        "content": MappingProxyType(
            {
                "conversation.described": 0.3,  # an image without its text is no information to who cannot see it
                "conversation.plain": 0.2,  # a formula reckons it, and a formula knows little of reading
                "content.regularity": 0.3,  # an account that sleeps for weeks serves nobody
                "automation.share": 0.2,  # what a machine copies from elsewhere was not written for this place
            }
        ),
    }
)

# The value that is worth nothing, and the value that is worth 100 points.
GOALPOSTS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "reactivity.f1h": (0.0, 0.5),  # nights and week-ends are most of the week: half within the hour is a full house
        "reactivity.f1h.service": (0.0, 0.75),
        "reactivity.f8h": (0.0, 0.9),  # what is asked on a Saturday may wait; one in ten stays without reproach
        "reactivity.f8h.service": (0.0, 1.0),
        "reactivity.f24h": (0.0, 1.0),
        "reactivity.f24h.service": (0.0, 1.0),
        "reactivity.f72h": (0.0, 1.0),
        "reactivity.f72h.service": (0.0, 1.0),
        "reactivity.answered": (0.0, 1.0),
        "reactivity.restricted_mean": (259_200.0, 14_400.0),  # seconds: 72 hours, all that it counts; four hours
        "conversation.reply_share": (0.0, 0.5),  # a city also has things to announce: one reply for one of these
        "conversation.citizens": (0.0, 1.0),
        "conversation.depth": (0.0, 2.0),  # the answer, and one more where the citizen comes back
        "conversation.described": (0.0, 1.0),
        "conversation.plain": (0.0, 1.0),
        "content.service": (0.0, 0.5),
        "content.consultation": (0.0, 0.1),
        "content.self_centred": (0.5, 0.0),
        "content.regularity": (0.0, 5 / 7),  # five days of seven: nobody owes a post on a Sunday
        "automation.share": (1.0, 0.0),
    }
)

# Under ten questions, replies or posts a share moves by ten points with one of them.
MINIMUM: Final[Mapping[str, int]] = MappingProxyType({"reactivity": 10, "conversation": 10, "content": 10})

# A pillar counts as if so many more observations had been made, worth `PRIOR_POINTS` each: as many as the minimum, so
# that a city at the minimum is half known.
SHRINKAGE_STRENGTH: Final = 10.0
# Of questions that citizens put to brands in public, 30 % were answered when it was counted first (Socialbakers, 2012:
# 477,478 of 1,574,775): nobody is presumed better, or worse.
PRIOR_POINTS: Final = 30.0

# Opening hours of a French town hall, for the clock of opening hours; the same for all cities, so that none does better
# by opening less.
OPENS: Final = (9 * 3600, 18 * 3600)
OPEN_DAYS: Final = range(5)
CALENDAR: Final = "FR"

# Evidence that an account is a city's: older than that before the end of the period, it should be looked at again.
EVIDENCE_DAYS: Final = 365
