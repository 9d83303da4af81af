"""`portevoix text route`: suggests departments from their descriptions."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from portevoix.cli.text.departments import read_departments
from portevoix.cli.text.lines import Line, answer_lines, whole_text


@click.command()
@click.option(
    "--departments",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="D.toml",
    help="The departments: [[department]] slug, name, description, competences.",
)
def route(departments: Path) -> None:
    """Suggest departments for the messages on standard input, without any labelled message.

    Each line comes back with "predicted": [{"label", "probability", "words"}], the most probable department first; a
    first one whose label is null says that nobody can tell. "words" are those of the message that spoke for it.

    Exit status: 0, 2 when the departments cannot be read or are fewer than two, 3 when some lines were refused.
    """
    from portevoix.text.labels.embedding_model import encoders  # noqa: PLC0415
    from portevoix.text.training.from_labels import department_labeller  # noqa: PLC0415 -- NumPy and scikit-learn would slow --help

    labeller = department_labeller(read_departments(departments), (), encoders())

    def work(lines: Sequence[Line]) -> Iterator[Line]:
        for line, several in zip(lines, labeller.predict([whole_text(line) for line in lines]), strict=True):
            labels = [{"label": s.label, "probability": round(s.probability, 4), "words": s.words} for s in several]
            yield {**line, "predicted": labels}

    answer_lines(work)
