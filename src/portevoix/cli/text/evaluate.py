"""`portevoix text evaluate`: measures how good a labeller is."""

import json

import click

from portevoix.cli.text.lines import SOME_REFUSED, check_output, labelled, show_refused, warn_of_few, write
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop


@click.command()
@click.option("--task", required=True, type=click.Choice(["department", "kind", "valence"]), help="What to label.")
@click.option("--train", "learn", required=True, metavar="FILE", help="Labelled messages to learn from.")
@click.option("--test", "tried", required=True, metavar="FILE", help="Labelled messages to try it on.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def evaluate(task: str, learn: str, tried: str, *, as_json: bool) -> None:
    """Learn on one file, try on another, and say how good it was.

    accuracy and macro_f1 score the most probable label; coverage is the share of messages that it was sure of, and
    accuracy_when_sure how many of those were right; ece is how far its probabilities are from the truth.

    Exit status: 0; 3 when some lines of either file were refused, which its figures leave out; 2 when there is nothing
    to learn from or to try, or a compressed file breaks off or is damaged.
    """
    from portevoix.text.labels import evaluation  # noqa: PLC0415 -- NumPy and scikit-learn would slow --help
    from portevoix.text.training.city_labels import trained  # noqa: PLC0415

    check_output()
    (examples, bad, in_order), (tests, bad_tests, _) = labelled(learn, task), labelled(tried, task)
    for file, rows in ((learn, examples), (tried, tests)):
        if not rows:
            raise BadInput(gettext_noop("No message in {file} has a label for {task}."), file=file, task=task)
    warn_of_few(examples, learn)
    report = evaluation.evaluate(trained(task, examples, in_order=in_order), tests).as_json()
    output = json.dumps(report) if as_json else "\n".join(f"{name:20} {value}" for name, value in report.items())
    write(f"{output}\n")
    show_refused(bad, learn)
    show_refused(bad_tests, tried)
    if bad or bad_tests:
        click.get_current_context().exit(SOME_REFUSED)
