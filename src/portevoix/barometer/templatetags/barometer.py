"""What the barometer's templates look up."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(table: Mapping[str, Any], code: str) -> Any:
    """What a table holds under a code."""
    return table[code]
