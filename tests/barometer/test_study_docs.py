"""What a study may hold is documented, key by key and column by column, with the defaults that hold."""

import re
from pathlib import Path

import pytest

from portevoix.barometer.collect.coverage import HIDDEN_REASONS
from portevoix.barometer.studies import default_weights
from portevoix.barometer.studies.study_settings import KEYS
from portevoix.barometer.studies.tables import COLUMNS, REQUIRED_COLUMNS

PAGE = (Path(__file__).parents[2] / "docs" / "en" / "reference" / "study.md").read_text(encoding="utf-8")


def rows(page: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]


ROWS = rows(PAGE)


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_key_of_the_settings() -> None:
    assert {name for row in ROWS for name in names(row[0])} >= set(KEYS[""])
    tables = {row[0].strip("`[]"): names(row[1]) for row in ROWS if row[0].startswith("`[")}
    for table, keys in KEYS.items():
        if table and table != "goalposts":
            assert tables[table] == list(keys), table
    assert "goalposts" in tables


def test_every_figure_with_its_goalposts_and_weight() -> None:
    told = {names(row[0])[0]: row[1:] for row in ROWS if len(row) == 5 and row[0].startswith("`")}
    assert told.keys() == default_weights.GOALPOSTS.keys()
    weights = {
        code: (pillar, weight) for pillar, all_ in default_weights.INDICATORS.items() for code, weight in all_.items()
    }
    for code, (low, high, pillar, weight) in told.items():
        assert (float(low), float(high)) == pytest.approx(default_weights.GOALPOSTS[code], rel=1e-2), code
        assert (pillar, weight) == tuple(map(str, weights.get(code, ("–", "–")))), code


def test_every_column() -> None:
    told: dict[str, dict[str, bool]] = {}
    file = ""
    for row in rows(PAGE.partition("## The tables")[2].partition("## What is grave")[0])[2:]:
        file = names(row[0])[0] if row[0] else file
        told.setdefault(file, {}).update(dict.fromkeys(names(row[1]), row[2].startswith("needed")))
    assert {table: tuple(columns) for table, columns in told.items()} == dict(COLUMNS)
    for table, needed in REQUIRED_COLUMNS.items():
        assert {column for column, is_needed in told[table].items() if is_needed} == set(needed), table


def test_everything_that_may_be_hidden() -> None:
    assert {name for row in ROWS if len(row) == 2 for name in names(row[0])} >= set(HIDDEN_REASONS)
