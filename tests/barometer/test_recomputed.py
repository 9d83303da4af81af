"""What the demonstration's pages say of cities is reckoned again from their open data, and compared word for word."""

import math
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from portevoix.barometer.results.contents import read_results
from portevoix.barometer.results.document import write
from portevoix.barometer.results.open_data import open_data
from portevoix.barometer.results.open_tables import pack
from tests.barometer import printed, recomputed, talk
from tests.barometer.printed import amount, between, listed, ordinal, percent, places, short, whole
from tests.barometer.recomputed import Figures
from tests.barometer.retold import BESIDE, NAMES, YES_OR_NO, about, apart, holds, labels, scored


@pytest.fixture(scope="module")
def site(prepared_demo: Path) -> Path:
    return prepared_demo / "barometer" / "site"


@pytest.fixture(scope="module")
def figures(site: Path) -> Figures:
    return Figures(site / "data")


@cache
def page(file: Path) -> BeautifulSoup:
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")


def said(within: Tag | None) -> str:
    assert within is not None
    return " ".join(within.get_text(" ").split())


def cells(row: Tag) -> list[str]:
    """Without blanks: "66 (61–71)" is "66(61–71)"."""
    return ["".join(cell.get_text().split()) for cell in row.find_all(["td", "th"])]


def test_nothing_of_the_program_is_needed() -> None:
    for module in (recomputed, printed):
        assert "portevoix" not in Path(module.__file__).read_text(encoding="utf-8")


def test_the_ranking_on_every_page_that_shows_it(figures: Figures, site: Path) -> None:
    expected = [
        (str(figures.rank[code]), figures.cities.name[code], whole(figures.scores.score[code]),
         short(figures.rank_low[code], figures.rank_high[code]))
        for code in figures.order
    ]  # fmt: skip
    for name in ("index.html", "en/index.html", "embed.html", "en/embed.html"):
        rows = page(site / name).select(".ranking .row")
        found = [
            tuple(said(row.select_one(f".row__{part}")) for part in ("rank", "name", "score", "set")) for row in rows
        ]
        assert found == expected, name
    for row, code in zip(page(site / "en/index.html").select(".ranking .row"), figures.order, strict=True):
        low, high = figures.scores.loc[code, ["score_low", "score_high"]]
        place = f"{places(figures.rank_low[code], figures.rank_high[code])} of {len(figures.order)}"
        assert f"(interval {whole(low)}–{whole(high)}, place {place})" in said(row)
    bands = page(site / "en/index.html").select(".ranking .tier")
    assert [len(band.select(".row")) for band in bands] == figures.tier.value_counts().sort_index().tolist()
    drawn = said(page(site / "en/ranking.svg"))
    assert all(f"{name} {score} {places_}" in drawn for _rank, name, score, places_ in expected)


def test_the_figures_of_the_ranking_as_a_table(figures: Figures, site: Path) -> None:
    rows = {row["data-row"]: row for row in page(site / "en/index.html").select("#table tbody tr")}
    assert rows.keys() == set(figures.cities.index)
    for code, row in rows.items():
        name, population = figures.cities.loc[code]
        ranked = code in figures.ranked
        found = cells(row)
        assert found[0] == (str(figures.rank[code]) if ranked else "–")
        assert found[1] == name.replace(" ", "")
        assert found[2] == (short(figures.rank_low[code], figures.rank_high[code]) if ranked else "–")
        assert found[3] == (str(figures.tier[code]) if ranked else "–")
        assert found[4 : 5 + len(NAMES)] == [scored(figures, code, what) for what in ("score", *NAMES)]
        first = percent(figures.first_five[code]) if ranked else "–"
        others = short(figures.weights_low[code], figures.weights_high[code]) if ranked else "–"
        assert found[8:10] == [first, others]
        assert found[10] == whole(population)
        better = set(row.get("data-worse", "").split())
        assert better == (set(figures.worse.columns[figures.worse.loc[code]]) if ranked else set())


