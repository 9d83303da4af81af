"""Numbers, places and days of a study in the reader's language."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import floor, log10

from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portevoix.kernel.i18n import gettext_noop
from portevoix.web.elision import fill_sentence
from portevoix.web.formatting import format_date, percent

DASH = "–"
HOUR_S, DAY_S = 3600, 86400
_ENGLISH = {1: "st", 2: "nd", 3: "rd"}
_IN_WORDS = {
    2: gettext_noop("Two"),
    3: gettext_noop("Three"),
    4: gettext_noop("Four"),
    5: gettext_noop("Five"),
    6: gettext_noop("Six"),
    7: gettext_noop("Seven"),
    8: gettext_noop("Eight"),
    9: gettext_noop("Nine"),
}
_MANY = 10
_MOST_DECIMALS = 6


def number(value: float, decimals: int = 0) -> str:
    """Format a number grouped by thousands: "12,400", in French "12 400"."""
    return number_format(round(value, decimals), decimal_pos=decimals, use_l10n=True, force_grouping=True)


def plain(value: float | None) -> str | None:
    """Format a number for programs, in no language; None for None."""
    return None if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def weight(share: float, decimals: int) -> str:
    """Format a share of the score as a percentage with this many decimals."""
    return _("{number}%").format(number=number(100 * share, decimals))


def score(value: float | None) -> str:
    """Format a score of 0 to 100 without decimals; a dash for None."""
    return DASH if value is None else number(value)


def score_range(interval: Sequence[float] | None) -> str:
    """Format an interval of scores: "54–63"; "" for None."""
    return "" if interval is None else f"{number(interval[0])}{DASH}{number(interval[1])}"


def span(seconds: float) -> str:
    """Format a duration in its largest sensible unit: "40 min", "7.5 h"."""
    if seconds < HOUR_S:
        return _("{minutes} min").format(minutes=number(seconds / 60))
    hours = round(seconds / HOUR_S, 1 if seconds < _MANY * HOUR_S else 0)
    return _("{hours} h").format(hours=number(hours, 0 if hours == int(hours) else 1))


def amount(value: float | None, unit: str) -> str:
    """Format a value of an indicator by its unit: share, s, count or ratio."""
    if value is None:
        return DASH
    if unit == "share":
        return percent(value)
    if unit == "s":
        return span(value)
    return number(value) if unit == "count" else number(value, _decimals(abs(value)))


def _decimals(ratio: float) -> int:
    """Return how many decimals show two significant figures."""
    if ratio >= _MANY:
        return 1
    return 2 if ratio >= 0.1 or ratio == 0 else min(_MOST_DECIMALS, 1 - floor(log10(ratio)))


def yes_or_no(value: float | None) -> str:
    """Return “yes” or “no” for a yes-or-no indicator."""
    if value is None:
        return DASH
    return _("yes") if value else _("no")


def amounts(interval: Sequence[float] | None, unit: str) -> str:
    """Format an interval of values, like "45–61%"; "" for None."""
    if interval is None:
        return ""
    low, high = interval
    if unit == "share":
        return _("{number}%").format(number=f"{round(low * 100)}{DASH}{round(high * 100)}")
    return f"{amount(low, unit)} {DASH} {amount(high, unit)}"


def ordinal(place: int) -> str:
    """Format a rank: 1st, 2nd, 11th; in French for cities, which are feminine: 1re, 2e."""
    if (get_language() or "").startswith("fr"):
        return "1re" if place == 1 else f"{place}e"
    ending = "th" if 10 <= place % 100 < 20 else _ENGLISH.get(place % 10, "th")
    return f"{place}{ending}"


def places(rank_set: Sequence[int] | None) -> str:
    """Format a set of ranks in words: "between 1st and 6th", or "3rd"."""
    if rank_set is None:
        return ""
    low, high = rank_set
    if low == high:
        return ordinal(low)
    return _("between {first} and {last}").format(first=ordinal(low), last=ordinal(high))


def places_short(rank_set: Sequence[int] | None) -> str:
    if rank_set is None:
        return DASH
    low, high = rank_set
    return str(low) if low == high else f"{low}{DASH}{high}"


def day(text: str) -> str:
    """Format a day of the results, like "29 November 2026"; other text is returned unchanged."""
    try:
        return format_date(date.fromisoformat(text[:10]), _("j F Y"))
    except ValueError:
        return text


def days(first: str, last: str) -> str:
    """Format a period of days, both ends included."""
    return _("{first} to {last}").format(first=day(first), last=day(last))


def in_words(count: int) -> str:
    """Return a small number in words, for the beginning of a sentence: "Three"; else in figures."""
    return _(_IN_WORDS[count]) if count in _IN_WORDS else number(count)


def join_names(names: Sequence[str], most: int | None = 3) -> str:
    """Join names: "A", "A and B", "A, B, C and 4 others"; all of them when `most` is None."""
    if most is not None and len(names) > most + 1:
        rest = len(names) - most
        others = ngettext("{number} other", "{number} others", rest).format(number=rest)
        return _("{names} and {last}").format(names=", ".join(names[:most]), last=others)
    if len(names) < 2:
        return "".join(names)
    return _("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])


def fill_text(text: str, values: Mapping[str, object]) -> str:
    """Translate a stored sentence and fill in its values; without them, return it unfilled."""
    sentence = _(text) if text else ""
    try:
        return fill_sentence(sentence, **values)
    except (KeyError, IndexError, ValueError):
        return sentence
