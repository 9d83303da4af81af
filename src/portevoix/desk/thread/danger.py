"""Danger to people that a message mentions, in its own words."""

from dataclasses import dataclass

from portevoix.text.tone.folding import fold_text
from portevoix.text.urgency.detector import urgency


@dataclass(frozen=True, slots=True)
class Danger:
    """`now`: people are in danger now; else somebody may get hurt. `passages` are the words that say so.

    `likely`: they do not say so plainly.
    """

    now: bool
    likely: bool
    passages: tuple[str, ...]


def danger(text: str) -> Danger | None:
    """Return the danger that a text mentions, None without any."""
    verdict = urgency(text)
    if not verdict.level:
        return None
    plain = fold_text(text)
    passages = []
    for words in verdict.words:
        place = plain.text.find(words)
        start, end = plain.span(place, place + len(words)) if place >= 0 else (0, 0)
        passages.append(text[start:end] or words)
    return Danger(verdict.level > 1, verdict.likely, tuple(passages))
