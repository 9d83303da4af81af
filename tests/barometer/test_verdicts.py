"""Better, worse or not to be told: one rule, whatever the figures; no card says what its table denies."""

import copy
import re

import numpy as np
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.barometer.publish import city_page, sentences
from portevoix.barometer.publish.results_view import StudyView
from portevoix.barometer.results.contents import Cell, MeasuredCell, read_results
from portevoix.barometer.results.document import parse
from portevoix.barometer.results.peer_comparison import sections
from portevoix.barometer.scoring.coder_error import CODED_INDICATORS
from portevoix.barometer.scoring.verdicts import shares_error, verdict
from portevoix.measures.indicators import INDICATORS
from portevoix.measures.intervals import wilson
from tests.barometer import sample

SHARE, LESS, CODER = "reactivity.f8h", "content.self_centred", "conversation.plain"


def found(value: float, n: int = 200, **more) -> Cell:
    return MeasuredCell(**{"value": value, "n": n, "ci": wilson(round(value * n), n), "enough": True, **more})


def test_beyond_chance_one_way_is_better() -> None:
    assert verdict(SHARE, found(0.6), 0.3, direction="up") == "better"
    assert verdict(SHARE, found(0.3), 0.6, direction="up") == "worse"
    assert verdict(LESS, found(0.6), 0.3, direction="down") == "worse"
    assert verdict(SHARE, found(0.6), 0.3, direction=None) == "above"


def test_what_chance_may_have_made_is_neither() -> None:
    assert verdict(SHARE, found(0.5), 0.52, direction="up") == "unsure"
    assert verdict(SHARE, found(0.5), 0.5, direction="up") == "equal"
    assert verdict(SHARE, found(0.5, enough=False), 0.1, direction="up") == ""
    assert verdict(SHARE, found(0.5), None, direction="up") == ""
    depth = MeasuredCell(value=1.2, n=40, ci=None, enough=True)
    assert verdict("conversation.depth", depth, 0.8, direction="up") == "above", "it has no interval"


def test_shares_are_compared_as_they_are_printed() -> None:
    assert verdict(SHARE, found(0.504, n=100_000), 0.496, direction="up") == "equal", "50 % and 50 %"
    assert verdict(SHARE, found(0.5, ci=(0.45, 0.5549)), 0.5551, direction="up") == "worse"
    assert verdict(SHARE, found(0.5, ci=(0.45, 0.5551)), 0.5549, direction="up") == "unsure"
    assert verdict(SHARE, found(0.5, ci=(0.45, 0.5549)), 0.5501, direction="up") == "unsure", "55 % in 45–55 %"


def test_a_coder_errs_alike_everywhere_and_it_is_said_so() -> None:
    own = found(0.9, ci=(0.5, 0.97))
    assert verdict(CODER, own, 0.96, direction="up") == "worse" and shares_error(CODER, own, 0.96, "worse")
    assert not shares_error(CODER, own, 0.99, "worse") and not shares_error(CODER, own, 0.9, "unsure")


def changed(seed: int) -> StudyView:
    """The invented cities with other figures: any value, any number, any errors of a coder, the ends as often."""
    rng = np.random.default_rng(seed)
    results = copy.deepcopy(sample.small())
    for city in results["cities"]:
        for code in (code for members in sample.PILLARS.values() for code in members):
            n = int(rng.choice([9, 10, 40, 400, 4000]))
            share = round(n * float(rng.choice([0, 1, rng.random(), 0.5, 0.51]))) / n
            cell = {"value": share, "n": n, "ci": list(wilson(round(share * n), n)), "enough": n >= sample.MINIMUM}
            if code in CODED_INDICATORS:
                cell["ci"] = [share * rng.random(), share + (1 - share) * rng.random()]
            if INDICATORS[code].unit != "share":
                cell |= {"value": 2 * share, "ci": None}
            city["indicators"][code] = cell
    return StudyView(read_results(results), sample.CATALOGUE)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_card_table_and_sentence_never_contradict_one_another(seed: int) -> None:
    study = changed(seed)
    with override("en"):
        for city in study.ranked_cities:
            if not sentences.compare_with_median(study, city):
                continue
            rows = {code: city_page.figure(study, city, code) for code in study.weight_by_indicator}
            best, weak = sentences.about(study, city)
            better = [row["name"] for row in rows.values() if row["compared"].startswith("better")]
            worse = [row["name"] for row in rows.values() if row["compared"].startswith("worse")]
            assert best.startswith("Nothing that counts") == (not better)
            assert weak.startswith("Nothing that counts") == (not worse)
            for said, among in ((best, better), (weak, worse)):
                named = re.search(r" – (.+?): ", said)[1]
                row = next(row for row in rows.values() if row["name"].lower() == named.lower())
                assert row["name"] in (among or [row["name"]])
                assert f"{row['value']}, " in said and row["median"] in said and row["range"] in said
                assert ("may be chance" in said) == (row["compared"] == "not apart from the median")
                assert ("reading errors" in said) == ("reading errors" in row["compared"])
            for code, row in rows.items():
                told = study.verdict_of(city, code)
                if told in ("better", "worse") and not row["compared"].endswith("equal"):
                    low, high = (round(100 * end) for end in city.indicators[code].ci)
                    assert not low <= round(100 * study.medians[code]) <= high


def test_the_city_s_own_page_says_so_by_the_same_rule() -> None:
    results = parse(sample.small())
    for section in sections(results, results.cities[3].code):
        for line in section.lines:
            cell = results.cities[3].indicators[line.code]
            assert line.verdict == verdict(line.code, cell, line.median, direction=INDICATORS[line.code].direction)
