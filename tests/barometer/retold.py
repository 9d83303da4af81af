"""What the English pages of a study say of figures that were reckoned again: numbers, intervals and sentences."""

import math
from pathlib import Path

import pandas as pd

from tests.barometer.printed import amount, between, listed, percent, whole
from tests.barometer.recomputed import Figures

NAMES = {"reactivity": "Reactivity", "conversation": "Conversation", "content": "Content"}
BESIDE = {
    "equal": "like the median",
    "unsure": "not apart from the median",
    **{word: f"{word} than the median" for word in ("better", "worse")},
    **{word: f"{word} the median" for word in ("above", "below")},
}
YES_OR_NO = ("presence.account", "presence.community_manager")


def scored(figures: Figures, code: str, what: str) -> str:
    """A score or a pillar with its margin."""
    value, low, high = figures.scores.loc[code, [what, f"{what}_low", f"{what}_high"]]
    return "–" if math.isnan(value) else f"{whole(value)}({whole(low)}–{whole(high)})"


def labels(site: Path) -> dict[str, str]:
    book = pd.read_csv(site / "data" / "codebook.csv", encoding="utf-8-sig")
    rows = book[book.column.str.startswith("indicator = ")]
    return {row.column.removeprefix("indicator = "): row.meaning.partition(" (version")[0] for row in rows.itertuples()}


def about(figures: Figures, names: dict[str, str], city: str) -> str:
    ahead = figures.ahead(city)
    better = [code for code in ahead.index if figures.beside(city, code) == "better"]
    worse = [code for code in ahead.index if figures.beside(city, code) == "worse"]
    best = "What it does best" if better else "Nothing that counts is clearly above the median city; closest"
    weak = "What holds it back" if worse else "Nothing that counts is clearly below the median city; weakest point"
    first, last = (better or list(ahead.index))[0], (worse or list(ahead.index))[-1]
    return " ".join(
        f"{text} – {names[code][0].lower()}{names[code][1:]}: {_against(figures, city, code, sure=bool(sure))}."
        for text, code, sure in ((best, first, better), (weak, last, worse))
    )


def _against(figures: Figures, city: str, code: str, *, sure: bool) -> str:
    own, unit = figures.measured.loc[(city, code)], figures.unit(code)
    value, middle = amount(own.value, unit), amount(figures.medians[code], unit)
    told = f"{value}, against {middle} in the median city" if sure else f"{value}, median {middle}"
    if math.isnan(own.low):
        return told
    verdict = figures.beside(city, code)
    why = "; the difference may be chance" if verdict == "unsure" else ""
    if verdict in ("better", "worse") and holds(own, figures.medians[code]):
        why = ", with reading errors that all cities share"
    return f"{told} (95% interval: {between(own.low, own.high, unit)}{why})"


def holds(own: pd.Series, middle: float) -> bool:
    """Whether the interval of a share holds the median, as both are printed."""
    return round(100 * own.low) <= round(100 * middle) <= round(100 * own.high)


def apart(figures: Figures, city: str, most: int = 99) -> str:
    names = [figures.cities.name[code] for code in figures.alike(city)]
    told = (
        f"It cannot be told apart from {listed(names, most)}."
        if names
        else "It can be told apart from every other city."
    )
    return f"{told} {percent(figures.first_five[city])} likely to be among the first five."
