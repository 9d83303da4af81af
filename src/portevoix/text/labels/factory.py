"""Creation of a city's labellers: the one for its first day, or a trained one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.text.labels.bundled import load_bundled
from portevoix.text.labels.cold_start import ColdStart
from portevoix.text.labels.embedding_model import Encoder
from portevoix.text.labels.model_store import parse
from portevoix.text.labels.predictor import DescriptionLabeller, Labeller, TrainedLabeller, labels
from portevoix.text.starter import DepartmentText

TASKS = ("department", "kind", "valence")

NOTHING = ColdStart(())
"""For tasks that do not use departments' descriptions."""

type DatedExamples = Sequence[tuple[str, str, datetime]]
"""(text, label, time of writing)."""


@dataclass(frozen=True)
class LabellerFactory:
    """A task, "department", "kind" or "valence", with the departments and their descriptions.

    `encoders` compute embeddings, for training and for prediction.
    """

    task: str
    departments: Sequence[DepartmentText] = ()
    cold: ColdStart = NOTHING
    encoders: Sequence[Encoder] = ()

    def first_day(self) -> Labeller:
        """Return the labeller to use before there is a trained version."""
        return (
            DescriptionLabeller(self.cold)
            if self.task == "department"
            else TrainedLabeller(load_bundled(self.task), self.encoders)
        )

    def restore(self, content: bytes, *, name: str) -> TrainedLabeller:
        """Return the labeller that `model_store.dump` wrote, with the departments' current descriptions.

        Raise BadInput when it is damaged, or suggests departments that no longer exist. `name` is used in errors.
        """
        model = parse(content, name=name, prior=self.cold if self.cold.usable else None).model
        obsolete_labels = sorted(set(model.labels) - labels(self.task, self.departments))
        if obsolete_labels:
            message = gettext_noop("{file} suggests what is no more: {labels}.")
            raise BadInput(message, file=name, labels=", ".join(obsolete_labels))
        return TrainedLabeller(model, self.encoders)

    def usable(self, examples: DatedExamples) -> DatedExamples:
        """Return the examples that have a current label and a text, the oldest first."""
        possible_labels = labels(self.task, self.departments)
        return sorted((e for e in examples if e[1] in possible_labels and e[0].strip()), key=lambda example: example[2])
