"""The Barometer's pages in the product: a city among the others."""

import json
from copy import deepcopy
from dataclasses import replace
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse

from portevoix.barometer.results.contents import read_results
from portevoix.barometer.results.peer_comparison import city_of, sections
from portevoix.barometer.results.what_if import Rules, find_next_tier
from portevoix.measures.indicators import INDICATORS
from portevoix.measures.metrics import HORIZONS
from portevoix.record.models import Study
from tests.barometer import talk
from tests.barometer.kept import study as kept
from tests.barometer.talk import built, city, everything
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory):
    return built(talk.study(tmp_path_factory.mktemp("study") / "three"), everything())


def post(browser, results, *, own: str):
    content = results if isinstance(results, bytes) else json.dumps(results).encode()
    file = BytesIO(content)
    file.name = "results.json"
    return browser.post(reverse("barometer:add"), {"file": file, "city": own})


def test_without_a_study_the_page_says_what_it_is_and_where_to_add_one(client, administrator) -> None:
    client.force_login(administrator)
    page = client.get(reverse("barometer:home")).content.decode()
    assert reverse("barometer:add") in page and "No study is kept here yet" in page


def test_an_administrator_adds_a_study_and_everybody_sees_the_city_among_the_others(
    client, administrator, host, results
) -> None:
    client.force_login(administrator)
    assert post(client, results, own="brume").status_code == 302
    client.force_login(host)
    page = client.get(reverse("barometer:home"), follow=True).content.decode()
    assert "Brume is no. 2 of 3" in page and "What would move you up to tier 1" in page
    assert Study.objects.get().own == "B"


def test_the_same_study_again_takes_the_place_of_the_one_before(client, administrator, results) -> None:
    client.force_login(administrator)
    post(client, results, own="A")
    post(client, results, own="C")
    assert Study.objects.get().own == "C"


@pytest.mark.parametrize(
    ("content", "own", "told"),
    [
        (b"no json", "A", "is no JSON"),
        (b"[" * 2_000_000, "A", "is no JSON"),
        (b'{"schema": 1e999}', "A", "is no JSON"),
        (b'{"schema": ' + b"9" * 5_000 + b"}", "A", "is no JSON"),
        (b'{"schema": "other"}', "A", "not the results of a barometer"),
        (None, "Nulleville", "has no city “Nulleville”. It has: Aube, Brume, Combe."),
        ({"cities": []}, "A", "not whole"),
    ],
    ids=["no json", "deep", "infinite", "many digits", "other json", "no such city", "part of it"],
)
def test_what_cannot_be_kept_is_told(client, administrator, results, content, own, told) -> None:
    client.force_login(administrator)
    given = (
        results if content is None else content if isinstance(content, bytes) else {**results, **content, "seed": "x"}
    )
    answer = post(client, given, own=own)
    assert answer.status_code == 422 and told in answer.content.decode()
    assert not Study.objects.exists()


def test_a_study_is_removed_after_a_question(client, administrator) -> None:
    row = kept(NOW)
    client.force_login(administrator)
    assert row.title in client.get(reverse("barometer:remove", args=[row.pk])).content.decode()
    assert Study.objects.exists()
    client.post(reverse("barometer:remove", args=[row.pk]))
    assert not Study.objects.exists()
    assert client.post(reverse("barometer:remove", args=[row.pk])).status_code == 404


def test_each_lever_reaches_what_it_promises_and_no_less_would_do(results) -> None:
    """Two cities alike but for one indicator: what would lift the lesser is what the better one has."""
    lesser, better = deepcopy(city(results, "B")), deepcopy(city(results, "B"))
    better["indicators"]["reactivity.f24h"]["value"] = 0.5
    rules = Rules(read_results(results))
    cities = read_results({**results, "cities": [better, lesser]}).cities
    better = replace(cities[0], code="M", tier=1, score=rules.score(cities[0], {}))
    lesser = replace(cities[1], code="L", tier=2, score=rules.score(cities[1], {}))
    found = find_next_tier(replace(read_results(results), cities=(better, lesser)), "L")
    levers = {lever.code: lever.to for lever in found.levers}
    assert (found.tier, found.target) == (1, better.score) and levers["reactivity.f24h"] == pytest.approx(0.5)
    for code, value in levers.items():
        if value is not None:
            assert rules.score(lesser, {code: value}) >= better.score - 1e-6, "what is told is enough"
            if INDICATORS[code].unit == "share":
                short = value - 0.01 if INDICATORS[code].direction == "up" else value + 0.01
                assert rules.score(lesser, {code: short}) < better.score, "and a percent less is not"
    assert find_next_tier(read_results(results), "A") is None, "there is no tier above the first"


def test_every_line_stands_beside_the_median_of_the_others(results) -> None:
    lines = {line.code: line for section in sections(read_results(results), "B") for line in section.lines}
    assert {f"reactivity.f{horizon}" for horizon in HORIZONS} <= lines.keys()
    assert lines["reactivity.f8h"].median is None, "two others have no middle"
    with pytest.raises(KeyError):
        city_of(read_results(results), "nowhere")


def test_what_was_measured_by_another_version_is_not_shown_under_its_name(results) -> None:
    older = deepcopy(results)
    older["indicators"]["reactivity.answered"]["version"] = 1
    shown = {line.code for section in sections(read_results(older), "B") for line in section.lines}
    assert "reactivity.answered" not in shown and "reactivity.f8h" in shown
