"""An edition as HTML: the context of its templates, and the standalone file."""

import importlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from portevoix.journal.editions.edition import Edition, Section, is_empty
from portevoix.journal.editions.sections import Count, Replies, Reply, Share, Tally, Volume, Waits
from portevoix.journal.render.findings import KnownMatters, findings_context
from portevoix.journal.words import figure_words
from portevoix.journal.words.wording import describe_volume
from portevoix.measures.metrics import HORIZONS
from portevoix.web.colour import PAPER_DARK, PAPER_LIGHT, readable
from portevoix.web.formatting import percent
from portevoix.web.templatetags.shell import channel_name

STYLESHEETS = ("web/portevoix.css", "journal/journal.css")
ICONS = "web/icons.svg"
WEEKS_TO_STAND_OUT, LEAST_TO_STAND_OUT, MOST_STANDING_OUT = 3, 5, 3
_OUTSIDE = re.compile(r"@import[^;]*;|url\([^)]*\)")


@dataclass(frozen=True, slots=True)
class NamedTally:
    """A tally with the name of its code, and the key of the messages that it counts."""

    name: str
    count: Count
    key: str = ""


@dataclass(frozen=True, slots=True)
class HorizonRow:
    """One line of a reply table; None for too few waits. `week` is that of `now`, "" for the edition's.

    `enough`: there were enough waits in it, and it is only too early.
    """

    horizon: str
    now: Share | None
    past: Share | None
    week: str
    enough: bool


def context(
    edition: Edition,
    *,
    opens: Collection[int] = (),
    linked: bool = False,
    matters: KnownMatters | None = None,
) -> dict[str, Any]:
    """Return the context of `journal/_edition.html`.

    `opens`: the conversations that the reader may open; `linked`: whether departments link to their editions, and
    numbers to their messages; `matters`: what the record says of the subjects by now.
    """
    volume, replies = edition.section("volume"), edition.section("replies")
    standing = standing_out(edition)
    return {
        "edition": edition,
        "empty": is_empty(edition),
        "sections": [_section(section) for section in edition.sections if section.kind != "answered"],
        "answered": edition.section("answered"),  # an edition opens with it
        "volume": volume,
        "voices": edition.section("voices"),
        "standing": [figure_words.lead(row.name, row.count) for row in standing],
        "kinds": _name_tallies(volume.kinds, figure_words.KINDS, "kind"),
        "channels": [
            NamedTally(channel_name(row.code), row.count, f"group-channel-{row.code}") for row in volume.channels
        ],
        "volume_line": describe_volume(volume),
        "replies_known": replies is not None,
        "measures": [measure_table(measure) for measure in replies.measures] if replies else [],
        "eight": within_eight(replies) if replies else None,
        "charts": {"weeks": _weeks_chart(volume), "curve": _curve_chart(replies) if replies else None},
        "minimum": replies.minimum if replies else None,
        "opens": opens,
        "linked": linked,
        "short": is_short(edition),
        **findings_context(edition, matters or KnownMatters.nothing()),
    }


def is_short(edition: Edition) -> bool:
    """Return whether the edition shows all its messages, and no tables."""
    return edition.section("messages") is not None


def standing_out(edition: Edition) -> list[NamedTally]:
    """Return the rows that are above or below all of the weeks before, furthest from their average first.

    They are departments in the whole city's edition, kinds of message in a department's. Small numbers and short pasts
    are left out.
    """
    departments, volume = edition.section("departments"), edition.section("volume")
    if departments:
        rows = [NamedTally(row.name, row.messages) for row in departments.rows if row.slug]
    else:
        rows = _name_tallies([row for row in volume.kinds if row.code], figure_words.KINDS)
    outliers = [row for row in rows if len(row.count.past) >= WEEKS_TO_STAND_OUT and _stands_out(row.count)]
    return sorted(outliers, key=lambda row: -abs(row.count.apart))[:MOST_STANDING_OUT]


def _stands_out(count: Count) -> bool:
    """Return whether the number is large enough: this week's of a rise, the average of a fall."""
    many = count.now if count.apart > 0 else count.mean or 0
    return bool(count.apart) and many >= LEAST_TO_STAND_OUT


def _section(section: Section) -> dict[str, Any]:
    return {"kind": section.kind, "template": f"journal/sections/{section.kind}.html", "value": section}


