"""Indicators of followers and reactions: shown as context, never part of a city's score."""

from portevoix.kernel.i18n import gettext_noop
from portevoix.measures.indicators.definition import Indicator
from portevoix.measures.indicators.sources import BONSON_RATKAI, COUNCILS_2012, STUDY_2013

# Letter, the sum of posts with a reaction, the sum of reactions, and label and formula of each of the three indicators.
_REACTIONS: tuple[tuple[str, str, str, tuple[str, str, str], tuple[str, str, str]], ...] = (
    (
        "p",
        "liked",
        "likes",
        (gettext_noop("Posts with a like"), gettext_noop("Likes a post"), gettext_noop("Popularity")),
        (
            gettext_noop("P1 = posts with a like / posts"),
            gettext_noop("P2 = likes / posts"),
            gettext_noop("P3 = P2 / followers × 1,000"),
        ),
    ),
    (
        "c",
        "commented",
        "comments",
        (gettext_noop("Posts with a comment"), gettext_noop("Comments a post"), gettext_noop("Commitment")),
        (
            gettext_noop("C1 = posts with a comment / posts"),
            gettext_noop("C2 = comments / posts"),
            gettext_noop("C3 = C2 / followers × 1,000"),
        ),
    ),
    (
        "v",
        "reposted",
        "reposts",
        (gettext_noop("Posts passed on"), gettext_noop("Times passed on, a post"), gettext_noop("Virality")),
        (
            gettext_noop("V1 = posts passed on by somebody / posts"),
            gettext_noop("V2 = times passed on / posts"),
            gettext_noop("V3 = V2 / followers × 1,000"),
        ),
    ),
)


def _reactions() -> tuple[Indicator, ...]:
    indicators = []
    for letter, some, count, labels, formulas in _REACTIONS:
        ratios = ((some, "posts"), (count, "posts"), None)
        indicators += [
            Indicator(
                code=f"audience.{letter}{place}",
                unit="share" if place == 1 else "ratio",
                pillar="audience",
                label=label,
                formula=formula,
                source=BONSON_RATKAI,
                ratio=ratio,
            )
            for place, (label, formula, ratio) in enumerate(zip(labels, formulas, ratios, strict=True), start=1)
        ]
    return tuple(indicators)


AUDIENCE = (
    Indicator(
        code="audience.followers",
        unit="count",
        minimum=0,
        pillar="audience",
        label=gettext_noop("Followers"),
        formula=gettext_noop("followers of the city’s accounts together; who follows two counts twice"),
        source=STUDY_2013,
    ),
    Indicator(
        code="audience.reach",
        unit="ratio",
        minimum=0,
        pillar="audience",
        label=gettext_noop("Followers per inhabitant"),
        formula=gettext_noop("followers / inhabitants"),
        source=STUDY_2013,
    ),
    Indicator(
        code="audience.ratio",
        unit="ratio",
        minimum=0,
        pillar="audience",
        label=gettext_noop("Accounts followed per follower"),
        formula=gettext_noop("accounts that the city follows / its followers, at most 1"),
        source=COUNCILS_2012,
    ),
    *_reactions(),
    Indicator(
        code="audience.e",
        unit="ratio",
        pillar="audience",
        label=gettext_noop("Engagement"),
        formula=gettext_noop("E = P3 + C3 + V3"),
        source=BONSON_RATKAI,
    ),
)
