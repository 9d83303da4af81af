"""What results.json holds and what the program reads of it are the same fields."""

from dataclasses import fields

import pytest

from portevoix.barometer.results import contents
from portevoix.barometer.results.document import parse, schema
from tests.barometer import sample

CITY = schema()["properties"]["cities"]["items"]["properties"]


def properties(*path: str) -> set[str]:
    found = schema()
    for name in path:
        found = found[name]
    return set(found["properties"])


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (contents.Results, properties() - {"schema"} | {"document"}),
        (contents.City, set(CITY) - {"evidence"} | {"automation"}),
        (contents.Cell, set(CITY["indicators"]["additionalProperties"]["properties"])),
        (contents.PillarScore, set(CITY["pillars"]["additionalProperties"]["properties"])),
        (contents.Account, set(CITY["accounts"]["items"]["properties"])),
        (contents.AutomationEvidence, set(CITY["evidence"]["properties"]["automation"]["items"]["properties"])),
        (contents.IndicatorRule, properties("properties", "indicators", "additionalProperties")),
        (contents.Remark, properties("properties", "remarks", "items")),
    ],
    ids=lambda kind: getattr(kind, "__name__", ""),
)
def test_each_field_of_the_schema_is_read_under_its_name(kind: type, names: set[str]) -> None:
    assert {field.name for field in fields(kind)} == names


def test_what_is_read_is_what_was_written() -> None:
    document = sample.small()
    results = parse(document)
    assert results.document is document
    for city, written in zip(results.cities, document["cities"], strict=True):
        assert isinstance(city, contents.RankedCity) == (written["rank"] is not None)
        assert (city.name, city.score, city.cell("reactivity.f8h").value) == (
            written["name"], written["score"], written["indicators"]["reactivity.f8h"]["value"],
        )  # fmt: skip
        assert city.cell("nonsense").value is None and city.measured_cell("nonsense") is None


def test_a_study_that_was_stored_in_the_first_version_can_still_be_read() -> None:
    older = {name: value for name, value in sample.small().items() if name not in ("weights_tried", "tables")}
    results = contents.read_results(older)
    assert results.weights_tried is None and not results.tables and results.cities
