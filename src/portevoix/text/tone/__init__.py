"""How a draft of a reply sounds, and how it could be plainer. It advises; it never blocks.

`check` says all of it at once; `verdict`, `hints` and `formality` are its parts. French and English.
"""

from dataclasses import dataclass

from portevoix.text.language import READ, detect, foreign
from portevoix.text.tone.formality import formality
from portevoix.text.tone.hint import Hint
from portevoix.text.tone.hints import hints
from portevoix.text.tone.model import TONES, Encoder
from portevoix.text.tone.verdict import Span, Verdict, nothing, verdict

__all__ = ["TONES", "Checked", "Encoder", "Hint", "Span", "Verdict", "check", "formality", "hints", "verdict"]


@dataclass(frozen=True, slots=True)
class Checked:
    """All that is told of a draft.

    `formality` is "tu", "vous" or ""; of what is not French it is "".
    """

    verdict: Verdict
    hints: tuple[Hint, ...]
    lang: str
    formality: str


def check(text: str, *, lang: str = "", public: bool = False, encoder: Encoder | None = None) -> Checked:
    """Reads a draft. `lang`: BCP 47, found out when empty; `public`: everybody will read it.

    What is neither French nor English has no tone that could be told. `encoder`: see `verdict`.
    """
    told = lang.partition("-")[0].lower() or detect(text, READ)[0] or "fr"
    read = "fr" if told == "fr" else "en"
    return Checked(
        verdict=nothing() if foreign(text) else verdict(text, lang=read, encoder=encoder),
        hints=hints(text, lang=read, public=public),
        lang=read,
        formality=formality(text) if read == "fr" else "",
    )
