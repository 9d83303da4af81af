"""Values of this room: the messages that are given, the subjects and findings that come out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

MOST_FINDINGS, MOST_SUBJECTS = 7, 5
CITY = ""
"""The department of the whole city's edition, and of what nobody routed."""


class FindingKind(StrEnum):
    EMERGING = "emerging"
    PERSISTENT = "persistent"
    GONE = "gone"
    WRONG = "wrong"
    WELL = "well"
    SUGGESTED = "suggested"
    UNANSWERED = "unanswered"
    BROKEN_PROMISE = "broken_promise"
    SEVERAL_DISTRICTS = "several_districts"


@dataclass(frozen=True, slots=True)
class WeekMessage:
    """A citizen's message. `author` is any constant key, "" when not known; `kind` and `valence` are the message's own.

    `answered` is None where nobody knows. `shown` is the text with personal data masked, from which titles and demands
    are taken; "" where nothing may be shown, None where the text itself may.
    """

    id: str
    text: str
    sent_at: datetime
    author: str
    channel: str
    department: str
    kind: str = ""
    valence: str = ""
    district: str = ""
    answered: bool | None = None
    shown: str | None = None

    @property
    def visible(self) -> str:
        return self.text if self.shown is None else self.shown


@dataclass(frozen=True)
class WeekToRead:
    """The messages of a week and of the weeks before it, the latest first, all departments' together.

    Weeks before that have no message are there, and empty. A week that runs is compared with weeks up to the same hour:
    callers leave the rest out. `vectors`: by message id, of one encoder; {} without.
    """

    code: str
    messages: Sequence[WeekMessage]
    past: Sequence[Sequence[WeekMessage]]
    vectors: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A number of people compared with past weeks. All is None where too few weeks are known to test anything.

    `expected` is what is usual of it, `ratio` how many times that it is; the probabilities are those of the test that
    showed it, which may be of some of these people, or of all who wrote to the department.
    """

    weeks: int
    expected: float | None = None
    ratio: float | None = None
    p_value: float | None = None
    q_value: float | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """The content of a sentence, without its words. `certainty` is one minus the q-value; None where not tested.

    Every number in `values` is one of the `message_ids` or of `compared_with`.
    """

    kind: FindingKind
    values: Mapping[str, str | int | float | tuple[str, ...]]
    message_ids: tuple[str, ...]
    compared_with: Comparison
    certainty: float | None = None


@dataclass(frozen=True, slots=True)
class DemandCount:
    """A demand, in the words of one who made it, and whose messages make it."""

    phrase: str
    people: int
    message_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of several people of a week. `title` is a phrase of theirs; the messages come most typical first.

    `terms` and `centre` are what it is recognised by in the next edition. `campaigns`: texts that several sent.
    `curve`: people by past week, the latest first.
    """

    id: str
    title: str
    message_ids: tuple[str, ...]
    people: int
    typical: str
    voices: tuple[str, ...]
    demands: tuple[DemandCount, ...]
    districts: Mapping[str, int]
    departments: Mapping[str, int]
    answered: int
    waiting: int
    terms: tuple[str, ...]
    centre: tuple[float, ...] = ()
    campaigns: tuple[tuple[str, ...], ...] = ()
    curve: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One entry of the journal; `subject` is a subject's id, "" for one that has none. `quotes` are message ids."""

    id: str
    kind: FindingKind
    subject: str
    claim: Claim
    people: int
    message_ids: tuple[str, ...]
    quotes: tuple[str, ...]
    expected: float | None
    ratio: float | None
    q_value: float | None


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Messages that wait, or to which a promise was broken: what callers count for `unanswered`, `broken_promise`."""

    kind: FindingKind
    department: str
    message_ids: tuple[str, ...]
    people: int
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Subjects, the one of most people first, findings, the most important first, and messages of no subject.

    `campaigns`: the messages of each text that several sent, whether or not they are of a subject.
    """

    week: str
    department: str
    subjects: tuple[Subject, ...]
    findings: tuple[Finding, ...]
    single: tuple[str, ...]
    campaigns: tuple[tuple[str, ...], ...]
    figures: Mapping[str, int | float | None]
