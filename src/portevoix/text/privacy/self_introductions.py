"""Detection of names without capitals after an introduction: "mon nom est abdelkader benali"."""

import re
from collections.abc import Iterator

from portevoix.text.privacy.common_words import unknown
from portevoix.text.privacy.given_names import first_names
from portevoix.text.privacy.patterns import CAP, GAP, LETTERS
from portevoix.text.privacy.spans import Found
from portevoix.text.tokens import STOP, fold_word

_MOST = 5
_TAIL = 120
_PART = re.compile(
    rf"{GAP}?(?:(?:el|al|ben|bin|bint|abou|abd|ould|de|du|des|la|le|da|dos|di|van|den|der|von){GAP}){{0,2}}"
    rf"(?:[dlo][’'])?({LETTERS}{{2,30}}(?:[-’']{LETTERS}{{2,30}}){{0,3}})(?![\w’'])"
)
_KIN = (
    r"(?:(?:belle|beau|demi|ex|grand|petite?)-)?(?:m[èe]re|p[èe]re|s(?:œ|oe)ur|fr[èe]re|fils|fille|cousine?|oncle|tante|"
    r"mari|femme|voisine?|ami|amie|coll[èe]gue|mother|father|brother|sister|son|daughter|cousin|friend|neighbou?r)"
    r"(?:-in-law)?"
)
_NAME_IS = re.compile(
    rf"(?i)(?<!\w)(?:je{GAP}m[’' ]?appell?e|moi{GAP}c[’' ]?est|je{GAP}me{GAP}(?:nomme|pr[ée]nomme)|my{GAP}name{GAP}is|"
    rf"my{GAP}name[’']s|mon{GAP}(?:pr[ée])?nom{GAP}(?:est|c[’' ]?est)|mon{GAP}nom{GAP}de{GAP}famille{GAP}est)"
    rf"(?:{GAP}?:)?(?={GAP})"
)
_BEING = re.compile(rf"(?i)(?<!\w)(?:je{GAP}suis|ici|i[’']?m|i{GAP}am|this{GAP}is)(?={GAP})")
_IT_IS = re.compile(rf"(?i)(?<!\w)c[’' ]?est(?={GAP})")
_SIGNATURE = re.compile(
    rf"(?i:cordialement|salutations|cdl?t|merci|[àa] vous|regards|thanks)[ \u00a0,.!\n]{{1,4}}"
    rf"([a-z]\.{GAP}?({LETTERS}{{3,30}}(?:-{LETTERS}{{3,30}})?))(?=[ .!\n]{{0,4}}$)"
)
_RELATION = re.compile(
    rf"(?i)(?<!\w)(?:(?:bonjour|salut) c[’']est|slt c|name of|nom de|mrs\.?|mr\.?|mme|"
    rf"(?:mon|ma|son|sa|notre|my){GAP}{_KIN})"
    rf"(?:[,:])?(?={GAP})"
)
_ALONE = re.compile(rf"(?<!\w)(?:[iI][’']?m|I{GAP}am){GAP}({CAP})(?!{GAP}?[A-ZÀ-ÖØ-Þ])(?![\w’'])")
_PEOPLES = re.compile(r"(?:[dlnkt]ish|nese|ench|erican|uslim)$")


def introduced(text: str) -> Iterator[Found]:
    """Yield the words after an introduction as far as they can be a name."""
    for pattern, least in ((_NAME_IS, 1), (_BEING, 1), (_IT_IS, 2), (_RELATION, 2)):
        for match in pattern.finditer(text):
            start, end, parts = _name(text, match.end())
            plain = pattern not in (_RELATION, _IT_IS) or text[start : start + 1].islower()
            if plain and parts >= least and (pattern not in (_BEING, _IT_IS) or _is_first(text[start:end])):
                yield Found(start, end, "name")
    if (signature := _SIGNATURE.search(text, max(0, len(text) - _TAIL))) and unknown(signature[2]):
        yield Found(*signature.span(1), "name")
    for match in _ALONE.finditer(text):
        if not match[1].isupper() and not _PEOPLES.search(match[1]) and unknown(match[1]):
            yield Found(*match.span(1), "name")


def _name(text: str, place: int) -> tuple[int, int, int]:
    """Return the start and the end of the name after this place, and its number of words without particles."""
    start, end, parts = place + 1, place + 1, 0
    while parts < _MOST and (part := _PART.match(text, place)) and _can_be_name(part, text[start : start + 1]):
        place = end = part.end()
        parts += 1
    return start, end, parts


def _can_be_name(part: re.Match[str], first: str) -> bool:
    """Return whether a word can belong to a name; `first` is the name's first letter.

    If that is a capital, plain words no longer belong to the name.
    """
    word = fold_word(part[1])
    if first_names().get(word) == "":
        return True
    plain = first.isupper() and part[1].islower() and part.group().strip() == part[1]
    return not plain and word not in STOP and unknown(part[1])


def _is_first(name: str) -> bool:
    """Return whether a name begins with a word that is only a first name."""
    return first_names().get(fold_word(re.split(r"[ \u00a0\u202f]", name, maxsplit=1)[0])) == ""
