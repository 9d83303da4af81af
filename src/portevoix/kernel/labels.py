"""What a citizen's message is: its kind, and whether it says that something goes wrong or well."""

from enum import StrEnum


class Kind(StrEnum):
    """What the citizen does by it."""

    QUESTION = "question"
    REPORT = "report"
    COMPLAINT = "complaint"
    PRAISE = "praise"
    SUGGESTION = "suggestion"
    OTHER = "other"


class Sentiment(StrEnum):
    """What it says of the city's service. Its label in the interchange format is `valence`."""

    WRONG = "wrong"
    WELL = "well"
    NEUTRAL = "neutral"
