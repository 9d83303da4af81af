"""The charts of an edition as pictures of their own: PNG for letters, SVG for print."""

from collections.abc import Collection
from typing import Literal

from portevoix.journal.editions.edition import Edition
from portevoix.journal.render.html import load_charts
from portevoix.journal.words import figure_words


def draw_charts(
    edition: Edition, names: Collection[str], *, accent: str, form: Literal["png", "svg"]
) -> dict[str, bytes]:
    """Return the charts of those names ("weeks", "curve") in a city's colour."""
    if not names:
        return {}
    charts = load_charts()
    colours = charts.colours_of_print(accent)
    draw = charts.draw_png if form == "png" else charts.draw_svg
    makers = {
        "weeks": lambda: charts.weeks_chart(edition.section("volume"), label=figure_words.week_number),
        "curve": lambda: charts.curve_chart(edition.section("replies")),
    }
    return {name: draw(makers[name](), colours) for name in names}
