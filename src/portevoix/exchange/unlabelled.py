"""Labels messages that were taken in when only conversations had a kind and a sentiment."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from portevoix.exchange.jobs import Job
from portevoix.exchange.prediction import predictors
from portevoix.exchange.thresholds import likely
from portevoix.record.operations.label import label_messages
from portevoix.record.queries.unlabelled import messages_without_labels
from portevoix.text.labels.features import Texts

AT_ONCE = 200


def label_some(now: datetime) -> int | None:
    """Label a batch of them by what each says itself, the newest first; return how many there were, None: none."""
    rows = messages_without_labels(AT_ONCE)
    said = {pk: text for pk, text in rows if text}
    labels = dict(zip(said, _labels(Texts(list(said.values()))), strict=True)) if said else {}
    label_messages({pk: labels.get(pk, ("", "")) for pk, _ in rows})
    return len(rows) or None


def _labels(texts: Texts) -> Iterator[tuple[str, str]]:
    """Kind and sentiment of each text, as likely as they are at the intake."""
    models = predictors.labellers().by_name
    kinds, sentiments = (map(likely, models[name].predict(texts)) for name in ("kind", "valence"))
    return zip(kinds, sentiments, strict=True)


LABEL_MESSAGES = Job(
    "label_messages",
    label_some,
    every=timedelta(minutes=1),
    apart_if=lambda now: bool(messages_without_labels(1)),
)
"""Until none is left."""
