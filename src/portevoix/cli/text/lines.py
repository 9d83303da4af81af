"""Shared code of the commands on texts: one output line for each input line, in order, in bounded memory."""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import Any, NamedTuple

import click

from portevoix.kernel.errors import BadInput, BadLine, PortevoixError
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.interchange import read_texts
from portevoix.kernel.streams import BREAKS_OFF, open_stream
from portevoix.text.tokens import whole

BATCH = 500
SOME_REFUSED = 3
_MOST_REASONS = 5
_DAMAGED_FILE = gettext_noop(
    "{file} breaks off or is damaged at line {line}, and nobody knows what is missing. Nothing was done: get it anew."
)

type Line = Mapping[str, Any]


def answer_lines(work: Callable[[Sequence[Line]], Iterable[Line]], *, batch: int = BATCH) -> None:
    """Read standard input, let `work` answer its lines a batch at a time, and write the answers.

    A line that cannot be read is answered by {"error": why}, so that the answers keep their places; the program then
    reports the reasons on standard error and ends with status 3.
    """
    check_output()
    refusals: list[BadLine] = []
    with open_stream("-") as stream:
        for some in batched(read_texts(stream), batch):
            output = "".join(json.dumps(answer, ensure_ascii=False) + "\n" for answer in _answers(some, work, refusals))
            write(output)
    tell_refused(refusals)


def check_output() -> None:
    """Raise BadInput before any work when standard output is closed, as all results would be lost."""
    if sys.stdout is None:  # as Python leaves it where it was closed before
        raise BadInput(gettext_noop("Standard output is closed: there is nowhere to write to."))


def write(output: str) -> None:
    """Write to standard output, in UTF-8 whatever the terminal's locale. Raises PortevoixError when that fails."""
    try:
        click.echo(output.encode(errors="replace"), nl=False)
    except BrokenPipeError:  # whoever read it wants no more of it
        raise
    except OSError as error:
        sys.stdout = None  # what waits there cannot be written either
        message = gettext_noop("Standard output cannot be written: {why}. What is there is not all: run it again.")
        raise PortevoixError(message, why=error.strerror or str(error)) from None


def check_place(path: Path) -> None:
    """Raise BadInput when no file can be written there, before work that takes minutes."""
    try:
        if path.exists():
            with path.open("ab"):
                return
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        why = gettext_noop("There is no folder {folder} to write {file} into. Make it first.")
        if path.parent.is_dir():
            why = gettext_noop("{file} cannot be written: {why}. Nothing was done.")
        reason = error.strerror or os.strerror(error.errno or 0)
        raise BadInput(why, file=str(path), folder=str(path.parent), why=reason) from None


class Labelled(NamedTuple):
    """Texts with their labels; in order of time where each says when it was sent, and not all were at once."""

    examples: list[tuple[str, str]]
    refused: list[BadLine]
    in_order: bool


def labelled(source: str, task: str) -> Labelled:
    """Return the texts of a file and their labels for `task`, read from `labels`; skip lines without that label.

    Raises BadInput when a compressed file breaks off or is damaged: the lines read before may be wrong too.
    """
    examples: list[tuple[str, str]] = []
    instants: list[datetime | None] = []
    refusals: list[BadLine] = []
    without = 0
    with open_stream(source) as stream:
        for line in read_texts(stream):
            if isinstance(line, BadLine):
                if line.text == BREAKS_OFF:
                    raise BadInput(_DAMAGED_FILE, file=source, line=line.line or 0)
                refusals.append(line)
                continue
            labels = line.get("labels")
            label = labels.get(task) if isinstance(labels, Mapping) else None
            if isinstance(label, str) and label.strip():
                examples.append((whole_text(line), label))
                instants.append(sent_at(line))
            else:
                without += 1
    if without and examples:
        click.echo(f"{without} lines of {source} have no label for {task}: they are passed over.", err=True)
    times = [at for at in instants if at]
    if len(times) < len(examples) or len(set(times)) < 2:
        return Labelled(examples, refusals, in_order=False)
    order = sorted(range(len(examples)), key=times.__getitem__)
    return Labelled([examples[place] for place in order], refusals, in_order=True)


def warn_of_few(examples: Sequence[tuple[str, str]], source: str) -> None:
    """Warn that a model learnt from few examples is hardly ever sure, since its accuracy cannot be measured."""
    from portevoix.text.labels.predictor import FEWEST_EXAMPLES, FEWEST_PER_LABEL, enough  # noqa: PLC0415 -- NumPy would slow --help

    if not enough(examples):
        click.echo(
            f"Warning: {source} has {len(examples)} examples. At least {FEWEST_EXAMPLES} are needed, and "
            f"{FEWEST_PER_LABEL} each of two labels, to measure how often a model is right; below, do not rely on it.",
            err=True,
        )


def sent_at(line: Line) -> datetime | None:
    """Return when a line was sent; None when it does not say, or cannot be read."""
    timestamp = line.get("sent_at")
    try:
        instant = datetime.fromisoformat(timestamp) if isinstance(timestamp, str) else None
    except ValueError:
        return None
    return instant if instant and instant.tzinfo else None


def whole_text(line: Line) -> str:
    """Return the subject, if any, and the text."""
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


def tell_refused(refused: Sequence[BadLine], source: str = "") -> None:
    """Report refused lines on standard error and, if there are any, end the command with status 3."""
    show_refused(refused, source)
    if refused:
        click.get_current_context().exit(SOME_REFUSED)


def show_refused(refused: Sequence[BadLine], source: str = "") -> None:
    if not refused:
        return
    where = f"{source}: " if source else ""
    click.echo(f"{where}{len(refused)} {'line' if len(refused) == 1 else 'lines'} refused:", err=True)
    for bad in refused[:_MOST_REASONS]:
        click.echo(f"  {bad}", err=True)
    if len(refused) > _MOST_REASONS:
        click.echo(f"  and {len(refused) - _MOST_REASONS} more", err=True)
