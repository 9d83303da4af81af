"""Indicators of the content and frequency of posts that are not replies, and of automatic posts."""

from portevoix.kernel.i18n import gettext_noop
from portevoix.measures.indicators.definition import Indicator
from portevoix.measures.indicators.sources import DEPAULA, MERGEL, OWN, STUDY_2013
from portevoix.measures.metrics import Direction

# Axis, source, formula, and for each value: its code, the better direction, and its label.
_AXES: tuple[tuple[str, str, str, tuple[tuple[str, Direction, str], ...]], ...] = (
    (
        "function",
        DEPAULA,
        gettext_noop("posts of this function / posts whose function was read, replies left out"),
        (
            ("service", "up", gettext_noop("Information on services")),
            ("event_announced", None, gettext_noop("Events announced")),
            ("event_covered", None, gettext_noop("Events reported on")),
            ("alert", None, gettext_noop("Alerts")),
            ("consultation", "up", gettext_noop("Citizens asked for their views")),
            ("symbolic", None, gettext_noop("Greetings, tributes and celebrations")),
            ("relay", None, gettext_noop("Others’ messages passed on")),
            ("answer", "up", gettext_noop("Answers given to all")),
        ),
    ),
    (
        "form",
        MERGEL,
        gettext_noop("posts of this form / posts whose form was read, replies left out"),
        (
            ("photo", None, gettext_noop("Posts with photos")),
            ("video", None, gettext_noop("Posts with videos")),
            ("link", None, gettext_noop("Posts with links")),
            ("text", None, gettext_noop("Posts of text alone")),
        ),
    ),
    (
        "territory",
        STUDY_2013,
        gettext_noop("posts on this territory / posts whose territory was read, replies left out"),
        (
            ("city", None, gettext_noop("Posts on the city")),
            ("agglomeration", None, gettext_noop("Posts on its agglomeration")),
            ("elsewhere", None, gettext_noop("Posts on elsewhere")),
        ),
    ),
)

CONTENT = (
    *(
        Indicator(
            code=f"content.{value}",
            direction=direction,
            pillar="content",
            label=label,
            formula=formula,
            source=source,
            ratio=(f"{axis}_{value}", axis),
        )
        for axis, source, formula, values in _AXES
        for value, direction, label in values
    ),
    Indicator(
        code="content.self_centred",
        direction="down",
        pillar="content",
        label=gettext_noop("Posts on the institution itself"),
        formula=gettext_noop("posts on the institution and its elected officials / posts, replies left out"),
        source=STUDY_2013,
        ratio=("self_centred", "own"),
    ),
    Indicator(
        code="content.posts_per_day",
        unit="ratio",
        minimum=0,
        pillar="content",
        label=gettext_noop("Posts a day"),
        formula=gettext_noop("posts that are not replies / days of the study"),
        source=STUDY_2013,
        ratio=("own", "days"),
    ),
    Indicator(
        code="content.regularity",
        direction="up",
        minimum=0,
        pillar="content",
        label=gettext_noop("Days with a post"),
        formula=gettext_noop("days with a post that is not a reply / days of the study"),
        source=STUDY_2013,
        ratio=("days_posted", "days"),
    ),
    Indicator(
        code="content.off_hours",
        pillar="content",
        label=gettext_noop("Posts in nights and at weekends"),
        formula=gettext_noop("posts outside opening hours / posts, replies left out"),
        source=OWN,
        ratio=("off_hours", "own"),
    ),
)

AUTOMATION = (
    Indicator(
        code="automation.share",
        direction="down",
        pillar="automation",
        label=gettext_noop("Posts published automatically"),
        formula=gettext_noop("posts declared by a machine, or found automatic by behaviour / posts"),
        source=STUDY_2013,
        ratio=("automatic", "posts"),
    ),
)
