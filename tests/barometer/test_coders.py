"""What a coder confuses is carried into intervals."""

from dataclasses import replace

import pytest

from portevoix.barometer.results.contents import MeasuredCell
from portevoix.barometer.scoring.coder_error import CODED_INDICATORS, accuracy, comparison_interval
from portevoix.measures.indicators import INDICATORS
from portevoix.measures.intervals import wilson
from tests.barometer.talk import built, city, everything, study


@pytest.mark.parametrize("code", CODED_INDICATORS)
def test_each_coded_indicator_is_one_and_its_coder_was_tried(code) -> None:
    found = accuracy(code)
    assert (
        code in INDICATORS
        and 0 <= found.true_positives <= found.positives
        and 0 <= found.true_negatives <= found.negatives
    )
    assert found.positives + found.negatives > 50


def test_what_no_coder_decides_has_no_accuracy() -> None:
    assert accuracy("reactivity.f8h") is None and accuracy("content.regularity") is None


def test_intervals_of_coded_shares_are_wider_than_chance_alone_and_hold_what_was_observed(tmp_path) -> None:
    found = city(built(study(tmp_path / "s"), everything()), "A")["indicators"]["conversation.plain"]
    low, high = found["ci"]
    chance = wilson(round(found["value"] * found["n"]), found["n"])
    assert low <= found["value"] <= high and high - low > chance[1] - chance[0]


def test_beside_other_cities_that_the_same_coder_read_only_chance_counts() -> None:
    wide = MeasuredCell(value=0.88, n=200, ci=(0.5, 0.9), enough=True)
    assert comparison_interval("conversation.plain", wide) == wilson(176, 200)
    assert (
        comparison_interval("reactivity.f8h", wide) == (0.5, 0.9)
        and comparison_interval("conversation.plain", replace(wide, ci=None)) is None
    )
