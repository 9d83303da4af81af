"""Advice on the tone of a draft, in the reader's language; it never blocks sending."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext, ngettext

from portevoix.desk.composer.length import Length
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.interchange import default_visibility
from portevoix.kernel.messages import Visibility
from portevoix.record.queries.conversation import Way
from portevoix.text.language import READ, detect
from portevoix.text.tone import Checked, Hint, check
from portevoix.text.tone.public_disclosures import KIND
from portevoix.web import notices

MOST_QUOTE = 120
CERTAIN = 0.95
"""Minimum certainty for a draft to count as written in another language than its conversation."""
_SOUNDS = {
    "silly": gettext_noop("This may sound silly: it charms rather than answers."),
    "conniving": gettext_noop("This may sound conniving: it takes sides rather than answers for the city."),
    "cold": gettext_noop("This may sound cold: nobody speaks to anybody."),
}


def told(text: str, *, way: Way, length: Length) -> dict[str, Any]:
    """Return the context of the tone panel; None in it for an empty draft.

    A draft is mostly in the language of its conversation. Personal data that would be published is a warning, which is
    always shown.
    """
    if not text.strip():
        return {"tone": None}
    detected_lang, certainty = detect(text, READ)
    lang = detected_lang if certainty >= CERTAIN else way.lang
    tone_check = check(text, lang=lang, public=default_visibility(way.channel) is Visibility.PUBLIC)
    grave = [hint for hint in tone_check.hints if hint.kind == KIND]
    hints = _hints(text, [hint for hint in tone_check.hints if hint.kind != KIND])
    sounds, headline, number = _sounds(tone_check), _headline(tone_check), _number(len(hints))
    return {
        "tone": {
            "status": _status(length, len(grave), headline, number),
            "warnings": _hints(text, grave),
            "sounds": sounds,
            "heard": headline,
            "passages": _passages(text, tone_check),
            "number": number,
            "hints": hints,
        }
    }


def _status(length: Length, grave: int, headline: str, number: str) -> str:
    """Return a summary in a few words for screen readers, the most serious first."""
    parts = [
        length.refusal.rstrip(".") or _posts(length),
        gettext("Personal data: %(count)s") % {"count": grave} if grave else "",
        headline.rstrip("."),
        number,
    ]
    return "".join(f"{part}. " for part in parts if part).rstrip()


def _posts(length: Length) -> str:
    count = len(length.posts)
    return ngettext("%(count)s post", "%(count)s posts", count) % {"count": count} if length.is_thread else ""


def _number(hints: int) -> str:
    return ngettext("%(number)s hint", "%(number)s hints", hints) % {"number": hints} if hints else ""


def _headline(tone_check: Checked) -> str:
    """Return the sentence on how the draft sounds, or else the number of passages that stand out."""
    count = len(tone_check.verdict.spans)
    if (sounds := _sounds(tone_check)) or not count:
        return sounds
    return ngettext("One passage to look at again", "%(number)s passages to look at again", count) % {"number": count}


def _sounds(tone_check: Checked) -> str:
    """Return the sentence on how the draft sounds, "" for a neutral one."""
    message = _SOUNDS.get(tone_check.verdict.tone)
    return gettext(message) if message else ""


def _passages(text: str, tone_check: Checked) -> list[dict[str, Any]]:
    """Return the passages that stand out; those without a replacement show the turn of phrase."""
    remarks = [
        _Remark(
            _shorten_quote(text[s.start : s.end]),
            gettext(s.why),
            s.suggestion,
            s.instead,
            "" if s.instead else s.phrase,
        )
        for s in tone_check.verdict.spans
    ]
    return _group_remarks(remarks, tone_check.lang)


def _hints(text: str, hints: Sequence[Hint]) -> list[dict[str, Any]]:
    return _group_remarks(
        _Remark(_shorten_quote(text[h.start : h.end]) if h.start is not None else "", _sentence(h), h.suggestion)
        for h in hints
    )


class _Remark(NamedTuple):
    """A remark on a passage, which is "" when it concerns the whole draft."""

    passage: str
    why: str
    suggestion: str
    instead: str = ""
    phrase: str = ""


def _group_remarks(remarks: Iterable[_Remark], lang: str = "") -> list[dict[str, Any]]:
    """Group remarks of the same reason and suggestion. `lang` is the language of the suggested replacements."""
    groups: dict[tuple[str, str], list[_Remark]] = {}
    for remark in remarks:
        groups.setdefault((remark.why, remark.suggestion), []).append(remark)
    return [
        {
            "quotes": list(dict.fromkeys((remark.passage, remark.instead) for remark in group if remark.passage)),
            "why": why,
            "suggestion": gettext(suggestion) if suggestion else "",
            "phrase": next((remark.phrase for remark in group if remark.phrase), ""),
            "lang": lang,
        }
        for (why, suggestion), group in groups.items()
    ]


def _sentence(hint: Hint) -> str:
    return notices.told({"text": hint.text, "values": hint.values})


def _shorten_quote(passage: str) -> str:
    one_line = " ".join(passage.split())
    return one_line if len(one_line) <= MOST_QUOTE else f"{one_line[:MOST_QUOTE]}…"
