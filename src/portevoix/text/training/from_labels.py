"""Labellers learnt from a city's labels as soon as there are enough of them; else what serves before."""

from collections.abc import Sequence

from portevoix.text import starter
from portevoix.text.labels.embeddings import Encoder
from portevoix.text.labels.factory import NOTHING, Ground
from portevoix.text.labels.predictor import Described, Labeller, Learnt, enough, labels, usable
from portevoix.text.starter import DepartmentText
from portevoix.text.training import classifier, cold_start

type Examples = Sequence[tuple[str, str]]


def ground(task: str, departments: Sequence[DepartmentText] = (), encoders: Sequence[Encoder] = ()) -> Ground:
    """With what serves on the first day, learnt from the departments' words."""
    return Ground(task, departments, cold_start.fit(departments) if task == "department" else NOTHING, encoders)


def router(departments: Sequence[DepartmentText], examples: Examples, encoders: Sequence[Encoder] = ()) -> Labeller:
    """Departments, from `examples` (text, slug) as soon as there are enough to measure by, beside their own words."""
    given = ground("department", departments, encoders)
    return learnt(given, examples) or Described(cold_start.fit(departments, encoders) if encoders else given.cold)


def labeller(task: str, examples: Examples, encoders: Sequence[Encoder] = ()) -> Labeller:
    """Kind or sentiment: those of `kernel.labels`."""
    given = ground(task, encoders=encoders)
    return learnt(given, examples) or given.first_day()


def learnt(ground: Ground, examples: Examples, *, in_order: bool = False) -> Learnt | None:
    """Of the examples whose label may be suggested; None when there are too few of them. `in_order`: of time."""
    known = labels(ground.task, ground.departments)
    mine, encoders = usable(examples, known), ground.encoders
    if not enough(mine):
        return None
    if ground.task != "department":
        more = starter.examples(ground.task)
        return Learnt(classifier.fit(mine, more=more, encoders=encoders, in_order=in_order), encoders)
    own = [(phrase, department.slug) for department in ground.departments for phrase in department.phrases]
    shipped = usable(starter.fitting("department", known), known)  # a city may have some of those departments only
    prior = ground.cold if ground.cold.usable else None
    made = classifier.fit(mine, more=(*own, *shipped), encoders=encoders, prior=prior, in_order=in_order)
    return Learnt(made, encoders)
