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
    """Label a batch of them by their own text, the newest first; return how many there were, None: none."""
    rows = messages_without_labels(AT_ONCE)
    texts = {pk: text for pk, text in rows if text}
    labels = dict(zip(texts, _labels(Texts(list(texts.values()))), strict=True)) if texts else {}
    label_messages({pk: labels.get(pk, ("", "")) for pk, _ in rows})
    return len(rows) or None


def _labels(texts: Texts) -> Iterator[tuple[str, str]]:
    """Yield kind and sentiment of each text, with the same thresholds as at intake."""
    models = predictors.labellers().by_name
    kinds, sentiments = (map(likely, models[name].predict(texts)) for name in ("kind", "valence"))
    return zip(kinds, sentiments, strict=True)


LABEL_MESSAGES = Job(
    "label_messages",
    label_some,
    every=timedelta(minutes=1),
    apart_if=lambda now: bool(messages_without_labels(1)),
)
"""Labels batches until none is left."""
