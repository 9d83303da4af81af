"""Template tags for values of the Barometer, as on its site, and for the strip that shows a city among the others."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portevoix.barometer.publish import number_words
from portevoix.barometer.publish.names import PILLARS, translated_name
from portevoix.barometer.publish.sentences import why_unranked
from portevoix.barometer.results.peer_comparison import Line
from portevoix.measures.indicators import INDICATORS

register = template.Library()

_NOTHING = SafeString("")
_WIDTH, _HEIGHT, _EDGE = 220, 24, 7

register.filter("measured", number_words.amount)
register.filter("span_of", number_words.amounts)
register.filter("why_unranked", why_unranked)


@register.filter
def indicator_label(code: str) -> str:
    return _(INDICATORS[code].label)


@register.filter
def measured_as(value: float, code: str) -> str:
    """Format a value in the unit of that indicator."""
    return number_words.amount(value, INDICATORS[code].unit)


@register.filter
def pillar_name(pillar: str) -> str:
    return translated_name(PILLARS, pillar)


@register.simple_tag
def strip(line: Line) -> SafeString:
    """Draw the others as ticks, the city as a dot on its interval; the table beside it says the same in words."""
    values = [*line.peers, *(line.ci or ()), *([] if line.value is None else [line.value])]
    if not values:
        return _NOTHING
    low, high = (0.0, 1.0) if line.unit == "share" else (min(0.0, *values), max(values) or 1.0)
    scale = (_WIDTH - 2 * _EDGE) / ((high - low) or 1.0)
    middle = _HEIGHT / 2

    def at(value: float) -> str:
        return f"{_EDGE + (value - low) * scale:.1f}"

    ticks = format_html_join(
        "",
        '<line class="strip__peer" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>',
        ((at(peer), middle - 5, middle + 5) for peer in line.peers),
    )
    return format_html(
        '<svg class="strip" viewBox="0 0 {w} {h}" width="{w}" height="{h}" aria-hidden="true">'
        '<line class="strip__axis" x1="{e}" x2="{r}" y1="{m}" y2="{m}"/>{ticks}{median}{own}</svg>',
        w=_WIDTH,
        h=_HEIGHT,
        e=_EDGE,
        r=_WIDTH - _EDGE,
        m=middle,
        ticks=ticks,
        median=_median(line, at, middle),
        own=_own(line, at, middle),
    )


def _median(line: Line, at: Any, middle: float) -> SafeString:
    if line.median is None:
        return _NOTHING
    mark = '<line class="strip__median" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>'
    return format_html(mark, at(line.median), middle - 9, middle + 9)


def _own(line: Line, at: Any, middle: float) -> SafeString:
    if line.value is None:
        return _NOTHING
    kind = "strip__own" if line.enough else "strip__own strip__own--few"
    dot = format_html('<circle class="{}" cx="{}" cy="{}" r="5"/>', kind, at(line.value), middle)
    if not line.ci:
        return dot
    bar = '<line class="strip__ci" x1="{}" x2="{}" y1="{}" y2="{}"/>{}'
    return format_html(bar, at(line.ci[0]), at(line.ci[1]), middle, middle, dot)
