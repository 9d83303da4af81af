"""Sentences about the study and about a city: what the figures say, and how certain they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portevoix.barometer.publish import number_words
from portevoix.barometer.publish.names import SPOKEN, translated_name
from portevoix.barometer.publish.results_view import StudyView
from portevoix.barometer.results.contents import City
from portevoix.barometer.scoring.verdicts import shares_error
from portevoix.web.elision import fill_sentence
from portevoix.web.formatting import percent

FIRST = 5  # places that are looked at apart


@dataclass(frozen=True, slots=True)
class MedianComparison:
    """An indicator that counts, compared with the median city: `ahead` in points of the score, negative if behind."""

    code: str
    ahead: float


def compare_with_median(study: StudyView, city: City) -> list[MedianComparison]:
    """Return the indicators that count and have enough data, the furthest ahead first."""
    comparisons = []
    for code, weight in study.weight_by_indicator.items():
        cell, middle = city.measured_cell(code), study.medians.get(code)
        goal = study.results.goalposts.get(code)
        if cell is None or middle is None or not goal or goal[0] == goal[1]:
            continue
        worth = [min(max((value - goal[0]) / (goal[1] - goal[0]), 0), 1) for value in (cell.value, middle)]
        comparisons.append(MedianComparison(code, 100 * weight * (worth[0] - worth[1])))
    return sorted(comparisons, key=lambda standing: (-standing.ahead, standing.code))


def about(study: StudyView, city: City) -> list[str]:
    """Return two sentences, the city's best and weakest point; for a city without a score, the reason."""
    if city.unranked:
        return [_("Not ranked: {reason}").format(reason=_lower_first(why_unranked(city)))]
    comparisons = compare_with_median(study, city)
    if not comparisons or len(study.ranked_cities) < 2:
        return [_("There is no other city to compare it with.")]
    return [_best(study, city, comparisons), _weakest(study, city, comparisons)]


def why_unranked(city: City) -> str:
    """Return why a city has no score; "" for one that has."""
    reason = city.unranked
    if not reason:
        return ""
    values = dict(reason.values)
    if "pillars" in values:
        values["pillars"] = number_words.join_names(
            [translated_name(SPOKEN, pillar) for pillar in str(values["pillars"]).split(", ")]
        )
    return number_words.fill_text(reason.text, values)


def _best(study: StudyView, city: City, comparisons: Sequence[MedianComparison]) -> str:
    """Describe the indicator that brings most points, of those better than the median beyond chance."""
    better = [one for one in comparisons if study.verdict_of(city, one.code) == "better"]
    if better:
        text = _("What it does best – {indicator}: {value}, against {median} in the median city{sure}.")
    else:
        text = _(
            "Nothing that counts is clearly above the median city; closest – {indicator}: {value}, median {median}"
            "{sure}."
        )
    return _fill(text, study, city, (better or comparisons)[0].code)


def _weakest(study: StudyView, city: City, comparisons: Sequence[MedianComparison]) -> str:
    """Describe the indicator that costs most points, of those worse than the median beyond chance."""
    worse = [one for one in comparisons if study.verdict_of(city, one.code) == "worse"]
    if worse:
        text = _("What holds it back – {indicator}: {value}, against {median} in the median city{sure}.")
    else:
        text = _(
            "Nothing that counts is clearly below the median city; weakest point – {indicator}: {value}, median "
            "{median}{sure}."
        )
    return _fill(text, study, city, (worse or comparisons)[-1].code)


def _fill(text: str, study: StudyView, city: City, code: str) -> str:
    cell, unit = city.cell(code), study.unit(code)
    return text.format(
        indicator=_lower_first(study.label(code)),
        value=number_words.amount(cell.value, unit),
        median=number_words.amount(study.medians[code], unit),
        sure=_sure(study, city, code),
    )


def _lower_first(text: str) -> str:
    """Return the beginning of a sentence as it is written inside one."""
    return text[:1].lower() + text[1:]


def _sure(study: StudyView, city: City, code: str) -> str:
    """Describe the interval, and whether the difference may be chance; "" without an interval."""
    cell, outcome = city.cell(code), study.verdict_of(city, code)
    if cell.ci is None:
        return ""
    between = number_words.amounts(cell.ci, study.unit(code))
    if outcome == "unsure":
        return _(" (95% interval: {interval}; the difference may be chance)").format(interval=between)
    if shares_error(code, cell, study.medians[code], outcome):
        return _(" (95% interval: {interval}, with reading errors that all cities share)").format(interval=between)
    return _(" (95% interval: {interval})").format(interval=between)


