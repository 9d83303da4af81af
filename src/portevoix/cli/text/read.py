"""`portevoix text read`: shows how the intake would analyse messages, without a city's own labels."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from portevoix.cli.text.departments import read_departments
from portevoix.cli.text.lines import Line, answer_lines, whole_text
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop


@click.command()
@click.option(
    "--departments",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="D.toml",
    help="The departments: [[department]] slug, name, description, competences. Without it: fourteen that a French "
    "city hall has.",
)
@click.option(
    "--lang",
    "langs",
    multiple=True,
    default=("fr", "en"),
    show_default=True,
    help="A language to tell apart; say it once for each.",
)
def read(departments: Path | None, langs: Sequence[str]) -> None:
    """Read the messages on standard input.

    Each line comes back with "lang" (unless it says it; empty for one that is none of those to tell apart), "kind",
    "valence", "department" (null: nobody can tell), "urgency" {"level": 2 people are in danger now, 1 somebody may get
    hurt, 0 neither, "words", "likely": true where no phrase says so} and "topics" [{"start", "end", "department",
    "probability", "valence", "valence_probability"}]: its passages, each about one department, places counted from the
    subject's start where there is one. Where the message's "department" is null, those of its topics are but the best
    guess.

    Exit status: 0, 2 when the departments cannot be read or are fewer than two, 3 when some lines were refused.
    """
    from portevoix.text import language, starter  # noqa: PLC0415 -- NumPy and scikit-learn would slow --help
    from portevoix.text.analysis import analyse as analyse  # noqa: PLC0415
    from portevoix.text.labels.bundled import load_bundled  # noqa: PLC0415
    from portevoix.text.labels.embedding_model import CachingEncoder, encoders  # noqa: PLC0415
    from portevoix.text.labels.features import Texts  # noqa: PLC0415
    from portevoix.text.labels.predictor import Labeller, TrainedLabeller  # noqa: PLC0415
    from portevoix.text.training.from_labels import department_labeller  # noqa: PLC0415

    if unknown := sorted(set(langs) - set(language.detectable_languages())):
        if "," in unknown[0]:
            each = " ".join(f"--lang {lang.strip()}" for lang in unknown[0].split(",") if lang.strip())
            raise BadInput(gettext_noop("Say --lang once for each language: {each}."), each=each)
        text = gettext_noop("“{unknown}” is no language that can be told apart. Those that are: {known}.")
        raise BadInput(text, unknown=unknown[0], known=" ".join(language.detectable_languages()))
    reading = [CachingEncoder(encoder) for encoder in encoders()]  # each text is asked for several times
    labellers: dict[str, Labeller] = {task: TrainedLabeller(load_bundled(task), reading) for task in starter.TASKS}
    if departments:
        labellers["department"] = department_labeller(read_departments(departments), (), reading)

    def work(lines: Sequence[Line]) -> Iterator[Line]:
        texts = Texts.of([whole_text(line) for line in lines])
        suggestions = labellers["department"].predict(texts)
        for line, analysis, several in zip(lines, analyse(texts, labellers, langs), suggestions, strict=True):
            own_language = {"lang": line["lang"]} if line.get("lang") else {}
            yield {**line, **analysis.as_json(), "department": several[0].label, **own_language}
        for encoder in reading:
            encoder.forget()

    answer_lines(work)
