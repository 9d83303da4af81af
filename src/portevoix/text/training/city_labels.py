"""Training of a labeller from labelled texts alone, for any task."""

from collections.abc import Sequence

from portevoix.text import starter
from portevoix.text.labels.embedding_model import encoders
from portevoix.text.labels.predictor import TrainedLabeller
from portevoix.text.training import classifier


def train(task: str, examples: Sequence[tuple[str, str]], *, in_order: bool) -> TrainedLabeller:
    """Return a labeller trained on `examples` (text, label), and on the starter's where the labels are the same.

    `in_order`: the examples are in order of time. Raise BadInput when there are not two labels.
    """
    more = starter.fitting(task, {label for _, label in examples})
    return TrainedLabeller(classifier.fit(examples, more=more, encoders=encoders(), in_order=in_order), encoders())
