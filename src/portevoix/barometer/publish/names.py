"""Display names of pillars, rankings, scopes and signs. Indicators have the labels of their catalogue."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from portevoix.kernel.i18n import gettext_noop

PILLARS: Mapping[str, str] = {
    "reactivity": gettext_noop("Reactivity"),
    "conversation": gettext_noop("Conversation"),
    "content": gettext_noop("Content"),
    "presence": gettext_noop("Presence"),
    "automation": gettext_noop("Automation"),
    "audience": gettext_noop("Audience"),
}
SPOKEN: Mapping[str, str] = {
    "reactivity": gettext_noop("reactivity"),
    "conversation": gettext_noop("conversation"),
    "content": gettext_noop("content"),
}
"""Pillars of the score inside a sentence; in French with their article."""
MEANINGS: Mapping[str, str] = {
    "reactivity": gettext_noop("How soon citizens who speak to the city get a first reply by a person."),
    "conversation": gettext_noop("Whether the city talks with citizens, with how many, and how it sounds."),
    "content": gettext_noop("What the city publishes of its own accord, and how regularly."),
    "presence": gettext_noop("Which accounts the city has, and whether it says itself that they are its own."),
    "automation": gettext_noop("How much is published by a machine, as the posts themselves give it away."),
    "audience": gettext_noop("How many follow. Shown for what it is: never part of the quality score."),
}
RANKINGS: Mapping[str, str] = {
    "quantitative": gettext_noop("Quantitative"),
    "qualitative": gettext_noop("Qualitative"),
    "general": gettext_noop("General"),
}
RANKING_MEANINGS: Mapping[str, str] = {
    "quantitative": gettext_noop(
        "Audience alone: the mean of two ranks, by followers and by followers per inhabitant."
    ),
    "qualitative": gettext_noop("The score of this page: how citizens are served."),
    "general": gettext_noop("Both together, as the study of 2013 did: the mean of the two ranks."),
}
BESIDE: Mapping[str, str] = {
    "equal": gettext_noop("like the median"),
    "unsure": gettext_noop("not apart from the median"),
    "better": gettext_noop("better than the median"),
    "worse": gettext_noop("worse than the median"),
    "above": gettext_noop("above the median"),
    "below": gettext_noop("below the median"),
}
"""Verdicts of `barometer.scoring.verdicts`."""
YES_OR_NO = frozenset({"presence.account", "presence.community_manager"})
"""Of a city these are 1 or 0; of the study they are shares."""
SCOPES: Mapping[str, str] = {
    "city": gettext_noop("the city’s own"),
    "agglomeration": gettext_noop("the agglomeration’s"),
    "other": gettext_noop("of another body"),
}
SIGNS: Mapping[str, str] = {
    "feed": gettext_noop("posts that repeat the city’s news feed"),
    "lag": gettext_noop("those of them that come at one lag after the article"),
    "shape": gettext_noop("posts that are cut off as a machine cuts"),
    "minute": gettext_noop("how much posts keep to the same minutes of the hour"),
    "regular": gettext_noop("gaps between posts that are the same"),
    "copies": gettext_noop("posts that stand on another network within minutes"),
    "links": gettext_noop("posts with a link"),
    "silent": gettext_noop("posts that speak to nobody"),
}


def translated_name(names: Mapping[str, str], code: str) -> str:
    """Return the translated name of a code, or the code itself if it has none."""
    return _(names[code]) if code in names else code
