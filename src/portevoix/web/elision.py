"""Names inside sentences: in French, the word before a name elides or contracts with it (d’Orvillers, du Havre)."""

import re
import unicodedata

from django.utils.translation import get_language

_OPEN, _CLOSE = "\ue000", "\ue001"
_BEFORE = re.compile(rf"\b([Dd]e|[Qq]ue|[Àà])([ \u00a0]){_OPEN}([^{_CLOSE}]*){_CLOSE}")
_MARKS = re.compile(f"[{_OPEN}{_CLOSE}]")
_ARTICLE = re.compile(r"(Les?) (?=\S)")
_CONTRACTED = {("de", "Le"): "du", ("de", "Les"): "des", ("à", "Le"): "au", ("à", "Les"): "aux"}
_MUTE = re.compile(
    r"h(?:abere|endaye|enin|ennebont|enrich|erault|erbig|erblay|eric|erimon|ermanv|ermer|ermill|erouv|erserange|esdin"
    r"|irson|yeres|yevre)"
)
"""Names of places whose h is silent; before all others, Haguenau and Honfleur among them, nothing elides."""
_SOUNDED = re.compile(r"oui|y[aeiou](?!rres)")
"""Names that begin with a vowel in writing, and in speech with a consonant."""


def fill_sentence(text: str, **values: object) -> str:
    """A translated sentence with its places filled. Raises what `str.format` raises."""
    if not (get_language() or "").startswith("fr"):
        return text.format(**values)
    marked = {name: f"{_OPEN}{told}{_CLOSE}" if isinstance(told, str) else told for name, told in values.items()}
    return _MARKS.sub("", _BEFORE.sub(_joined, text.format(**marked)))


def _joined(found: re.Match[str]) -> str:
    word, blank, name = found.groups()
    article = _ARTICLE.match(name)
    contracted = _CONTRACTED.get((word.lower(), article[1])) if article else None
    if article and contracted:
        rest = name[article.end() :]
        return f"{contracted.capitalize() if word[0].isupper() else contracted}{blank}{rest}"
    return f"{word[:-1]}’{name}" if word.lower() != "à" and elides(name) else f"{word}{blank}{name}"


def elides(name: str) -> bool:
    """Whether "de" loses its vowel before a name: Orvillers, Évreux, Yvetot and Hyères, not Haguenau."""
    plain = "".join(each for each in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(each))
    if plain.startswith("h"):
        return bool(_MUTE.match(plain))
    return plain[:1] in tuple("aeiouyœæ") and not _SOUNDED.match(plain)
