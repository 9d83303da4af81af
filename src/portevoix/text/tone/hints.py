"""Plain-language hints, from words alone: what a draft lacks, what is hard to read, what should not be published."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import islice

from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.posts import length_of
from portevoix.text.privacy import find_forms
from portevoix.text.tone.cue import whole_words
from portevoix.text.tone.folding import MOST_CHARACTERS, Folded, folded, sentences
from portevoix.text.tone.formality import addressed, counted
from portevoix.text.tone.shape import DATE, GREETING, STEP

MOST_WORDS_A_SENTENCE = 40
MEAN_WORDS_A_SENTENCE = 25
MOST_OF_A_KIND = 5
_WORD = re.compile(r"\w+")
_PROMISE = re.compile(
    whole_words(
        r"""
        (?:nous|je|on) (?:vous
        )?(?:reviendr\w+|recontacter\w*|rappeller\w+|tiendr\w+|recontact\w+|informer\w+|ecrir\w+|repondr\w+),
        (?:reviendr\w+|revien\w+|revenons) vers vous, (?:serez|sera|seront) (?:\w+
        )?(?:recontacte\w*|rappele\w*|informe\w*|traitee?s?| reparee?s?|remplacee?s?|prevenue?s?|fait\w*), ne
        manquer\w+ pas de, prochainement, (?<!a )bientot, sous peu, ulterieurement, des que possible, au plus vite,
        au plus tot, dans les (?:meilleurs|plus brefs) delais, dans un (?:proche avenir|avenir proche), rapidement,
        d'ici peu, incessamment, en temps (?:utile|voulu), we(?:'ll| will) (?:\w+ )?(?:get back|be in touch|let you
        know| come back|update you|look into|contact you|reply|respond|call), shortly, soon, in due course, as soon as
        (?:possible|we can), at the earliest, will be (?:fixed|repaired|dealt with|replaced|looked at|in touch)
        """
    )
)
_TERM = re.compile(
    whole_words(
        r"""
        dans la (?:journee|matinee|soiree|semaine), delai (?:d'|de )(?:une?|deux|trois|quatre|\d+) \w+,
        (?:pendant|sous|dans|en) (?:un|une|deux|trois|quatre|\d+) (?:minutes?|heures?|jours?|semaines?|mois),
        tout de suite, des maintenant, jour et nuit, 24 ?h, (?:at once|immediately|right away|day and night|same day),
        within (?:an?|one) (?:hour|day|week|month|year)
        """
    )
)
"""When, without a day or an hour."""
_SETTLED = re.compile(
    whole_words(
        r"""
        (?:est|sont) (?:admis|autorise|permis|interdit|ouvert|gratuit|accepte)\w*, (?:a|ont) ete
        (?:repar|enlev|retir|remplac|annul|corrig|rembours|nettoy|retabli|resolu)\w*,
        (?:nous|je|on) (?:vous )?(?:enver\w+|envoy\w+|passer\w+|interven\w+),
        (?:is|are) (?:allowed|welcome|admitted|free|open|permitted), (?:has|have) been
        (?:repair|mend|fixed|remov|clear|replac|cancel|refund|clean|restor)\w*
        """
    )
)
"""An answer that leaves nothing to be done, or somebody who is on the way."""
FEWEST_WORDS = 12
"""Below it nothing is said to be missing: the reply is only being begun."""
_ENDINGS = re.compile(r"(?:e\?)?(?:s\?)?$")
_SERVICE_NUMBER = re.compile(r"(?:\+33 ?|0) ?8(?:[ .]?\d){8}|(?:3\d[ .]?\d\d|1[578]|11[024569]|18|196|999|911)")
"""Toll-free and short numbers belong to services, never to a person."""
_NAMED = re.compile(
    r"\A\W*(?:[Bb]onjour|[Bb]onsoir|[Hh]ello|[Dd]ear|[Hh]i)"
    r" (?:M\.|M|Mme|Mlle|Madame|Monsieur|Mrs?\.?|Ms\.?) ([A-ZÀ-Þ][\w’'-]+)"
)
_ANOTHER_PLACE = re.compile(r"https?://|www\.|\b\d{2}(?:[ .]\d{2}){4}\b|\b\d{3}[ -]\d{4}\b|@\w")
_PUBLISHED = {
    "email": gettext_noop("An e-mail address would be published."),
    "phone": gettext_noop("A telephone number would be published."),
    "iban": gettext_noop("A bank account would be published."),
    "number": gettext_noop("A number that identifies a person or a file would be published."),
    "plate": gettext_noop("A number plate would be published."),
    "address": gettext_noop("An address with its number would be published."),
    "card": gettext_noop("A bank card would be published."),
    "birth": gettext_noop("A date of birth would be published."),
}
_FAMILY_NAME = gettext_noop("Everybody will read this family name: it tells who asked.")
_HOW_TO_NAME = gettext_noop("Leave the name out if the account does not show it.")
_GREETED = re.compile(r"\W*(?:salut|coucou|hey|chers?|cheres?)\b")
_HOW_TO_ASK = gettext_noop("Unless it is the city's own, leave it out and go on in private.")


@dataclass(frozen=True, slots=True)
class Hint:
    """`text` is an English sentence for the catalogue with `{name}` places that `values` fill.

    `start` and `end`: the characters of the text that it is about; None when it is about the whole.
    """

    kind: str
    text: str
    values: dict[str, str | int] = field(default_factory=dict)
    start: int | None = None
    end: int | None = None
    suggestion: str = ""

    def __str__(self) -> str:
        return self.text.format(**self.values)


def hints(text: str, *, lang: str = "fr", public: bool = False, limit: int | None = None) -> tuple[Hint, ...]:
    """What could be plainer. `lang` "fr" or "en"; `public`: everybody will read it; `limit`: characters it may have."""
    read = folded(text)
    if not read.text.strip():
        return ()
    found = [*(_published(text) if public else ()), *_length(text, limit), *_promises(text, read)]
    found += [*_missing(read, public=public), *_sentences(text)]
    if lang == "fr":
        found += _both_forms(read)
    return (*found, *_jargon(read, lang))


def _length(text: str, limit: int | None) -> Iterator[Hint]:
    if limit is not None and (left := limit - length_of(text)) < 0:
        yield Hint("too long", gettext_noop("{count} characters too many for this channel."), {"count": -left})


def _sentences(text: str) -> Iterator[Hint]:
    lengths = [(len(_WORD.findall(text[start:end])), start, end) for start, end in sentences(text)]
    told = [count for count, _, _ in lengths if count > 2]  # greetings and signatures are none
    mean = round(sum(told) / len(told)) if told else 0
    if mean > MEAN_WORDS_A_SENTENCE:
        yield Hint(
            "long sentences",
            gettext_noop("The sentences have {count} words on average: shorten them."),
            {"count": mean},
        )
    for count, start, end in sorted(lengths, reverse=True)[:MOST_OF_A_KIND]:
        if count > MOST_WORDS_A_SENTENCE:
            yield Hint(
                "long sentence",
                gettext_noop("A sentence of {count} words: make two of it."),
                {"count": count},
                start,
                end,
            )


def _missing(read: Folded, *, public: bool) -> Iterator[Hint]:
    if len(_WORD.findall(read.text)) < FEWEST_WORDS:
        return
    if not public and not _GREETED.match(read.text) and not GREETING.search(read.text):
        yield Hint("no greeting", gettext_noop("It greets nobody."))
    settled = bool(_SETTLED.search(read.text))
    dated = bool(DATE.search(read.text) or _TERM.search(read.text))
    helped = settled or STEP.search(read.text) or _ANOTHER_PLACE.search(read.text)
    if not dated and not helped:
        yield Hint(
            "no next step", gettext_noop("It says neither what happens next and when, nor what the citizen can do.")
        )
    elif not dated and not settled and "?" not in read.text:
        yield Hint("no date", gettext_noop("It gives no date, day or hour."))


def _promises(text: str, read: Folded) -> Iterator[Hint]:
    shown = 0
    for start, end in sentences(text):
        sentence = folded(text[start:end]).text
        promise = _PROMISE.search(sentence)
        if promise and not DATE.search(sentence) and not _TERM.search(sentence) and shown < MOST_OF_A_KIND:
            shown += 1
            yield Hint("no date to the promise", gettext_noop("A promise without a date."), {}, start, end,
                       gettext_noop("Say by which day; a holding reply keeps track of it."))  # fmt: skip


def _both_forms(read: Folded) -> Iterator[Hint]:
    tu, vous = counted(read.text)
    if tu and vous and (places := addressed(read.text)):
        start, end = read.span(*places[0])
        yield Hint("tu and vous", gettext_noop("It says both “tu” and “vous”."), {}, start, end)


@cache
def _plain_words(lang: str) -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], str], ...]]:
    """(all jargon at once, each with its plain word)."""
    listed = tomllib.loads(files("portevoix.text.tone").joinpath("jargon.toml").read_text("utf-8"))[lang]
    longest_first = sorted(listed, key=len, reverse=True)
    each = tuple((re.compile(jargon), listed[jargon]) for jargon in longest_first)
    return re.compile(rf"\b(?:{'|'.join(longest_first)})(?!\w)"), each


def says_jargon(text: str, lang: str) -> bool:
    """Whether a folded text says anything for which there is a plain word. `lang` "fr" or "en"."""
    return bool(_plain_words("fr" if lang == "fr" else "en")[0].search(text))


def _jargon(read: Folded, lang: str) -> Iterator[Hint]:
    every, each = _plain_words("fr" if lang == "fr" else "en")
    seen: set[str] = set()
    for found in every.finditer(read.text):
        if found.group() not in seen and len(seen) < MOST_OF_A_KIND:
            seen.add(found.group())
            said = found.group()
            plain = next(_agreed(word, pattern, said) for pattern, word in each if pattern.fullmatch(said))
            yield Hint(
                "jargon", gettext_noop("Jargon. Plainer: “{plain}”."), {"plain": plain}, *read.span(*found.span())
            )


def _agreed(plain: str, jargon: re.Pattern[str], said: str) -> str:
    """The plain word, feminine or plural where the jargon is, and that can be told by its ending."""
    ending = said.removeprefix(_ENDINGS.sub("", jargon.pattern)) if " " not in plain else said
    if ending == said:
        return plain
    return plain if ending == "s" and plain.endswith("s") else plain + ending


def _published(text: str) -> Iterator[Hint]:
    if named := _NAMED.match(text[:MOST_CHARACTERS]):
        yield Hint("personal data", _FAMILY_NAME, {}, *named.span(1), _HOW_TO_NAME)
    found = (one for one in find_forms(text[:MOST_CHARACTERS]) if one.kind in _PUBLISHED)
    found = (one for one in found if not _is_service(text[one.start : one.end]))
    for one in islice(found, MOST_OF_A_KIND):
        yield Hint("personal data", _PUBLISHED[one.kind], {}, one.start, one.end, _HOW_TO_ASK)


def _is_service(number: str) -> bool:
    return bool(_SERVICE_NUMBER.fullmatch(number.strip()))
