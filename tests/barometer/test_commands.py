"""The Barometer's commands, run as their user runs them."""

import gzip
import json
import shutil
from pathlib import Path

import pytest

from portevoix.kernel.interchange import write_line
from tests.barometer import talk
from tests.barometer.talk import city, everything
from tests.barometer.test_tutorial import rows_of, rows_shown
from tests.cli.test_commands import run
from tests.servers import forking
from tests.servers.program import HERE, PORTEVOIX, copied

__all__ = ["run"]  # a fixture


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return talk.study(tmp_path / "three").directory


@pytest.fixture(scope="module")
def built(migrated_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with its results, to be copied."""
    place = tmp_path_factory.mktemp("built")
    built = talk.study(place / "three").directory
    (place / "all.jsonl").write_text(lines(everything()))
    command = [PORTEVOIX, "barometer", "build", str(built), "--messages", str(place / "all.jsonl")]
    environment = HERE | {"PORTEVOIX_HOME": str(copied(migrated_home, place / "home"))}
    assert forking.run(command, env=environment).returncode == 0
    return built


def lines(messages) -> str:
    return "".join(f"{write_line(message)}\n" for message in messages)


def test_messages_of_several_files_are_built_and_what_was_refused_is_told(run, study, tmp_path) -> None:
    half = len(everything()) // 2
    (tmp_path / "one.jsonl").write_text(lines(everything()[:half]) + "not a message\n")
    (tmp_path / "two.jsonl").write_text(lines(everything()[half:]))
    done = run("barometer", "build", str(study), "--messages", "one.jsonl", "two.jsonl")
    assert done.returncode == 3, done.stderr.decode()
    assert b"Lines refused, as they are no messages of the interchange format: 1." in done.stderr
    assert json.loads((tmp_path / "one.jsonl.rejected.jsonl").read_text())["line"] == half + 1
    results = json.loads((study / "results.json").read_text())
    assert city(results, "A")["rank"] == 1 and results["messages"]["read"] == len(everything())
    assert b"   1  Aube " in done.stdout


def test_without_messages_a_study_tells_what_its_tables_allow(run, study) -> None:
    done = run("barometer", "build", str(study))
    assert done.returncode == 0, done.stderr.decode()
    assert b"presence.account              100.0%  of 3" in done.stdout
    assert json.loads((study / "results.json").read_text())["rankings"]["qualitative"] is None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere",), b"Name one folder of a study: 0 were named."),
        (("three", "three"), b"Name one folder of a study: 2 were named."),
        (("three", "one.jsonl"), b"come after --messages"),
        (("three", "--messages", "gone.jsonl"), b"gone.jsonl cannot be read"),
        (("three", "--engine", "abacus"), b"--engine"),
    ],
    ids=["no folder", "two folders", "file without --messages", "no such file", "no such engine"],
)
def test_what_cannot_be_built_is_told_and_nothing_is_written(run, study, arguments, told) -> None:
    done = run("barometer", "build", *arguments)
    assert done.returncode == 2 and told in done.stderr
    assert not (study / "results.json").exists()


def test_a_built_study_is_published_with_its_open_data_and_kept_in_the_product(run, study, tmp_path) -> None:
    (tmp_path / "all.jsonl").write_text(lines(everything()))
    assert b"build the study first" in run("barometer", "publish", str(study), "--out", "site").stderr
    run("barometer", "build", str(study), "--messages", "all.jsonl")
    done = run("barometer", "publish", str(study), "--out", "site")
    assert done.returncode == 0, done.stderr.decode()
    site = tmp_path / "site"
    assert (site / "index.html").exists() and (site / "en" / "index.html").exists()
    names = {file.name for file in (site / "data").iterdir()}
    assert names == {
        "results.json", "cities.csv", "indicators.csv", "indicators.parquet", "accounts.csv", "codebook.csv",
        "schema.json", "waits.csv.gz", "replicates.csv.gz", "coded.csv.gz", "weights.csv.gz",
    }  # fmt: skip
    files = [file for file in site.rglob("*") if file.is_file()]
    told = b"".join(gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes() for file in files)
    assert b"zibeline" not in told and b"handle1" not in told and b"citizen-A" not in told
    assert b"is kept" in run("barometer", "keep", str(study), "--city", "Brume").stdout
    assert b"has no city" in run("barometer", "keep", str(study), "--city", "Nulleville").stderr


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda file: file.unlink(), b"waits.csv.gz is not there: build the study again"),
        (lambda file: file.write_bytes(file.read_bytes()[:-9]), b"waits.csv.gz is damaged: build the study again"),
        (lambda file: file.write_bytes(b"no gzip"), b"waits.csv.gz is damaged: build the study again"),
        (lambda file: file.write_bytes(gzip.compress(b"city\n")), b"waits.csv.gz was not made with these results"),
    ],
    ids=["missing", "broken off", "no gzip", "of another build"],
)
def test_results_are_never_published_with_tables_of_others(run, built, tmp_path, spoil, told) -> None:
    study = shutil.copytree(built, tmp_path / "built")
    spoil(study / "tables" / "waits.csv.gz")
    done = run("barometer", "publish", str(study), "--out", "site")
    assert done.returncode == 2 and told in done.stderr
    assert not (tmp_path / "site").exists()


def test_texts_are_dropped_after_a_question(run, study, tmp_path) -> None:
    (tmp_path / "all.jsonl").write_text(lines(everything()))
    assert run("barometer", "observe", str(study), "--from-file", "interchange", "all.jsonl").returncode == 0
    assert b"Go on?" in run("barometer", "forget", str(study)).stdout and (study / "collected").exists()
    assert run("barometer", "forget", str(study), "--yes").returncode == 0
    assert not (study / "collected").exists()
    assert b"   1  Aube " in run("barometer", "build", str(study)).stdout
    assert b"were dropped" in run("barometer", "observe", str(study), "--yes").stderr


def test_the_demonstration_is_a_whole_study_that_says_everywhere_that_it_is_simulated(
    run, prepared_demo, tmp_path
) -> None:
    """It is made by `portevoix demo`, with the command of its own."""
    made = prepared_demo / "barometer"
    results = json.loads((made / "study" / "results.json").read_text())
    assert len(rows_shown()) > 5 and rows_shown() <= rows_of(results)
    assert results["simulated"] and len(results["cities"]) == 24
    assert {one["tier"] for one in results["cities"]} >= {1, 2, None}
    automatic = {one["code"] for one in results["cities"] if any(x["agreed"] for x in one["evidence"]["automation"])}
    assert automatic == {"ROQ06", "TRE20"}, "the two whose posts a machine makes of the site's articles"
    for page in (made / "site").rglob("*.html"):
        assert "simul" in page.read_text().lower(), page
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").touch()
    assert b"it stays as it is" in run("barometer", "demo", "--home", "mine", "--no-open").stderr
