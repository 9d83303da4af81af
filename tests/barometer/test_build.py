"""A study from its folder and its messages to its results."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portevoix.barometer.results.build import StudyBuild, write_build
from portevoix.barometer.results.contents import read_results
from portevoix.barometer.results.document import FILE, parse, read
from portevoix.barometer.results.open_data import open_data
from portevoix.barometer.results.open_tables import FOLDER
from portevoix.barometer.studies.news_feed import read_feed
from portevoix.kernel.errors import BadInput
from portevoix.kernel.messages import Visibility, Writer
from portevoix.measures import engine, schema
from portevoix.measures import waits as observed
from tests.barometer import talk
from tests.barometer.talk import answer, built, city, conversations, everything, posts, question, study, whole_build

CITIES_2013 = "code,name,population,agglomeration\n" + "".join(
    f"{number:05},Ville {number},{100_000 + number * 1000},\n" for number in range(41)
)
ACCOUNTS_2013 = "city,network,handle,scope,evidence_url,evidence_date,since,until\n" + "".join(
    f"{number:05},x,ville{number},city,https://v{number}.example,2013-01-07,,\n" for number in range(25)
)
SURVEY_2013 = "city,question,value,evidence\n" + "".join(
    f"{number:05},community_manager,{'yes' if number < 10 else 'no'},asked\n" for number in range(25)
)
AUDIENCE_2013 = "city,network,handle,date,followers,following\n" + "".join(
    f"{number:05},x,ville{number},2013-01-11,{(25 - number) * 700},{number * 40}\n" for number in range(25)
)
SETTINGS_2013 = 'title = "2013"\nperiod = ["2013-01-07", "2013-01-11"]\nnetworks = ["x"]\n'


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> StudyBuild:
    return whole_build(study(tmp_path_factory.mktemp("study") / "three"), everything())


@pytest.fixture(scope="module")
def results(whole: StudyBuild) -> dict[str, Any]:
    return whole.document


def study_2013(place: Path, **more: str) -> Any:
    files = {"study": SETTINGS_2013, "cities": CITIES_2013, "accounts": ACCOUNTS_2013, "survey": SURVEY_2013, **more}
    return study(place, **files)


def test_facts_of_2013_alone_give_presence_and_the_rankings_they_allow(tmp_path) -> None:
    results = built(study_2013(tmp_path / "s", audience=AUDIENCE_2013), [])
    assert results["study"]["presence.account"] == {"value": round(25 / 41, 6), "n": 41}
    assert results["study"]["presence.community_manager"] == {"value": round(10 / 41, 6), "n": 41}
    assert results["rankings"]["quantitative"][0]["code"] == "00000" and len(results["rankings"]["quantitative"]) == 25
    assert results["rankings"]["qualitative"] is None and results["rankings"]["general"] is None
    assert set(results["rankings_missing"]) == {"qualitative", "general"}
    assert all(one["score"] is None and one["unranked"]["text"] for one in results["cities"])
    parse(results)


def test_without_an_audience_no_ranking_is_made_up(tmp_path) -> None:
    results = built(study_2013(tmp_path / "s"), [])
    assert set(results["rankings_missing"]) == {"quantitative", "qualitative", "general"}


def test_the_city_that_answers_soonest_comes_first_and_the_silent_one_last(results) -> None:
    assert [one["code"] for one in results["cities"]] == ["A", "B", "C"]
    assert [one["rank"] for one in results["cities"]] == [1, 2, 3]
    assert city(results, "A")["tier"] == 1 and city(results, "C")["tier"] > 1
    assert "A" in city(results, "C")["worse_than"]
    for one in results["cities"]:
        low, high = one["rank_set"]
        assert low <= one["rank"] <= high and one["score_ci"][0] <= one["score"] <= one["score_ci"][1]


def test_results_are_what_their_schema_says(results) -> None:
    parse(results)
    with pytest.raises(BadInput, match="weights"):
        parse({**results, "weights": "none"})
    with pytest.raises(BadInput, match="this version"):
        parse({"schema": "other"})


def test_reactivity_is_what_measures_report_says(results, tmp_path) -> None:
    three = study(tmp_path / "s")
    mine = [message for message in everything() if message.account == "@VilleA"]
    facts = observed.observe_waits(mine, account="@VilleA", until=three.ends, clock=None)
    told = engine.report(schema.frame(facts))
    found = city(results, "A")["indicators"]
    for horizon, share in told.F.items():
        assert found[f"reactivity.f{horizon}"]["value"] == pytest.approx(share, abs=1e-6)
        assert found[f"reactivity.f{horizon}"]["ci"] == pytest.approx(told.ci[horizon], abs=1e-6)
    assert found["reactivity.answered"] == found["reactivity.f72h"], "A answers nobody later than that"


def test_the_same_study_messages_and_seed_are_the_same_bytes(tmp_path) -> None:
    files = []
    for number in range(2):
        three = study(tmp_path / f"s{number}")
        write_build(whole_build(three, everything()), three.directory)
        places = [three.directory / FILE, *sorted((three.directory / FOLDER).iterdir())]
        files.append([place.read_bytes() for place in places])
    assert files[0] == files[1] and len(files[0]) == 5
    other = built(study(tmp_path / "s0"), everything(), seed=7)
    assert parse(other).cities != read(tmp_path / "s1" / FILE).cities


def test_another_city_moves_no_score(results, tmp_path) -> None:
    two = study(tmp_path / "s", cities=talk.CITIES.replace("C,Combe,300000,\n", ""))
    fewer = built(two, [message for message in everything() if "C" not in message.external_id])
    for code in "AB":
        for name in ("score", "score_ci", "pillars", "indicators"):
            assert city(fewer, code)[name] == city(results, code)[name]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    waits=st.lists(st.sampled_from(talk.HOURS), min_size=10, max_size=30), hours=st.sampled_from((0.2, 5.0, 50.0)),
    which=st.integers(0, 29),
)  # fmt: skip
def test_an_answered_question_never_lowers_a_city(tmp_path, waits, hours, which) -> None:
    three, place = study(tmp_path / "s"), which % len(waits)
    before = [hours if place == number else wait for number, wait in enumerate(waits)]
    silent = [None if place == number else wait for number, wait in enumerate(waits)]
    told = [city(built(three, conversations("A", some) + posts("A", 12)), "A")["score"] for some in (silent, before)]
    assert told[1] >= told[0]


def test_what_many_got_word_for_word_answers_nobody(tmp_path) -> None:
    asked = [question("A", number) for number in range(12)]
    same = [
        answer(one, 1.0, f"@{one.author.handle} Votre message est bien reçu. https://a.example/{one.author.id}")
        for one in asked[:5]
    ]
    own = [answer(one, 1.0, f"Dossier {number} : réparé mardi.") for number, one in enumerate(asked[5:])]
    found = city(built(study(tmp_path / "s"), [*asked, *same, *own]), "A")["indicators"]["reactivity.answered"]
    assert (found["value"], found["n"]) == (round(7 / 12, 6), 12)
    four = city(built(study(tmp_path / "s"), [*asked, *same[:4], *own]), "A")["indicators"]["reactivity.answered"]
    assert four["value"] == round(11 / 12, 6)


def test_what_a_machine_sent_is_no_answer(tmp_path) -> None:
    asked = [question("A", number) for number in range(12)]
    sent = [answer(one, 0.0, f"Reçu, numéro {one.external_id}.", automatic=True) for one in asked]
    found = city(built(study(tmp_path / "s"), [*asked, *sent]), "A")["indicators"]
    assert found["reactivity.answered"]["value"] == 0 and found["automation.share"]["value"] == 1


def test_a_city_with_one_question_has_no_rank_and_says_why(tmp_path) -> None:
    said = [*everything(), *posts("C", 30)]
    fewer = [message for message in said if not message.external_id.startswith("C-q") or message.external_id == "C-q1"]
    results = built(study(tmp_path / "s"), fewer)
    few = city(results, "C")
    assert few["rank"] is few["tier"] is few["rank_set"] is None and "C" not in str(results["rankings"]["qualitative"])
    assert few["unranked"]["values"] == {"pillars": "reactivity", "minimum": 10, "share": 60}
    assert few["indicators"]["reactivity.f8h"] == {
        "value": 0.0,
        "n": 1,
        "ci": pytest.approx([0, 0.975]),
        "enough": False,
    }
    assert city(results, "A")["rank"] == 1


def test_a_pillar_without_data_is_left_out_and_the_weights_of_the_rest_scaled(tmp_path) -> None:
    results = built(study(tmp_path / "s"), [message for code in "ABC" for message in posts(code, 20)])
    assert results["weights"] == {"conversation": 0.75, "content": 0.25}
    assert all(one["rank"] for one in results["cities"])


def test_messages_of_others_are_counted_and_told(tmp_path) -> None:
    stranger = question("D", 1)
    late = answer(question("A", 1), 24 * 90, "Trop tard pour cette étude.")
    private = question("A", 99, visibility=Visibility.PRIVATE)
    results = built(study(tmp_path / "s"), [*everything(), stranger, late, private, *everything()])
    told = [remark["text"].format(**remark["values"]) for remark in results["remarks"]]
    assert any(one.startswith("Messages of @VilleD on x, an account that the study does not have") for one in told)
    counts = [remark["values"]["count"] for remark in results["remarks"] if set(remark["values"]) == {"count"}]
    assert sorted(counts) == [1, 1, len(everything())]


def test_no_word_no_name_and_no_handle_of_a_citizen_is_in_what_is_published(whole) -> None:
    said = json.dumps(whole.document, ensure_ascii=False) + "".join(
        content.decode("utf-8", "replace") for content in open_data(parse(whole.document), whole.tables).values()
    )
    assert len(whole.tables) == 4
    for word in ("zibeline", "Zibeline", "citizen-", "handle1", "réponse 3", "médiathèque"):
        assert word not in said


def test_open_data_hold_each_city_and_each_indicator_and_every_column_is_explained(whole) -> None:
    results, files = whole.document, open_data(parse(whole.document), whole.tables)
    tables = {
        name: list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        for name, content in files.items()
        if ".csv" in name
    }
    assert [row["code"] for row in tables["cities.csv"]] == ["A", "B", "C"]
    assert tables["cities.csv"][0]["score"] == str(city(results, "A")["score"])
    assert len(tables["indicators.csv"]) == sum(len(one["indicators"]) for one in results["cities"])
    told = {(row["file"], row["column"]) for row in tables["codebook.csv"]}
    for name in tables.keys() - {"codebook.csv"}:
        assert {(name, column) for column in tables[name][0]} <= told, name
    assert files == open_data(parse(results), whole.tables)


def test_a_cell_that_a_spreadsheet_would_reckon_is_made_harmless(results) -> None:
    named = {**results, "cities": [{**results["cities"][0], "name": "=HYPERLINK(1)"}]}
    assert b"'=HYPERLINK(1)" in open_data(read_results(named), {})["cities.csv"]


def test_a_city_that_speaks_to_another_one_is_no_citizen(tmp_path) -> None:
    other = replace(question("A", 50), author=Writer("id-of-b", "@VilleB"))
    found = city(built(study(tmp_path / "s"), [*everything(), other]), "A")["indicators"]["reactivity.answered"]
    assert found["n"] == 40


def test_whichever_account_of_the_city_answers_it_is_the_city(tmp_path) -> None:
    accounts = talk.ACCOUNTS + "A,x,proprete_a,city,https://a.example,2026-09-01,,\n"
    asked = [question("A", number) for number in range(12)]
    same = replace(asked[0], account="proprete_a")  # it spoke to both accounts at once
    told = [replace(answer(one, 1.0, f"Oui, le {number}."), account="proprete_a") for number, one in enumerate(asked)]
    found = city(built(study(tmp_path / "s", accounts=accounts), [*asked, same, *told]), "A")["indicators"]
    assert (found["reactivity.answered"]["value"], found["reactivity.answered"]["n"]) == (1.0, 12)


def test_nobody_is_ranked_where_nobody_was_asked_enough(tmp_path) -> None:
    said = [*conversations("A", [1.0, None]), *conversations("B", [None]), *posts("A", 20), *posts("B", 20)]
    results = built(study(tmp_path / "s"), said)
    assert results["weights"]["reactivity"] == 0.6 and results["rankings"]["qualitative"] is None
    assert [one["unranked"]["values"]["pillars"] for one in results["cities"] if one["code"] in "AB"] == [
        "reactivity"
    ] * 2


def test_ids_that_are_unique_within_an_account_only_take_no_question_away(tmp_path) -> None:
    accounts = talk.ACCOUNTS + "A,x,proprete_a,city,https://a.example,2026-09-01,,\n"
    answered = conversations("A", [1.0] * 12)
    unanswered = [
        replace(one, account="proprete_a", text="Et la propreté ?", author=Writer(f"other-{one.external_id}"))
        for one in conversations("A", [None] * 12)
    ]
    found = city(built(study(tmp_path / "s", accounts=accounts), [*answered, *unanswered]), "A")["indicators"]
    assert (found["reactivity.answered"]["value"], found["reactivity.answered"]["n"]) == (0.5, 24)


def test_an_answer_from_another_account_is_of_the_same_conversation_and_citizen(tmp_path) -> None:
    accounts = talk.ACCOUNTS + "A,x,proprete_a,city,https://a.example,2026-09-01,,\n"
    asked = [replace(question("A", number), author=Writer(f"citizen-{number % 4}")) for number in range(12)]
    told = [replace(answer(one, 1.0, "Bonjour, c’est noté."), account="proprete_a") for one in asked]
    found = city(built(study(tmp_path / "s", accounts=accounts), [*asked, *told]), "A")["indicators"]
    for code in ("reactivity.answered", "conversation.citizens", "conversation.reply_share", "conversation.depth"):
        assert found[code]["value"] == 1, code


def test_where_no_source_tells_reactions_nothing_is_said_of_them(results) -> None:
    found = city(results, "A")["indicators"]
    assert found["audience.p1"]["value"] is found["audience.e"]["value"] is None and found["audience.p1"]["n"] == 0


def test_a_citizen_may_have_the_name_of_the_city_on_another_server(tmp_path) -> None:
    accounts = talk.ACCOUNTS.replace("A,x,villea", "A,mastodon,villea@ville.example")
    networks = talk.SETTINGS.replace('["x"]', '["x", "mastodon"]')
    asked = [
        replace(question("A", n), channel="mastodon", author=Writer("7", "villea@other.example")) for n in range(10)
    ]
    found = city(built(study(tmp_path / "s", accounts=accounts, study=networks), asked), "A")["indicators"]
    assert found["reactivity.answered"]["n"] == 10


def test_nobody_has_waited_longer_than_until_today(tmp_path) -> None:
    settings = talk.SETTINGS.replace("2026-11-22", "2027-11-22")
    results = built(study(tmp_path / "s", study=settings), conversations("A", [None] * 12))
    assert results["collected_until"] == "2026-11-26T23:00:00+00:00"
    assert any(remark["grave"] for remark in results["remarks"])


def test_a_code_leads_to_no_other_folder(tmp_path) -> None:
    (tmp_path / "secret.xml").write_text("<rss></rss>")
    place = talk.study(tmp_path / "s").directory
    (place / "feeds").mkdir()
    assert read_feed(place, "../../secret") == []
