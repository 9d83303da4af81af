"""The sections of an edition that say what happened: subjects and findings, what to treat, what was repaired.

An entry about one conversation has its number as `conversation`, one about several has them as `conversations`: by
that an erasure finds what to take out. `messages` are their numbers in the record, or ids of the file that was read.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from portevoix.journal.editions.sections import Tally, Voice

MATTER_ID = "matter-"
"""With a matter's number it is the id of its subject."""


@dataclass(frozen=True, slots=True)
class DemandRow:
    """A demand in the words of one who makes it, and how many people do."""

    phrase: str
    people: int
    messages: tuple[str, ...]
    conversations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """A subject of the week. `voices`: its typical message, then two that differ from it; none of a sensitive one.

    `id` is the same from week to week; `matter` is the record's matter, None while there is none. `curve`: people by
    week, oldest first, this week last. `copies`: people who sent one and the same text.
    """

    id: str
    phrase: str
    people: int
    messages: tuple[str, ...]
    conversations: tuple[int, ...]
    voices: tuple[Voice, ...]
    demands: tuple[DemandRow, ...]
    states: tuple[Tally, ...]
    districts: tuple[Tally, ...]
    departments: tuple[Tally, ...]
    curve: tuple[Tally, ...]
    matter: int | None = None
    copies: int = 0
    sensitive: bool = False
    terms: tuple[str, ...] = ()
    centre: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding, as `findings.Claim` has it: `finding` is its kind, `subject` a subject's id or "".

    `of`, `usual`, `weeks`, `names` and `what` are the values of its sentence that not every kind has. What was not
    tested is None.
    """

    id: str
    finding: str
    subject: str
    phrase: str
    people: int
    messages: tuple[str, ...]
    conversations: tuple[int, ...]
    compared: int
    expected: float | None = None
    ratio: float | None = None
    q_value: float | None = None
    of: int = 0
    weeks: int = 0
    names: tuple[str, ...] = ()
    what: str = ""
    usual: float | None = None
    voices: tuple[Voice, ...] = ()

    @property
    def matter(self) -> int:
        """Return the matter of its subject, 0 for none."""
        number = self.subject.removeprefix(MATTER_ID)
        return int(number) if number.isdecimal() and number != self.subject else 0


@dataclass(frozen=True, slots=True)
class Group:
    """The messages that a number of the edition counts, under a code such as "state-answered"."""

    code: str
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A text that several people sent, and how it begins."""

    phrase: str
    people: int
    messages: tuple[str, ...]
    conversations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rewording:
    """The five lines as a language model reworded them, in their order; an erasure drops all of them."""

    language: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """Subjects, the one of most people first, and findings, the most important first.

    `single` counts the messages of no subject. `tested`: enough past weeks were known to call something unusual.
    `groups`: the messages behind the other numbers. `rewordings`: of the five lines, where the city has an endpoint.
    `rejected`: matters of subjects that colleagues said are none.
    """

    kind: ClassVar[str] = "findings"
    subjects: tuple[SubjectRow, ...]
    findings: tuple[FindingRow, ...]
    single: int
    messages: int
    people: int
    tested: bool
    groups: tuple[Group, ...] = ()
    rewordings: tuple[Rewording, ...] = ()
    campaigns: tuple[CampaignRow, ...] = ()
    rejected: tuple[int, ...] = ()

    def count(self, code: str) -> int:
        """Return how many messages a group has; 0 for one that there is not."""
        return sum(len(group.messages) for group in self.groups if group.code == code)


@dataclass(frozen=True, slots=True)
class AttentionRow:
    """A conversation to be treated. `at`: when it began to be; `until`: when that ended, None where it has not.

    `likely`: of a danger that no phrase says.
    """

    conversation: int
    gist: str
    department: str
    at: datetime
    until: datetime | None = None
    likely: bool = False

    @property
    def seconds(self) -> int | None:
        """Return how long it lasted, in seconds; None where it has not ended."""
        return int((self.until - self.at).total_seconds()) if self.until else None


@dataclass(frozen=True, slots=True)
class AttentionList:
    """The rows to treat for one reason, at most five, and how many there are in all, with their `conversations`.

    `likely`: how many of them are dangers that no phrase says.
    """

    code: str
    total: int
    rows: tuple[AttentionRow, ...]
    conversations: tuple[int, ...] = ()
    likely: int = 0


@dataclass(frozen=True, slots=True)
class Attention:
    """What is to be treated: dangers, broken promises, reminders after a missed date, those who wait longest.

    `unrouted`: messages of the city that no department has yet, in a department's edition; `unrouted_dangers`: those of
    them by which somebody may get hurt.
    """

    kind: ClassVar[str] = "attention"
    lists: tuple[AttentionList, ...]
    unrouted: int = 0
    unrouted_dangers: int = 0


@dataclass(frozen=True, slots=True)
class RepairedRow:
    """A complaint (`text`), the city's reply to it, and the thanks that followed."""

    conversation: int
    text: str
    reply: str
    thanks: str
    department: str
    sent_at: datetime
    replied_at: datetime
    thanked_at: datetime


@dataclass(frozen=True, slots=True)
class Repaired:
    kind: ClassVar[str] = "repaired"
    rows: tuple[RepairedRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Messages:
    """All messages of a week that has few."""

    kind: ClassVar[str] = "messages"
    rows: tuple[Voice, ...]
