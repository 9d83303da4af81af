"""Names of places, kept whole: Port-Neuf, Trois-Îles, rue Haute; learnt from how citizens write them."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portevoix.text.tokens import STOP, fold_word

_UPPER = "A-ZÀ-ÖØ-ÞŒ"
_JOINT = r"(?:d[eu]s?|la|les?|l['’]|d['’]|aux?|en|sur|sous|lès|et)"
_COMPOUND = re.compile(
    rf"(?<![\w-])(?:[LDld]['’])?([{_UPPER}][\w]*(?:[-‑](?:{_JOINT}[-‑])*(?:[ld]['’])?[{_UPPER}][\w]*)+)"
)
_WAY = (
    "rue avenue av boulevard bd place quai allée allées chemin impasse cours square parc pont passage esplanade route "
    "école collège lycée crèche piscine gymnase stade quartier résidence médiathèque bibliothèque salle halle"
)
_ON_THE_WAY = re.compile(
    rf"\b((?i:{'|'.join(_WAY.split())}))\s+((?:{_JOINT}\s+|[ld]['’])*(?:[ld]['’])?"
    rf"[{_UPPER}][\w'’]*(?:[-‑ ](?:{_JOINT}[-‑ ])*(?:[ld]['’])?[{_UPPER}][\w'’]*){{0,3}})"
)
WAYS = frozenset(map(fold_word, _WAY.split()))
"""Words for ways and public places, which say nothing without the name that follows."""
_CAPITAL = re.compile(rf"(?:^|[\s'’‑-])[{_UPPER}]")
_HASHTAG = re.compile(r"#(\w{4,40})")
_HUMP = re.compile(rf"(?<=[a-zà-öø-ÿœ])(?=[{_UPPER}])")
_SAINT = {"st": "saint", "ste": "sainte"}
_PART = re.compile(r"[^\W_]+")
_JOINTS = frozenset(("d", "de", "du", "des", "la", "le", "les", "l", "au", "aux", "en", "sur", "sous", "et"))
MOST_PARTS = 6

type Parts = tuple[str, ...]


@dataclass(frozen=True)
class PlaceNames:
    """Names by their parts, folded: ("port", "neuf") is written Port-Neuf. `firsts` are the parts that begin one."""

    names: Mapping[Parts, str]
    firsts: Mapping[str, int]
    """The most parts of a name that begins so."""


def learn_places(texts: Iterable[str]) -> PlaceNames:
    """Return the names of places in texts, in the form in which each is written most often."""
    forms: dict[Parts, Counter[str]] = {}
    for text in texts:
        for form in _written_names(text):
            parts = split_parts(form)
            if 2 <= len(parts) <= MOST_PARTS and any(len(part) > 3 for part in parts):
                forms.setdefault(parts, Counter())[form] += 1
    names = {parts: min(some, key=lambda form: (-some[form], form)) for parts, some in forms.items()}
    firsts: dict[str, int] = {}
    for parts in names:
        firsts[parts[0]] = max(firsts.get(parts[0], 0), len(parts))
    return PlaceNames(names, firsts)


def split_parts(form: str) -> Parts:
    """Return the words of a name, folded, saint for st., without the little ones between them."""
    words = (fold_word(word) for word in _PART.findall(form))
    return tuple(_SAINT.get(word, word) for word in words if word not in _JOINTS)


def _written_names(text: str) -> Iterable[str]:
    for found in _COMPOUND.finditer(text):
        if not found[1].isupper() and found[1][0].isupper():
            yield found[1].replace("‑", "-")
    for found in _ON_THE_WAY.finditer(text):
        name = " ".join(found[2].split())
        if "-" not in name and _CAPITAL.search(name) and fold_word(name) not in STOP:  # rue Jean-Zay is Jean-Zay
            yield f"{found[1].lower()} {name}"
    for found in _HASHTAG.finditer(text):
        humps = _HUMP.split(found[1])
        if 2 <= len(humps) <= MOST_PARTS and all(len(hump) > 1 for hump in humps):
            joined = any(fold_word(hump) in _JOINTS for hump in humps)
            yield " ".join([humps[0], *map(_lower_joint, humps[1:])]) if joined else "-".join(humps)


def _lower_joint(word: str) -> str:
    return word.lower() if fold_word(word) in _JOINTS else word
