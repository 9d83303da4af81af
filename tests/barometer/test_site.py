"""The site of a study, as files: whole, safe, honest, the same every time."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from django.utils.translation import gettext, override

from portevoix.barometer.publish import number_words, publish
from portevoix.barometer.publish.results_view import StudyView
from portevoix.barometer.results.document import parse
from portevoix.kernel.errors import BadInput
from tests.barometer import sample

STUDIES = {"small": sample.small, "large": sample.large, "survey": sample.survey_only, "one": sample.one_city}
LIGHT_B = 150_000
DRAWN = re.compile(r'<svg class="(?:plot|strip|map__plot|scatter__plot)".*?</svg>\s*(?=<(?!text|g|line|a |use))', re.S)


class Parts(HTMLParser):
    """What a page is made of: its tags with their attributes, and its ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.ids = {attributes["id"] for _tag, attributes in self.tags if "id" in attributes}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


def made(results: dict, out: Path) -> Path:
    publish(parse(results), out, catalogue=sample.CATALOGUE)
    return out


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    home = tmp_path_factory.mktemp("sites")
    return {name: made(results(), home / name) for name, results in STUDIES.items()}


@pytest.fixture(scope="module")
def small(sites) -> Path:
    return sites["small"]


def pages_of(site: Path) -> dict[str, str]:
    return {path.relative_to(site).as_posix(): path.read_text() for path in sorted(site.rglob("*.html"))}


def test_the_same_results_give_the_same_bytes(small: Path, tmp_path: Path) -> None:
    again = made(sample.small(), tmp_path / "again")
    first = {path.relative_to(small): path.read_bytes() for path in small.rglob("*") if path.is_file()}
    assert first == {path.relative_to(again): path.read_bytes() for path in again.rglob("*") if path.is_file()}


def test_the_files_that_are_told_are_those_that_are_there(tmp_path: Path) -> None:
    told = publish(parse(sample.one_city()), tmp_path / "site", data={"cities.csv": b"code\n"})
    there = {path for path in (tmp_path / "site").rglob("*") if path.is_file()}
    assert {path.relative_to(tmp_path).as_posix() for path in there - set(told)} == {"site/site.json"}
    assert (tmp_path / "site/data/cities.csv").read_bytes() == b"code\n"
    assert json.loads((tmp_path / "site/data/results.json").read_text()) == sample.one_city()


def test_a_former_site_is_replaced_and_leaves_nothing_behind(small: Path, tmp_path: Path) -> None:
    site = shutil.copytree(small, tmp_path / "site")
    made(sample.one_city(), site)
    assert [path.stem for path in (site / "cities").iterdir()] == ["00001"]
    assert list(tmp_path.iterdir()) == [site]


