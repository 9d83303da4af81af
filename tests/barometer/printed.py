"""How the English pages of a study write figures: the rules once more, in their plainest form."""

import math
from collections.abc import Sequence


def whole(value: float) -> str:
    return "–" if math.isnan(value) else f"{round(value):,}"


def percent(share: float) -> str:
    number = round(share * 100)
    return f"{number if share in (0, 1) else min(99, max(1, number))}%"


def hours(seconds: float) -> float:
    return round(seconds / 60) / 60 if seconds < 3600 else round(seconds / 3600, 1 if seconds < 36_000 else 0)


def amount(value: float, unit: str) -> str:
    if math.isnan(value):
        return "–"
    if unit == "share":
        return percent(value)
    if unit == "count":
        return whole(value)
    if unit == "s":
        return f"{round(value / 60)} min" if value < 3600 else f"{hours(value):g} h"
    decimals = 1 if value >= 10 else 2 if value >= 0.1 or value == 0 else min(6, 1 - math.floor(math.log10(value)))
    return f"{value:,.{decimals}f}"


def between(low: float, high: float, unit: str) -> str:
    if math.isnan(low):
        return "–"
    if unit == "share":
        return f"{round(low * 100)}–{round(high * 100)}%"
    return f"{amount(low, unit)} – {amount(high, unit)}"


def ordinal(place: int) -> str:
    return f"{place}{'th' if 10 <= place % 100 < 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th')}"


def places(low: int, high: int) -> str:
    return ordinal(low) if low == high else f"between {ordinal(low)} and {ordinal(high)}"


def short(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}–{high}"


def listed(names: Sequence[str], most: int = 99) -> str:
    if len(names) > most + 1:
        return f"{', '.join(names[:most])} and {len(names) - most} others"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
