"""Which figures before a street's name are no house number: years, times, lines of buses, articles of a rule."""

import re

from portevoix.text.privacy.patterns import MONTH
from portevoix.text.privacy.spans import Span

_BEFORE = 40
_YEAR = re.compile(r"(?:19|20)\d\d,?[ \u00a0\u202f]{1,3}(?=\D)")
_MINUTES = re.compile(r"[0-5]\d[ \u00a0\u202f]{1,3}(?=\D)")
_DATED = re.compile(
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
"""Before the name of a stop; the figure after that counts lines or minutes."""


def house(match: re.Match[str]) -> Span | None:
    """Where an address stands, unless what is before the street counts no houses."""
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    written = match.group()
    dated = _YEAR.match(written) and _DATED.search(before)
    timed = _MINUTES.match(written) and _HOUR.search(before)
    return None if dated or timed or _LINE.search(before) else match.span()


def numbered(match: re.Match[str]) -> Span | None:
    """Where a street stands with its number behind it, unless that is a stop of a line."""
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    return None if _STOP_NAME.search(before) else match.span()
