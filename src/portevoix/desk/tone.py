"""How a draft sounds, in the reader's language: advice beside the composer, which never blocks."""

from typing import Any

from django.utils.translation import gettext

from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.interchange import default_visibility
from portevoix.kernel.words import Visibility
from portevoix.text.tone import Checked, Hint, check

MOST_QUOTE = 120
_SOUNDS = {
    "silly": gettext_noop("This may sound silly: it charms rather than answers."),
    "conniving": gettext_noop("This may sound conniving: it takes sides rather than answers for the city."),
    "cold": gettext_noop("This may sound cold: nobody speaks to anybody."),
}


def told(text: str, *, channel: str, lang: str) -> dict[str, Any]:
    """What the panel shows of a draft; nothing of an empty one. `lang` is the conversation's."""
    if not text.strip():
        return {"tone": None}
    checked = check(text, lang=lang, public=default_visibility(channel) is Visibility.PUBLIC)
    return {"tone": {"sounds": _sounds(checked), "passages": _passages(text, checked), "hints": _hints(text, checked)}}


def _sounds(checked: Checked) -> str:
    """Nothing of a neutral draft."""
    said = _SOUNDS.get(checked.verdict.tone)
    return gettext(said) if said else ""


def _passages(text: str, checked: Checked) -> list[dict[str, str]]:
    return [
        {
            "quote": _quoted(text[span.start : span.end]),
            "why": gettext(span.why),
            "suggestion": gettext(span.suggestion) if span.suggestion else "",
        }
        for span in checked.verdict.spans
    ]


def _hints(text: str, checked: Checked) -> list[dict[str, str]]:
    return [
        {
            "quote": _quoted(text[hint.start : hint.end]) if hint.start is not None else "",
            "why": _said(hint),
            "suggestion": gettext(hint.suggestion) if hint.suggestion else "",
        }
        for hint in checked.hints
    ]


def _said(hint: Hint) -> str:
    text = gettext(hint.text)
    return text.format(**hint.values) if hint.values else text


def _quoted(passage: str) -> str:
    one_line = " ".join(passage.split())
    return one_line if len(one_line) <= MOST_QUOTE else f"{one_line[:MOST_QUOTE]}…"
