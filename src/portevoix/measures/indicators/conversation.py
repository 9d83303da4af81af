"""Indicators of conversations with citizens: how many, how long, and in which tone."""

from portevoix.kernel.i18n import gettext_noop
from portevoix.measures.indicators.definition import Indicator
from portevoix.measures.indicators.sources import OWN, STUDY_2013, WCAG
from portevoix.measures.metrics import Direction

_TONES: tuple[tuple[str, Direction, str, str], ...] = (
    (
        "neutral",
        "up",
        gettext_noop("Replies in a neutral tone"),
        gettext_noop("replies in a neutral tone / replies whose tone was read"),
    ),
    (
        "silly",
        "down",
        gettext_noop("Silly replies"),
        gettext_noop("replies that sound silly / replies whose tone was read"),
    ),
    (
        "conniving",
        "down",
        gettext_noop("Conniving replies"),
        gettext_noop("replies that sound conniving / replies whose tone was read"),
    ),
    (
        "cold",
        "down",
        gettext_noop("Cold replies"),
        gettext_noop("replies that sound cold / replies whose tone was read"),
    ),
)

CONVERSATION = (
    Indicator(
        code="conversation.reply_share",
        direction="up",
        pillar="conversation",
        label=gettext_noop("Replies among posts"),
        formula=gettext_noop("replies to others, neither automatic nor boilerplate / posts"),
        source=STUDY_2013,
        ratio=("replies", "posts"),
    ),
    Indicator(
        code="conversation.depth",
        unit="ratio",
        direction="up",
        pillar="conversation",
        label=gettext_noop("Replies in a conversation"),
        formula=gettext_noop("replies in conversations that a citizen opened / such conversations"),
        source=OWN,
        ratio=("thread_replies", "threads"),
    ),
    Indicator(
        code="conversation.citizens",
        direction="up",
        pillar="conversation",
        label=gettext_noop("Citizens answered"),
        formula=gettext_noop("distinct citizens who were answered / distinct citizens who opened a conversation"),
        source=OWN,
    ),
    *(
        Indicator(
            code=f"conversation.{tone}",
            direction=direction,
            pillar="conversation",
            label=label,
            formula=formula,
            source=OWN,
            ratio=(f"tone_{tone}", "tone"),
        )
        for tone, direction, label, formula in _TONES
    ),
    Indicator(
        code="conversation.described",
        direction="up",
        pillar="conversation",
        label=gettext_noop("Images with a description"),
        formula=gettext_noop("images with alternative text / images, in posts that are not replies"),
        source=WCAG,
        ratio=("images_described", "images"),
    ),
    Indicator(
        code="conversation.plain",
        direction="up",
        pillar="conversation",
        label=gettext_noop("Posts in plain language"),
        formula=gettext_noop("posts in plain language / posts, those that are replies left out"),
        source=OWN,
        ratio=("plain", "own"),
    ),
)
