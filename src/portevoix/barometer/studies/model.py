"""The parts of a study: frozen values, read from its folder and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from portevoix.barometer.studies.handles import handle, is_whole, network_name
from portevoix.kernel.errors import BadInput
from portevoix.kernel.policy import ServicePolicy

SETTINGS: Final = "study.toml"
CITIES: Final = "cities.csv"
ACCOUNTS: Final = "accounts.csv"
AUDIENCE: Final = "audience.csv"
SURVEY: Final = "survey.csv"
COMMENTS: Final = "comments.csv"
CHECKED: Final = "checked.csv"


class Scope(StrEnum):
    """The body that an account speaks for. `OTHER`: a museum, a mayor, a tourist office. Only the city's own are
    counted.
    """

    CITY = "city"
    AGGLOMERATION = "agglomeration"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something missing, doubtful or refused in a file of the study.

    `row` is the line of the file, 1-based; None for the file as a whole. `text` is an English sentence marked for
    translation, with places that `values` fill. A grave remark changed the data that the study uses.
    """

    file: str
    row: int | None
    text: str
    values: Mapping[str, str | int] = field(default_factory=dict, hash=False)
    grave: bool = False

    def __str__(self) -> str:
        sentence = self.text.format(**self.values)
        return f"{self.file}, line {self.row}: {sentence}" if self.row else f"{self.file}: {sentence}"


class BadStudy(BadInput):
    """The study cannot be used; `remarks` hold everything that is wrong with it."""

    def __init__(self, remarks: tuple[Remark, ...]) -> None:
        stops = [remark for remark in remarks if remark.grave]
        super().__init__("\n".join(map(str, stops)))
        self.remarks = remarks


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyCity:
    """`population` is None where it is not known; `lat` and `lon` are degrees."""

    code: str
    name: str
    population: int | None = None
    agglomeration: str = ""
    lat: float | None = None
    lon: float | None = None
    site_candidate: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyAccount:
    """An account of a city from the day `since` to the day `until`, both included; None: no known limit.

    `handle` is as `handles.handle` writes it.
    """

    city: str
    network: str
    handle: str
    scope: Scope = Scope.CITY
    evidence_url: str = ""
    evidence_date: date | None = None
    since: date | None = None
    until: date | None = None
    row: int = 0

    @property
    def counts(self) -> bool:
        """Return whether it is the city's own service: an agglomeration's or a museum's account is not."""
        return self.scope is Scope.CITY

    def holds(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def overlaps(self, other: "StudyAccount") -> bool:
        return (self.since or date.min) <= (other.until or date.max) and (other.since or date.min) <= (
            self.until or date.max
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyAudience:
    """Followers of an account, and the accounts it follows (None: not known), on a day."""

    city: str
    network: str
    handle: str
    day: date
    followers: int
    following: int | None = None
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyAnswer:
    """An answer that only the city can give: `question` is a code such as `community_manager`."""

    city: str
    question: str
    value: bool
    evidence: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyComment:
    """A city's reply to the study, printed beside its row."""

    city: str
    day: date | None
    author: str
    text: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """A pillar counts as if `strength` more observations had been made, worth `prior` points (0 to 100)."""

    strength: float
    prior: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`study.toml`. `weights` are those of the pillars, `indicators` those inside each pillar: both sum to 1.

    `goalposts` give each indicator's value for 0 and for 100 points. `hours` is the policy of the opening-hours clock.
    """

    title: str
    first_day: date
    last_day: date
    networks: tuple[str, ...]
    timezone: str
    languages: tuple[str, ...]
    weights: Mapping[str, float]
    indicators: Mapping[str, Mapping[str, float]]
    goalposts: Mapping[str, tuple[float, float]]
    minimum: Mapping[str, int]
    shrinkage: Shrinkage
    hours: ServicePolicy
    simulated: bool
    seed: int

    @property
    def begins(self) -> datetime:
        """Return the local midnight before the first day, in UTC."""
        return _midnight(self.first_day, self.timezone)

    @property
    def ends(self) -> datetime:
        """Return the local midnight after the last day, in UTC."""
        return _midnight(self.last_day + timedelta(days=1), self.timezone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Study(Settings):
    """A study read from a folder. `accounts` are those that count, on the study's networks; `contested` are claimed by
    two cities for the same days and count for neither. `checked` is the day a person last looked for a city's accounts.
    `noted` are the remarks from reading the files; `loader.remarks` adds those on the whole.
    """

    directory: Path
    today: date
    cities: tuple[StudyCity, ...]
    accounts: tuple[StudyAccount, ...]
    contested: tuple[StudyAccount, ...] = ()
    audience: tuple[StudyAudience, ...] = ()
    survey: tuple[StudyAnswer, ...] = ()
    comments: tuple[StudyComment, ...] = ()
    checked: Mapping[str, date] = field(default_factory=dict)
    noted: tuple[Remark, ...] = ()
    _by_name: dict[tuple[str, str], list[StudyAccount]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name: dict[tuple[str, str], list[StudyAccount]] = {}
        for account in self.accounts:
            by_name.setdefault((account.network, account.handle), []).append(account)
            if account.network == "mastodon" and "@" in account.handle:
                by_name.setdefault((account.network, account.handle.partition("@")[0]), []).append(account)
        object.__setattr__(self, "_by_name", by_name)

    @property
    def watched_until(self) -> datetime:
        """Return the end of the period or, if earlier, of today, in UTC: nobody has waited longer than that."""
        return min(self.ends, _midnight(self.today + timedelta(days=1), self.timezone))

    def looks_at(self, account: StudyAccount) -> bool:
        """Return whether the account was the city's on some day of the period."""
        return (account.since or date.min) <= self.last_day and self.first_day <= (account.until or date.max)

    def account_of(self, network: str, name: str, at: datetime) -> StudyAccount | None:
        """Return whose account it was at the aware instant `at`; None if no city's or that of two cities.

        `name` may have an @, or an address around it. On Mastodon a name without its server is found where one account
        alone can be meant.
        """
        network = network_name(network)
        plain, day = handle(network, name), at.astimezone(ZoneInfo(self.timezone)).date()
        accounts = self._by_name.get((network, plain))
        if accounts is None and is_whole(network, plain):  # the study's own may be without its server
            accounts = [
                one for one in self._by_name.get((network, plain.partition("@")[0]), ()) if "@" not in one.handle
            ]
        owners = [account for account in accounts or () if account.holds(day)]
        return owners[0] if len(owners) == 1 else None


def _midnight(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(timezone)).astimezone(UTC)
