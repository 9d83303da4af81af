"""An edition as HTML: what its templates are given, and the file that stands on its own."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from portevoix.journal import wording
from portevoix.journal.edition import Edition, Replies, Reply, Section, Share, Tally, Volume, Waited
from portevoix.journal.render import charts
from portevoix.journal.shelf import empty
from portevoix.measures.metrics import HORIZONS
from portevoix.web.templatetags.shell import channel_name

STYLESHEETS = ("web/portevoix.css", "journal/journal.css")
_OUTSIDE = re.compile(r"@import[^;]*;|url\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Named:
    """A tally with the name of its code."""

    name: str
    count: Any


@dataclass(frozen=True, slots=True)
class HorizonRow:
    """One line of a reply table; None where there are too few to say."""

    horizon: str
    now: Share | None
    past: Share | None


def context(edition: Edition, *, opens: Collection[int] = (), linked: bool = False) -> dict[str, Any]:
    """What `journal/_edition.html` shows.

    `opens`: the conversations that the reader may open; `linked`: whether departments lead to their editions.
    """
    volume, replies = edition.section("volume"), edition.section("replies")
    return {
        "edition": edition,
        "empty": empty(edition),
        "sections": [_section(section) for section in edition.sections],
        "volume": volume,
        "voices": edition.section("voices"),
        "words": edition.section("words"),
        "kinds": _named(volume.kinds, wording.KINDS),
        "channels": [Named(channel_name(row.code), row.count) for row in volume.channels],
        "measures": [measure_table(measure) for measure in replies.measures],
        "eight": _within(replies.measures[0], "8h"),
        "charts": {"weeks": _weeks_chart(volume), "curve": _curve_chart(replies)},
        "opens": opens,
        "linked": linked,
    }


def _section(section: Section) -> dict[str, Any]:
    return {"kind": section.kind, "template": f"journal/sections/{section.kind}.html", "value": section}


def _named(rows: Collection[Tally], names: Any) -> list[Named]:
    return [Named(wording.named(names, row.code), row.count) for row in rows]


def measure_table(measure: Reply) -> dict[str, Any]:
    """A reply measure as a table: one row per horizon, whether or not there is a share to tell."""
    return {
        "name": wording.named(wording.MEASURES, f"{measure.reply} {measure.clock}"),
        "reply": measure.reply,
        "now": measure.now,
        "past": measure.past,
        "rows": [HorizonRow(h, _share(measure.now, h), _share(measure.past, h)) for h in HORIZONS],
    }


def _within(measure: Reply, horizon: str) -> dict[str, Any]:
    return {
        "now": _share(measure.now, horizon),
        "past": _share(measure.past, horizon),
        "waits": measure.now.n,
    }


def _share(waited: Waited | None, horizon: str) -> Share | None:
    shares = waited.shares if waited else ()
    return next((share for share in shares if share.horizon == horizon), None)


def _weeks_chart(volume: Volume) -> SafeString | None:
    """None for a single week, which a chart would not make clearer."""
    if len(volume.weeks) < 2:
        return None
    told = ", ".join(f"{wording.week_number(week.code)}: {week.count.now}" for week in volume.weeks)
    return charts.as_svg(
        charts.weeks_chart(volume, label=wording.week_number),
        name="chart-weeks",
        title=_("Messages per week"),
        description=told,
    )


def _curve_chart(replies: Replies) -> SafeString | None:
    """None where this week has too few waits to say."""
    if not replies.curve:
        return None
    eight = _share(replies.measures[0].now, "8h")
    told = _("After 8 hours: {share}").format(share=wording.percent(eight.value)) if eight else ""
    return charts.as_svg(
        charts.curve_chart(replies),
        name="chart-curve",
        title=_("Share of citizens who have had a first reply, by hours since their message"),
        description=told,
    )


def page(edition: Edition, *, language: str) -> str:
    """The edition as one HTML file, in `language`, that asks nothing of any server: its styles are inside."""
    with override(language):
        return render_to_string("journal/file.html", {**context(edition), "language": language, "styles": _styles()})


def _styles() -> SafeString:
    """Our own stylesheets, without what would be fetched."""
    sheets = [Path(str(finders.find(name))).read_text(encoding="utf-8") for name in STYLESHEETS]
    return mark_safe(_OUTSIDE.sub("none", "\n".join(sheets)).replace("</", "<\\/"))  # noqa: S308 -- our own files
