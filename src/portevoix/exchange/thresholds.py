"""Probabilities from which on a suggestion counts, and the form in which suggestions are stored."""

from collections.abc import Sequence
from typing import Any

from portevoix.text.labels.predictor import Suggestion

LIKELY = 0.5
"""The least probability with which a kind or a valence is taken."""


def sure(suggestions: Sequence[Suggestion]) -> str:
    """Return the department that is taken without asking; the host sees it and may change it."""
    return (suggestions[0].label or "") if suggestions else ""


def likely(suggestions: Sequence[Suggestion]) -> str:
    """Return the label that is counted: more likely than not, though sometimes wrong."""
    first = next((suggestion for suggestion in suggestions if suggestion.label), None)
    return first.label or "" if first and first.probability >= LIKELY else ""


def written(suggestions: Sequence[Suggestion]) -> list[dict[str, Any]]:
    return [{"label": s.label, "probability": round(s.probability, 3), "words": list(s.words)} for s in suggestions]
