"""`portevoix text train`: learn to label messages from labelled ones."""

from pathlib import Path

import click

from portevoix.cli.text.lines import check_place, labelled, tell_refused, warn_of_few
from portevoix.kernel.errors import BadInput, PortevoixError
from portevoix.kernel.i18n import gettext_noop


@click.command()
@click.option("--task", required=True, type=click.Choice(["department", "kind", "valence"]), help="What to label.")
@click.option(
    "--data", required=True, metavar="FILE", help="Labelled messages as JSON Lines, gzip too; - for standard input."
)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Where to write the model.")
def train(task: str, data: str, out: Path) -> None:
    """Learn to label messages, and write the model.

    The label of a message is read from its field "labels": {"labels": {"kind": "question"}}. Where a file's labels are
    those of the messages that ship with the program, it learns from these too. Where each message says when it was
    sent ("sent_at"), what was asked about lately counts for more, if the file itself shows that it should. With the
    extra `embeddings` it also reads what sentences mean; where they are missing when it predicts, the words alone
    decide. Of fewer than sixty examples nothing can be measured: it warns.

    Exit status: 0 learnt; 3 learnt, but some lines were refused; 2 nothing was written: there is no folder for the
    model, nothing to learn from, or a compressed file that breaks off or is damaged.
    """
    from portevoix.text.labels.model_store import Stored, save  # noqa: PLC0415 -- NumPy and scikit-learn would slow --help
    from portevoix.text.training.city_labels import trained  # noqa: PLC0415

    check_place(out)
    examples, refusals, in_order = labelled(data, task)
    if not examples:
        raise BadInput(gettext_noop("No message in {file} has a label for {task}."), file=data, task=task)
    warn_of_few(examples, data)
    labeller = trained(task, examples, in_order=in_order)
    try:
        save(Stored(task, labeller.model), out)
    except OSError as error:
        message = gettext_noop("{file} cannot be written: {why}. What was learnt is lost: run it again.")
        raise PortevoixError(message, file=str(out), why=error.strerror or str(error)) from None
    click.echo(f"{len(examples)} examples, {len(labeller.model.labels)} labels: {out}", err=True)
    tell_refused(refusals, data)
