"""What a message says of danger to people, in its own words."""

from dataclasses import dataclass

from portevoix.text.tone.folding import folded
from portevoix.text.urgency.detector import urgency


@dataclass(frozen=True, slots=True)
class Danger:
    """`now`: people are in danger now; else somebody may get hurt. `passages` said so."""

    now: bool
    passages: tuple[str, ...]


def danger(text: str) -> Danger | None:
    """None when it speaks of none."""
    found = urgency(text)
    if not found.level:
        return None
    plain = folded(text)
    passages = []
    for words in found.words:
        place = plain.text.find(words)
        start, end = plain.span(place, place + len(words)) if place >= 0 else (0, 0)
        passages.append(text[start:end] or words)
    return Danger(found.level > 1, tuple(passages))
