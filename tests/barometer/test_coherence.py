"""What was changed by hand, or collected in part, never becomes a ranking in silence."""

import copy
import csv
import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from portevoix.barometer.analysis.dataset import load_dataset
from portevoix.barometer.collect.store import AccountStore
from portevoix.barometer.results import consistency, document
from portevoix.barometer.results.build import build
from portevoix.barometer.results.contents import read_results
from portevoix.barometer.results.document import FILE, parse, schema, write
from portevoix.barometer.results.open_data import open_data
from portevoix.barometer.results.open_tables import pack
from portevoix.barometer.studies.loader import remarks
from portevoix.kernel.errors import BadInput
from portevoix.measures.indicators import INDICATORS
from tests.barometer.talk import CITIES, SETTINGS, built, city, everything, question, study, whole_build

AUDIENCE = "city,network,handle,date,followers,following\n"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return built(study(tmp_path_factory.mktemp("study") / "three"), everything())


def first(results: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = results["cities"][0]
    return found


def code_of(results: dict[str, Any]) -> str:
    """An indicator that counts."""
    return next(iter(results["pillars"]["reactivity"]))


def remark(text: str) -> dict[str, Any]:
    return {"file": "x", "row": 1, "text": text, "values": {"a": "x", "b": ">300000000"}, "grave": True}


CHANGED: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "another rank": (lambda r: first(r).update(rank=3), "rank"),
    "the ranks of two": (lambda r: (first(r).update(rank=2), r["cities"][1].update(rank=1)), "rank"),
    "a better score": (lambda r: first(r).update(score=99.0, score_ci=[90.0, 100.0]), "score"),
    "a score outside its interval": (lambda r: first(r).update(score_ci=[0.0, 1.0]), "score_ci"),
    "ranks the other way round": (lambda r: first(r).update(rank_set=[3, 1]), "rank_set"),
    "a city twice": (lambda r: r["cities"].append(first(r)), "cities"),
    "a city taken away": (lambda r: r["cities"].pop(), "rankings"),
    "worse than nobody": (lambda r: first(r).update(worse_than=["Z"]), "worse_than"),
    "a ranking of others": (lambda r: r["rankings"].update(qualitative=[]), "rankings.qualitative"),
    "a pillar": (lambda r: first(r)["pillars"]["reactivity"].update(score=1.0), "score"),
    "days that are none": (lambda r: r.update(period=["x", "y"]), "period"),
    "more people than there are": (lambda r: first(r).update(population=10**400), "population"),
    "a place that is none": (lambda r: first(r).update(lat=1e308), "lat"),
    "a number without end": (lambda r: r["goalposts"].update({code_of(r): [0.0, float("inf")]}), "goalposts"),
    "no number": (lambda r: r["goalposts"].update({code_of(r): [0.0, float("nan")]}), "goalposts"),
    "more than anybody counts": (lambda r: first(r)["indicators"][code_of(r)].update(value=10**400), "indicators"),
    "enough of nothing": (lambda r: first(r)["indicators"][code_of(r)].update(value=None, enough=True), "indicators"),
    "nothing to score by": (lambda r: r["goalposts"].clear(), "pillars"),
    "one end of a scale": (lambda r: r["goalposts"].update({code_of(r): [1.0, 1.0]}), "goalposts"),
    "weights of no pillar": (lambda r: r["pillars"].clear(), "weights"),
    "an indicator that nobody knows": (lambda r: r["pillars"]["reactivity"].update(nonsense=1.0), "pillars"),
    "tiers that are left out": (lambda r: [city.update(tier=7) for city in r["cities"] if city["tier"]], "cities"),
    "half of a character": (lambda r: first(r).update(name="Aube\ud800"), "U+D800"),
    "a null character": (lambda r: r.update(title="Étude\0"), "U+0000"),
    "a remark without end": (lambda r: r["remarks"].append(remark("{a:>300000000}")), "remarks"),
    "a remark as wide as its value": (lambda r: r["remarks"].append(remark("{a:{b}}")), "remarks"),
    "a look behind a value": (lambda r: r["remarks"].append(remark("{a.__class__}")), "remarks"),
    "a part of a value": (lambda r: r["remarks"].append(remark("{a[0]}")), "remarks"),
    "a value put in forty times": (lambda r: r["remarks"].append(remark("{a}" * 40)), "remarks"),
    "a sentence of pages": (lambda r: r["remarks"].append(remark("a" * 501)), "remarks"),
    "a reason of pages": (
        lambda r: first(r).update(unranked={"text": "{a}", "values": {"a": "a" * 501}}),
        "unranked",
    ),
    "a value that is a list": (lambda r: r["remarks"].append(remark("{a}") | {"values": {"a": [1]}}), "remarks"),
    "a name of pages": (lambda r: first(r).update(name="a" * 501), "name"),
    "a sentence without its value": (
        lambda r: r["rankings_missing"]["general"].update(text="{nobody}"),
        "rankings_missing.general",
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_results_that_were_changed_by_hand_are_refused(results: dict[str, Any], name: str) -> None:
    change, where = CHANGED[name]
    changed = copy.deepcopy(results)
    change(changed)
    parse(results)
    with pytest.raises(BadInput) as bad:
        parse(changed)
    assert where in str(bad.value)


def test_followers_of_others_are_not_the_city_s(tmp_path) -> None:
    accounts = (
        "city,network,handle,scope,since,until\nA,x,villea,city,,\nA,x,grandaube,agglomeration,,\n"
        "A,x,musee,other,,\nA,x,ancien,city,2019-01-01,2020-12-31\nA,x,neuf,city,2026-10-01,\n"
    )
    rows = "A,x,villea,2026-11-01,100,1\nA,x,grandaube,2026-11-01,90000,1\nA,x,musee,2026-11-01,5000,1\n"
    rows += "A,x,ancien,2019-06-01,700,1\nA,x,neuf,2026-11-01,20,1\nA,x,neuf,2026-09-10,4000,1\n"
    three = study(tmp_path / "s", accounts=accounts, audience=AUDIENCE + rows)
    found = city(built(three, everything()), "A")["indicators"]
    assert found["audience.followers"]["value"] == 120
    assert found["audience.reach"]["value"] == 120 / 100_000
    told = [str(remark) for remark in remarks(three) if remark.grave]
    assert told == ["audience.csv, line 7: On that day neuf was not the city's: its followers do not count."]


def test_codes_that_differ_in_their_case_alone_are_one(tmp_path) -> None:
    three = study(tmp_path / "s", cities=f"{CITIES}a,Aulne,10,\n")
    assert [one.code for one in three.cities] == ["A", "B", "C"]
    assert "The code a is that of Aube already (line 2)" in "\n".join(map(str, remarks(three)))


def test_of_two_comments_the_later_one_is_printed_and_the_other_told(tmp_path) -> None:
    comments = "city,date,author,text\nA,2026-11-20,M,later\nA,2026-10-01,M,sooner\n"
    three = study(tmp_path / "s", comments=comments)
    assert city(built(three, []), "A")["comment"]["text"] == "later"
    assert any("comments on line 2 too" in str(remark) for remark in remarks(three))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"until": "2026-11-10T00:00:00+00:00", "place": {"step": "done"}}, "up to 2026-11-10T00:00:00+00:00 only"),
        ({"until": "2026-11-22T23:00:00+00:00", "place": {"step": "threads"}}, "for it was stopped"),
        ({"until": "2026-11-22T23:00:00+00:00"}, "for it was stopped"),
        ({"until": "2026-11-22T23:00:00+00:00", "error": "Nobody answers."}, "whole: Nobody answers. Run"),
        ({"until": "2026-11-22T23:00:00+00:00", "place": {"step": "done"}}, None),
    ],
    ids=["early", "stopped", "not begun", "failed", "whole"],
)
def test_what_was_not_collected_to_the_end_is_told(tmp_path, state, words) -> None:
    three = study(tmp_path / "s")
    AccountStore(three.directory, "x", "villea").add([question("A", 1)], sources=["x"], **state)
    rows = build(three, load_dataset(three)).document["remarks"]
    told = [row["text"].format(**row["values"]) for row in rows if row["grave"]]
    assert len(told) == (words is not None) and (words or "") in "".join(told)


