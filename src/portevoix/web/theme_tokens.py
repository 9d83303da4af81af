"""The colours of the stylesheet, for what is read where no stylesheet reaches: letters and printed pages."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.contrib.staticfiles import finders

from portevoix.web.colour import PAPER_DARK, PAPER_LIGHT, readable

_TOKEN = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")


class Shade(NamedTuple):
    """A colour, on light paper and on dark."""

    light: str
    dark: str


def read_tokens(accent: str) -> dict[str, Shade]:
    """Return the stylesheet's colours by name, as "ink"; "accent" is the city's own, made readable on both papers."""
    city = Shade(readable(accent, on=PAPER_LIGHT), readable(accent, on=PAPER_DARK))
    return {**_own_tokens(), "accent": city}


@cache
def _own_tokens() -> Mapping[str, Shade]:
    sheet = Path(str(finders.find("web/portevoix.css"))).read_text(encoding="utf-8")
    return {name: Shade(light, dark) for name, light, dark in _TOKEN.findall(sheet)}