def _name_tallies(rows: Collection[Tally], names: Any, group: str = "") -> list[NamedTally]:
    return [
        NamedTally(
            figure_words.translate_code(names, row.code), row.count, f"group-{group}-{row.code}" if group else ""
        )
        for row in rows
    ]


def measure_table(measure: Reply) -> dict[str, Any]:
    """Return a reply measure as a table with a row per horizon that has a share.

    `rows` are of this week, `late` of the last one that was observed so long.
    """
    rows = [_row(measure, horizon) for horizon in HORIZONS]
    visible_rows = [row for row in rows if row.now or row.past] or rows[:1]
    return {
        "name": figure_words.translate_code(figure_words.MEASURES, f"{measure.reply} {measure.clock}"),
        "reply": measure.reply,
        "now": measure.now,
        "past": measure.past,
        "rows": [row for row in visible_rows if not row.week],
        "late": [row for row in visible_rows if row.week],
    }


def _row(measure: Reply, horizon: str) -> HorizonRow:
    week = next((one.week for one in measure.earlier_weeks if one.horizon == horizon), "")
    enough = measure.now.enough and not week
    return HorizonRow(horizon, _share(measure.now, horizon), _share(measure.past, horizon), week, enough)


def within_eight(replies: Replies) -> dict[str, Any]:
    """Return the share with a first reply within eight hours by day and night, None for too few, and its counts."""
    measure = replies.measures[0]
    return {
        "now": _share(measure.now, "8h"),
        "past": _share(measure.past, "8h"),
        "waits": measure.now.n,
        "enough": measure.now.enough,
        "answered": measure.now.answered,
    }


def _share(waited: Waits | None, horizon: str) -> Share | None:
    shares = waited.shares if waited else ()
    return next((share for share in shares if share.horizon == horizon), None)


def load_charts() -> ModuleType:
    """Import the charts with the first one: Vega takes a second and more memory than all the rest of the pages."""
    return importlib.import_module("portevoix.journal.render.charts")


def _weeks_chart(volume: Volume) -> SafeString | None:
    """Return the chart; None for a single week, which a chart would not make clearer."""
    if len(volume.weeks) < 2:
        return None
    charts = load_charts()
    return charts.as_svg(
        charts.weeks_chart(volume, label=figure_words.week_number),
        name="chart-weeks",
        title=_("Messages per week"),
        description=describe_weeks(volume),
    )


def describe_weeks(volume: Volume) -> str:
    """Return the chart of weeks in words."""
    return ", ".join(
        _("{week}: {count}").format(week=figure_words.week_number(week.code), count=week.count.now)
        for week in volume.weeks
    )


def _curve_chart(replies: Replies) -> SafeString | None:
    """Return the chart; None for too few waits this week."""
    if not replies.curve:
        return None
    charts = load_charts()
    return charts.as_svg(
        charts.curve_chart(replies),
        name="chart-curve",
        title=_("Share of citizens who have had a first reply, by hours since their message"),
        description=describe_curve(replies),
    )


def describe_curve(replies: Replies) -> str:
    """Return the reply curve, which has a step, in words."""
    eight = max(step.share for step in replies.curve if step.seconds <= HORIZONS["8h"])
    return _("After 8 hours: {share}").format(share=percent(eight))


def page(edition: Edition, *, language: str, accent: str) -> str:
    """Return the edition as one standalone HTML file in `language`, with styles and icons inside.

    `accent` is the city's colour, as #rrggbb.
    """
    with override(language):
        page_context = {**context(edition), "language": language, "styles": _styles(accent), "icons": _icons()}
        return render_to_string("journal/file.html", page_context).replace(f"{static(ICONS)}#", "#")


def _styles(accent: str) -> SafeString:
    """Return our own stylesheets, without external resources, and the city's colour."""
    light, dark = readable(accent, on=PAPER_LIGHT), readable(accent, on=PAPER_DARK)
    theme = f":root {{ --accent-on-light: {light}; --accent-on-dark: {dark}; }}"
    sheets = _OUTSIDE.sub("none", "\n".join(map(_own, STYLESHEETS)))
    return mark_safe(f"{sheets}\n{theme}".replace("</", ""))  # noqa: S308 -- our own files


def _icons() -> SafeString:
    return mark_safe(_own(ICONS).replace("<svg ", "<svg hidden ", 1))  # noqa: S308 -- our own file


def _own(name: str) -> str:
    """Return the text of a static file of ours."""
    return Path(str(finders.find(name))).read_text(encoding="utf-8")
