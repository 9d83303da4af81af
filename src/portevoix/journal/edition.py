"""The edition of a week as a frozen value: what the page, the e-mail and the file render, and what the record keeps.

An edition is a row of typed sections. Whatever a citizen wrote stands in it masked. Figures that rest on too few waits
are not in it at all, so that no rendering can show them.
"""

from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from types import UnionType
from typing import Any, ClassVar, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class Count:
    """How many this week, and in each of the weeks that it is compared with, oldest first."""

    now: int
    past: tuple[int, ...] = ()

    @property
    def mean(self) -> float | None:
        """The average of the weeks before; None when there is none."""
        return sum(self.past) / len(self.past) if self.past else None

    @property
    def low(self) -> int | None:
        return min(self.past, default=None)

    @property
    def high(self) -> int | None:
        return max(self.past, default=None)

    @property
    def apart(self) -> float:
        """How far above the average it lies when it is above every one of the weeks before, how far below (less than 0)
        when it is below every one of them, else 0.
        """
        if not self.past or min(self.past) <= self.now <= max(self.past):
            return 0.0
        return self.now - sum(self.past) / len(self.past)


@dataclass(frozen=True, slots=True)
class Tally:
    """A count of one channel, one kind or one week: `code` as the record writes it, "" when nobody said."""

    code: str
    count: Count


@dataclass(frozen=True, slots=True)
class Volume:
    """How many messages citizens sent. `channels` and `kinds` are never empty rows, most first; `weeks` oldest first.

    `weeks` holds the weeks before and this one, as they are drawn: whole weeks, except one that is running. `roles`
    has "request" (began a conversation), "reminder" (came later in one) and "thanks", which add up to the total;
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
        """How many conversations began."""
        return self.begun_with_thanks + sum(row.count.now for row in self.roles if row.code == "request")


@dataclass(frozen=True, slots=True)
class Voice:
    """One message, masked; `cut` when only its beginning stands here. `conversation`: for those who may open it."""

    text: str
    cut: bool
    channel: str
    department: str
    private: bool
    sent_at: datetime
    conversation: int


@dataclass(frozen=True, slots=True)
class Side:
    """How many messages say it, and a few of them."""

    count: Count
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class Voices:
    """What goes wrong and what goes well. `neutral`: messages that say neither."""

    kind: ClassVar[str] = "voices"
    wrong: Side
    well: Side
    neutral: Count


@dataclass(frozen=True, slots=True)
class Word:
    """A word and in how many messages it stands: this week, and in all the weeks before together."""

    word: str
    count: int
    past: int


@dataclass(frozen=True, slots=True)
class Words:
    """The week's most telling words, most telling first.

    `compared` is False when there was no past to tell them from, or none stood out: these are merely the most frequent.
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
    """A horizon that tells of an earlier week, and which: the last one of which everybody was watched for so long."""

    horizon: str
    week: str


@dataclass(frozen=True, slots=True)
class Waited:
    """How soon citizens had their reply. `n` counts all waits, `answered` those that ended, `enough` whether so many
    can be told of.

    A horizon is missing from `shares` where too few wrote, or too few of them could be watched for so long. `median_s`
    is None while half of them have had no reply; `median_week` is the week that it tells of, "" for the edition's own.
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

    `past` puts the waits of the weeks before together, with what was known of them at this edition's cut-off. A horizon
    of `earlier_weeks` tells of an earlier week in `now`, and in `past` of those before that one.
    """

    reply: str
    clock: str
    now: Waited
    past: Waited | None
    earlier_weeks: tuple[EarlierWeek, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the reply curve: from `seconds` on, `share` have had their first reply."""

    seconds: int
    share: float


@dataclass(frozen=True, slots=True)
class Replies:
    """The reply measures; `copies` counts what named the city in copy, which no reply measure counts.

    The curves are those of first contact by day and night, of the week `curve_week` ("": the edition's own) and of
    those before it; empty where there are too few to say.
    """

    kind: ClassVar[str] = "replies"
    minimum: int
    copies: int
    measures: tuple[Reply, ...]
    curve: tuple[Step, ...]
    past_curve: tuple[Step, ...]
    curve_week: str = ""


@dataclass(frozen=True, slots=True)
class Pledged:
    """A promise whose date falls in the week; `gist` says what it is about, masked."""

    conversation: int
    gist: str
    department: str
    made_at: datetime
    promised_at: datetime
    answered_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Promises:
    """Promises whose date falls in the week, by outcome; `outcomes` has every outcome, also those that count 0.

    `listed` is what most needs to be seen first; `more` counts those that are not listed.
    """

    kind: ClassVar[str] = "promises"
    total: Count
    outcomes: tuple[Tally, ...]
    listed: tuple[Pledged, ...]
    more: int


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department's week; `waits` and `within_8h` are of first contact by day and night. `slug` "": not routed yet."""

    slug: str
    name: str
    messages: Count
    wrong: int
    well: int
    waits: int
    within_8h: Share | None


@dataclass(frozen=True, slots=True)
class Departments:
    kind: ClassVar[str] = "departments"
    rows: tuple[DepartmentRow, ...]


type Section = Volume | Voices | Words | Replies | Promises | Departments

SECTIONS: dict[str, type[Any]] = {each.kind: each for each in (Volume, Voices, Words, Replies, Promises, Departments)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One week's journal, for a department (`department` its slug) or the whole city ("").

    It tells what was known at `cut_off`. `final` says that it will say the same whenever it is read; until then the
    week runs, or has just ended and waits for Monday morning. `compared` counts the weeks before that it compares
    with; `department_names` are those of the slugs that appear in it.
    """

    week: str
    department: str
    city: str
    timezone: str
    since: datetime
    until: datetime
    cut_off: datetime
    final: bool
    compared: int
    department_names: dict[str, str]
    sections: tuple[Section, ...]

    @property
    def running(self) -> bool:
        """Whether the week is not over at the cut-off."""
        return self.cut_off < self.until

    def section(self, kind: str) -> Any:
        """The section of that kind, None when the edition has none."""
        return next((section for section in self.sections if section.kind == kind), None)

    def as_json(self) -> dict[str, Any]:
        """What the record keeps; instants are RFC 3339, each section names its kind."""
        told: dict[str, Any] = _told(self)
        told["sections"] = [{"kind": section.kind, **_told(section)} for section in self.sections]
        return told

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Edition":
        """The inverse of `as_json`."""
        hints = get_type_hints(cls)
        plain = {
            field.name: _read(hints[field.name], told[field.name]) for field in fields(cls) if field.name != "sections"
        }
        return cls(**plain, sections=tuple(_read(SECTIONS[each["kind"]], each) for each in told["sections"]))


def _told(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _told(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_told(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _read(hint: Any, told: Any) -> Any:
    if isinstance(hint, UnionType):
        return None if told is None else _read(get_args(hint)[0], told)
    if get_origin(hint) is tuple:
        return tuple(_read(get_args(hint)[0], each) for each in told)
    if is_dataclass(hint):
        hints, known = get_type_hints(hint), (field.name for field in fields(hint))
        return hint(**{name: _read(hints[name], told[name]) for name in known if name in told})
    return datetime.fromisoformat(told) if hint is datetime else told
