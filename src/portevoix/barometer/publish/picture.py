"""The ranking as one self-contained picture: an SVG for a newspaper page, with title, source and uncertainty."""

import re
from typing import Any

from portevoix.barometer.publish import chart_layout, number_words, sentences
from portevoix.barometer.publish.results_view import StudyView
from portevoix.barometer.results.contents import RankedCity

WIDTH, ROW, HEAD, BAND, FOOT = 1080, 26, 150, 34, 70
LEFT, RIGHT = 270, 880
"""Px: the ends of the plot; names stand before it, scores and places after it."""
_WIDEST = 0.6  # of a letter’s height, its width
_COLOUR = re.compile(r"--t(\d): light-dark\((#[0-9a-f]{6})")


def picture(study: StudyView, style: str) -> dict[str, Any]:
    """Return the context of `picture.svg.html`, empty without a ranked city; `style` holds the colours."""
    ranking = chart_layout.ranking(study)
    if ranking is None:
        return {}
    at = chart_layout.scale(ranking.low, ranking.high, edge=0)
    y, bands = HEAD, []
    for band in ranking.bands:
        rows = [_row(city, y + BAND + ROW * place + ROW // 2, at) for place, city in enumerate(band.cities)]
        bands.append({"tier": band.tier, "shape": band.shape, "y": y + BAND - 12, "rows": rows})
        y += BAND + ROW * len(rows)
    step = int(ranking.ticks[1].label) - int(ranking.ticks[0].label)
    values = range(int(ranking.low), int(ranking.high) + 1, step)
    return {
        "bands": bands,
        "ticks": [{"x": _x(value, at), "label": value} for value in values],
        "width": WIDTH,
        "height": y + FOOT,
        "bottom": y,
        "middle": (HEAD + y) // 2,
        "colours": _COLOUR.findall(style),
        "headline": sentences.headline(study),
        "title_px": min(30, round((WIDTH - 60) / _WIDEST / len(study.results.title or " "))),
    }


def _row(city: RankedCity, y: int, at: chart_layout.Scale) -> dict[str, Any]:
    low, high = city.score_ci
    return {
        "name": city.name,
        "y": y,
        "x": _x(city.score, at),
        "low": _x(low, at),
        "high": _x(high, at),
        "score": number_words.score(city.score),
        "places": number_words.places_short(city.rank_set),
    }


def _x(value: float, at: chart_layout.Scale) -> int:
    """Return px from the left."""
    return round(LEFT + (RIGHT - LEFT) * at(value) / 100)
