"""Tone of a draft reply, and hints for plainer language: advice that never blocks sending.

`check` returns everything at once; `verdict`, `hints` and `formality` are its parts. For French and English.
"""

from dataclasses import dataclass

from portevoix.text.language import TRAINED_LANGUAGES, detect, is_foreign
from portevoix.text.tone.formality import formality
from portevoix.text.tone.hint import Hint
from portevoix.text.tone.hints import hints
from portevoix.text.tone.model import TONES, Encoder
from portevoix.text.tone.verdict import Span, Verdict, neutral_verdict, verdict

__all__ = ["TONES", "DraftCheck", "Encoder", "Hint", "Span", "Verdict", "check", "formality", "hints", "verdict"]


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """Result of the check of a draft.

    `formality` is "tu", "vous" or ""; it is "" for languages other than French.
    """

    verdict: Verdict
    hints: tuple[Hint, ...]
    lang: str
    formality: str


def check(text: str, *, lang: str = "", public: bool = False, encoder: Encoder | None = None) -> DraftCheck:
    """Return the check of a draft. `lang`: BCP 47, detected when empty; `public`: the reply is public.

    A text that is neither French nor English has no tone. `encoder`: see `verdict`.
    """
    language = lang.partition("-")[0].lower() or detect(text, TRAINED_LANGUAGES)[0] or "fr"
    read = "fr" if language == "fr" else "en"
    return DraftCheck(
        verdict=neutral_verdict() if is_foreign(text) else verdict(text, lang=read, encoder=encoder),
        hints=hints(text, lang=read, public=public),
        lang=read,
        formality=formality(text) if read == "fr" else "",
    )
