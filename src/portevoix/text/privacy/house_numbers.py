"""Distinction of house numbers from other figures near street names: years, times, bus lines, articles of a rule."""

import re

from portevoix.text.privacy.name_patterns import load_patterns
from portevoix.text.privacy.spans import Span

_BEFORE = 40
_YEAR = re.compile(r"(?:19|20)\d\d,?[ \u00a0\u202f]{1,3}(?=\D)")
_MINUTES = re.compile(r"[0-5]\d[ \u00a0\u202f]{1,3}(?=\D)")


def address_span(match: re.Match[str]) -> Span | None:
    """Return the span of an address, None when the figure before the street is no house number."""
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    address, figure = match.group(), load_patterns("places.toml")["figure"]
    is_date = _YEAR.match(address) and figure["date-before"].search(before)
    is_time = _MINUTES.match(address) and figure["hour-before"].search(before)
    return None if is_date or is_time or figure["line-before"].search(before) else match.span()


def street_with_number(match: re.Match[str]) -> Span | None:
    """Return the span of a street followed by its number, None when it is the name of a stop."""
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    return None if load_patterns("places.toml")["figure"]["stop-before"].search(before) else match.span()
