"""Detection of messages that call for an answer."""

import re
from collections.abc import Sequence
from itertools import batched

from portevoix.kernel.labels import CALLING_KINDS
from portevoix.text.labels.bundled import load_bundled

LIKELY = 0.5
_QUESTION = re.compile(r"\?\s*(?:$|[^&=\w/])")
_AT_ONCE = 500


def asks(text: str) -> bool:
    """Return whether an inbound message is a question, a report, a complaint or a suggestion: see `asks_of`."""
    return asks_of([text])[0]


def asks_of(texts: Sequence[str]) -> list[bool]:
    """Return for each text whether it has a question mark outside addresses, or is more likely than not to call.

    The likelihoods are those of the bundled model of kinds. Waits are not filtered by this unless a study says so:
    whether a message calls for an answer is for its author to say.
    """
    model = load_bundled("kind")
    calling = [model.labels.index(kind) for kind in CALLING_KINDS if kind in model.labels]
    answers: list[bool] = []
    for some in batched(texts, _AT_ONCE):
        shares = model.probabilities(some)[:, calling].sum(axis=1).tolist()
        answers += [bool(_QUESTION.search(text)) or share >= LIKELY for text, share in zip(some, shares, strict=True)]
    return answers
