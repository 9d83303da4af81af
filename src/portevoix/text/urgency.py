"""Danger to people first: cues that put a message at the top and alert the hosts."""

import re
from dataclasses import dataclass

from portevoix.text.words import any_of, fold

MOST_CHARACTERS = 4000
_NOW = any_of(
    r"""
    odeur de gaz, fuite de gaz, sent le gaz, gas leak, smell of gas, incendie, prend feu, on fire,
    electrocut\w*, cables? (?:electriques? )?(?:a nu|denudes?|par terre|tombes?), live wire, noyade, se
    noie, drowning, effondre\w*, va s'effondrer, collaps\w*, suicid\w*, me tuer, en finir avec la vie,
    kill myself, agress(?:e|ee|es|ion), m'a frappee?, coup de couteau, attacked, stabbed, malaise,
    inconscient\w*, unconscious, intoxi\w*, empoisonn\w*, enfants? malades?
    """
)
_SOON = any_of(
    r"""
    danger, dangereu\w*, risque de (?:chute|tomber|blessure), inond\w*, flood\w*, crue, seringues?,
    syringes?, blesse\w*, injur\w*, enfants? en danger, violen\w*, menac\w*, threat\w*, dangerous
    """
)
_LEVELS = ((2, re.compile(_NOW)), (1, re.compile(_SOON)))


@dataclass(frozen=True, slots=True)
class Urgency:
    """`level` 2: people are in danger now; 1: somebody may get hurt; 0: neither. `words` are those that said so."""

    level: int
    words: tuple[str, ...] = ()


def urgency(text: str) -> Urgency:
    folded = fold(text[:MOST_CHARACTERS])
    for level, pattern in _LEVELS:
        if words := tuple(dict.fromkeys(match.group() for match in pattern.finditer(folded))):
            return Urgency(level, words[:5])
    return Urgency(0)
