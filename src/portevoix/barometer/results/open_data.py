"""The open data of a study: the content of `results.json` as tables, with a codebook. No text, no citizen."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from itertools import chain

import polars as pl

from portevoix.barometer.results.contents import City, PillarScore, Results
from portevoix.barometer.results.document import schema
from portevoix.barometer.results.open_tables import CODES, PILLARS, REPLICATES, WAITS, WEIGHTS, as_cell
from portevoix.barometer.scoring.coder_error import CODED_INDICATORS
from portevoix.barometer.scoring.rankings_2013 import THREE
from portevoix.measures.indicators import INDICATORS

_SIMULATED_COLUMN = {"simulated": ("yes or no", "Whether cities or messages are made up: a ranking of nobody.")}
_CITIES: dict[str, tuple[str, str]] = {
    "code": ("text", "The city's code."),
    "name": ("text", "Its name."),
    "population": ("number", "Inhabitants, as the study says."),
    "agglomeration": ("text", "What it is part of."),
    "score": ("points", "Weighted geometric mean of the pillars, 0 to 100; empty where no pillar has data."),
    "score_low": ("points", "Lower end of the score's 95 % interval."),
    "score_high": ("points", "Upper end of the score's 95 % interval."),
    "rank": ("number", "Place in the qualitative ranking; empty where the data do not carry one."),
    "rank_low": ("number", "Best rank that the data allow, for all cities at once at 95 %."),
    "rank_high": ("number", "Worst rank that the data allow."),
    "tier": ("number", "Cities of one tier cannot be told apart from its leader."),
    "p_top5": ("share", "In what share of the replicates the city is among the first five."),
    "weights_low": ("number", "5th percentile of its rank under the other weights of weights.csv.gz."),
    "weights_high": ("number", "95th percentile of it."),
    "worse_than": (
        "text",
        "Codes of the cities that are told to be better, for all pairs at once, a blank between.",
    ),
    **{f"rank_{name}": ("number", f"Place in the {name} ranking.") for name in THREE},
    **{
        f"{name}{end}": ("points", meaning)
        for name in PILLARS
        for end, meaning in (
            ("", f"Its pillar {name}: weighted mean of its indicators' points, shrunk; empty where it has none."),
            ("_low", "Lower end of its 95 % interval."),
            ("_high", "Upper end of its 95 % interval."),
        )
    },
    "unranked": ("text", "Why the city has no rank."),
    **_SIMULATED_COLUMN,
}
_INDICATORS: dict[str, tuple[str, str]] = {
    "city": ("text", "The city's code."),
    "indicator": ("text", "The indicator's code."),
    "value": ("", "As observed, in the indicator's unit; empty where there is nothing to say."),
    "n": ("number", "Observations behind it."),
    "low": ("", "Lower end of its 95 % interval."),
    "high": ("", "Upper end of its 95 % interval."),
    "enough": ("yes or no", "Whether n reaches the study's minimum: without it the value is shown, never scored."),
    **_SIMULATED_COLUMN,
}
_ACCOUNTS: dict[str, tuple[str, str]] = {
    "city": ("text", "The city's code."),
    "network": ("text", "The social network."),
    "handle": ("text", "The city's official account."),
    "scope": ("text", "city, agglomeration or other: only the city's own are measured."),
    "evidence_url": ("text", "The page that names the account as official."),
    "evidence_date": ("date", "When that page was read."),
    **_SIMULATED_COLUMN,
}

_WAITS: dict[str, tuple[str, str]] = {
    "city": ("text", "The city's code."),
    "clock": ("text", "elapsed (day and night) or service (opening hours)."),
    "seconds": ("s", "How long; at each of them somebody was replied to, or an indicator is read."),
    "replied": ("number", "First waits that ended at that moment."),
    "waiting": ("number", "Those who had waited so long, and were watched: S is the product of 1 - replied / waiting."),
    **_SIMULATED_COLUMN,
}
_REPLICATES: dict[str, tuple[str, str]] = {
    "city": ("text", "The city's code; its replicates in order: the same row of each city belongs to the same draw."),
    **{name: ("points", f"Its pillar {name} as it might have come out, before shrinkage.") for name in PILLARS},
    **_SIMULATED_COLUMN,
}
_CODED_SHARES: dict[str, tuple[str, str]] = {
    "city": ("text", "The city's code."),
    **{code: ("share", "As it might have come out, freed from the errors of the coder.") for code in CODED_INDICATORS},
    **_SIMULATED_COLUMN,
}
_WEIGHTS: dict[str, tuple[str, str]] = {
    **{name: ("share", f"What the pillar {name} weighs in that draw.") for name in PILLARS},
    **_SIMULATED_COLUMN,
}

TABLES = {
    "cities.csv": _CITIES,
    "indicators.csv": _INDICATORS,
    "accounts.csv": _ACCOUNTS,
    WAITS: _WAITS,
    REPLICATES: _REPLICATES,
    CODES: _CODED_SHARES,
    WEIGHTS: _WEIGHTS,
}
"""Unit and meaning of each column, by file and column."""


def open_data(results: Results, tables: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files by name, without `results.json` itself. The same results give the same bytes.

    `tables` are those of `open_tables`, packed, and are returned unchanged.
    """
    cities = [(*_city(city), results.simulated) for city in results.cities]
    indicators = [(*row, results.simulated) for city in results.cities for row in _indicators(city)]
    accounts = [
        (city.code, *astuple(account), results.simulated) for city in results.cities for account in city.accounts
    ]
    return {
        "cities.csv": _csv(list(_CITIES), cities),
        "indicators.csv": _csv(list(_INDICATORS), indicators),
        "indicators.parquet": _parquet(indicators),
        "accounts.csv": _csv(list(_ACCOUNTS), accounts),
        "codebook.csv": _csv(("file", "column", "unit", "meaning"), _codebook()),
        "schema.json": f"{json.dumps(schema(), ensure_ascii=False, indent=1)}\n".encode(),
        **tables,
    }