@pytest.mark.parametrize("simulated", [True, False], ids=["simulated", "real"])
def test_every_table_says_whether_it_is_simulated(tmp_path, simulated) -> None:
    three = study(tmp_path / "s", study=f"{SETTINGS}simulated = {str(simulated).lower()}\n")
    made = whole_build(three, everything())
    files = open_data(read_results(made.document), pack(made.tables))
    for name in ("cities.csv", "indicators.csv", "accounts.csv", *made.tables):
        rows = csv.DictReader(io.StringIO(made.tables.get(name, files[name]).decode("utf-8-sig")))
        assert {row["simulated"] for row in rows} == {"yes" if simulated else "no"}
    assert set(pl.read_parquet(io.BytesIO(files["indicators.parquet"]))["simulated"]) == {simulated}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('period = ["0001-01-01", "0001-01-31"]', "look at the years"),
        ('period = ["9999-12-01", "9999-12-31"]', "look at the years"),
        ('period = ["2026-09-07", "2026-11-22"]\nseed = -1', "“seed” is -1. Write a whole number from 0 on."),
    ],
    ids=["the first year", "the last year", "a seed below 0"],
)
def test_settings_that_nothing_can_be_reckoned_with_are_told(tmp_path, line, words) -> None:
    with pytest.raises(BadInput, match=words):
        study(tmp_path / "s", study=f'title = "T"\nnetworks = ["x"]\n{line}\n')


