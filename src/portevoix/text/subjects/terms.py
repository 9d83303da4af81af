"""Terms of a text: words by their stems, pairs of words, and names of places whole."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from portevoix.text.subjects.place_names import PlaceNames
from portevoix.text.tokens import LONGEST_WORD, STOP, clean, fold_word, stem, tokens

MOST_CHARACTERS = 4000
_TOKEN = re.compile(
    r"https?://\S+|www\.\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,255}|@[\w.-]+|<[^<>\n]{1,200}>|&#?\w{2,8};"
    r"|#\w+|[^\W\d_]+(?:['’][^\W\d_]+)*|[.!?;:\n…]+"
)
_HUMP = re.compile(r"(?<=[a-zà-öø-ÿœ])(?=[A-ZÀ-ÖØ-ÞŒ])")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’]", re.IGNORECASE)
_LINKS = frozenset(("de", "du", "des", "d", "la", "le", "les", "l", "a", "au", "aux", "en"))
"""Words that may be between the two words of a pair: piscine des Trois-Îles."""
_BREAKS = frozenset(".!?;:\n…")
SAYS_LITTLE = frozenset(tokens("""
    lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai juin juillet août septembre
    octobre novembre décembre matin soir midi semaine semaines week end weekend hier demain heure heures minute minutes
    an ans année années monday tuesday wednesday thursday friday saturday sunday january february march april june july
    august september october november december morning evening week yesterday tomorrow today tonight
    faut maintenant personne quelqu'un certain certains certaines chose choses crois trouve reste semble vingt
    trente cent nothing someone something everyone now need needs still bonne bon bons bonnes merci svp aller allez
    vient viens venir donner donne donnez prendre prend passe passer gens rien presque parler savoir sait sais
    one two three get got going people really also like make know see use
    quelque vraiment pendant tellement toujours surtout simplement normal grand grande petit petite nouveau nouvelle
    premier première dernier dernière deuxième troisième ville mairie
    """))  # fmt: skip


@lru_cache(50_000)
def _key(word: str) -> str:
    """Return the stem of a written word; "" where it says nothing."""
    base = fold_word(word)
    return "" if len(base) < 3 or base in STOP or base in SAYS_LITTLE else stem(base)


class TermReader:
    """Reads the terms of texts, with these names of places, and counts how each is written."""

    def __init__(self, places: PlaceNames) -> None:
        self._places = places
        self.spellings: dict[str, Counter[str]] = {}

    def read(self, text: str) -> dict[str, str]:
        """Return the terms of a text with their first spelling there: “piscin”, “piscin =trois iles”, “=trois iles”."""
        terms: dict[str, str] = {}
        last, last_form, between = "", "", ""
        for key, form in self._units(text):
            if not key:
                last, between = (last, f"{between} {form}") if last and form in _LINKS else ("", "")
                continue
            terms.setdefault(key, form)
            if last and last != key:
                terms.setdefault(f"{last} {key}", f"{last_form}{between} {form}")
            last, last_form, between = key, form, ""
        return terms

    def note(self, terms: dict[str, str]) -> None:
        """Count the spellings of a text's terms."""
        for key, form in terms.items():
            self.spellings.setdefault(key, Counter())[form] += 1

    def _units(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield keys and forms of the words and names in order; the key is "" for what is no term."""
        words = list(_words(text[:MOST_CHARACTERS]))
        at = 0
        while at < len(words):
            length, name = self._name_at(words, at)
            if length:
                yield f"={' '.join(name)}", self._places.names[name]
                at += length
            else:
                yield _key(words[at][1]), words[at][1]
                at += 1

    def _name_at(self, words: list[tuple[str, str]], at: int) -> tuple[int, tuple[str, ...]]:
        """Return how many words the longest name at a place takes, and its parts; 0 where there is none."""
        parts: list[str] = []
        best: tuple[int, tuple[str, ...]] = (0, ())
        most = self._places.firsts.get(words[at][0], 0)
        for place in range(at, min(len(words), at + 2 * most)):
            word = words[place][0]
            if word in _BREAKS:
                break
            if word in _LINKS and place > at:
                continue
            parts.append(word)
            if len(parts) > most:
                break
            if tuple(parts) in self._places.names:
                best = (place - at + 1, tuple(parts))
        return best


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Yield the folded and the written form of each word; punctuation that ends a clause is its first character."""
    for found in _TOKEN.findall(clean(text)):
        if found[0] in _BREAKS:
            yield found[0], found[0]
        elif found[0] == "#":
            for hump in _HUMP.split(found[1:]):
                yield _saint(fold_word(hump)), hump
        elif found[0].isalpha() and "@" not in found and "/" not in found and len(found) <= LONGEST_WORD:
            word = _ELISION.sub("", found)
            yield _saint(fold_word(word)), word


def _saint(word: str) -> str:
    return {"st": "saint", "ste": "sainte"}.get(word, word)


def choose_spelling(forms: Counter[str]) -> str:
    """Return the form that is written most often, without capitals if anybody wrote it so: only names never are."""
    small = Counter({form: count for form, count in forms.items() if form == form.lower()})
    some = small or forms
    form = min(some, key=lambda each: (-some[each], each))
    return form.title() if form.isupper() and len(form) > 5 else form
