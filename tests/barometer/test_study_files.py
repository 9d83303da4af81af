"""Tables as people and spreadsheets write them: every form gives the same rows, and none is guessed."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from portevoix.barometer.studies.csv_files import Notes, read_date, read_number, read_rows, read_yes

COLUMNS = ("code", "name", "population")
NAMES = st.text(
    st.characters(codec="cp1252", exclude_categories=["Cc", "Zs", "Cf"], exclude_characters="\xad"),
    min_size=1,
    max_size=12,
)
ROWS = st.lists(st.tuples(NAMES, NAMES, st.integers(0, 3_000_000)), min_size=1, max_size=5)


def rows(place: Path, content: bytes) -> tuple[list[dict[str, str]], Notes]:
    (place / "cities.csv").write_bytes(content)
    notes = Notes()
    return [row.cells for row in read_rows(place, "cities.csv", ("code", "name"), COLUMNS, notes)], notes


def table(several: list[tuple[str, str, int]], delimiter: str, number: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(("Code", " NAME ", "Population"))
    for code, name, population in several:
        writer.writerow((code, name, number.format(population).replace(",", " ")))
    return out.getvalue()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ROWS,
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["{}", "{:,}", "{}.0"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
)
def test_every_form_gives_the_same_rows(
    tmp_path: Path, several: list, delimiter: str, number: str, encoding: str
) -> None:
    content = table(several, delimiter, number).encode(encoding)
    assume(encoding != "cp1252" or content.isascii() or not is_utf8(content))  # what is both is taken for UTF-8
    found, notes = rows(tmp_path, content)
    assert [(cells["code"], cells["name"], read_number(cells["population"])) for cells in found] == several
    assert not [remark for remark in notes.remarks if remark.grave]
    said = {"cp1252": ["Windows-1252"] * (not content.isascii()), "utf-16": ["UTF-16"], "utf-16-le": ["UTF-16"]}
    assert [remark.values.get("encoding") for remark in notes.remarks] == said.get(encoding, [])


def is_utf8(content: bytes) -> bool:
    try:
        return bool(content.decode())
    except UnicodeDecodeError:
        return False


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_whatever_bytes_come_there_is_an_answer(tmp_path: Path, content: bytes) -> None:
    found, notes = rows(tmp_path, content)
    assert all(set(cells) >= {"code", "name"} for cells in found)
    assert found or notes.remarks or b"code" not in content


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_dates(day: date) -> None:
    forms = (f"{day}", f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}", f"{day:%d.%m.%Y}", f"{day}T00:00:00")
    assert {read_date(text) for text in forms} == {day}


@pytest.mark.parametrize("text", ["31/02/2026", "2026-13-01", "26-11-05", "hier", "12/31/2026", "2026", "1/1/26"])
def test_no_date(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12 345", 12345),
        ("12\u202f345", 12345),
        ("12\u00a0345,5", 12345.5),
        ("2103778.0", 2103778),
        ("12'345", 12345),
        ("-0,58", -0.58),
        ("1,234.5", None),
        ("1.234.567", None),
        ("douze", None),
        ("", None),
        ("1e5", None),
    ],
)
def test_numbers(text: str, number: float | None) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "number"), [("12,345", None), ("12.000", None), ("12,5", None), ("0", 0), ("12345,0", 12345)]
)
def test_whole_numbers_are_not_guessed(tmp_path: Path, text: str, number: int | None) -> None:
    (tmp_path / "cities.csv").write_text(f'code;name;population\n1;A;"{text}"\n')
    notes = Notes()
    (row,) = read_rows(tmp_path, "cities.csv", COLUMNS, COLUMNS, notes)
    assert row.count("population") == number
    assert [remark.grave for remark in notes.remarks] == ([True] if number is None else [])


@pytest.mark.parametrize(
    ("text", "value"), [("oui", True), ("Non", False), ("1", True), ("FALSE", False), ("perhaps", None)]
)
def test_yes_and_no(text: str, value: bool | None) -> None:
    assert read_yes(text) is value


def test_form_is_forgiven(tmp_path: Path) -> None:
    found, notes = rows(
        tmp_path, "\r\n\r\nCodé;Name;population\r\n;;\r\n1;A\r\n2;B;3;;\r\n".replace("Codé", "CODÉ").encode()
    )
    assert found == [{"code": "1", "name": "A", "population": ""}, {"code": "2", "name": "B", "population": "3"}]
    assert not notes.remarks


def test_a_line_that_is_for_excel_alone(tmp_path: Path) -> None:
    found, notes = rows(tmp_path, b"sep=;\r\ncode;name\r\n1;A\r\n2;B;C\r\n")
    assert [cells["name"] for cells in found] == ["A"] and [remark.row for remark in notes.remarks] == [4]


def test_sense_is_not(tmp_path: Path) -> None:
    found, notes = rows(tmp_path, b"code,name,colour\n1,A,red\n2,B,red,blue\n")
    assert [cells["code"] for cells in found] == ["1"]
    told = [(remark.grave, str(remark)) for remark in notes.remarks]
    assert told == [
        (False, "cities.csv: The column “colour” is not known and not read. Known: code, name, population."),
        (True, "cities.csv, line 3: The row has 4 fields; the first line names 3 columns."),
    ]


def test_an_encoding_that_is_neither(tmp_path: Path) -> None:
    _, notes = rows(tmp_path, b"code,name\n1,\x81\xe9\n")
    assert [(remark.grave, "neither UTF-8 nor Windows-1252" in str(remark)) for remark in notes.remarks] == [
        (True, True)
    ]


def test_lacking_columns_are_named(tmp_path: Path) -> None:
    _, notes = rows(tmp_path, b"\ncity;population\n1;2\n")
    assert str(notes.remarks[0]).startswith("cities.csv, line 2: The first line does not name the columns code, name.")
