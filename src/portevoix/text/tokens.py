"""Folding and splitting of text, shared by search, keywords and labels."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from zlib import crc32

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
"""Characters that turn the direction in which what follows them is written."""
# Every repetition is bounded or anchored, so that a message without spaces costs no more than another.
_NOISE = re.compile(
    r"https?://\S+|www\.\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,255}|@[\w.-]+|<[^<>\n]{1,200}>|&#?\w{2,8};"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_BEYOND_LATIN = re.compile("[^\0-\u02ff]")  # every combining mark is there
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’]", re.IGNORECASE)
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "’": "'", "ß": "ss"})
LONGEST_WORD = 40
_LETTER = re.compile(r"\w(?![?*+{])")
_CHOICES = re.compile(r"\(\?:([^()]+)\)(?![?*+{])")
_CACHE_SIZE = 20_000  # words: messages are made of the same ones
SHORTEST_STEM = 4

_STOP_WORDS = """
    a ai ainsi alors apres as au aucun aucune aujourd'hui aura aurait aussi autre autres aux avait avant avec avez
    avoir avons beaucoup bien bonjour bonsoir bjr bon ca car ce ceci cela celle celles celui cependant ces cet cette
    ceux chaque chez ci combien comme comment contre d dans de deja depuis des deux devant dire dit dois doit donc dont
    du elle elles en encore enfin entre es est et etaient etait etant ete etes etre eu eux fait faire faites fois font
    grace ici il ils j je jour jours juste l la le les leur leurs lors lui ma madame mais mal me meme memes merci mes
    mesdames messieurs mettre mieux moi moins mois mon monsieur ne ni non nos notre nous on ont ou oui par parce parfois
    pas peu peut peuvent peux plus plusieurs plutot pour pourquoi pourrait pouvez pouvoir pres qu quand que quel quelle
    quelles quels qui quoi rien s sa sans sauf se sera serait ses seulement si soit sommes son sont sous souvent suis
    sur svp t ta tant te tel telle tellement tes toi ton toujours tous tout toute toutes tres trop tu un une va vais
    vas vers veut veux voila voir vont vos votre vous vraiment vu y cordialement salutations sinceres cdt slt salut
    the an and are be been but by can could did do does for from had has have he her him his how i if in into is it its
    just me my no not of off or our out over please she should so some than thank thanks that their them then there
    these they this those to too up us very was we were what when where which who why will with would you your hello hi
"""
STOP = frozenset(_STOP_WORDS.split())


def clean(text: str) -> str:
    """Return the visible text: no invisible or control characters, compatibility forms resolved."""
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    if visible.replace("\n", "").replace("\t", "").isprintable():  # nearly always, and many times faster
        return visible
    return "".join(c for c in visible if c in "\n\t" or not unicodedata.category(c).startswith("C"))


def flatten(text: str) -> str:
    """Return a text as one line, without what would turn the direction of words beside it, or figures around."""
    return " ".join(text.translate(_TURNING).split())


def fold(text: str) -> str:
    """Return a text casefolded, without accents, ligatures or invisible characters."""
    if not _UNCOMMON.search(text):  # many times faster
        return text.translate(_FOLDS)
    return _fold(text)


def _fold(text: str) -> str:
    split = unicodedata.normalize("NFKD", clean(text).casefold().translate(_LIGATURES))
    return _BEYOND_LATIN.sub(lambda mark: "" if unicodedata.combining(mark[0]) else mark[0], split)


_COMMON = (*range(0x180), *range(0x2010, 0x2028), 0x202F, 0x20AC)  # Latin letters and the marks between them
_UNCOMMON = re.compile(f"[^{''.join(map(re.escape, map(chr, _COMMON)))}]")
_FOLDS = {code: _fold(chr(code)) for code in _COMMON}
"""Common characters, folded one by one: none of them changes its neighbours, as combining marks do."""


@lru_cache(_CACHE_SIZE)
def fold_word(word: str) -> str:
    """Fold a single word, as `fold` does."""
    return fold(word)


def surface_words(text: str) -> list[str]:
    """Return the words as written, without elisions; addresses, mentions, figures and mark-up are left out."""
    words = (_ELISION.sub("", word) for word in _WORD.findall(_NOISE.sub(" ", clean(text))))
    return [word for word in words if len(word) <= LONGEST_WORD]


def tokens(text: str, *, stop: bool = True) -> list[str]:
    """Return the folded words; `stop` leaves out French and English stop words."""
    words = (fold_word(word) for word in surface_words(text))
    return [word for word in words if len(word) > 1 and not (stop and word in STOP)]


def has_words(text: str, count: int) -> bool:
    """Return whether a text has at least `count` words of two letters; addresses, figures and mark-up do not count."""
    words = (word[0] for word in _WORD.finditer(_NOISE.sub(" ", clean(text))))
    real = (word for word in words if 1 < len(word) <= LONGEST_WORD)
    return next(islice(real, count - 1, None), None) is not None


_ENDING_WORDS = """
    issements issement ations ation ements ement ages age ers er euses euse eurs eur ives ive iques ique ees
    ee es aux al s x e
"""
_ENDINGS = tuple(_ENDING_WORDS.split())


@lru_cache(_CACHE_SIZE)
def stem(word: str) -> str:
    """Return a rough stem of a folded French or English word, the same for plurals, feminines and nouns of action."""
    if word.endswith("eaux"):  # tableaux, with tableau and not with tableal
        word = word[:-1]
    if len(word) == SHORTEST_STEM and word.endswith("s"):  # rats and rat, bacs and bac
        return word[:-1]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def any_of(phrases: str) -> str:
    """Return a pattern for any of the comma-separated phrases, as whole words of folded text.

    Phrases are grouped by first letter, so that words with another first letter are rejected at once.
    """
    by_first: dict[str, list[str]] = {}
    for phrase in filter(None, (" ".join(phrase.split()) for phrase in phrases.split(","))):
        for variant in _beginnings(phrase):
            by_first.setdefault(variant[0] if _LETTER.match(variant) else "", []).append(variant)
    return r"\b(?:" + "|".join(_together(first, several) for first, several in by_first.items()) + r")\b"


def _together(first: str, several: Sequence[str]) -> str:
    return f"{first}(?:{'|'.join(variant.removeprefix(first) for variant in several)})"


def _beginnings(phrase: str) -> Iterator[str]:
    """Yield the phrase once for each alternative at its beginning, unchanged if there is none or it is optional."""
    choices = _CHOICES.match(phrase)
    if choices is None:
        yield phrase
    else:
        yield from (choice + phrase[choices.end() :] for choice in choices[1].split("|"))


def digest(text: str) -> int:
    """Return a checksum by which to see whether a text has changed."""
    return crc32(text.encode(errors="replace"))


def with_subject(subject: str, text: str) -> str:
    """Return a message's subject, if any, and text as one."""
    return f"{subject}\n{text}" if subject else text


def words_by_stem(text: str) -> dict[str, str]:
    """Return the text's words, as first written there, by their stems; once for all texts it is compared with."""
    words: dict[str, str] = {}
    for word in surface_words(text):
        if (folded := fold_word(word)) not in STOP:
            words.setdefault(stem(folded), word)
    return words
