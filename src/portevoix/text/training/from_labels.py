"""Labellers trained on a city's labels, or those of its first day when there are too few."""

from collections.abc import Sequence

from portevoix.text import starter
from portevoix.text.labels.embedding_model import Encoder
from portevoix.text.labels.factory import NOTHING, LabellerFactory
from portevoix.text.labels.predictor import DescriptionLabeller, Labeller, TrainedLabeller, are_enough, labels, usable
from portevoix.text.starter import DepartmentText
from portevoix.text.training import classifier, cold_start

type Examples = Sequence[tuple[str, str]]


def make_factory(
    task: str, departments: Sequence[DepartmentText] = (), encoders: Sequence[Encoder] = ()
) -> LabellerFactory:
    """Return the ground of a task, with the cold-start model trained on the departments' descriptions."""
    return LabellerFactory(
        task, departments, cold_start.fit(departments) if task == "department" else NOTHING, encoders
    )


def department_labeller(
    departments: Sequence[DepartmentText], examples: Examples, encoders: Sequence[Encoder] = ()
) -> Labeller:
    """Return the labeller of departments, trained on their descriptions and, if enough, on `examples` (text, slug)."""
    own_ground = make_factory("department", departments, encoders)
    return train_labeller(own_ground, examples) or DescriptionLabeller(
        cold_start.fit(departments, encoders) if encoders else own_ground.cold
    )


def labeller(task: str, examples: Examples, encoders: Sequence[Encoder] = ()) -> Labeller:
    """Return the labeller of kinds or sentiments, those of `kernel.labels`."""
    own_ground = make_factory(task, encoders=encoders)
    return train_labeller(own_ground, examples) or own_ground.first_day()


def train_labeller(ground: LabellerFactory, examples: Examples, *, in_order: bool = False) -> TrainedLabeller | None:
    """Return a labeller trained on the examples whose label may be suggested; None when there are too few.

    `in_order`: the examples are in order of time.
    """
    possible_labels = labels(ground.task, ground.departments)
    mine, encoders = usable(examples, possible_labels), ground.encoders
    if not are_enough(mine):
        return None
    if ground.task != "department":
        more = starter.examples(ground.task)
        return TrainedLabeller(classifier.fit(mine, more=more, encoders=encoders, in_order=in_order), encoders)
    own = [(phrase, department.slug) for department in ground.departments for phrase in department.phrases]
    starter_examples = usable(
        starter.fitting("department", possible_labels), possible_labels
    )  # a city may have some of those departments only
    prior = ground.cold if ground.cold.usable else None
    model = classifier.fit(mine, more=(*own, *starter_examples), encoders=encoders, prior=prior, in_order=in_order)
    return TrainedLabeller(model, encoders)
