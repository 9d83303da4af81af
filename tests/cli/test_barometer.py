"""`portevoix barometer new|check|observe`, as somebody types them."""

import csv
import gzip
import json
import re
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from portevoix.barometer.studies import default_weights, scaffold
from portevoix.barometer.studies.loader import read_study, remarks
from portevoix.barometer.studies.study_settings import KEYS
from portevoix.cli.main import portevoix
from portevoix.kernel.errors import BadInput
from portevoix.kernel.interchange import write_line
from tests.barometer.given import folder, said

Run = Callable[..., Result]
SHARED = Path(__file__).parents[3] / "shared" / "data" / "communes_fr" / "villes_100k.csv"


def table(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding="utf-8").splitlines()))


def named(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@pytest.fixture
def run() -> Run:
    def one(*arguments: object, typed: str | None = None) -> Result:
        return CliRunner().invoke(portevoix, ["barometer", *map(str, arguments)], input=typed)

    return one


def settled(place: Path) -> Path:
    """A new study of the French cities, of a period that is over."""
    scaffold.start_study(
        place,
        title='“Our” "cities" {all}',
        first=date(2026, 8, 3),
        last=date(2026, 10, 25),
        networks=("bluesky", "Twitter"),
        french_cities=True,
    )
    return place


def test_new_writes_a_study_that_can_be_read(tmp_path: Path, run: Run) -> None:
    place = tmp_path / "towns"
    done = run("new", place, "--title", "Ours", "--from", "2026-09-07", "--to", "2026-11-22", "--network", "mastodon")
    assert done.exit_code == 0 and "check --guide" in done.output
    (place / "cities.csv").write_text("code,name,population,agglomeration\n1,A,1000,B\n")
    study = read_study(place)
    assert (study.title, study.networks) == ("Ours", ("mastodon",))
    assert (study.first_day, study.last_day) == (date(2026, 9, 7), date(2026, 11, 22))
    assert not [remark for remark in remarks(study) if remark.grave]


def test_new_looks_at_the_last_twelve_weeks() -> None:
    first, last = scaffold.last_weeks(date(2026, 11, 26))
    assert (first, last) == (date(2026, 8, 31), date(2026, 11, 22))
    assert (first.weekday(), last.weekday(), (last - first).days) == (0, 6, 83)


def test_new_overwrites_nothing(tmp_path: Path, run: Run) -> None:
    place = tmp_path / "towns"
    place.mkdir()
    (place / "accounts.csv").write_text("mine")
    again = run("new", place)
    assert isinstance(again.exception, BadInput) and "holds accounts.csv already" in str(again.exception)
    assert [path.name for path in place.iterdir()] == ["accounts.csv"] and (
        place / "accounts.csv"
    ).read_text() == "mine"


@pytest.mark.parametrize("wrong", [("--from", "2026-11-22", "--to", "2026-09-07"), ("--network", "réseau")])
def test_new_refuses_what_it_could_not_read(tmp_path: Path, run: Run, wrong: tuple[str, ...]) -> None:
    done = run("new", tmp_path / "towns", *wrong)
    assert isinstance(done.exception, BadInput) and not (tmp_path / "towns").exists()


def test_what_new_explains_is_what_holds(tmp_path: Path) -> None:
    """With every # before a setting taken away, the study is the one that it was."""
    place = settled(tmp_path / "towns")
    plain = read_study(place)
    text = (place / "study.toml").read_text()
    shown = re.sub(r"^# (?=\[|\w+ = |\"[\w.]+\" = )", "", text, flags=re.M)
    assert {key for table in tomllib.loads(shown) for key in [table]} == {
        *KEYS[""],
        *(table for table in KEYS if table),
    }
    (place / "policy.toml").write_text('timezone = "Europe/Paris"\n')
    (place / "study.toml").write_text(shown.replace('[hours]\npolicy = "policy.toml"', ""))
    whole = read_study(place)
    for name in ("title", "networks", "timezone", "languages", "weights", "indicators", "goalposts", "minimum"):
        assert getattr(plain, name) == getattr(whole, name), name
    assert (plain.shrinkage, plain.seed, plain.simulated) == (whole.shrinkage, whole.seed, whole.simulated)
    assert plain.title == '“Our” "cities" {all}' and plain.networks == ("bluesky", "x")


def test_the_french_cities(tmp_path: Path) -> None:
    study = read_study(settled(tmp_path / "towns"))
    assert len(study.cities) == 42 == len({city.code for city in study.cities})
    assert all(city.population and city.population >= 100_000 and city.agglomeration for city in study.cities)
    for city in study.cities:
        south, east = (-22, 55) if city.code.startswith("974") else (42, -5)
        assert city.lat and south < city.lat < south + 10, city.name
        assert city.lon and east < city.lon < east + 13, city.name
    assert study.accounts == (), "whose an account is a person has to see"
    texts = " ".join(path.read_text() for path in (tmp_path / "towns").iterdir())
    assert "INSEE" in texts and "Licence Ouverte 2.0" in texts


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="missing: the development data, beside the checkout")
def test_the_french_cities_are_those_of_insee() -> None:
    theirs = {row["code_insee"]: int(float(row["population"])) for row in named(SHARED)}
    ours = named(Path(scaffold.__file__).parents[1] / "ready" / "french_cities.csv")
    assert {row["code"]: int(row["population"]) for row in ours} == theirs


