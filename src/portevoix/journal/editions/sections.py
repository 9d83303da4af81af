"""The sections of an edition that count: messages, voices, replies, promises, departments."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Count:
    """The number this week, and in each of the weeks that it is compared with, oldest first."""

    now: int
    past: tuple[int, ...] = ()

    @property
    def mean(self) -> float | None:
        """Return the average of the weeks before; None without any."""
        return sum(self.past) / len(self.past) if self.past else None

    @property
    def low(self) -> int | None:
        return min(self.past, default=None)

    @property
    def high(self) -> int | None:
        return max(self.past, default=None)

    @property
    def apart(self) -> float:
        """Return the distance from the average when the number is above or below every week before, else 0.

        It is less than 0 when the number is below all of them.
        """
        if not self.past or min(self.past) <= self.now <= max(self.past):
            return 0.0
        return self.now - sum(self.past) / len(self.past)


@dataclass(frozen=True, slots=True)
class Tally:
    """A count of one channel, kind or week: `code` as the record writes it, "" for unknown."""

    code: str
    count: Count


@dataclass(frozen=True, slots=True)
class Volume:
    """The number of messages from citizens.

    `channels` and `kinds` are never empty rows, most first; `weeks` oldest first.

    `weeks` holds the weeks before and this one, as they are drawn: whole weeks, except one that is running. `roles` has
    "request" (began a conversation), "reminder" (came later in one) and "thanks", which add up to the total;
    `begun_with_thanks` counts the conversations that thanks began.
    """

    kind: ClassVar[str] = "volume"
    total: Count
    channels: tuple[Tally, ...]
    kinds: tuple[Tally, ...]
    weeks: tuple[Tally, ...]
    roles: tuple[Tally, ...] = ()
    begun_with_thanks: int = 0

    @property
    def begun(self) -> int:
        """Return the number of conversations that began."""
        return self.begun_with_thanks + sum(row.count.now for row in self.roles if row.code == "request")


@dataclass(frozen=True, slots=True)
class Voice:
    """One masked message; `cut` when only its beginning is quoted. `conversation`: for readers who may open it.

    `state` is that of its wait, as in `finding_sections.SubjectRow.states`.
    """

    text: str
    cut: bool
    channel: str
    department: str
    private: bool
    sent_at: datetime
    conversation: int
    state: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """The number of messages with one sentiment, and a few of them."""

    count: Count
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class Voices:
    """What goes wrong and what goes well. `neutral`: messages with neither."""

    kind: ClassVar[str] = "voices"
    wrong: Side
    well: Side
    neutral: Count


@dataclass(frozen=True, slots=True)
class Word:
    """A word and the number of messages that contain it: this week, and in all weeks before together."""

    word: str
    count: int
    past: int


@dataclass(frozen=True, slots=True)
class Words:
    """The week's most telling words, most telling first.

    `compared` is False when there was no past to compare with, or no word stood out: these are then the most frequent.
    """

    kind: ClassVar[str] = "words"
    words: tuple[Word, ...]
    compared: bool


@dataclass(frozen=True, slots=True)
class Share:
    """The share (0 to 1) replied to within a horizon ("1h", "8h", "24h", "72h"), with its 95 % interval."""

    horizon: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class EarlierWeek:
    """A horizon whose share is of an earlier week, and which: the last one observed for so long in all its waits."""

    horizon: str
    week: str


@dataclass(frozen=True, slots=True)
class Waits:
    """Waiting times of citizens.

    `n` counts all waits, `answered` those that ended, `enough` whether there are enough to show.

    A horizon is missing from `shares` where too few wrote, or too few of them could be observed for so long. `median_s`
    is None while half of them have had no reply; `median_week` is the week of the median, "" for the edition's own.
    """

    n: int
    answered: int
    enough: bool
    shares: tuple[Share, ...] = ()
    median_s: int | None = None
    median_week: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One measure: `reply` "first" or "answer", on the `clock` "elapsed" (day and night) or "service" (opening hours).

    `past` joins the waits of the weeks before, as they were known at this edition's cut-off. For a horizon of
    `earlier_weeks`, `now` is of an earlier week, and `past` of those before that one.
    """

    reply: str
    clock: str
    now: Waits
    past: Waits | None
    earlier_weeks: tuple[EarlierWeek, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the reply curve: from `seconds` on, `share` have had their first reply."""

    seconds: int
    share: float


@dataclass(frozen=True, slots=True)
class Replies:
    """The reply measures; `copies` counts messages with the city in copy, which no reply measure counts.

    The curves are those of first contact by day and night, of the week `curve_week` ("": the edition's own) and of
    those before it; empty with too few waits.
    """

    kind: ClassVar[str] = "replies"
    minimum: int
    copies: int
    measures: tuple[Reply, ...]
    curve: tuple[Step, ...]
    past_curve: tuple[Step, ...]
    curve_week: str = ""


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise that falls due in the week; `gist` is its masked subject."""

    conversation: int
    gist: str
    department: str
    made_at: datetime
    promised_at: datetime
    answered_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Promises:
    """Promises that fall due in the week, by outcome; `outcomes` has every outcome, also those that count 0.

    `listed` are the most important, first; `more` counts those that are not listed.
    """

    kind: ClassVar[str] = "promises"
    total: Count
    outcomes: tuple[Tally, ...]
    listed: tuple[PromiseRow, ...]
    more: int


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department's week; `waits` and `within_8h` are of first contact by day and night. `slug` "": not routed yet.

    `phrase` is its first subject, of `people` in these `conversations`, with its `matter`; "" where it has none.
    """

    slug: str
    name: str
    messages: Count
    wrong: int
    well: int
    waits: int
    within_8h: Share | None
    phrase: str = ""
    people: int = 0
    conversations: tuple[int, ...] = ()
    matter: int | None = None


@dataclass(frozen=True, slots=True)
class Departments:
    kind: ClassVar[str] = "departments"
    rows: tuple[DepartmentRow, ...]
