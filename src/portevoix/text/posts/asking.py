"""Whether what a citizen wrote calls for an answer."""

import re
from collections.abc import Sequence
from itertools import batched

from portevoix.kernel.labels import Kind
from portevoix.text.labels.bundled import shipped

CALLS = (Kind.QUESTION, Kind.REPORT, Kind.COMPLAINT, Kind.SUGGESTION)
"""Kinds to which a city replies; praise and the rest (jokes, bare mentions, advertising) wait for nothing."""
LIKELY = 0.5
_QUESTION = re.compile(r"\?\s*(?:$|[^&=\w/])")
_AT_ONCE = 500


def asks(text: str) -> bool:
    """Whether an inbound message is a question, a report, a complaint or a suggestion: see `asks_of`."""
    return asks_of([text])[0]


def asks_of(texts: Sequence[str]) -> list[bool]:
    """Of each text: it holds a question mark that is no part of an address, or CALLS are likelier together than not.

    The likelihoods are those of the kinds that ship with the program. Waits are not filtered by this unless a study
    says so: what calls for an answer is for whoever wrote to say.
    """
    model = shipped("kind")
    calling = [model.labels.index(kind) for kind in CALLS if kind in model.labels]
    found: list[bool] = []
    for some in batched(texts, _AT_ONCE):
        shares = model.probabilities(some)[:, calling].sum(axis=1).tolist()
        found += [bool(_QUESTION.search(text)) or share >= LIKELY for text, share in zip(some, shares, strict=True)]
    return found
