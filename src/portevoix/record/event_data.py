"""What an event's data hold besides words: numbers, instants and codes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

_CODES = frozenset({"department", "kind", "valence", "ruling", "cause"})
"""Keys of strings that are codes and nobody's words."""


def codes_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data without anybody's words."""
    return {key: value for key, value in data.items() if _is_code(key, value)}


def _is_code(key: str, value: Any) -> bool:
    """Return whether it is a number, a boolean, an instant, or one of the few strings that are codes."""
    if not isinstance(value, str):
        return value is None or isinstance(value, int | float)
    return key in _CODES or _is_instant(value)


def _is_instant(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
