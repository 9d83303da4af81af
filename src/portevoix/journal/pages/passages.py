"""The passages of an edition that its page shows, and those of them that hold the words of a search."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.text import capfirst
from django.utils.translation import get_language

from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.finding_sections import FindingRow, Findings
from portevoix.journal.editions.sections import Voice
from portevoix.journal.render.findings import FINDINGS
from portevoix.journal.words import figure_words
from portevoix.journal.words.answer_words import describe_row
from portevoix.journal.words.wording import describe_finding, plain
from portevoix.kernel.labels import Sentiment
from portevoix.record.edition_words import split_query
from portevoix.text.tokens import fold

MOST_PASSAGES = 3
_SPLIT = re.compile(r"(\w+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a passage. `hit`: it is a word that was searched."""

    text: str
    hit: bool = False


type Passage = tuple[Piece, ...]


def find_passages(edition: Edition, words: Collection[str], titles: Mapping[int, str], told: str) -> list[Passage]:
    """Return up to MOST_PASSAGES passages of an edition with some of the folded words, those with most of them first.

    `titles`: those of its matters by now. `told`: what stands beside them; no passage repeats it, or another one.
    """
    wanted, shown = set(words), list[str]()
    ranked = [(len(_words_in(text, wanted)), text) for text in _every_text(edition, titles)]
    for number, text in sorted(ranked, key=lambda each: -each[0]):
        if number and len(shown) < MOST_PASSAGES and not any(text in other for other in (told, *shown)):
            shown.append(text)
    return [_mark(text, wanted) for text in shown]


def _words_in(text: str, wanted: Collection[str]) -> set[str]:
    here = split_query(text)
    return {word for word in wanted if any(each.startswith(word) for each in here)}


def _mark(text: str, wanted: Collection[str]) -> Passage:
    pieces = [each for each in _SPLIT.split(figure_words.unbroken(text)) if each]
    return tuple(Piece(each, any(fold(each).startswith(word) for word in wanted)) for each in pieces)


def _every_text(edition: Edition, titles: Mapping[int, str]) -> Iterator[str]:
    for section in edition.sections:
        if isinstance(section, Findings):
            yield from _texts_of_findings(section, titles)
    yield from _texts_of_answers(edition)
    for section in edition.sections:
        match section.kind:
            case "attention":
                yield from (row.gist for each in section.lists for row in each.rows)
            case "repaired":
                yield from (text for row in section.rows for text in (row.text, row.reply, row.thanks))
            case "messages":
                yield from _quote(section.rows)
            case "voices":
                yield from _quote((*section.wrong.voices, *section.well.voices))
            case "promises":
                yield from (row.gist for row in section.listed)
            case "words":
                yield from (row.word for row in section.words)


def _texts_of_answers(edition: Edition) -> Iterator[str]:
    answered = edition.section("answered")
    for row in answered.rows if answered else ():
        yield from (row.text, describe_row(row))


def _texts_of_findings(findings: Findings, titles: Mapping[int, str]) -> Iterator[str]:
    for subject in findings.subjects:
        yield capfirst(titles.get(subject.matter or 0, "") or subject.phrase)
    yield from (plain(describe_finding(row)) for row in findings.findings)
    for row in (*findings.subjects, *findings.findings):
        yield from _quote(row.voices)
    yield from (demand.phrase for subject in findings.subjects for demand in subject.demands)


def _quote(voices: Sequence[Voice]) -> Iterator[str]:
    return (voice.text for voice in voices)


def kinds_with(word: str) -> tuple[str, ...]:
    """Return the kinds of finding whose name or sentence, in the reader's language, has a word that begins so."""
    vocabulary = _vocabulary(get_language() or "")
    return tuple(kind for kind, words in vocabulary.items() if any(each.startswith(word) for each in words))


@lru_cache(maxsize=8)
def _vocabulary(language: str) -> dict[str, frozenset[str]]:
    """Return the words of each kind's name and sentences in the language that is active, without their values."""
    return {kind: frozenset(_words_of_kind(kind)) for kind in FINDINGS}


def _words_of_kind(kind: str) -> Iterator[str]:
    yield from split_query(figure_words.translate_code(FINDINGS, kind))
    for people, expected in ((0, 1.0), (1, 1.0), (2, 0.0)):
        for subject, what in (("", Sentiment.WRONG), ("", Sentiment.WELL), ("x", "")):
            row = FindingRow(
                id="", finding=kind, subject=subject, phrase="0", people=people, messages=(), conversations=(),
                compared=0, expected=expected, what=what, weeks=people,
            )  # fmt: skip
            yield from (word for word in split_query(plain(describe_finding(row))) if not word.isdecimal())
