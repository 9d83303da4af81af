"""Rewording of an edition's five lines by a language model of the city's choice, if it has one.

It gets the lines alone, with everything masked, whoever the edition is for. What it answers is checked: a line with
any number or name that the line itself does not have, or without one that it has, drops the whole rewording, and the
lines stay as they are.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import structlog
from django.conf import settings
from django.utils.translation import override

from portevoix.channels.http import Http
from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.finding_sections import Findings, Rewording
from portevoix.journal.editions.strict_editions import mask_strictly
from portevoix.journal.words.front_lines import write_lines
from portevoix.journal.words.wording import NUMBER, plain
from portevoix.kernel.errors import Refused, TryLater
from portevoix.text.privacy import find
from portevoix.text.privacy.common_words import is_unknown
from portevoix.text.tokens import fold, fold_word

log = structlog.get_logger("portevoix.journal")
LANGUAGES = ("fr", "en")
TIMEOUT = 30.0
"""Seconds for a whole answer; the editions of a week are stored by a process of their own."""
MOST_BYTES = 200_000
MOST_GROWTH, MOST_MORE = 1.5, 80
"""A reworded line is at most so many times as long as the line, and so many characters more."""
_PROMPTS = {
    "fr": (
        "Vous relisez le journal hebdomadaire d’une mairie. Reformulez chaque ligne en une phrase simple et neutre. "
        "Gardez tels quels tous les nombres, en chiffres, tous les noms et toutes les citations entre guillemets ; "
        "n’ajoutez rien. Répondez par un tableau JSON de cinq chaînes, dans le même ordre."
    ),
    "en": (
        "You edit the weekly journal of a town hall. Reword each line into one plain, neutral sentence. Keep every "
        "number in figures, every name and every quotation in its marks as it is; add nothing. Answer with a JSON "
        "array of five strings, in the same order."
    ),
}
_QUOTATION = re.compile(r"«[^»]*»|“[^”]*”")
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_NUMERALS_TEXT = """
    deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante
    cinquante soixante cent cents mille moitie tiers quart dizaine dizaines douzaine centaine
    two three four five seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand half third
    quarter dozen dozens
"""
_NUMERALS = frozenset(_NUMERALS_TEXT.split())
_MARKUP = re.compile(r"[<>\[\]{}]|\n")
_ADDRESS = re.compile(r"://|@|www\.|[^\W\d_]\.[^\W\d_]{2}")
_ODD = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Me", "Nl", "No"})
"""Kinds of characters of which a line gets none that it did not have: what nobody sees, what turns the direction of
writing or is half a character, which no database stores, and numbers that are no figures."""


def reword_edition(edition: Edition) -> Edition:
    """Return the edition with its five lines reworded in each language in which that succeeds; as it is without any."""
    findings: Findings | None = edition.section("findings")
    if settings.REWORDING == "no" or findings is None:
        return edition
    rewordings = tuple(each for language in LANGUAGES if (each := _reword(edition, language)))
    section = replace(findings, rewordings=rewordings)
    return replace(edition, sections=tuple(section if each is findings else each for each in edition.sections))


def _reword(edition: Edition, language: str) -> Rewording | None:
    strict = mask_strictly(edition, lang=language)
    with override(language):
        lines = [plain(line.sentence) for line in write_lines(strict, reworded=False)]
    try:
        answer = _ask(lines, language)
    except (TryLater, Refused) as error:
        log.warning("rewording_failed", week=edition.week, department=edition.department, why=str(error))
        return None
    if answer is None or len(answer) != len(lines) or not all(map(is_faithful, lines, answer)):
        log.warning("rewording_refused", week=edition.week, department=edition.department, language=language)
        return None
    kept = (text if NUMBER.search(line) else line for line, text in zip(lines, answer, strict=True))
    return Rewording(language, tuple(kept))


def _ask(lines: Sequence[str], language: str) -> list[str] | None:
    """Return the lines that the endpoint answers with; None for what are none. Raise TryLater or Refused."""
    headers = {"Authorization": f"Bearer {settings.REWORDING_KEY}"} if settings.REWORDING_KEY else {}
    server = Http(settings.REWORDING, headers=headers, timeout=TIMEOUT, most=MOST_BYTES, internal=True)
    request = {
        "model": settings.REWORDING_MODEL,
        "temperature": 0,
        "messages": [
            {"role": "system", "content": _PROMPTS[language]},
            {"role": "user", "content": json.dumps(lines, ensure_ascii=False)},
        ],
    }
    content = server.upload("/chat/completions", json.dumps(request).encode(), "application/json").content
    try:
        answer = json.loads(json.loads(content)["choices"][0]["message"]["content"])
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None
    return answer if isinstance(answer, list) and all(isinstance(each, str) for each in answer) else None


def is_faithful(line: str, reworded: str) -> bool:
    """Return whether a reworded line has the line's numbers, in their order, its names and quotations, no others."""
    if (
        _MARKUP.search(reworded)
        or _has_odd_parts(line, reworded)
        or len(reworded) > MOST_GROWTH * len(line) + MOST_MORE
        or not reworded.strip()
    ):
        return False
    if NUMBER.findall(line) != NUMBER.findall(reworded):
        return False  # in another order they would be of other things
    if Counter(_QUOTATION.findall(line)) != Counter(_QUOTATION.findall(reworded)):
        return False
    own = {fold_word(word) for word in _WORD.findall(line)}
    words = [fold_word(word) for word in _WORD.findall(_QUOTATION.sub(" ", reworded))]
    if any(word in _NUMERALS and word not in own for word in words):
        return False
    names, kept = _find_names(line), _find_names(reworded)
    return names <= set(map(fold_word, _WORD.findall(reworded))) and kept <= own and not _names_others(line, reworded)


def _has_odd_parts(line: str, reworded: str) -> bool:
    """Return whether a reworded line has an address, or an odd character, that the line has not."""
    composed = unicodedata.normalize("NFC", reworded)
    odd = {each for each in composed if unicodedata.category(each) in _ODD}
    return not odd <= set(line) or any(found[0] not in line for found in _ADDRESS.finditer(reworded))


def _names_others(line: str, reworded: str) -> bool:
    """Return whether a reworded line names somebody whom the line does not, also where a sentence begins."""
    folded, own = fold(line), {fold_word(word) for word in _WORD.findall(line)}
    if any(fold(reworded[each.start : each.end]) not in folded for each in find(reworded)):
        return True
    capitals = (word for word in _WORD.findall(reworded) if word[0].isupper())
    return any(fold_word(word) not in own and is_unknown(word) for word in capitals)


def _find_names(text: str) -> set[str]:
    """Return the words with a capital that begin no sentence, folded."""
    names = set[str]()
    for match in _WORD.finditer(text):
        begins = re.search(r"(?:^|[.!?:;«“]\s*)$", text[: match.start()])
        if match[0][0].isupper() and not begins:
            names.add(fold_word(match[0]))
    return names
