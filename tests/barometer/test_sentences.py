"""What a study's pages say in words: the doubt first, and never more than the figures."""

import copy

import pytest
from django.utils.translation import override

from portevoix.barometer.publish import sentences
from portevoix.barometer.publish.results_view import StudyView
from portevoix.barometer.results.contents import read_results
from portevoix.barometer.results.document import parse
from tests.barometer import sample


def _study(results: dict) -> StudyView:
    return StudyView(parse(results), sample.CATALOGUE)


def test_two_sentences_with_figures_and_doubt() -> None:
    with override("en"):
        study = _study(sample.small())
        for city in study.ranked_cities:
            first, second = sentences.about(study, city)
            assert " median" in first and " median" in second and first != second
            assert "95% interval" in first or "may be chance" in first
            assert sentences.apart(study, city).startswith("It can")


def test_cities_that_cannot_be_told_apart_are_named_both_ways() -> None:
    study = _study(sample.small())
    for city in study.ranked_cities:
        for other in study.indistinguishable_from(city):
            assert city in study.indistinguishable_from(other)
            assert other.code not in city.worse_than


def test_the_headline_tells_the_doubt_first() -> None:
    with override("en"):
        shared = _study(sample.small())
        alone = copy.deepcopy(sample.small())
        for city in alone["cities"][1:-1]:
            city["rank_set"][0] = max(city["rank_set"][0], 2)
        assert sentences.headline(shared).startswith("Five cities may claim the first place")
        assert sentences.headline(_study(alone)) == f"{alone['cities'][0]['name']} stands first by itself."
        assert "No city can be ranked" in sentences.headline(_study(sample.survey_only()))
        assert "nobody to compare it with" in sentences.headline(_study(sample.one_city()))


@pytest.mark.parametrize("share", [1 / 3, 0.125, 0.05])
def test_weights_that_are_no_whole_percents_have_the_decimals_they_need(share: float) -> None:
    results = sample.small()
    content = {"conversation.plain": share, "content.regularity": 1 - share}
    results |= {"pillars": {**results["pillars"], "content": content}}
    results |= {"weights": {"reactivity": 0.5, "conversation": 0.3, "content": 0.2}}
    study = StudyView(read_results(results), sample.CATALOGUE)
    with override("en"):
        for pillar in study.pillars:
            told = [float(study.percent(weight).rstrip("%")) for code, weight in study.weight_by_indicator.items()
                    if study.counts_in[code] == pillar]  # fmt: skip
            assert sum(told) == pytest.approx(float(study.percent(study.weight_of(pillar)).rstrip("%")), abs=0.051)


def test_what_was_tried_is_told_with_its_range() -> None:
    results = sample.small()
    first = results["cities"][0]["name"]
    for share, told in ((1.0, "under all 2,000"), (0.97, "under 97% of the 2,000")):
        results["leader_stays"] = share
        with override("en"):
            words = sentences.leader_stability(StudyView(read_results(results), sample.CATALOGUE))
        assert words == (
            f"{first} stays first {told} other weightings that were tried: reactivity from 30% to 87%, "
            "conversation from 7% to 61% and content from 0% to 40%."
        )


def test_a_sentence_never_calls_a_lag_a_lead() -> None:
    for language in ("en", "fr"):
        with override(language):
            study = _study(sample.small())
            told = " ".join(sentences.about(study, city)[-1] for city in study.ranked_cities)
        assert "least ahead" not in told and "avance" not in told
