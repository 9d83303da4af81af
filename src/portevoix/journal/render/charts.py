"""The charts of an edition: one Vega-Lite specification each, and its rendering as SVG for a page.

The specification is the only source: an e-mail or a PDF renders the same with the colours of `PRINT`. In a page every
colour becomes a custom property of the stylesheet, so that one picture is right in light, dark and print.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from html import escape
from typing import Any

import altair as alt
import vl_convert
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portevoix.journal.editions.sections import Replies, Step, Volume
from portevoix.web.colour import PAPER_LIGHT, readable

WIDTH, HEIGHT = 330, 170
"""Size of the plot in px; small, so that its letters can still be read on a page of 320 px."""
FONT_SIZE = 11
HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of a chart; each field is a role, and no two roles share a colour."""

    ink: str
    muted: str
    line: str
    strong: str
    soft: str


PRINT = Colours(ink="#1c1f23", muted="#565d66", line="#d5d8dc", strong="#1f5673", soft="#a9b8c2")

_STRAY = re.compile(r' (?:style|font-family|role|aria-[a-z]+|xmlns:xlink|version)="[^"]*"')
_OPENING = re.compile(r"<svg[^>]*?(viewBox=\"[^\"]*\")[^>]*>")


def weeks_chart(volume: Volume, *, label: Any) -> alt.LayerChart:
    """Return the messages per week, the last one being the edition's own.

    `label` shortens a week's code for the axis.
    """
    last = len(volume.weeks) - 1
    rows = [
        {"week": label(week.code), "messages": week.count.now, "own": place == last}
        for place, week in enumerate(volume.weeks)
    ]
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("week:O", sort=None, title=None, axis=alt.Axis(labelAngle=0, ticks=False, labelPadding=6)),
        y=alt.Y("messages:Q", axis=None, scale=alt.Scale(domainMin=0)),
    )
    colour = alt.condition("datum.own", alt.value(PRINT.strong), alt.value(PRINT.soft))
    bars = base.mark_bar(size=24).encode(color=colour)
    numbers = base.mark_text(dy=-7, fontSize=FONT_SIZE).encode(
        text=alt.Text("messages:Q", format="d"),
        color=alt.condition("datum.own", alt.value(PRINT.ink), alt.value(PRINT.muted)),
    )
    return _style_chart(bars + numbers)


def curve_chart(replies: Replies) -> alt.LayerChart:
    """Return the share with a first reply, hour by hour: this week solid, the weeks before together dashed."""
    x = alt.X(
        "hours:Q",
        title=_("hours since the message"),
        scale=alt.Scale(domain=[0, 72], nice=False),
        axis=alt.Axis(values=[0, 8, 24, 48, 72], grid=False),
    )
    shares = alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], labelExpr="datum.value * 100 + '\u202f%'", domain=False)
    y = alt.Y("share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=shares)
    promise = alt.Chart(alt.Data(values=[{"hours": 8}])).mark_rule(color=PRINT.muted, strokeDash=[2, 3]).encode(x=x)
    past = alt.Chart(_steps(replies.past_curve)).mark_line(
        interpolate="step-after", color=PRINT.muted, strokeWidth=1.5, strokeDash=[5, 3]
    )
    own = alt.Chart(_steps(replies.curve)).mark_line(interpolate="step-after", color=PRINT.strong, strokeWidth=2.5)
    return _style_chart(promise + past.encode(x=x, y=y) + own.encode(x=x, y=y))


def _steps(steps: Sequence[Step]) -> alt.Data:
    return alt.Data(values=[{"hours": step.seconds / HOUR_S, "share": step.share} for step in steps])


def _style_chart(chart: alt.LayerChart) -> alt.LayerChart:
    return (
        chart.properties(width=WIDTH, height=HEIGHT, background="transparent", padding=4)
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=FONT_SIZE,
            titleFontSize=FONT_SIZE,
            titleFontWeight="normal",
            labelColor=PRINT.muted,
            titleColor=PRINT.muted,
            domainColor=PRINT.muted,
            gridColor=PRINT.line,
            tickColor=PRINT.muted,
        )
    )


def as_svg(chart: alt.LayerChart, *, name: str, title: str, description: str) -> SafeString:
    """Return the chart for a page, without style attributes and fonts, with colours as custom properties.

    `name` is unique on the page and makes the ids; `title` and `description` are for screen readers.
    """
    svg = _STRAY.sub("", vl_convert.vegalite_to_svg(chart.to_dict()))
    for role in fields(Colours):
        svg = svg.replace(f'"{getattr(PRINT, role.name)}"', f'"var(--chart-{role.name})"')
    opening = _OPENING.match(svg)
    if opening is None:
        raise RuntimeError("vl-convert drew no SVG that begins with its viewBox")
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" {opening[1]} role="img" '
        f'aria-labelledby="{name}-title {name}-description">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-description">{escape(description)}</desc>'
    )
    # Nothing that a citizen wrote is in a chart: its words are ours and escaped, the rest is Vega's.
    return mark_safe(head + svg[opening.end() :])  # noqa: S308


def colours_of_print(accent: str) -> Colours:
    """Return the colours of a chart on white paper in a city's colour, which can be read on it."""
    return replace(PRINT, strong=readable(accent, on=PAPER_LIGHT))


def draw_svg(chart: alt.LayerChart, colours: Colours) -> bytes:
    """Return the chart as a picture of its own, for print."""
    svg: str = vl_convert.vegalite_to_svg(_colour_chart(chart, colours))
    return svg.encode()


def draw_png(chart: alt.LayerChart, colours: Colours) -> bytes:
    """Return the chart on white, at twice its size, for letters: mail programs show no SVG."""
    picture: bytes = vl_convert.vegalite_to_png(_colour_chart(chart.properties(background="#ffffff"), colours), scale=2)
    return picture


def _colour_chart(chart: alt.LayerChart, colours: Colours) -> str:
    specification = json.dumps(chart.to_dict())
    for role in fields(Colours):
        specification = specification.replace(f'"{getattr(PRINT, role.name)}"', f'"{getattr(colours, role.name)}"')
    return specification