@pytest.mark.parametrize("name", ["notes.txt", "data/mine.csv"])
def test_what_is_not_ours_is_never_overwritten(tmp_path: Path, name: str) -> None:
    site = made(sample.one_city(), tmp_path / "site")
    (site / name).write_text("mine")
    before = (site / "index.html").read_bytes()
    with pytest.raises(BadInput, match=name):
        publish(parse(sample.small()), site)
    assert (site / name).read_text() == "mine" and (site / "index.html").read_bytes() == before


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("another site")
    with pytest.raises(BadInput, match="new or empty"):
        publish(parse(sample.one_city()), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


def test_results_of_another_version_are_refused() -> None:
    with pytest.raises(BadInput, match="this version reads"):
        parse(sample.one_city() | {"schema": "portevoix/barometer-results/9"})


def test_a_page_is_light_before_the_cities_come(tmp_path: Path) -> None:
    empty = sample.small() | {"cities": [], "coverage": [], "rankings": dict.fromkeys(sample.RANKINGS)}
    site = made(empty, tmp_path / "site")
    assets = sum(path.stat().st_size for path in (site / "assets").iterdir())
    assert assets + (site / "index.html").stat().st_size < LIGHT_B


@pytest.mark.parametrize("study", STUDIES)
def test_nothing_is_inline_and_nothing_is_asked_from_elsewhere(sites, study: str) -> None:
    for name, html in pages_of(sites[study]).items():
        for tag, attributes in Parts(html).tags:
            assert "style" not in attributes and tag != "style", (name, tag)
            assert not [given for given in attributes if given.startswith("on")], (name, tag, attributes)
            assert tag != "script" or attributes.get("src"), name
            fetched = attributes.get("src", "") + (
                attributes.get("href", "") if tag in {"link", "use", "image"} else ""
            )
            assert not re.match(r"(?:[a-z]+:)?//", fetched), (name, fetched)
        assert "default-src 'none'; style-src 'self'; script-src 'self'" in html, name
    style = (sites[study] / "assets/site.css").read_text()
    assert "url(" not in style and "@import" not in style
    assert not re.search(
        r"https?://(?!www\.w3\.org)|fetch\(|eval\(|innerHTML", (sites[study] / "assets/site.js").read_text()
    )


@pytest.mark.parametrize("study", STUDIES)
def test_every_link_leads_somewhere(sites, study: str) -> None:
    site = sites[study]
    pages = {name: Parts(html) for name, html in pages_of(site).items()}
    for name, page in pages.items():
        for tag, attributes in page.tags:
            link = attributes.get("href") or attributes.get("src") or ""
            parts = urlsplit(link)
            if not link or parts.scheme or tag == "use":
                continue
            target = (site / name).parent / unquote(parts.path) if parts.path else site / name
            assert target.is_file(), (name, link)
            if parts.fragment and "=" not in parts.fragment:
                ids = pages[target.resolve().relative_to(site.resolve()).as_posix()].ids
                assert parts.fragment in ids, (name, link)


@pytest.mark.parametrize("study", ["small", "large", "one"])
def test_the_ranking_is_also_a_picture_by_itself(sites, study: str) -> None:
    results = STUDIES[study]()
    for language in ("", "en/"):
        picture = (sites[study] / language / "ranking.svg").read_text()
        drawn = ElementTree.fromstring(picture)
        words = ["".join(each.itertext()) for each in drawn.iter("{http://www.w3.org/2000/svg}text")]
        assert {city["name"] for city in results["cities"] if city["rank"]} <= set(words)
        assert "simulé · simulated" in words and "[Simul" in picture
        marks = [each.get("x") for each in drawn.iter("{http://www.w3.org/2000/svg}use") if each.get("class")]
        assert len(marks) == len([city for city in results["cities"] if city["rank"]])


def test_without_a_ranking_there_is_no_picture(sites) -> None:
    assert not (sites["survey"] / "ranking.svg").exists()


def test_ids_are_unique(sites) -> None:
    for name, html in pages_of(sites["small"]).items():
        given = [attributes["id"] for _tag, attributes in Parts(html).tags if "id" in attributes]
        assert len(given) == len(set(given)), name


def test_whatever_is_simulated_says_so(small: Path) -> None:
    drawn = 0
    for name, html in pages_of(small).items():
        with override("en" if name.startswith("en/") else "fr"):
            word = gettext("Simulated")
        assert f"<title>[{word}]" in html, name
        assert 'data-watermark="simulé · simulated"' in html, name
        for picture in DRAWN.findall(html):
            drawn += 1
            assert "simulé · simulated</text>" in picture, (name, picture[:200])
    assert drawn > 100
    style = (small / "assets/site.css").read_text()
    assert "attr(data-watermark)" in style and "attr(data-watermark)" not in style.split("@media print")[1]


def test_what_is_not_simulated_does_not_say_so(sites) -> None:
    for name, html in pages_of(sites["survey"]).items():
        assert "watermark" not in html and "[Simul" not in html, name


def test_numbers_of_pictures_are_in_no_language(small: Path) -> None:
    html = (small / "index.html").read_text()
    given = re.findall(r' (?:x|y|x1|x2|y1|y2|cx|cy|r|data-v|data-lo|data-hi|data-weight)="([^"]*)"', html)
    assert len(given) > 1000
    assert [number for number in given if not re.fullmatch(r"-?\d+(\.\d+)?%?", number)] == []


@pytest.mark.parametrize("language", ["", "en/"])
def test_each_page_is_in_its_language(small: Path, language: str) -> None:
    html = (small / language / "index.html").read_text()
    code = language.strip("/") or "fr"
    with override(code):
        assert f'<html lang="{code}">' in html and f'<h2 id="map-title">{gettext("Where they lie")}</h2>' in html


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    results = sample.one_city()
    city = results["cities"][0]
    city |= {"code": "../../x<i>", "name": "<script>alert(1)</script>", "agglomeration": '"><img src=x onerror=y>'}
    city["comment"] = {"date": None, "author": "<b>x</b>", "text": "<style>*{display:none}</style>"}
    city["accounts"][0] |= {"evidence_url": "javascript:alert(1)", "handle": '@a"onload="x@<host>'}
    for rows in results["rankings"].values():
        for row in rows or ():
            row["code"] = city["code"]
    site = made(results, tmp_path / "site")
    assert {path.relative_to(site).parts[0] for path in site.rglob("*")} <= {
        *("assets", "cities", "data", "en", "site.json", "ranking.svg"), *(f"{page}.html" for page in
        ("index", "indicators", "methodology", "data", "embed")),
    }  # fmt: skip
    for html in pages_of(site).values():
        tags = Parts(html).tags
        assert not [tag for tag, attributes in tags if tag in {"i", "img", "style", "b"}]
        assert not [tag for tag, attributes in tags if tag == "script" and "src" not in attributes]
        assert "javascript:" not in html
        assert not [attributes for _tag, attributes in tags if {"onload", "onerror"} & set(attributes)]


def test_cities_whose_codes_meet_keep_their_own_pages(tmp_path: Path) -> None:
    results = sample.small()
    named = dict(zip((city["code"] for city in results["cities"][:2]), ("a/b", "A:B"), strict=True))
    text = json.dumps(results)
    for code, name in named.items():
        text = text.replace(f'"{code}"', f'"{name}"')
    results = json.loads(text)
    site = made(results, tmp_path / "site")
    assert len(list((site / "cities").iterdir())) == len(results["cities"])


def _study(results: dict):
    return StudyView(parse(results), sample.CATALOGUE)


def test_a_better_score_in_a_lower_tier_stands_in_its_tier() -> None:
    results = sample.small()
    first, second = results["cities"][0], results["cities"][1]
    first["tier"], second["tier"] = 1, 2
    results["cities"][5]["tier"] = 1
    order = [city.code for city in _study(results).ranked_cities]
    assert order.index(results["cities"][5]["code"]) < order.index(second["code"])


def test_a_city_without_a_rank_says_why_and_keeps_its_figures(small: Path) -> None:
    html = (small / "en/cities/00022.html").read_text()
    assert (
        "Not ranked: fewer than 10 messages: too few to score reactivity and conversation (90% of the score)." in html
    )
    assert "too few" in html and "Tier" not in html


def test_posts_are_not_needed_for_who_is_present(sites) -> None:
    page = (sites["survey"] / "en/index.html").read_text()
    assert "No city can be ranked" in page and "of 42 cities have an account" in page
    assert page.count("There is none.") == 2, "two rankings are missing, each with its reason"
    assert 'id="weights"' not in page and 'class="strip"' not in page
    assert "27 of 42 cities" in (sites["survey"] / "en/indicators.html").read_text()


def test_one_city_is_compared_with_nobody(sites) -> None:
    page = (sites["one"] / "en/index.html").read_text()
    assert "nobody to compare it with" in page and "there is no map" in page and 'id="weights"' not in page


def test_the_map_is_of_france_only_where_the_cities_are(sites) -> None:
    assert "<polygon" in (sites["large"] / "index.html").read_text()
    assert "<polygon" not in (sites["small"] / "index.html").read_text()


def test_a_city_beyond_the_sea_is_named_beside_the_map(tmp_path: Path) -> None:
    results = sample.large()
    results["cities"][3] |= {"lat": -20.88, "lon": 55.45}
    page = (made(results, tmp_path / "site") / "en/index.html").read_text()
    assert re.search(rf"Beyond the frame:.{{0,400}}{results['cities'][3]['name']}", page, re.S)


def test_the_city_s_reply_is_printed_as_it_is_written(small: Path) -> None:
    words = "Nous avons ouvert un second compte en octobre ; il répond aussi le samedi."
    replied = [city["code"] for city in sample.small()["cities"] if city["comment"]]
    assert replied and all(words in (small / f"cities/{code}.html").read_text() for code in replied)


def test_the_method_says_what_the_study_file_says(small: Path) -> None:
    page = (small / "en/methodology.html").read_text()
    for code, indicator in sample.small()["indicators"].items():
        assert f"<code>{code}</code> v{indicator['version']}" in page
    for words in ("2013", "6,310", "30 points", "Only the last 800 mentions are given", "exp( Σ", "Licence Ouverte"):
        assert words in page, words


@pytest.mark.parametrize(
    ("place", "english", "french"),
    [
        (1, "1st", "1re"),
        (2, "2nd", "2e"),
        (3, "3rd", "3e"),
        (11, "11th", "11e"),
        (22, "22nd", "22e"),
        (112, "112th", "112e"),
    ],
)
def test_ordinals(place: int, english: str, french: str) -> None:
    with override("en"):
        assert number_words.ordinal(place) == english
    with override("fr"):
        assert number_words.ordinal(place) == french


def test_values_are_told_in_their_unit() -> None:
    with override("en"):
        told = [number_words.amount(value, unit) for value, unit in ((0.004, "share"), (0.9999, "share"), (0, "share"))]
        assert told == ["1%", "99%", "0%"], "nought and all are said only of nought and all"
        assert [number_words.amount(v, "s") for v in (1800, 5400, 90_000)] == ["30 min", "1.5 h", "25 h"]
        assert number_words.amount(12_345, "count") == "12,345" and number_words.amount(None, "ratio") == "–"
        assert number_words.join_names([]) == "" and number_words.join_names(["A", "B"]) == "A and B"
        assert number_words.join_names(["A", "B", "C", "D", "E"]) == "A, B, C and 2 others"


def test_the_method_tells_the_least_sample_that_the_study_asks_for(tmp_path: Path) -> None:
    results = sample.one_city()
    results["minimum"] = {**results["minimum"], "reactivity": 137}
    publish(parse(results), tmp_path / "site", data={})
    page = (tmp_path / "site/en/methodology.html").read_text()
    row = re.search(r"<code>reactivity\.f8h</code>.*?</tr>", page, re.DOTALL)
    assert row and "<td>137</td>" in re.sub(r"<td[^>]*>", "<td>", row[0])
    assert "is not counted again" in page


def test_an_indicator_stands_under_the_pillar_in_which_it_counts(small: Path) -> None:
    page = (small / "en/cities/00004.html").read_text()
    groups = dict(re.findall(r'<section aria-labelledby="group-(\w+)">(.*?)</section>', page, re.S))
    assert "Posts in plain language" in groups["content"] and "Posts in plain language" not in groups["conversation"]
    for pillar, weight in (("reactivity", 60), ("conversation", 30), ("content", 10)):
        weights = re.findall(r'<td class="number">(\d+)%</td></tr>', groups[pillar])
        assert sum(map(int, weights)) == weight and f"{weight}% of the score" in groups[pillar].split("</h2>")[0]
    assert "not part of the score" in groups["presence"] and "automation" not in groups, (
        "its only one counts in content"
    )


def test_a_city_s_own_page_names_all_that_cannot_be_told_apart_from_it(small: Path) -> None:
    study = _study(sample.small())
    for city in study.ranked_cities:
        page = (small / f"en/cities/{study.keys[city.code]}.html").read_text()
        told = re.search(r"<p>It cannot be told apart from (.*?)\.", page)
        names = re.split(r", | and ", told[1]) if told else []
        assert names == [other.name for other in study.indistinguishable_from(city)]
    assert any(other.tier != city.tier for city in study.ranked_cities for other in study.indistinguishable_from(city))


def test_in_french_names_elide(sites) -> None:
    for study in STUDIES:
        for name, html in pages_of(sites[study]).items():
            if not name.startswith("en/"):
                text = re.sub(r"<[^>]+>", " ", html)
                assert not re.findall(r"\b(?:de|que) [AEÉIOUY]\w+", text), name
