"""Distinction of house numbers from other figures near street names: years, times, bus lines, articles of a rule."""

import re

from portevoix.text.privacy.patterns import MONTH
from portevoix.text.privacy.spans import Span

_BEFORE = 40
_YEAR = re.compile(r"(?:19|20)\d\d,?[ \u00a0\u202f]{1,3}(?=\D)")
_MINUTES = re.compile(r"[0-5]\d[ \u00a0\u202f]{1,3}(?=\D)")
_DATE_BEFORE = re.compile(
    rf"(?i)(?:(?<!\w)(?:{MONTH}|depuis|en|avant|apr[èe]s|d[èe]s|jusqu[’']en|courant|fin|d[ée]but|ann[ée]e|l[’']an|"
    r"[ée]t[ée]|hiver|automne|printemps|rentr[ée]e|since|in|before|after|until|by|summer|winter|spring|fall|year)"
    r",?|\d{1,2}[./-]\d{1,2}[./-])[ \u00a0\u202f]?$"
)
_HOUR = re.compile(r"(?i)(?<!\d)(?:[01]?\d|2[0-4])[ \u00a0\u202f]?(?:h|heures?|:)[ \u00a0\u202f]?$")
_LINE = re.compile(
    r"(?i)(?<![\w’'-])(?<!arr[êe]t de )(?<!arr[êe]t du )(?<!station de )"
    r"(?:bus|lignes?|tram(?:way)?|navette|article|art\.|alin[ée]a|section|bus line)[ \u00a0\u202f]$"
)
_STOP_NAME = re.compile(r"(?i)(?<!\w)(?:arr[êe]t|station|bus|tram|m[ée]tro|ligne)(?:[ \u00a0]\w{1,3})?[ \u00a0:]{1,2}$")
"""Text before the name of a stop; the figure after that name counts lines or minutes."""


def house(match: re.Match[str]) -> Span | None:
    """Return the span of an address, None when the figure before the street is no house number."""
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    address = match.group()
    is_date = _YEAR.match(address) and _DATE_BEFORE.search(before)
    is_time = _MINUTES.match(address) and _HOUR.search(before)
    return None if is_date or is_time or _LINE.search(before) else match.span()


def numbered(match: re.Match[str]) -> Span | None:
    """Return the span of a street followed by its number, None when it is the name of a stop."""
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    return None if _STOP_NAME.search(before) else match.span()
