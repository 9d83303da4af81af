"""The curve of a subject over the weeks, as a small drawing of bars."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portevoix.journal.editions.sections import Tally
from portevoix.journal.words.figure_words import week_number

WIDTH, GAP, HEIGHT = 14, 4, 36


def draw_curve(weeks: Sequence[Tally]) -> SafeString | str:
    """Return people by week as an SVG whose name has all its numbers; "" for a single week."""
    if len(weeks) < 2:
        return ""
    most = max(1, *(week.count.now for week in weeks))
    bars = format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>',
        (
            (
                "curve__now" if place == len(weeks) - 1 else "curve__past",
                place * (WIDTH + GAP),
                HEIGHT - _height(week.count.now, most),
                WIDTH,
                _height(week.count.now, most),
            )
            for place, week in enumerate(weeks)
        ),
    )
    name = ", ".join(f"{week_number(week.code)}: {week.count.now}" for week in weeks)
    return format_html(
        '<svg class="curve" role="img" viewBox="0 0 {} {}" width="{}" height="{}" aria-label="{}">{}</svg>',
        len(weeks) * (WIDTH + GAP) - GAP,
        HEIGHT,
        len(weeks) * (WIDTH + GAP) - GAP,
        HEIGHT,
        _("People by week: {weeks}").format(weeks=name),
        bars,
    )


def _height(people: int, most: int) -> int:
    return max(1, round(HEIGHT * people / most))
