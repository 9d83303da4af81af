"""Detection of messages that call for an answer."""

import re
from collections.abc import Sequence
from itertools import batched

from portevoix.kernel.labels import Kind
from portevoix.text.labels.bundled import shipped

CALLS = (Kind.QUESTION, Kind.REPORT, Kind.COMPLAINT, Kind.SUGGESTION)
"""Kinds to which a city replies; praise and others (jokes, bare mentions, advertising) need no answer."""
LIKELY = 0.5
_QUESTION = re.compile(r"\?\s*(?:$|[^&=\w/])")
_AT_ONCE = 500


def asks(text: str) -> bool:
    """Return whether an inbound message is a question, a report, a complaint or a suggestion: see `asks_of`."""
    return asks_of([text])[0]


def asks_of(texts: Sequence[str]) -> list[bool]:
    """Return for each text whether it has a question mark outside addresses, or CALLS together are likelier than not.

    The likelihoods are those of the bundled model of kinds. Waits are not filtered by this unless a study says so:
    whether a message calls for an answer is for its author to say.
    """
    model = shipped("kind")
    calling = [model.labels.index(kind) for kind in CALLS if kind in model.labels]
    answers: list[bool] = []
    for some in batched(texts, _AT_ONCE):
        shares = model.probabilities(some)[:, calling].sum(axis=1).tolist()
        answers += [bool(_QUESTION.search(text)) or share >= LIKELY for text, share in zip(some, shares, strict=True)]
    return answers