def _city(city: City) -> Sequence[object]:
    nothing, why = (None, None), city.unranked
    return (
        city.code,
        city.name,
        city.population,
        city.agglomeration,
        city.score,
        *(city.score_ci or nothing),
        city.rank,
        *(city.rank_set or nothing),
        city.tier,
        city.p_top5,
        *(city.weights_range or nothing),
        " ".join(city.worse_than),
        *(city.rankings[name] for name in THREE),
        *chain.from_iterable(_pillar(city.pillars.get(name)) for name in PILLARS),
        why.text.format(**why.values) if why else None,
    )


def _pillar(cell: PillarScore | None) -> Sequence[float | None]:
    return (None, None, None) if cell is None else (cell.score, *cell.ci)


def _indicators(city: City) -> Iterable[Sequence[object]]:
    for code, cell in city.indicators.items():
        low, high = cell.ci or (None, None)
        yield city.code, code, cell.value, cell.n, low, high, cell.enough


def _codebook() -> Iterable[Sequence[str]]:
    for file, columns in TABLES.items():
        for column, (unit, meaning) in columns.items():
            yield file, column, unit, meaning
    for code, each in INDICATORS.items():
        yield (
            "indicators.csv",
            f"indicator = {code}",
            each.unit,
            f"{each.label} (version {each.version}): {each.formula}",
        )


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return UTF-8 with a byte order mark, so that spreadsheets read accents; cells like formulas are escaped."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([as_cell(cell) for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def _parquet(rows: Sequence[Sequence[object]]) -> bytes:
    kinds = (pl.String, pl.String, pl.Float64, pl.Int64, pl.Float64, pl.Float64, pl.Boolean, pl.Boolean)
    table = pl.DataFrame(rows, schema=dict(zip(_INDICATORS, kinds, strict=True)), orient="row", strict=False)
    stream = io.BytesIO()
    table.write_parquet(stream)
    return stream.getvalue()