def apart(study: StudyView, city: City, *, most: int | None = 6) -> str:
    """Name the cities that the city cannot be told apart from, whatever their tier: `most` of them, None for all."""
    if city.rank is None:
        return ""
    names = [other.name for other in study.indistinguishable_from(city)]
    if not names:
        return _("It can be told apart from every other city.") if len(study.ranked_cities) > 1 else ""
    return fill_sentence(_("It cannot be told apart from {names}."), names=number_words.join_names(names, most))


def tier(city: City, members: int) -> str:
    """Describe a tier, beside its name; `city` is its best one."""
    if city.tier == 1:
        return _("cannot be told apart from the first") if members > 1 else ""
    return fill_sentence(_("cannot be told apart from {city}"), city=city.name) if members > 1 else ""


def place(study: StudyView, city: City) -> str:
    """Return the set of ranks in words: "between 1st and 6th of 23"."""
    if city.rank_set is None:
        return _("not ranked")
    return _("{places} of {number}").format(places=number_words.places(city.rank_set), number=len(study.ranked_cities))


def first_five(study: StudyView, city: City) -> str:
    """Return how likely it is among the first five; "" when there are only five, or it was not computed."""
    chance = city.p_top5
    if chance is None or len(study.ranked_cities) <= FIRST:
        return ""
    return _("{percent} likely to be among the first five").format(percent=percent(chance))


def headline(study: StudyView) -> str:
    """Summarise the ranking in one line, the uncertainty first."""
    cities = study.ranked_cities
    if not cities:
        return _("No city can be ranked on what was collected.")
    if len(cities) == 1:
        return _("One city has enough to be measured: there is nobody to compare it with.")
    first = [city for city in cities if city.rank_set[0] == 1]
    if len(first) == 1:
        return _("{city} stands first by itself.").format(city=first[0].name)
    text = _("{number} cities may claim the first place: the gap is too small to decide.")
    return text.format(number=number_words.in_words(len(first)))


def leader_stability(study: StudyView) -> str:
    """Say how often the first city stays first under the other weights, and which these were."""
    share, other_weights = study.results.leader_stays, study.results.weights_tried
    if share is None or not other_weights or not study.ranked_cities:
        return ""
    first = min(study.ranked_cities, key=lambda city: city.rank)
    ranges = [_range(pillar, *other_weights.range[pillar]) for pillar in study.pillars if pillar in other_weights.range]
    if share == 1:
        text = _("{city} stays first under all {number} other weightings that were tried: {ranges}.")
    else:
        text = _("{city} stays first under {share} of the {number} other weightings that were tried: {ranges}.")
    number = number_words.number(other_weights.number)
    return text.format(
        city=first.name, share=percent(share), number=number, ranges=number_words.join_names(ranges, None)
    )


def _range(pillar: str, low: float, high: float) -> str:
    text = _("{pillar} from {low} to {high}")
    return text.format(
        pillar=translated_name(SPOKEN, pillar), low=number_words.weight(low, 0), high=number_words.weight(high, 0)
    )


def indistinguishable_pairs(study: StudyView) -> str:
    """Say how many pairs of cities cannot be told apart: a plain list of ranks would be false precision."""
    cities = study.ranked_cities
    pairs = len(cities) * (len(cities) - 1) // 2
    if not pairs:
        return ""
    alike = sum(len(study.indistinguishable_from(city)) for city in cities) // 2
    text = _("Of {pairs} pairs of cities, {share} cannot be told apart: a plain list of ranks would hide it.")
    return text.format(pairs=number_words.number(pairs), share=percent(alike / pairs))


def most_followed_among_best(study: StudyView) -> str:
    """Say how many of the most followed for their size are among the best: the figure of 2013, computed again."""
    reach_cells = [(city.measured_cell("audience.reach"), city) for city in study.ranked_cities]
    by_reach = sorted(
        ((cell.value, city) for cell, city in reach_cells if cell), key=lambda pair: (-pair[0], pair[1].code)
    )
    if len(by_reach) < 2 * FIRST:
        return ""
    best = sum(city.rank <= FIRST for _value, city in by_reach[:FIRST])
    text = ngettext(
        "Of the five most followed for their size, {number} is among the first five by service.",
        "Of the five most followed for their size, {number} are among the first five by service.",
        best,
    )
    return text.format(number=best)
