"""`portevoix text predict`: label messages with a model."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from portevoix.cli.text.lines import Line, answer_lines, whole_text


@click.command()
@click.option(
    "--model", required=True, type=click.Path(path_type=Path, dir_okay=False), help="A model by `text train`."
)
def predict(model: Path) -> None:
    """Label the messages on standard input.

    Each line comes back with "predicted": [{"label", "probability"}], the most probable first; a first one whose label
    is null says that nobody can tell, and the next is then the best guess.

    Exit status: 0, 2 when the model cannot be used, 3 when some lines were refused.
    """
    from portevoix.text.labels.embedding_model import encoders  # noqa: PLC0415
    from portevoix.text.labels.model_store import load  # noqa: PLC0415
    from portevoix.text.labels.predictor import TrainedLabeller  # noqa: PLC0415 -- NumPy would slow --help

    labeller = TrainedLabeller(load(model).model, encoders())

    def work(lines: Sequence[Line]) -> Iterator[Line]:
        for line, several in zip(lines, labeller.predict([whole_text(line) for line in lines]), strict=True):
            labels = [{"label": s.label, "probability": round(s.probability, 4)} for s in several]
            yield {**line, "predicted": labels}

    answer_lines(work)
