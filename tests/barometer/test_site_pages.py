"""The site of a study in a real browser, from the disk: read, explored by keyboard, mouse and finger, printed."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from portevoix.barometer.publish import publish
from portevoix.barometer.results.document import parse
from tests.barometer import sample
from tests.servers.pages import IN_A_BROWSER, browsing, violations

pytestmark = IN_A_BROWSER
PAGES = {
    "small": "index indicators methodology data embed cities/00004 cities/00022",
    "large": "index",
    "survey": "index indicators methodology",
    "one": "index cities/00001",
}
# In English no colour is another; contrast takes most of axe's time.
LOOKS = {
    "wide, light, French": ("", {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}),
    "narrow, dark, French": ("", {"viewport": {"width": 320, "height": 720}, "color_scheme": "dark"}),
    "tablet, light, English": ("en/", {"viewport": {"width": 768, "height": 1024}, "color_scheme": "light"}),
    "wide, dark, English": ("en/", {"viewport": {"width": 1600, "height": 900}, "color_scheme": "dark"}),
}
WRONG: dict[Page, list[str]] = {}
CARD, NAME = "#card .card__body", "#card .card__name"


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    home = tmp_path_factory.mktemp("sites")
    studies = {"small": sample.small, "large": sample.large, "survey": sample.survey_only, "one": sample.one_city}
    for name, results in studies.items():
        publish(parse(results()), home / name, catalogue=sample.CATALOGUE)
    return {name: home / name for name in studies}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    yield _watched(context.new_page())
    context.close()


def _watched(page: Page) -> Page:
    """A page that keeps whatever it asks of a network, is refused or throws."""
    WRONG[page] = wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("request", lambda asked: None if re.match("file:|data:", asked.url) else wrong.append(asked.url))
    return page


def _wrong(page: Page) -> list[str]:
    return WRONG[page]


def _open(page: Page, site: Path, path: str = "en/index.html") -> Page:
    page.goto(f"{site.as_uri()}/{path}")
    return page


def _row(page: Page, place: int):
    return page.locator(".row").nth(place)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("study", PAGES)
def test_everybody_can_read_every_page(sites, browser: Browser, study: str, look: str) -> None:
    folder, settings = LOOKS[look]
    context = browser.new_context(**settings, reduced_motion="reduce")
    page, found = _watched(context.new_page()), []
    for name in PAGES[study].split():
        _open(page, sites[study], f"{folder}{name}.html")
        if name == "index":
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            if page.locator(".row").count():
                _row(page, 0).click()
        found += _seen(page, leave_out=() if study == "small" and not folder else ("color-contrast",))
    context.close()
    assert found == []


def _seen(page: Page, leave_out: Sequence[str]) -> list[str]:
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    told = [f"{page.url}: {wider} px wider than the screen"] if wider > 0 else []
    told += _wrong(page)
    told += violations(page, leave_out=leave_out)
    _wrong(page).clear()  # axe reads style sheets by a request of its own, which the policy forbids
    return told


def test_the_keyboard_goes_along_the_cities_and_keeps_a_card_open(sites, page: Page) -> None:
    _open(page, sites["small"])
    first, second = sample.small()["cities"][:2]
    _row(page, 0).focus()
    expect(page.locator(NAME)).to_have_text(first["name"])
    page.keyboard.press("ArrowDown")
    expect(_row(page, 1)).to_be_focused()
    expect(page.locator(NAME)).to_have_text(second["name"])
    page.keyboard.press("Enter")
    expect(page.locator(NAME)).to_be_focused()
    expect(_row(page, 1)).to_have_attribute("aria-expanded", "true")
    expect(page).to_have_url(re.compile(f"#city={second['code']}$"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#card').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(_row(page, 1)).to_be_focused()
    expect(page.locator(CARD)).to_be_hidden()
    page.keyboard.press("End")
    expect(_row(page, len(sample.small()["cities"]) - 2)).to_be_focused()
    page.keyboard.press(" ")
    expect(page.locator("#said")).to_contain_text("kept open")
    assert _wrong(page) == []


def test_what_hovering_shows_stays_and_goes_with_escape(sites, page: Page) -> None:
    _open(page, sites["small"])
    page.locator("#ranking").scroll_into_view_if_needed()
    _row(page, 2).hover()
    expect(page.locator(NAME)).to_have_text(sample.small()["cities"][2]["name"])
    _move_to(page, NAME)
    page.wait_for_timeout(200)
    expect(page.locator(NAME)).to_have_text(sample.small()["cities"][2]["name"])
    page.keyboard.press("Escape")
    expect(page.locator(CARD)).to_be_hidden()
    _row(page, 1).click()
    _row(page, 5).hover()
    page.wait_for_timeout(200)
    expect(page.locator(NAME)).to_have_text(sample.small()["cities"][1]["name"])


def _move_to(page: Page, shown: str) -> None:
    """In one go, as it is on the screen: `hover` might scroll first, and another row would come under the pointer."""
    expect(page.locator(shown)).to_be_in_viewport(ratio=1)
    box = page.locator(shown).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_screen_readers_are_told_what_the_picture_shows(sites, page: Page) -> None:
    _open(page, sites["small"])
    city = sample.small()["cities"][2]
    name = re.compile(
        rf"^{city['rank']} {city['name']} score \d+ \(interval \d+–\d+, place (between )?\d+(st|nd|rd|th)"
    )
    expect(page.get_by_role("button", name=name)).to_have_count(1)
    expect(page.get_by_role("region", name="Tier 1")).to_have_count(1)
    expect(
        page.get_by_role("img", name=re.compile(r"^Reactivity \(Simulated\) – 23 cities from \d+ to \d+, median"))
    ).to_be_visible()
    page.get_by_role("button", name=name).press("Enter")
    expect(page.get_by_role("status").filter(has_text=f"{city['name']}: card kept open")).to_have_count(1)
    expect(page.get_by_role("complementary", name="The city’s card")).to_be_visible()


def test_all_that_cannot_be_told_apart_are_marked_whatever_their_tier(sites, page: Page) -> None:
    results = sample.small()
    ranked = [city for city in results["cities"] if city["rank"]]
    city = ranked[9]
    alike = {
        other["code"]
        for other in ranked
        if other is not city and city["code"] not in other["worse_than"] and other["code"] not in city["worse_than"]
    }
    assert alike and {other["tier"] for other in ranked if other["code"] in alike} > {city["tier"]}
    _open(page, sites["small"])
    row = page.locator(f".row[data-city='{city['code']}']")
    row.focus()
    rows = page.locator(".row.is-alike")
    expect(rows).to_have_count(len(alike))
    assert set(rows.evaluate_all("rows => rows.map(row => row.dataset.city)")) == alike
    sign = rows.first.locator(".row__name").evaluate("name => getComputedStyle(name, '::before').content")
    assert "≈" in sign, "not by colour alone"
    dots = page.locator(".ranking .dot.is-alike")
    assert set(dots.evaluate_all("dots => dots.map(dot => dot.dataset.dot)")) == alike
    expect(page.locator("#card .card__apart")).to_contain_text("It cannot be told apart from")
    page.keyboard.press("Escape")
    expect(page.locator(".is-alike")).to_have_count(0)
    row.hover()
    expect(rows).to_have_count(len(alike))


def test_a_finger_opens_a_sheet(sites, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 720}, has_touch=True, reduced_motion="reduce")
    page = _open(context.new_page(), sites["small"])
    expect(page.locator("#card")).to_be_hidden()
    _row(page, 4).tap()
    expect(page.locator(".row.is-alike").first).to_be_attached()
    expect(page.locator(NAME)).to_have_text(sample.small()["cities"][4]["name"])
    box = page.locator("#card").bounding_box()
    assert box["x"] == 0 and box["width"] == 320 and round(box["y"] + box["height"]) == 720 and box["height"] < 540
    page.locator(".card__close").tap()
    expect(page.locator("#card")).to_be_hidden()
    context.close()


def test_the_browser_reckons_as_the_study_did(sites, page: Page) -> None:
    _open(page, sites["small"])
    for city in sample.small()["cities"][:-1]:
        row = page.locator(f"[data-weighed='{city['code']}']")
        assert abs(float(row.get_attribute("data-yours")) - city["score"]) < 1e-3
        assert int(row.get_attribute("data-your-rank")) == city["rank"]
    expect(page.locator("#weights-said")).to_contain_text("nothing moves")


def test_other_weights_move_ranks_and_say_so(sites, page: Page) -> None:
    given = (10, 20, 70)
    _open(page, sites["small"], f"en/index.html#weights={','.join(map(str, given))}")
    results = sample.small()
    by = dict(zip(sample.WEIGHTS, given, strict=True))
    ranked = [city for city in results["cities"] if city["rank"]]
    scores = {
        city["code"]: sample.mean({name: one["score"] for name, one in city["pillars"].items()}, by) for city in ranked
    }
    for city in ranked:
        row = page.locator(f"[data-weighed='{city['code']}']")
        assert abs(float(row.get_attribute("data-yours")) - scores[city["code"]]) < 1e-3
    places = {code: place for place, code in enumerate(sorted(scores, key=lambda code: -scores[code]), 1)}
    changed = sum(places[city["code"]] != city["rank"] for city in ranked)
    tiers = {city["tier"]: [] for city in ranked}
    for city in ranked:
        tiers[city["tier"]].append(city["rank"])
    kept = sum(places[city["code"]] in tiers[city["tier"]] for city in ranked)
    assert changed > 0 and 0 < kept < len(ranked)
    expect(page.locator("#weights-said")).to_contain_text(f"{changed} of {len(ranked)} cities change rank. {kept} keep")
    page.get_by_role("button", name="Back to the study’s weights").click()
    expect(page.locator("#weights-said")).to_contain_text("nothing moves")
    expect(page).not_to_have_url(re.compile("weights"))


def test_sliders_at_nought_weigh_alike(sites, page: Page) -> None:
    _open(page, sites["small"], "en/index.html#weights=0,0,0")
    expect(page.locator("#sliders output")).to_have_text(["33%"] * 3)


def test_a_permalink_shows_what_was_shown(sites, page: Page) -> None:
    one, other = (city["code"] for city in sample.small()["cities"][:2])
    third = sample.small()["cities"][2]
    _open(page, sites["small"], f"en/index.html#city={third['code']}&compare={one},{other}&weights=30,30,40")
    expect(page.locator(NAME)).to_have_text(third["name"])
    expect(page.locator("#compare-shown th[scope=col]")).to_have_count(2)
    expect(page.locator("#sliders input").first).to_have_value("30")
    page.get_by_role("link", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator(NAME)).to_have_text(third["name"])
    expect(page).to_have_url(re.compile(f"#city={third['code']}&compare={one},{other}&weights=30,30,40$"))


@pytest.mark.parametrize("hash_", ["city=nowhere", "compare=a", "weights=x,-1,1e9", "city=%22]<b>", "&=&", "map"])
def test_a_broken_permalink_breaks_nothing(sites, page: Page, hash_: str) -> None:
    _open(page, sites["small"], f"en/index.html#{hash_}")
    expect(page.locator("#weights-said")).not_to_be_empty()
    assert _wrong(page) == []


def test_two_cities_side_by_side_with_a_verdict(sites, page: Page) -> None:
    _open(page, sites["small"])
    cities = sample.small()["cities"]
    best, last = cities[0], cities[-2]
    page.select_option("#compare-one", last["code"])
    expect(page.locator("#compare-said")).to_have_text("Choose two cities.")
    page.select_option("#compare-other", best["code"])
    expect(page.locator("#compare-said")).to_have_text(
        f"{best['name']} is ahead of {last['name']}, with 95% confidence."
    )
    alike = next(city for city in cities[1:] if city["rank"] and city["code"] not in best["worse_than"]
                 and best["code"] not in city["worse_than"])  # fmt: skip
    page.select_option("#compare-one", alike["code"])
    expect(page.locator("#compare-said")).to_contain_text("cannot be told apart")
    unranked = cities[-1]
    page.select_option("#compare-one", unranked["code"])
    expect(page.locator("#compare-said")).to_have_text("Not both of them are ranked.")
    assert page.locator("#compare-shown svg.pair").count() > 10
    assert violations(page) == []


def test_a_city_is_found_whatever_its_accents(sites, page: Page) -> None:
    _open(page, sites["small"])
    page.fill("#search", "neronV")
    expect(page.locator("#search-found")).to_contain_text("Néronville")
    expect(page.locator(".row:not(.is-dim)")).to_have_count(1)
    page.press("#search", "Enter")
    expect(page.locator(NAME)).to_have_text("Néronville")
    page.keyboard.press("Escape")
    page.fill("#search", "zzz")
    expect(page.locator("#search-found")).to_have_text("No city of that name.")


def test_tables_are_sorted_by_their_headings(sites, page: Page) -> None:
    _open(page, sites["small"], "en/index.html")
    page.locator("#table > summary").click()
    heading = page.locator("#table th").filter(has_text="Inhabitants")
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    place = heading.evaluate("cell => cell.cellIndex")
    shown = page.locator("#table tbody tr").evaluate_all(f"rows => rows.map(r => Number(r.cells[{place}].dataset.v))")
    assert shown == sorted(city["population"] for city in sample.small()["cities"])
    page.locator("#table th").filter(has_text="City").get_by_role("button").click()
    names = page.locator("#table tbody th").all_inner_texts()
    assert names[0] == "Aubrecour" and names[-1] == "Ymare-la-Forêt"


def test_the_map_opens_the_same_card(sites, page: Page) -> None:
    _open(page, sites["small"])
    city = sample.small()["cities"][0]
    mark = page.locator(f".map a[data-city='{city['code']}']")
    mark.scroll_into_view_if_needed()
    mark.focus()
    page.keyboard.press("Enter")
    expect(page.locator(NAME)).to_have_text(city["name"])
    expect(page.locator("#card")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(mark).to_be_focused()


def test_one_ranking_of_2013_at_a_time(sites, page: Page) -> None:
    _open(page, sites["small"])
    expect(page.locator(".three__one")).to_have_count(3)
    page.get_by_role("radio", name="Quantitative").check(force=True)
    expect(page.locator(".three__one").locator("visible=true")).to_have_count(1)


def test_without_a_script_everything_is_still_there(sites, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = _open(context.new_page(), sites["small"])
    expect(page.locator(".js-only").locator("visible=true")).to_have_count(0)
    expect(page.locator(".row")).to_have_count(len(sample.small()["cities"]) - 1)
    page.locator("#table > summary").click()
    expect(page.locator("#table tbody tr")).to_have_count(len(sample.small()["cities"]))
    city = sample.small()["cities"][3]
    page.get_by_role("link", name=city["name"]).first.click()
    expect(page.locator("h1")).to_have_text(city["name"])
    expect(page.get_by_role("link", name=city["accounts"][0]["handle"])).to_have_count(1)
    page.get_by_role("link", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    context.close()


def test_it_prints_whole(sites, page: Page) -> None:
    _open(page, sites["small"])
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in (".head nav", "#card", "#sliders", "#compare", "#embed"):
        expect(page.locator(hidden).first).to_be_hidden()
    for shown in (".simulated", ".plot", "#table table", ".three__one--general", ".map__plot"):
        expect(page.locator(shown).first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body, '::after').content") == '"simulé · simulated"'
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_an_embedded_ranking_holds_figures_alone(sites, page: Page, tmp_path: Path) -> None:
    frame = tmp_path / "article.html"
    frame.write_text(f'<iframe src="{sites["small"].as_uri()}/en/embed.html" width="400" height="600"></iframe>')
    page.goto(frame.as_uri())
    inside = page.frame_locator("iframe")
    expect(inside.locator(".row")).to_have_count(len(sample.small()["cities"]) - 1)
    html = (sites["small"] / "en/embed.html").read_text()
    handles = [account["handle"] for city in sample.small()["cities"] for account in city["accounts"]]
    assert handles and not [handle for handle in handles if handle in html]
    expect(inside.locator(".tag")).to_have_text("Simulated")


def test_pictures_differ_by_shape_and_not_only_by_colour(sites) -> None:
    page = (sites["small"] / "index.html").read_text()
    shapes = dict(re.findall(r'<g id="(m\d)">(.*?)</g>', page))
    tiers = {city["tier"] for city in sample.small()["cities"] if city["tier"]}
    assert len(tiers) > 3 and len({shapes[f"m{tier}"] for tier in tiers}) == len(tiers)


def test_the_data_beside_the_pages_are_the_results(sites) -> None:
    assert json.loads((sites["large"] / "data/results.json").read_text()) == sample.large()


def test_marks_stand_where_their_figures_are(sites, page: Page) -> None:
    """In the picture as the browser draws it, for what a style sheet moves is in no file."""
    _open(page, sites["small"])
    cities = [city for city in sample.small()["cities"] if city["rank"]]
    drawn = page.evaluate(
        """() => [...document.querySelectorAll('.pillar')].map(figure => {
            const middle = each => { const box = each.getBoundingClientRect(); return box.x + box.width / 2; };
            const ticks = [...figure.querySelectorAll('.grid')].map(middle), span = ticks.at(-1) - ticks[0];
            return Object.fromEntries([...figure.querySelectorAll('[data-dot]')].map(
                dot => [dot.dataset.dot, 100 * (middle(dot.querySelector('use')) - ticks[0]) / span]));
        })"""
    )
    for pillar, found in zip(sample.WEIGHTS, drawn, strict=True):
        for city in cities:
            assert abs(found[city["code"]] - city["pillars"][pillar]["score"]) < 0.5, (pillar, city["name"])
