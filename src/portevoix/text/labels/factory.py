"""What is to be suggested in a city, and what suggests it: what serves on its first day, or what was learnt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.text.labels.bundled import shipped
from portevoix.text.labels.cold_start import ColdStart
from portevoix.text.labels.embeddings import Encoder
from portevoix.text.labels.model_store import parse
from portevoix.text.labels.predictor import Described, Labeller, Learnt, labels
from portevoix.text.starter import DepartmentText

TASKS = ("department", "kind", "valence")

NOTHING = ColdStart(())
"""For what is not suggested by departments' words."""

type Dated = Sequence[tuple[str, str, datetime]]
"""(text, label, when it was written)."""


@dataclass(frozen=True)
class Ground:
    """What is to be suggested: "department", "kind" or "valence"; the departments there are, and what they say.

    `encoders` say what texts mean, to learn from it and to be tried with it.
    """

    task: str
    departments: Sequence[DepartmentText] = ()
    cold: ColdStart = NOTHING
    encoders: Sequence[Encoder] = ()

    def first_day(self) -> Labeller:
        """What serves before there is a version."""
        return Described(self.cold) if self.task == "department" else Learnt(shipped(self.task), self.encoders)

    def restored(self, content: bytes, *, name: str) -> Learnt:
        """What `stored.dump` wrote, beside what the departments say of themselves today.

        Raises BadInput when it is damaged, or suggests departments that are no more. `name` is what errors call it.
        """
        model = parse(content, name=name, prior=self.cold if self.cold.usable else None).model
        gone = sorted(set(model.labels) - labels(self.task, self.departments))
        if gone:
            message = gettext_noop("{file} suggests what is no more: {labels}.")
            raise BadInput(message, file=name, labels=", ".join(gone))
        return Learnt(model, self.encoders)

    def usable(self, examples: Dated) -> Dated:
        """Those whose label may be suggested today, and of which something is left to learn from; the oldest first."""
        known = labels(self.task, self.departments)
        return sorted((e for e in examples if e[1] in known and e[0].strip()), key=lambda example: example[2])
