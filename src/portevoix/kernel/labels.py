"""Labels of a citizen's message: its kind and its sentiment."""

from enum import StrEnum


class Kind(StrEnum):
    """Purpose of a message.

    A further kind needs its words in web/label_words.py (then `make messages`), examples in text/starter/messages.jsonl
    (then `python tools/starter.py`) and, if it asks for an answer, a place in CALLING_KINDS.
    """

    QUESTION = "question"
    REPORT = "report"
    COMPLAINT = "complaint"
    PRAISE = "praise"
    SUGGESTION = "suggestion"
    OTHER = "other"


CALLING_KINDS = (Kind.QUESTION, Kind.REPORT, Kind.COMPLAINT, Kind.SUGGESTION)
"""Kinds to which a city replies; praise and others (jokes, bare mentions, advertising) need no answer."""


class Sentiment(StrEnum):
    """Opinion on the city's service that a message expresses. Its label in the interchange format is `valence`."""

    WRONG = "wrong"
    WELL = "well"
    NEUTRAL = "neutral"