def test_what_the_first_page_says_of_the_whole(figures: Figures, site: Path) -> None:
    index = page(site / "en/index.html")
    first, count = int((figures.rank_low == 1).sum()), len(figures.order)
    words = {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six"}[first]
    assert said(index.select_one(".lede__says")).startswith(f"{words} cities may claim the first place")
    pairs, alike = count * (count - 1) // 2, sum(len(figures.alike(code)) for code in figures.order) // 2
    assert said(index.select_one(".lede__more")).startswith(f"Of {pairs} pairs of cities, {percent(alike / pairs)} ")
    has = figures.measured.value.unstack()
    facts = [percent(has["presence.account"].mean()), percent(has["presence.community_manager"].mean()),
             percent(figures.medians["reactivity.f8h"]), percent(figures.medians["reactivity.answered"])]  # fmt: skip
    assert [said(fact) for fact in index.select(".facts4 dd")] == facts
    leader = figures.cities.name[figures.order[0]]
    ranges = [f"{name} from {round(100 * figures.tried_low[name])}% to {round(100 * figures.tried_high[name])}%"
              for name in figures.weights.sort_values(ascending=False).index]  # fmt: skip
    share = "all" if figures.stays == 1 else f"{percent(figures.stays)} of the"
    stays = (
        f"{leader} stays first under {share} {len(figures.tried):,} other weightings that were tried: {listed(ranges)}."
    )
    assert stays in said(index.select_one("#weights .dek")) and stays in said(page(site / "en/methodology.html"))
    reach = figures.measured.value.xs("audience.reach", level=1)[figures.ranked].nlargest(5).index
    best = sum(figures.rank[code] <= 5 for code in reach)
    assert f"Of the five most followed for their size, {best} " in said(index.select_one("#audience .dek"))


def test_what_cards_and_cities_pages_say(figures: Figures, site: Path) -> None:
    index, names = page(site / "en/index.html"), labels(site)
    for code in figures.ranked:
        hidden = index.select_one(f"template[data-card={code}]").decode_contents()
        card, own = BeautifulSoup(hidden, "html.parser"), page(site / f"en/cities/{code}.html")
        words = about(figures, names, code)
        assert said(card.select_one(".card__about")) == said(own.select_one(".city__about")) == words
        assert said(card.select_one(".card__apart")) == f"≈ {apart(figures, code, most=6)}"
        low, high = figures.weights_low[code], figures.weights_high[code]
        tried = f"Under nine tenths of the other weightings that were tried: {places(low, high)}."
        assert f"{apart(figures, code)} {tried}" in said(own.select_one(".city__top"))
        place = f"Tier {figures.tier[code]} · {places(figures.rank_low[code], figures.rank_high[code])} of"
        for shown in (card, own):
            assert said(shown.select_one(".card__tier")).startswith(place)
            value, low, high = figures.scores.loc[code, ["score", "score_low", "score_high"]]
            assert (
                said(shown.select_one(".card__score"))
                == f"{whole(value)} of 100; {whole(low)}–{whole(high)} with 95% confidence"
            )
            minis = {said(one.select_one(".minis__name")): cells_of(one) for one in shown.select(".minis li")}
            for what, name in NAMES.items():
                assert minis[name] == f"{scored(figures, code, what)},median{whole(figures.medians[what])}"


def cells_of(mini: Tag) -> str:
    return "".join(mini.select_one(".minis__score").get_text().split())


def test_every_line_of_every_city(figures: Figures, site: Path) -> None:
    names = labels(site)
    seen = 0
    for city in figures.cities.index:
        for section in page(site / f"en/cities/{city}.html").select("section[aria-labelledby^=group-]"):
            pillar = section["aria-labelledby"].removeprefix("group-")
            shown = {cells(row)[0]: cells(row) for row in section.select("tbody tr")}
            weighed = 0
            for code, label in names.items():
                line = next((row for head, row in shown.items() if head.startswith(label.replace(" ", ""))), None)
                if line is None or (figures.counts_in(code) or figures.rules["indicators"][code]["pillar"]) != pillar:
                    continue
                assert line[1:] == expected_line(figures, city, code), (city, code)
                weighed += round(100 * figures.weight(code))
                seen += 1
            heading = said(section.h2)
            assert (f"{weighed}% of the score" in heading) if weighed else ("not part of the score" in heading)
    assert seen > 1000


def expected_line(figures: Figures, city: str, code: str) -> list[str]:
    own, unit, middle = figures.measured.loc[(city, code)], figures.unit(code), figures.medians.get(code, math.nan)
    told = (lambda value, _: "–" if math.isnan(value) else "yes" if value else "no") if code in YES_OR_NO else amount
    verdict = figures.beside(city, code)
    words = BESIDE[verdict] if verdict and (code not in YES_OR_NO or verdict == "equal") else ""
    if verdict in ("better", "worse") and holds(own, middle):
        words += ", reading errors being equal"
    few = "toofew" if not math.isnan(own.value) and not own.enough else ""
    weight = f"{round(100 * figures.weight(code))}%" if figures.weight(code) else "–"
    found = [f"{told(own.value, unit)}{few}", between(own.low, own.high, unit), f"{told(middle, unit)}{words}"]
    return [re.sub(r"\s", "", text) for text in (*found, f"{own.n:,.0f}", weight)]


def test_every_table_and_strip_of_indicators(figures: Figures, site: Path) -> None:
    names = labels(site)
    codes = {label: code for code, label in names.items()}
    seen = 0
    for file in ("en/indicators.html", "en/index.html"):
        for table in page(site / file).select("table[data-sortable]"):
            heads = [said(head) for head in table.select("thead th")][1:]
            for row in table.select("tbody tr"):
                for head, cell in zip(heads, cells(row)[1:], strict=True):
                    if head in codes and "of the score" not in said(table.caption):
                        seen += 1
                        assert cell == table_cell(figures, row["data-row"], codes[head]), (file, row["data-row"], head)
        for strip in page(site / file).select("svg.strip"):
            label, told = strip["aria-label"].split(" (Simulated) – ")
            values, show = strip_of(figures, codes.get(label), label)
            ends = f"from {show(values.min())} to {show(values.max())}, median {show(values.median())};"
            assert told.startswith(f"{len(values)} cities {ends}"), (file, label)
    assert seen > 800


def table_cell(figures: Figures, city: str, code: str) -> str:
    own, unit = figures.measured.loc[(city, code)], figures.unit(code)
    if code == "audience.followers" or not own.enough:
        few = "toofew" if own.n and not math.isnan(own.value) and not own.enough else ""
        return amount(own.value, unit) if own.enough else f"–{few}"
    value = ("yes" if own.value else "no") if code in YES_OR_NO else amount(own.value, unit)
    around = "" if math.isnan(own.low) else f"({between(own.low, own.high, unit)})"
    return re.sub(r"\s", "", f"{value}{around}")


def strip_of(figures: Figures, code: str | None, label: str):
    if code is None:
        pillar = next(what for what, name in NAMES.items() if name == label)
        return figures.scores.loc[figures.ranked, pillar].dropna(), whole
    found = figures.measured.xs(code, level="indicator")
    return found.value[found.enough], lambda value: amount(value, figures.unit(code))


def test_the_three_rankings_and_the_audience(figures: Figures, site: Path) -> None:
    index = page(site / "en/index.html")
    for name, table in figures.three().items():
        rows = index.select(f".three__one--{name} li")
        found = {row["data-dot"]: (int(row["value"]), said(row.select_one(".three__score"))) for row in rows}
        show = whole if name == "qualitative" else lambda value: f"{value:.1f}"
        assert found == {code: (row["rank"], show(row["score"])) for code, row in table.iterrows()}
        for code in table.index:
            text = f"{name.capitalize()} {ordinal(int(table['rank'][code]))} of {len(table)}"
            assert text in said(page(site / f"en/cities/{code}.html").select_one(".card__rankings"))
    value = figures.measured.value.unstack()
    for row in index.select("#audience tbody tr"):
        city = row["data-row"]
        followers, reach = value.loc[city, ["audience.followers", "audience.reach"]]
        assert math.isnan(reach) or reach == pytest.approx(followers / figures.cities.population[city], abs=1e-6)
        expected = [whole(followers), whole(1000 * reach), whole(figures.scores.score[city])]
        assert cells(row)[1:] == [text.replace(" ", "") for text in expected]


def test_the_worked_example_of_the_method(figures: Figures, site: Path) -> None:
    leader = figures.order[0]
    parts = [f"{NAMES[name]} {figures.scores.loc[leader, name]:.1f} {figures.weights[name]:.2f}" for name in NAMES]
    told = f"For {figures.cities.name[leader]}: {' × '.join(parts)} = {figures.scores.score[leader]:.1f}"
    assert told in said(page(site / "en/methodology.html"))


@pytest.mark.parametrize("silent", [False, True], ids=["three towns", "one that answers nobody"])
def test_a_study_of_few_is_reckoned_again_too(tmp_path: Path, silent: bool) -> None:
    """What no demonstration has: everybody answered, nobody answered, few asked."""
    messages = [
        m for m in talk.everything() if not (silent and m.external_id.startswith("C-q") and "-a" in m.external_id)
    ]
    messages += talk.conversations("A", [1.0] * 4)
    built = talk.whole_build(talk.study(tmp_path / "s"), messages)
    folder = tmp_path / "data"
    folder.mkdir()
    write(built.document, folder / "results.json")
    for name, content in open_data(read_results(built.document), pack(built.tables)).items():
        (folder / name).write_bytes(content)
    figures = Figures(folder)
    for where, told, found in every_figure(built.document, figures):
        assert found == pytest.approx(told, abs=1e-3, nan_ok=True), where


def every_figure(results: dict, figures: Figures) -> Iterator[tuple[str, object, object]]:
    for city in results["cities"]:
        code = city["code"]
        for name, cell in city["indicators"].items():
            own = figures.measured.loc[(code, name)]
            told = [math.nan if end is None else end for end in (cell["value"], *(cell["ci"] or (None, None)))]
            tolerance = max(1.0, abs(own.value)) if own.value == own.value else 1.0
            yield (
                f"{code} {name}",
                [end / tolerance for end in told],
                [end / tolerance for end in own[["value", "low", "high"]]],
            )
        for name, cell in {**city["pillars"], "score": {"score": city["score"], "ci": city["score_ci"]}}.items():
            ends = [name, f"{name}_low", f"{name}_high"]
            yield f"{code} {name}", [cell["score"], *cell["ci"]], figures.scores.loc[code, ends].tolist()
        if city["rank"]:
            told = [city["rank"], *city["rank_set"], city["tier"], city["p_top5"], *city["weights_range"]]
            parts = ("rank", "rank_low", "rank_high", "tier", "first_five", "weights_low", "weights_high")
            yield f"{code} ranks", told, [float(getattr(figures, part)[code]) for part in parts]
            yield f"{code} worse", len(city["worse_than"]), int(figures.worse.loc[code].sum())
    yield "leader", results["leader_stays"], figures.stays
