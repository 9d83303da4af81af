"""What a city taught is learnt anew: first tried on its latest messages, beside what serves, then learnt from all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.text.cold import ColdStart
from portevoix.text.labels import Labeller, Learnt, enough, labeller, labels, router
from portevoix.text.measured import Report, evaluate
from portevoix.text.semantic import Encoder
from portevoix.text.starter import DepartmentText
from portevoix.text.stored import parse

TASKS = ("department", "kind", "valence")
LATEST = timedelta(weeks=4)
FEWEST_LATEST = 30
"""With fewer in the last weeks, the latest quarter is tried."""

type Dated = Sequence[tuple[str, str, datetime]]
"""(text, label, when it was written)."""


@dataclass(frozen=True)
class Ground:
    """What is to be suggested in this city: "department", "kind" or "valence", and the departments there are.

    `encoders` say what texts mean, to learn from it and to be tried with it.
    """

    task: str
    departments: Sequence[DepartmentText]
    encoders: Sequence[Encoder] = ()

    def labeller(self, examples: Sequence[tuple[str, str]]) -> Labeller:
        """Learnt from the examples, or what serves before there are enough of them."""
        if self.task == "department":
            return router(self.departments, examples, self.encoders)
        return labeller(self.task, examples, self.encoders)

    def usable(self, examples: Dated) -> Dated:
        """Those whose label may be suggested today, and of which something is left to learn from; the oldest first."""
        known = labels(self.task, self.departments)
        return sorted((e for e in examples if e[1] in known and e[0].strip()), key=lambda example: example[2])

    def learnt(self, examples: Sequence[tuple[str, str]]) -> Learnt | None:
        """`examples`: usable ones. None when there are too few of them."""
        if not enough(examples):
            return None
        made = self.labeller(examples)
        assert isinstance(made, Learnt)
        return made

    def restored(self, content: bytes, *, name: str) -> Learnt:
        """What `stored.dump` wrote, beside what the departments say of themselves today.

        Raises BadInput when it is damaged, or suggests departments that are no more. `name` is what errors call it.
        """
        cold = ColdStart(self.departments) if self.task == "department" else None
        model = parse(content, name=name, prior=cold if cold and cold.usable else None).model
        gone = sorted(set(model.labels) - labels(self.task, self.departments))
        if gone:
            message = gettext_noop("{file} suggests what is no more: {labels}.")
            raise BadInput(message, file=name, labels=", ".join(gone))
        return Learnt(model, self.encoders)


@dataclass(frozen=True, slots=True)
class Trial:
    """What was learnt without the messages written `since`, and how right it and the one before are on these."""

    learnt: Learnt
    report: Report
    before: Report
    since: datetime


def trial(ground: Ground, examples: Dated, before: Labeller, *, now: datetime) -> Trial | None:
    """`before` must not have seen the latest messages either. None when there are too few to learn from and to try."""
    dated = ground.usable(examples)
    ordered = [(text, label) for text, label, _ in dated]
    latest = sum(at > now - LATEST for _, _, at in dated)
    if latest < FEWEST_LATEST or not enough(ordered[:-latest]):
        latest = len(ordered) // 4
    earlier = ordered[: len(ordered) - latest]
    learnt = ground.learnt(earlier) if latest else None
    if learnt is None:
        return None
    tried = ordered[len(earlier) :]
    return Trial(learnt, evaluate(learnt, tried), evaluate(before, tried), dated[len(earlier)][2])
