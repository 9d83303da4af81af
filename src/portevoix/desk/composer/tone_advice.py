"""How a draft sounds, in the reader's language: advice beside the composer, which never blocks."""

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
"""How certain one must be that a draft is in another language than its conversation."""
_SOUNDS = {
    "silly": gettext_noop("This may sound silly: it charms rather than answers."),
    "conniving": gettext_noop("This may sound conniving: it takes sides rather than answers for the city."),
    "cold": gettext_noop("This may sound cold: nobody speaks to anybody."),
}


def told(text: str, *, way: Way, length: Length) -> dict[str, Any]:
    """What the panel shows of a draft; nothing of an empty one, which mostly is in the language of its conversation.

    What would be published of a person is a warning, which nothing hides.
    """
    if not text.strip():
        return {"tone": None}
    written, certainty = detect(text, READ)
    lang = written if certainty >= CERTAIN else way.lang
    checked = check(text, lang=lang, public=default_visibility(way.channel) is Visibility.PUBLIC)
    grave = [hint for hint in checked.hints if hint.kind == KIND]
    hints = _hints(text, [hint for hint in checked.hints if hint.kind != KIND])
    sounds, heard, number = _sounds(checked), _heard(checked), _number(len(hints))
    return {
        "tone": {
            "status": _status(length, len(grave), heard, number),
            "warnings": _hints(text, grave),
            "sounds": sounds,
            "heard": heard,
            "passages": _passages(text, checked),
            "number": number,
            "hints": hints,
        }
    }


def _status(length: Length, grave: int, heard: str, number: str) -> str:
    """All of it in a few words, for whoever hears the page: the gravest first."""
    told = [
        length.refusal.rstrip(".") or _posts(length),
        gettext("Personal data: %(count)s") % {"count": grave} if grave else "",
        heard.rstrip("."),
        number,
    ]
    return "".join(f"{one}. " for one in told if one).rstrip()


def _posts(length: Length) -> str:
    count = len(length.posts)
    return ngettext("%(count)s post", "%(count)s posts", count) % {"count": count} if length.is_thread else ""


def _number(hints: int) -> str:
    return ngettext("%(number)s hint", "%(number)s hints", hints) % {"number": hints} if hints else ""


def _heard(checked: Checked) -> str:
    """How it sounds, or else how many passages stand out."""
    count = len(checked.verdict.spans)
    if (sounds := _sounds(checked)) or not count:
        return sounds
    return ngettext("One passage to look at again", "%(number)s passages to look at again", count) % {"number": count}


def _sounds(checked: Checked) -> str:
    """Nothing of a neutral draft."""
    said = _SOUNDS.get(checked.verdict.tone)
    return gettext(said) if said else ""


def _passages(text: str, checked: Checked) -> list[dict[str, Any]]:
    """With the turn of phrase of those for which nothing can be told that may stand in their place."""
    told = [
        _Told(_quoted(text[s.start : s.end]), gettext(s.why), s.suggestion, s.instead, "" if s.instead else s.phrase)
        for s in checked.verdict.spans
    ]
    return _grouped(told, checked.lang)


def _hints(text: str, found: Sequence[Hint]) -> list[dict[str, Any]]:
    return _grouped(
        _Told(_quoted(text[h.start : h.end]) if h.start is not None else "", _sentence(h), h.suggestion) for h in found
    )


class _Told(NamedTuple):
    """A passage, or "" of what is about the whole, and what is said of it."""

    passage: str
    why: str
    suggestion: str
    instead: str = ""
    phrase: str = ""


def _grouped(several: Iterable[_Told], lang: str = "") -> list[dict[str, Any]]:
    """What is the same of several passages is said once. `lang` is that of what could be written instead."""
    found: dict[tuple[str, str], list[_Told]] = {}
    for told in several:
        found.setdefault((told.why, told.suggestion), []).append(told)
    return [
        {
            "quotes": list(dict.fromkeys((told.passage, told.instead) for told in same if told.passage)),
            "why": why,
            "suggestion": gettext(suggestion) if suggestion else "",
            "phrase": next((told.phrase for told in same if told.phrase), ""),
            "lang": lang,
        }
        for (why, suggestion), same in found.items()
    ]


def _sentence(hint: Hint) -> str:
    return notices.told({"text": hint.text, "values": hint.values})


def _quoted(passage: str) -> str:
    one_line = " ".join(passage.split())
    return one_line if len(one_line) <= MOST_QUOTE else f"{one_line[:MOST_QUOTE]}…"
