"""What the commands on texts share: lines in, a line out for each, in the same order, in bounded memory."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import Any, NamedTuple

import click

from portevoix.kernel.errors import BadLine
from portevoix.kernel.interchange import read_texts
from portevoix.kernel.streams import open_stream
from portevoix.text.words import whole

BATCH = 500
SOME_REFUSED = 3
_SHOWN = 5

type Line = Mapping[str, Any]


def answer_lines(work: Callable[[Sequence[Line]], Iterable[Line]], *, batch: int = BATCH) -> None:
    """Reads standard input, lets `work` answer its lines a batch at a time, and writes the answers.

    A line that cannot be read is answered by {"error": why}, so that the answers keep their places; the program then
    ends with 3, after telling the reasons on standard error.
    """
    refused: list[BadLine] = []
    with open_stream("-") as stream:
        for some in batched(read_texts(stream), batch):
            told = "".join(json.dumps(answer, ensure_ascii=False) + "\n" for answer in _answers(some, work, refused))
            click.echo(told.encode(errors="replace"), nl=False)  # UTF-8, whatever the terminal's locale
    _tell(refused)


class Labelled(NamedTuple):
    """Texts with their labels; in order of time where each says when it was sent, and not all were at once."""

    examples: list[tuple[str, str]]
    in_order: bool


def labelled(source: str, task: str) -> Labelled:
    """The texts of a file and their labels for `task`, read from `labels`; lines without that label are passed over."""
    found: list[tuple[str, str]] = []
    sent: list[datetime | None] = []
    refused: list[BadLine] = []
    with open_stream(source) as stream:
        for line in read_texts(stream):
            if isinstance(line, BadLine):
                refused.append(line)
                continue
            labels = line.get("labels")
            label = labels.get(task) if isinstance(labels, Mapping) else None
            if isinstance(label, str) and label:
                found.append((whole_text(line), label))
                sent.append(sent_at(line))
    for bad in refused[:_SHOWN]:
        click.echo(f"{source}: {bad}", err=True)
    times = [at for at in sent if at]
    if len(times) < len(found) or len(set(times)) < 2:
        return Labelled(found, in_order=False)
    order = sorted(range(len(found)), key=times.__getitem__)
    return Labelled([found[place] for place in order], in_order=True)


def sent_at(line: Line) -> datetime | None:
    """When it was sent; None when it does not say, or says it in a way that cannot be read."""
    sent = line.get("sent_at")
    try:
        instant = datetime.fromisoformat(sent) if isinstance(sent, str) else None
    except ValueError:
        return None
    return instant if instant and instant.tzinfo else None


def whole_text(line: Line) -> str:
    """The subject, when there is one, and the text."""
    subject = line.get("subject")
    return whole(subject if isinstance(subject, str) else "", str(line["text"]))


def _answers(
    some: Sequence[Line | BadLine], work: Callable[[Sequence[Line]], Iterable[Line]], refused: list[BadLine]
) -> Iterator[Line]:
    answers = iter(work([line for line in some if not isinstance(line, BadLine)]))
    for line in some:
        if isinstance(line, BadLine):
            refused.append(line)
            yield {"error": str(line)}
        else:
            yield next(answers)


def _tell(refused: Sequence[BadLine]) -> None:
    if not refused:
        return
    click.echo(f"{len(refused)} {'line' if len(refused) == 1 else 'lines'} refused:", err=True)
    for bad in refused[:_SHOWN]:
        click.echo(f"  {bad}", err=True)
    if len(refused) > _SHOWN:
        click.echo(f"  and {len(refused) - _SHOWN} more", err=True)
    click.get_current_context().exit(SOME_REFUSED)
