"""How a draft sounds, in the reader's language: advice beside the composer, which never blocks."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext

from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.interchange import default_visibility
from portevoix.kernel.words import Visibility
from portevoix.text.tone import Checked, Hint, check
from portevoix.web import saying

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
    return {
        "tone": {
            "sounds": _sounds(checked),
            "standing_out": len(checked.verdict.spans),
            "passages": _passages(text, checked),
            "hints": _hints(text, checked),
        }
    }


def _sounds(checked: Checked) -> str:
    """Nothing of a neutral draft."""
    said = _SOUNDS.get(checked.verdict.tone)
    return gettext(said) if said else ""


def _passages(text: str, checked: Checked) -> list[dict[str, Any]]:
    spans = checked.verdict.spans
    return _grouped((_quoted(text[s.start : s.end]), gettext(s.why), s.suggestion) for s in spans)


def _hints(text: str, checked: Checked) -> list[dict[str, Any]]:
    found = checked.hints
    return _grouped(
        (_quoted(text[h.start : h.end]) if h.start is not None else "", _sentence(h), h.suggestion) for h in found
    )


def _grouped(told: Iterable[tuple[str, str, str]]) -> list[dict[str, Any]]:
    """(passage, why, suggestion): what is the same of several passages is said once."""
    found: dict[tuple[str, str], list[str]] = {}
    for quote, why, suggestion in told:
        found.setdefault((why, suggestion), []).extend([quote] if quote else [])
    return [
        {"quotes": quotes, "why": why, "suggestion": gettext(suggestion) if suggestion else ""}
        for (why, suggestion), quotes in found.items()
    ]


def _sentence(hint: Hint) -> str:
    return saying.told({"text": hint.text, "values": hint.values})


def _quoted(passage: str) -> str:
    one_line = " ".join(passage.split())
    return one_line if len(one_line) <= MOST_QUOTE else f"{one_line[:MOST_QUOTE]}…"
