"""Plain-language hints, from words alone: missing parts of a draft, and passages that are hard to read."""

import re
from collections.abc import Iterator
from functools import cache

from portevoix.kernel.i18n import gettext_noop
from portevoix.text.tone.cue import load_groups, load_patterns
from portevoix.text.tone.features import load_structure
from portevoix.text.tone.folding import MOST_CHARACTERS, FoldedText, fold_text, sentences
from portevoix.text.tone.formality import blank_quotations, count_address, find_tu
from portevoix.text.tone.hint import Hint
from portevoix.text.tone.public_disclosures import find_disclosures

PHRASES = "hints.toml"
MOST_WORDS_A_SENTENCE = 40
MEAN_WORDS_A_SENTENCE = 25
MOST_OF_A_KIND = 5
_WORD = re.compile(r"\w+")
FEWEST_WORDS = 12
"""In a draft with fewer words nothing is reported missing: it is only a beginning."""
_ENDINGS = re.compile(r"(?:e\?)?(?:s\?)?$")
_ANOTHER_PLACE = re.compile(r"https?://|www\.|\b\d{2}(?:[ .]\d{2}){4}\b|\b\d{3}[ -]\d{4}\b|@\w")
_FAMILIAR_GREETING = re.compile(r"\W*(?:salut|coucou|hey|chers?|cheres?)\b")
_UNREAD = gettext_noop("Only the first {count} characters were read.")
_PLAINER = gettext_noop("Jargon. Plainer: “{plain}”.")
_LEFT_OUT = gettext_noop("Jargon. It can be left out.")


def hints(text: str, *, lang: str = "fr", public: bool = False) -> tuple[Hint, ...]:
    """Return the hints on a draft. `lang` is "fr" or "en"; `public`: the reply is public."""
    read = fold_text(text)
    if not read.text.strip():
        return ()
    results = [*(find_disclosures(text) if public else ()), *_length(text), *_promises(text, read)]
    results += [*_missing(read, public=public), *_sentences(text)]
    if lang == "fr":
        results += _both_forms(text)
    return (*results, *_jargon(read, lang))


def _length(text: str) -> Iterator[Hint]:
    if len(text) > MOST_CHARACTERS:
        yield Hint("too long to read", _UNREAD, {"count": MOST_CHARACTERS})


def _sentences(text: str) -> Iterator[Hint]:
    lengths = [(len(_WORD.findall(text[start:end])), start, end) for start, end in sentences(text)]
    counts = [count for count, _, _ in lengths if count > 2]  # greetings and signatures are none
    mean = round(sum(counts) / len(counts)) if counts else 0
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


def _missing(read: FoldedText, *, public: bool) -> Iterator[Hint]:
    if len(_WORD.findall(read.text)) < FEWEST_WORDS:
        return
    structure, phrases = load_structure(), load_patterns(PHRASES)
    if not public and not _FAMILIAR_GREETING.match(read.text) and not structure["greeting"].search(read.text):
        yield Hint("no greeting", gettext_noop("It greets nobody."))
    is_complete = bool(phrases["nothing-to-do"].search(read.text))
    has_date = bool(structure["date"].search(read.text) or phrases["term"].search(read.text))
    has_step = is_complete or structure["step"].search(read.text) or _ANOTHER_PLACE.search(read.text)
    if not has_date and not has_step:
        yield Hint(
            "no next step", gettext_noop("It says neither what happens next and when, nor what the citizen can do.")
        )
    elif not has_date and not is_complete and "?" not in read.text:
        yield Hint("no date", gettext_noop("It gives no date, day or hour."))


def _promises(text: str, read: FoldedText) -> Iterator[Hint]:
    structure, phrases = load_structure(), load_patterns(PHRASES)
    number = 0
    for start, end in sentences(text):
        sentence = fold_text(text[start:end]).text
        promise = phrases["promise"].search(sentence)
        if (
            promise
            and not structure["date"].search(sentence)
            and not phrases["term"].search(sentence)
            and number < MOST_OF_A_KIND
        ):
            number += 1
            yield Hint("no date to the promise", gettext_noop("A promise without a date."), {}, start, end,
                       gettext_noop("Say by which day; a holding reply keeps track of it."))  # fmt: skip


def _both_forms(text: str) -> Iterator[Hint]:
    tu, vous = count_address(fold_text(blank_quotations(text)), text)
    if tu and vous and (places := find_tu(text)):
        yield Hint("tu and vous", gettext_noop("It says both “tu” and “vous”."), {}, *places[0])


@cache
def _plain_words(lang: str) -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], str], ...]]:
    """Return a pattern for all jargon, and each expression's pattern with its plain word."""
    pairs = [pair for group in load_groups("jargon.toml") if group.lang == lang for pair in group.instead]
    pairs.sort(key=lambda pair: len(pair[0]), reverse=True)  # the longest first
    every = re.compile(rf"\b(?:{'|'.join(jargon for jargon, _ in pairs)})(?!\w)")
    return every, tuple((re.compile(jargon), plain) for jargon, plain in pairs)


def says_jargon(text: str, lang: str) -> bool:
    """Return whether a folded text has jargon for which there is a plain word. `lang` is "fr" or "en"."""
    return bool(_plain_words("fr" if lang == "fr" else "en")[0].search(text))


def _jargon(read: FoldedText, lang: str) -> Iterator[Hint]:
    every, each = _plain_words("fr" if lang == "fr" else "en")
    expressions: set[str] = set()
    for match in every.finditer(read.text):
        expression = match.group()
        if expression not in expressions and len(expressions) < MOST_OF_A_KIND:
            expressions.add(expression)
            plain = next(_agree(word, pattern, expression) for pattern, word in each if pattern.fullmatch(expression))
            values: dict[str, str | int] = {"plain": plain} if plain else {}
            yield Hint("jargon", _PLAINER if plain else _LEFT_OUT, values, *read.span(*match.span()))


def _agree(plain: str, jargon: re.Pattern[str], expression: str) -> str:
    """Return the plain word, made feminine or plural like the jargon if its ending shows that."""
    ending = expression.removeprefix(_ENDINGS.sub("", jargon.pattern)) if " " not in plain else expression
    if ending == expression:
        return plain
    return plain if ending == "s" and plain.endswith("s") else plain + ending
