"""Danger to people first: cues that put a message at the top and alert the hosts."""

import re
from dataclasses import dataclass

from portevoix.text.words import any_of, fold

MOST_CHARACTERS = 4000
MOST_WORDS = 5
# A false alarm costs a glance, a missed one may cost a life: where in doubt, a cue stands at the higher level.
# A lone _ stands for up to three words.
_NOW = any_of(
    r"""
    (?:odeurs?|fuites?|sent|sentons|sens) _ gaz, gaz (?:reste )?allume, gas leak(?:s|ing)?, (?:smells?|smelling) _
    gas, (?:fils?|cables?) _ (?:a nu|denudee?s?|nus?|par terre|au sol|tombee?s?|arrachee?s?|pend(?:ent|ant)?),
    electrocut\w*, choc electrique, (?:live|bare|exposed|hanging|fallen|loose) (?:electric(?:al)?
    )?(?:wires?|cables?), power line, (?:prend|pris|met) feu, en feu, y a le feu, le feu (?:dans|chez|a la|au),
    brule (?:devant|dans|sur|depuis), departs? de feu, debut d'incendie, incendie en cours, on fire, is burning, se
    noie, noyades?, tombee?s? (?:a|dans) l'eau,
    (?:enfant|bebe|ado|homme|femme|dame|monsieur|personne|quelqu'un|fille|fils|garcon) _ tombee?s? dans
    (?:la|le|un|une), au secours, hilfe, riecht nach gas, percutee?s?, renversee?s? par, saignent?, bleeding,
    coincee?s? dessous, (?:enfant|dame|personne|gens|quelqu'un) _ coincee?s?, (?:people|child|someone) _ trapped,
    (?:fille|fils|enfant|bebe|mere|pere|mari|femme|frere|soeur) _ disparue?s?, l'eau monte, cave se remplit, digue
    (?:cede|rompue|a cede), drown\w*, water is rising, (?:va|vont|menacent? de) (?:s'effondrer|s'ecrouler),
    s'effondrent?, s'ecroulent?, peril imminent, collapsing, about to (?:fall|collapse), suicid\w*, me tuer, me
    foutre en l'air, en finir avec (?:la vie|tout), envie (?:de mourir|d'en finir), plus envie de vivre, fin a
    (?:mes|ses) jours, kill (?:my|him|her)self, end my life, want to die, agress(?:ee?s?|er|ions?|eurs?), frappe
    (?:sa|son|ses|un|une|les|des), m'a (?:frappee?|poussee?|tabassee?), (?:me|nous|la|se fait)
    (?:frapper?|tabasser?), coups? de (?:couteau|feu|poing), avec (?:un|son) (?:couteau|fusil|pistolet), avec une
    arme, armee? d'un, tentative de viol, violee?s?, violences? conjugales?, battue, attacked, assault(?:ed)?,
    stabbed, gunshots?, raped, (?:enfants?|bebes?|petits?) (?:seuls?|en
    danger|disparue?s?|enferme\w*|maltraite\w*|blesse\w*), enfants malades, enlevement d'enfant, missing
    child(?:ren)?, (?:child|children|kids?|baby) (?:in danger|alone|missing), fait un malaise, inconscient\w*, ne
    respire (?:plus|pas), arret cardiaque, unconscious, not breathing, intoxi(?:quee?s?|cations?),
    empoisonne(?:e|es|s|ments?)?, poisoned, poisoning
    """
)
_SOON = any_of(
    r"""
    dangers?, dangereu\w*, dangerous\w*, perils?, perilleu\w*, risques? de (?:chute|tomber|blessures?|s'effondrer),
    (?:va|vont|peut|menacent?) (?:de )?tomber, ne tient (?:plus|que), s'est (?:effondre|ecroule)e?, fissures?,
    (?:va|vont) finir (?:mal|en accident), attend l'accident, faut un mort, inond(?:ee?s?|ent|ations?),
    flood(?:s|ed|ing)?, (?:en|la) crue, incendies?, brulures?, fumee noire, a fire, seringues?, syringes?,
    bless(?:ee?s?|ures?), injur(?:ed|y|ies), s'est fait mal, violen(?:t|te|ts|tes|ce|ces), menac(?:e|es|ent|ee|ees),
    menaces de mort, threat\w*, harcel\w*, les pompiers, le samu, (?:plaque|bouche) d'egout ouverte, manhole, trou
    beant, (?<!on )ne sort plus, ne repond (?:meme )?plus (?:au|a la|quand|aux)
    """
)
_UP_TO_THREE_WORDS = r" (?:\w+ )?(?:\w+ )?(?:\w+ )?"
_LEVELS = tuple((level, re.compile(cues.replace(" _ ", _UP_TO_THREE_WORDS))) for level, cues in ((2, _NOW), (1, _SOON)))


@dataclass(frozen=True, slots=True)
class Urgency:
    """`level` 2: people are in danger now; 1: somebody may get hurt; 0: neither. `words` are those that said so."""

    level: int
    words: tuple[str, ...] = ()


def urgency(text: str) -> Urgency:
    """The highest level of which a cue is found, whole words of folded text, French and English."""
    folded = fold(text[:MOST_CHARACTERS])
    for level, pattern in _LEVELS:
        if words := tuple(dict.fromkeys(match.group() for match in pattern.finditer(folded))):
            return Urgency(level, words[:MOST_WORDS])
    return Urgency(0)
