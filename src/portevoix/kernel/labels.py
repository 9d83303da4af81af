"""Labels of a citizen's message: its kind and its sentiment."""

from enum import StrEnum


class Kind(StrEnum):
    """Purpose of a message."""

    QUESTION = "question"
    REPORT = "report"
    COMPLAINT = "complaint"
    PRAISE = "praise"
    SUGGESTION = "suggestion"
    OTHER = "other"


class Sentiment(StrEnum):
    """Opinion on the city's service that a message expresses. Its label in the interchange format is `valence`."""

    WRONG = "wrong"
    WELL = "well"
    NEUTRAL = "neutral"