def test_more_followers_than_people_are_no_number(tmp_path) -> None:
    three = study(tmp_path / "s", cities="code,name,population\nA,Aube,99999999999999999999\nB,Brume,5\nC,Combe,5\n")
    assert three.cities[0].population is None
    assert any("more than all people" in str(remark) for remark in remarks(three))


def test_every_city_has_every_indicator_also_without_a_message(tmp_path) -> None:
    found = built(study(tmp_path / "s"), [])
    for one in found["cities"]:
        assert set(one["indicators"]) == set(INDICATORS)
    assert found["cities"][0]["indicators"]["reactivity.f8h"] == {"value": None, "n": 0, "ci": None, "enough": False}
    parse(found)


def test_a_place_that_cannot_be_written_to_is_told(results: dict[str, Any], tmp_path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(BadInput, match="cannot be written"):
        write(results, tmp_path / FILE)


def test_coverage_is_of_what_was_collected_and_of_no_other_messages(tmp_path) -> None:
    three = study(tmp_path / "s")
    AccountStore(three.directory, "x", "villea").add([question("A", 1)], sources=["x"], hidden=Counter(mentions=1))
    assert build(three, load_dataset(three)).document["coverage"][0]["hidden"] == {"mentions": 1}
    assert built(three, everything())["coverage"] == []


def test_an_account_that_gave_nothing_is_told(tmp_path) -> None:
    three = study(tmp_path / "s")
    found = built(three, [one for one in everything() if one.account.lower().removeprefix("@") != "villeb"])
    told = [r["text"].format(**r["values"]) for r in found["remarks"] if r["file"] == "accounts.csv"]
    assert told == ["Not one message of villeb on x was read: is it collected, and its name right?"]
    assert not built(three, [])["remarks"]


def test_what_a_build_cuts_a_value_to_and_what_a_check_lets_pass_are_what_the_schema_says() -> None:
    values = schema()["properties"]["remarks"]["items"]["properties"]["values"]
    assert values["additionalProperties"]["maxLength"] == document._LONGEST_VALUE
    assert values["maxProperties"] == consistency._MOST_PLACES
