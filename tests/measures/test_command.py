"""`portevoix measures report`."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from portevoix.cli.measures import measures
from portevoix.kernel.errors import BadInput, BadPolicy
from portevoix.kernel.interchange import write_line
from tests.measures.given import at, message

CORRESPONDENCE = [
    message("1", thread="a"),
    message("2", minutes=60, out=True, thread="a"),
    message("3", minutes=5, thread="b"),
    message("4", minutes=5, account="Elsewhere"),
]
LINES = "".join(write_line(each) + "\n" for each in CORRESPONDENCE)
OPEN_HALF_AN_HOUR = 'timezone = "UTC"\n[hours]\nmon = ["09:00-09:30"]\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "messages.jsonl"
    path.write_text(LINES, encoding="utf-8")
    return path


def run(file: Path | str, *options: str, account: str = "Valmont", **more: Any) -> Result:
    arguments = ["report", "--messages", str(file), "--account", account, "--until", at(1440).isoformat(), *options]
    return CliRunner().invoke(measures, arguments, **more)


def test_the_object_is_the_one_promised(file: Path) -> None:
    result = run(file, "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert list(told) == ["n", "answered", "F", "ci", "median_s", "promises"]
    assert (told["n"], told["answered"], told["median_s"]) == (2, 1, 3600)
    assert told["F"] == {"1h": 0.5, "8h": 0.5, "24h": 0.5, "72h": 0.5}
    assert told["ci"]["1h"] == pytest.approx([0.0896, 0.9940], abs=1e-4)


def test_a_policy_brings_its_opening_hours(file: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(OPEN_HALF_AN_HOUR, encoding="utf-8")
    assert json.loads(run(file, "--policy", str(policy), "--json").stdout)["median_s"] == 1800
    policy.write_text("timezone = 3", encoding="utf-8")
    assert isinstance(run(file, "--policy", str(policy)).exception, BadPolicy)


def test_a_table_says_the_same(file: Path) -> None:
    table = run(file).stdout
    assert "Counting day and night" in table
    told = [line.split() for line in table.splitlines()]
    assert told[4] == ["within", "8h", "50.0%", "(9.0%", "to", "99.4%)"]
    assert told[-6] == ["half", "within", "1", "h", "00"]
    assert told[-5:] == [["Promises:"], ["kept", "0"], ["late", "0"], ["broken", "0"], ["open", "0"]]


def test_a_table_has_dashes_where_nothing_is_known(file: Path) -> None:
    result = CliRunner().invoke(
        measures,
        ["report", "--messages", str(file), "--account", "Valmont", "--until", at(-1).isoformat()],
    )
    assert result.exit_code == 0
    told = [line.split() for line in result.stdout.splitlines()]
    assert told[4] == ["within", "8h", "–"]
    assert told[-6] == ["half", "within", "not", "yet"]


def test_gzip_and_standard_input_are_read_too(file: Path, tmp_path: Path) -> None:
    packed = tmp_path / "messages.jsonl.gz"
    packed.write_bytes(gzip.compress(LINES.encode()))
    assert run(packed, "--json").stdout == run("-", "--json", input=LINES).stdout == run(file, "--json").stdout


def test_refused_lines_are_told_and_the_others_taken(file: Path) -> None:
    file.write_text("{\n" + LINES + "[]\n" * 6, encoding="utf-8")
    result = run(file, "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["n"] == 2
    assert result.stderr.startswith("7 lines refused:\n  line 1: ")
    assert "  line 6: " in result.stderr
    assert result.stderr.endswith("  and 2 more\n")


@pytest.mark.parametrize("content", ["", "nothing\n"])
def test_nothing_read_is_the_users_mistake(file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")
    assert isinstance(run(file).exception, BadInput)


def test_an_unknown_account_is_answered_with_those_found(file: Path) -> None:
    wrong = run(file, account="valmont").exception
    assert isinstance(wrong, BadInput)
    assert str(wrong) == "No message is of the account “valmont”. Accounts found: Valmont, Elsewhere."


@pytest.mark.parametrize("until", ["2026-11-20", "2026-11-20T10:00:00", "soon"])
def test_a_cut_off_needs_its_offset(file: Path, until: str) -> None:
    arguments = ["report", "--messages", str(file), "--account", "Valmont", "--until", until]
    assert isinstance(CliRunner().invoke(measures, arguments).exception, BadInput)


def test_a_missing_file_is_the_users_mistake(tmp_path: Path) -> None:
    assert isinstance(run(tmp_path / "absent.jsonl").exception, BadInput)
