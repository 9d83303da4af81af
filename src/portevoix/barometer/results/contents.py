"""The results of a study, as the program reads them: `results.json`, whose fields have the same names here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portevoix.barometer.studies.model import Shrinkage

type Document = dict[str, Any]
"""The content of `results.json`, which `results.schema.json` describes."""
type Interval = tuple[float, float]
type RankRange = tuple[int, int]
_UNCHANGED = ("software", "seed", "simulated", "title", "timezone", "collected_until", "weights", "pillars", "minimum",
              "leader_stays", "messages")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """An English text with places in braces, to be translated and then filled with `values`."""

    text: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Remark(Sentence):
    file: str
    row: int | None
    grave: bool


@dataclass(frozen=True, slots=True)
class IndicatorRule:
    version: int
    unit: str
    direction: str | None
    minimum: int
    pillar: str


@dataclass(frozen=True, slots=True)
class StudyFigure:
    value: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Cell:
    """What was measured of one indicator in one city; without `enough` observations it is shown and never scored."""

    value: float | None
    n: int
    ci: Interval | None
    enough: bool


@dataclass(frozen=True, slots=True)
class MeasuredCell(Cell):
    """A cell with something to say."""

    value: float


_NOTHING = Cell(value=None, n=0, ci=None, enough=False)


@dataclass(frozen=True, slots=True)
class PillarScore:
    score: float
    ci: Interval


@dataclass(frozen=True, slots=True)
class Account:
    network: str
    handle: str
    scope: str
    evidence_url: str
    evidence_date: str | None


@dataclass(frozen=True, slots=True)
class AutomationEvidence:
    """How strong each sign of a machine is in an account's posts, and which of them agreed."""

    network: str
    handle: str
    share: float
    signs: Mapping[str, float]
    agreed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comment:
    date: str | None
    author: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """`automation` is the evidence of it, one for each account that posted; `unranked` says why there is no rank."""

    code: str
    name: str
    population: int | None
    agglomeration: str
    lat: float | None
    lon: float | None
    accounts: tuple[Account, ...]
    indicators: Mapping[str, Cell]
    pillars: Mapping[str, PillarScore]
    score: float | None
    score_ci: Interval | None
    rank: int | None
    rank_set: RankRange | None
    tier: int | None
    p_top5: float | None
    weights_range: RankRange | None
    worse_than: tuple[str, ...]
    rankings: Mapping[str, int | None]
    unranked: Sentence | None
    automation: tuple[AutomationEvidence, ...]
    comment: Comment | None

    def cell(self, code: str) -> Cell:
        """Return the cell of an indicator, an empty one where nothing was seen."""
        return self.indicators.get(code, _NOTHING)

    def measured_cell(self, code: str) -> MeasuredCell | None:
        """Return the cell of an indicator; None without enough data."""
        cell = self.cell(code)
        return cell if isinstance(cell, MeasuredCell) and cell.enough else None

    @property
    def position(self) -> tuple[float, float] | None:
        """Return latitude and longitude."""
        return None if self.lat is None or self.lon is None else (self.lat, self.lon)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCity(City):
    """A city that the data carry a rank for, and with it all that comes with one: `document.parse` sees to that."""

    score: float
    score_ci: Interval
    rank: int
    rank_set: RankRange
    tier: int
    p_top5: float


@dataclass(frozen=True, slots=True)
class RankingRow:
    code: str
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class WeightsTried:
    """How many other weights of the pillars were tried, and between which ends each of them was."""

    number: int
    range: Mapping[str, Interval]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """`document` is what they were read from, unchanged. The rows of `coverage` are those of `coverage.json`."""

    document: Document = field(repr=False, compare=False)
    software: Mapping[str, str]
    seed: int
    simulated: bool
    title: str
    period: tuple[str, str]
    timezone: str
    networks: tuple[str, ...]
    languages: tuple[str, ...]
    collected_until: str
    weights: Mapping[str, float]
    pillars: Mapping[str, Mapping[str, float]]
    goalposts: Mapping[str, tuple[float, float]]
    minimum: Mapping[str, int]
    shrinkage: Shrinkage
    indicators: Mapping[str, IndicatorRule]
    study: Mapping[str, StudyFigure]
    cities: tuple[City, ...]
    rankings: Mapping[str, tuple[RankingRow, ...] | None]
    rankings_missing: Mapping[str, Sentence]
    weights_tried: WeightsTried | None
    leader_stays: float | None
    messages: Mapping[str, int]
    tables: Mapping[str, str]
    coverage: tuple[Mapping[str, Any], ...]
    remarks: tuple[Remark, ...]


def read_results(document: Document) -> Results:
    """Return the results in a document that matches the schema.

    Studies that were stored in the first version of the schema have no `weights_tried` and no `tables`.
    """
    tried = document.get("weights_tried")
    unchanged: dict[str, Any] = {name: document[name] for name in _UNCHANGED}
    tuples: dict[str, Any] = {name: tuple(document[name]) for name in ("period", "networks", "languages", "coverage")}
    return Results(
        document=document,
        **unchanged,
        **tuples,
        goalposts={code: _pair(ends) for code, ends in document["goalposts"].items()},
        shrinkage=Shrinkage(**document["shrinkage"]),
        indicators={code: IndicatorRule(**rule) for code, rule in document["indicators"].items()},
        study={code: StudyFigure(**figure) for code, figure in document["study"].items()},
        cities=tuple(map(_city, document["cities"])),
        rankings={
            name: None if rows is None else tuple(RankingRow(**row) for row in rows)
            for name, rows in document["rankings"].items()
        },
        rankings_missing={name: Sentence(**reason) for name, reason in document["rankings_missing"].items()},
        weights_tried=tried and WeightsTried(tried["number"], {name: _pair(e) for name, e in tried["range"].items()}),
        tables=document.get("tables", {}),
        remarks=tuple(Remark(**remark) for remark in document["remarks"]),
    )


def _city(city: Mapping[str, Any]) -> City:
    read_apart = {
        "accounts": tuple(Account(**account) for account in city["accounts"]),
        "indicators": {code: _cell(cell) for code, cell in city["indicators"].items()},
        "pillars": {name: PillarScore(cell["score"], _pair(cell["ci"])) for name, cell in city["pillars"].items()},
        **{name: city[name] and _pair(city[name]) for name in ("score_ci", "rank_set", "weights_range")},
        "worse_than": tuple(city["worse_than"]),
        "unranked": city["unranked"] and Sentence(**city["unranked"]),
        "automation": tuple(
            AutomationEvidence(**{**evidence, "agreed": tuple(evidence["agreed"])})
            for evidence in city["evidence"]["automation"]
        ),
        "comment": city["comment"] and Comment(**city["comment"]),
    }
    kind = City if city["rank"] is None else RankedCity
    return kind(**{name: value for name, value in city.items() if name != "evidence"} | read_apart)


def _cell(cell: Mapping[str, Any]) -> Cell:
    kind = Cell if cell["value"] is None else MeasuredCell
    return kind(**{**cell, "ci": cell["ci"] and _pair(cell["ci"])})


def _pair[Number: (int, float)](ends: Sequence[Number]) -> tuple[Number, Number]:
    return ends[0], ends[1]
