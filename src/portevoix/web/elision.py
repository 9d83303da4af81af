"""French elision and contraction before names that are inserted into sentences (d’Orvillers, du Havre)."""

import re
import unicodedata

from django.utils.translation import get_language

_OPEN, _CLOSE = "\ue000", "\ue001"
_BEFORE = re.compile(rf"\b([Dd]e|[Qq]ue|[Àà])([ \u00a0]){_OPEN}([^{_CLOSE}]*){_CLOSE}")
_MARKS = re.compile(f"[{_OPEN}{_CLOSE}]")
_ARTICLE = re.compile(r"(Les?) (?=\S)")
_CONTRACTIONS = {("de", "Le"): "du", ("de", "Les"): "des", ("à", "Le"): "au", ("à", "Les"): "aux"}
_MUTE = re.compile(
    r"h(?:abere|endaye|enin|ennebont|enrich|erault|erbig|erblay|eric|erimon|ermanv|ermer|ermill|erouv|erserange|esdin"
    r"|irson|yeres|yevre)"
)
"""Place names with a silent h; before all others, Haguenau and Honfleur among them, nothing elides."""
_CONSONANT_SOUNDS = re.compile(r"oui|y[aeiou](?!rres)")
"""Names that begin with a written vowel that is spoken as a consonant."""


def fill_sentence(text: str, **values: object) -> str:
    """Fill the places of a translated sentence. Raise what `str.format` raises."""
    if not (get_language() or "").startswith("fr"):
        return text.format(**values)
    marked_values = {
        name: f"{_OPEN}{filling}{_CLOSE}" if isinstance(filling, str) else filling for name, filling in values.items()
    }
    return _MARKS.sub("", _BEFORE.sub(_join_name, text.format(**marked_values)))


def _join_name(match: re.Match[str]) -> str:
    word, blank, name = match.groups()
    article = _ARTICLE.match(name)
    contraction = _CONTRACTIONS.get((word.lower(), article[1])) if article else None
    if article and contraction:
        rest = name[article.end() :]
        return f"{contraction.capitalize() if word[0].isupper() else contraction}{blank}{rest}"
    return f"{word[:-1]}’{name}" if word.lower() != "à" and elides(name) else f"{word}{blank}{name}"


def elides(name: str) -> bool:
    """Return whether "de" loses its vowel before a name: Orvillers, Évreux, Yvetot and Hyères, not Haguenau."""
    plain = "".join(each for each in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(each))
    if plain.startswith("h"):
        return bool(_MUTE.match(plain))
    return plain[:1] in tuple("aeiouyœæ") and not _CONSONANT_SOUNDS.match(plain)
