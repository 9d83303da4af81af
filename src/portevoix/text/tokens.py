"""One way to fold and split text: for search, telling words and labels alike."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from zlib import crc32

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
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
_REMEMBERED = 20_000  # words: messages are made of the same ones
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
    """Without invisible and control characters, compatibility forms resolved: what the eye sees."""
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    if visible.replace("\n", "").replace("\t", "").isprintable():  # nearly always, and many times faster
        return visible
    return "".join(c for c in visible if c in "\n\t" or not unicodedata.category(c).startswith("C"))


def fold(text: str) -> str:
    """Casefolded, without accents, ligatures or invisible characters."""
    if not _UNCOMMON.search(text):  # many times faster
        return text.translate(_FOLDED)
    return _fold(text)


def _fold(text: str) -> str:
    split = unicodedata.normalize("NFKD", clean(text).casefold().translate(_LIGATURES))
    return _BEYOND_LATIN.sub(lambda mark: "" if unicodedata.combining(mark[0]) else mark[0], split)


_COMMON = (*range(0x180), *range(0x2010, 0x2028), 0x202F, 0x20AC)  # Latin letters and the marks between them
_UNCOMMON = re.compile(f"[^{''.join(map(re.escape, map(chr, _COMMON)))}]")
_FOLDED = {code: _fold(chr(code)) for code in _COMMON}
"""Each by itself: none of them changes its neighbours, as combining marks do."""


@lru_cache(_REMEMBERED)
def fold_word(word: str) -> str:
    """As `fold`, of a single word."""
    return fold(word)


def surface(text: str) -> list[str]:
    """The words as written, elisions split off; addresses, mentions, figures and mark-up left out."""
    words = (_ELISION.sub("", word) for word in _WORD.findall(_NOISE.sub(" ", clean(text))))
    return [word for word in words if len(word) <= LONGEST_WORD]


def tokens(text: str, *, stop: bool = True) -> list[str]:
    """Folded words; `stop` leaves out those that say nothing, in French and English."""
    words = (fold_word(word) for word in surface(text))
    return [word for word in words if len(word) > 1 and not (stop and word in STOP)]


def has_words(text: str, count: int) -> bool:
    """Whether there are at least so many words of two letters or more; addresses, figures and mark-up are none."""
    words = (word[0] for word in _WORD.finditer(_NOISE.sub(" ", clean(text))))
    real = (word for word in words if 1 < len(word) <= LONGEST_WORD)
    return next(islice(real, count - 1, None), None) is not None


_ENDING_WORDS = """
    issements issement ations ation ements ement ages age ers er euses euse eurs eur ives ive iques ique ees
    ee es aux al s x e
"""
_ENDINGS = tuple(_ENDING_WORDS.split())


@lru_cache(_REMEMBERED)
def stem(word: str) -> str:
    """A rough stem of a folded French or English word, so that plurals, feminines and nouns of action meet."""
    if word.endswith("eaux"):  # tableaux, with tableau and not with tableal
        word = word[:-1]
    if len(word) == SHORTEST_STEM and word.endswith("s"):  # rats and rat, bacs and bac
        return word[:-1]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def any_of(phrases: str) -> str:
    """A pattern for any of the phrases, which commas separate, as whole words of folded text.

    What begins with the same letter stands together: where a word begins with another one, nothing of it is tried.
    """
    by_first: dict[str, list[str]] = {}
    for phrase in filter(None, (" ".join(phrase.split()) for phrase in phrases.split(","))):
        for said in _beginnings(phrase):
            by_first.setdefault(said[0] if _LETTER.match(said) else "", []).append(said)
    return r"\b(?:" + "|".join(_together(first, several) for first, several in by_first.items()) + r")\b"


def _together(first: str, several: Sequence[str]) -> str:
    return f"{first}(?:{'|'.join(said.removeprefix(first) for said in several)})"


def _beginnings(phrase: str) -> Iterator[str]:
    """The phrase, once for each choice that it begins with; what has none, or a choice to leave out, stays whole."""
    choices = _CHOICES.match(phrase)
    if choices is None:
        yield phrase
    else:
        yield from (choice + phrase[choices.end() :] for choice in choices[1].split("|"))


def digest(text: str) -> int:
    """Tells whether a text is still the one of which something is known."""
    return crc32(text.encode(errors="replace"))


def whole(subject: str, text: str) -> str:
    """What a message says, its subject first where there is one."""
    return f"{subject}\n{text}" if subject else text


def words_by_stem(text: str) -> dict[str, str]:
    """Return the text's words, as first written there, by their stems; once for all texts it is compared with."""
    words: dict[str, str] = {}
    for word in surface(text):
        if (folded := fold_word(word)) not in STOP:
            words.setdefault(stem(folded), word)
    return words
