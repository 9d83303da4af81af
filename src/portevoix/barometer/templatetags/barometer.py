"""Template filters of the barometer."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(table: Mapping[str, Any], code: str) -> Any:
    """Return the value of a table under a code."""
    return table[code]
