"""`portevoix journal build`."""

import json

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from portevoix.cli.journal import journal
from portevoix.journal.storage.edition_schema import schema
from portevoix.kernel.errors import BadInput
from tests.journal.conftest import monday, week_ago


def build(*arguments: str):
    return CliRunner().invoke(journal, ["build", *arguments])


def test_it_writes_the_page_and_the_edition_and_makes_the_folder(say, tmp_path):
    week = week_ago(1)
    say(monday(week), department="sports")
    say(monday(week), department="voirie")
    out = tmp_path / "new" / "folder"
    done = build("--week", week, "--department", "sports", "--out", str(out), "--language", "en")
    assert (done.exit_code, done.stdout.strip()) == (0, str(out / "index.html"))
    document = json.loads((out / "edition.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema()).validate(document)
    assert (document["week"], document["department"], document["figures"]["messages"]) == (week, "sports", 1)
    assert done.stderr == ""
    assert '<html lang="en">' in (out / "index.html").read_text(encoding="utf-8")


def test_the_page_is_in_the_city_s_language_unless_told(say, tmp_path):
    done = build("--week", week_ago(1), "--out", str(tmp_path))
    assert (done.exit_code, done.stderr) == (0, f"There is no message of {week_ago(1)}: the edition says so.\n")
    assert '<html lang="fr">' in (tmp_path / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--week", "2026-W60"), "is not a week"),
        (("--week", "2099-W01"), "has not begun"),
        (("--week", "2000-W01", "--department", "piscines"), "no department “piscines”"),
    ],
)
def test_a_mistake_gets_one_line_and_nothing_is_written(city, tmp_path, arguments, told):
    done = build(*arguments, "--out", str(tmp_path / "out"))
    assert isinstance(done.exception, BadInput)
    assert told in str(done.exception)
    assert "\n" not in str(done.exception)
    assert not (tmp_path / "out").exists()


def test_without_a_city_it_says_what_to_do(db, tmp_path):
    done = build("--week", week_ago(1), "--out", str(tmp_path))
    assert isinstance(done.exception, BadInput)
    assert "portevoix init" in str(done.exception)


def test_a_place_that_cannot_be_written_to_is_named(city, tmp_path):
    (tmp_path / "file").write_text("")
    done = build("--week", week_ago(1), "--out", str(tmp_path / "file"))
    assert isinstance(done.exception, BadInput)
    assert str(tmp_path / "file") in str(done.exception)