def test_check_lists_all_and_its_status_says_how_bad(tmp_path: Path, run: Run) -> None:
    place = folder(tmp_path / "study")
    assert (run("check", place).exit_code, "nothing doubtful" in run("check", place).output) == (0, True)
    with (place / "accounts.csv").open("a") as file:
        file.write("99,x,a,city,,,,\n21231,x,b,city,,,,\n")
    done = run("check", place)
    assert done.exit_code == 3
    assert "Grave (1)" in done.output and "line 4: No city has the code “99”" in done.output
    assert "Missing or doubtful (1)" in done.output and "line 5: Nothing shows that b is official" in done.output
    told = json.loads(run("check", place, "--json").output)
    assert told["usable"] and [(one["row"], one["grave"]) for one in told["remarks"]] == [(4, True), (5, False)]


def test_check_of_what_cannot_be_used(tmp_path: Path, run: Run) -> None:
    place = folder(tmp_path / "study", study="title = 3\n")
    done = run("check", place)
    assert done.exit_code == 2 and "“title” is 3" in done.output and "“period” is missing" in done.output
    assert not json.loads(run("check", place, "--json").output)["usable"]


def answers(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def test_the_guide_writes_each_answer_and_goes_on(tmp_path: Path, run: Run) -> None:
    place = folder(
        tmp_path / "study", accounts="city,network,handle,colour\r\n\r\n21231,x,old,red\r\n", cities=ACCOUNTLESS
    )
    first = run("check", place, "--guide", typed=answers("tiktok", "mastodon", "dole", "https://a.test/@Dole", "agg"))
    assert first.exit_code != 0, "it was stopped in the middle"
    assert "Write one of: bluesky, mastodon, x." in first.output and "with its server" in first.output
    assert "Perhaps its site, to be checked: dole.test" in first.output
    rows = named(place / "accounts.csv")
    assert [(row["handle"], row["scope"], row["colour"]) for row in rows] == [
        ("old", "", "red"),
        ("dole@a.test", "agglomeration", ""),
    ]
    assert not (place / "checked.csv").exists()

    page = ("https://dole.test/contact", "01/10/2026")
    second = run("check", place, "--guide", typed=answers(*page, "bluesky", "@Dole.test", "", *page, "2026-09-01", ""))
    assert "Seen on which day" in second.output, second.output
    rows = named(place / "accounts.csv")
    assert [(row["handle"], row["evidence_date"], row["since"]) for row in rows if row["city"] == "39198"] == [
        ("dole@a.test", "2026-10-01", ""),
        ("dole.test", "2026-10-01", "2026-09-01"),
    ]


ACCOUNTLESS = (
    "code,name,population,agglomeration,site_candidate\n39198,Dole,23000,Grand Dole,dole.test\n21231,Dijon,161830,M,\n"
)


def test_the_guide_ends_when_every_city_was_looked_at(tmp_path: Path, run: Run) -> None:
    place = folder(tmp_path / "study", accounts="city,network,handle\n", cities=ACCOUNTLESS)
    done = run("check", place, "--guide", typed=answers("", ""))
    assert done.exit_code == 0 and "[2/2] Dijon" in done.output
    today = str(datetime.now(UTC).date())
    assert table(place / "checked.csv") == [["city", "date"], ["39198", today], ["21231", today]]
    assert "0 of 2 cities" in run("check", place, "--guide").output


def test_the_guide_loses_no_row_that_it_cannot_read(tmp_path: Path, run: Run) -> None:
    place = folder(tmp_path / "study", accounts="city,network,handle\n1,2,3,4\n")
    before = (place / "accounts.csv").read_bytes()
    done = run("check", place, "--guide", typed=answers("x", "bourg"))
    assert "Correct it first" in done.output and (place / "accounts.csv").read_bytes() == before


def test_observe_says_what_it_will_take_and_asks(tmp_path: Path, run: Run) -> None:
    accounts = "city,network,handle\n01053,bluesky,bourg.test\n21231,x,dijon\n"
    place = folder(tmp_path / "study", accounts=accounts)
    done = run("observe", place, typed="n\n")
    assert isinstance(done.exception, SystemExit | click.Abort) or done.exit_code == 1
    assert re.search(r"bluesky: accounts 1, about \d+ calls, \d+ min, free\.", done.output)
    assert (
        "x: accounts 1, not collected: bring files with --from-file. Its posts would cost about $3 there."
        in done.output
    )
    assert not (place / "collected").exists()


def test_observe_reads_files(tmp_path: Path, run: Run) -> None:
    place = folder(tmp_path / "study")
    at = datetime(2026, 9, 10, 8, 0, tzinfo=UTC)
    lines = [write_line(said("q", at=at)), "{", write_line(said("a", at=at + timedelta(hours=1), out=True, to="q"))]
    file = tmp_path / "messages.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(lines).encode()))
    done = run("observe", place, "--from-file", "interchange", file)
    assert (
        done.exit_code == 3
        and "2 taken, 0 known already, 0 of accounts that are not the study's, 1 refused." in done.output
    )
    assert json.loads((tmp_path / "messages.jsonl.gz.rejected.jsonl").read_text())["line"] == 2
    (coverage,) = json.loads((place / "coverage.json").read_text())
    assert (coverage["city"], coverage["read"], coverage["sources"]) == ("01053", 2, ["interchange"])
    assert "0 taken, 2 known already" in run("observe", place, "--from-file", "interchange", file).output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from-file", "twarc"), "Files need --from-file"),
        (("some.jsonl",), "Files need --from-file"),
        (("--network", "tiktok"), "does not look at tiktok"),
        (("--until", "soon"), "soon"),
        (("--from-file", "twarc", "absent.jsonl"), "absent.jsonl cannot be read"),
    ],
)
def test_observe_refuses(tmp_path: Path, run: Run, arguments: tuple[str, ...], words: str) -> None:
    done = run("observe", folder(tmp_path / "study"), *arguments)
    assert isinstance(done.exception, BadInput) and words in str(done.exception)


def test_defaults_are_what_the_settings_file_may_hold() -> None:
    assert set(KEYS["goalposts"]) == set(default_weights.GOALPOSTS)
