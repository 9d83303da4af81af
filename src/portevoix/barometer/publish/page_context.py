"""The context of each page of the site; the templates only lay it out."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from portevoix.barometer.publish import chart_layout, city_page, map_layout, names, number_words, sentences
from portevoix.barometer.publish.results_view import RANKINGS, StudyView
from portevoix.barometer.results.contents import City
from portevoix.web.formatting import percent
from portevoix.web.templatetags.shell import channel_name


def common_context(study: StudyView) -> dict[str, Any]:
    """Return the context that all pages have."""
    results = study.results
    return {
        "title": results.title,
        "title_language": next(iter(results.languages), ""),
        "simulated": results.simulated,
        "days": number_words.days(*results.period),
        "networks": number_words.join_names([channel_name(name) for name in results.networks], most=8),
        "software": results.software,
        "number": len(study.cities),
        "keys": study.keys,
    }


def index(study: StudyView) -> dict[str, Any]:
    cards = [city_page.card(study, city) for city in (*study.ranked_cities, *study.unranked_cities)]
    by_code = {card["code"]: card for card in cards}
    return {
        "headline": sentences.headline(study),
        "unsure": sentences.indistinguishable_pairs(study),
        "facts": _facts(study),
        "cards": cards,
        "unranked": [card for card in cards if not card["tier"]],
        "reasons": _reasons(cards),
        "by_code": by_code,
        "ranking": chart_layout.ranking(study),
        "pillars": pillars(study),
        "counted": [_counting_indicator(study, code) for code in study.weight_by_indicator],
        "weights": chart_layout.weights(study) if len(study.ranked_cities) > 1 and study.pillars else None,
        "map": map_layout.draw(study),
        "reach": chart_layout.reach(study),
        "followers": _followers(study, cards),
        "replied": any(card["comment"] for card in cards),
        "rankings": [_ranking(study, code) for code in RANKINGS],
        "stays": sentences.leader_stability(study),
        "followed": sentences.most_followed_among_best(study),
    }


def _followers(study: StudyView, cards: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the followers of each city, and per thousand inhabitants; a dash when unknown."""
    rows = []
    for card in cards:
        cells = [study.by_code[card["code"]].measured_cell(f"audience.{what}") for what in ("followers", "reach")]
        followers, reach = (cell.value if cell else None for cell in cells)
        each_thousand = None if reach is None else 1000 * reach
        rows.append(
            {
                "key": card["key"],
                "name": card["name"],
                "score": card["score"],
                "followers": number_words.amount(followers, "count"),
                "reach": number_words.amount(each_thousand, "count"),
                "raw_followers": number_words.plain(followers),
                "raw_reach": number_words.plain(each_thousand),
            }
        )
    return rows


def _reasons(cards: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Group cities without a rank by the reason."""
    cards_by_reason: dict[str, list[Mapping[str, Any]]] = {}
    for card in cards:
        if card["unranked"]:
            cards_by_reason.setdefault(card["unranked"], []).append(card)
    return sorted(cards_by_reason.items(), key=lambda pair: -len(pair[1]))


def embed(study: StudyView) -> dict[str, Any]:
    cards = {city.code: city_page.card(study, city) for city in study.ranked_cities}
    return {"ranking": chart_layout.ranking(study), "by_code": cards, "headline": sentences.headline(study)}


def indicators(study: StudyView) -> dict[str, Any]:
    """Return every indicator as a strip with its table, by pillar."""
    groups = []
    for pillar in city_page.order(study):
        rows = [_indicator(study, code) for code in study.codes_of(pillar)]
        shown_rows = [row for row in rows if row["strip"] or row["having"]]
        lacking = [row["name"] for row in rows if row not in shown_rows]
        if not rows:
            continue
        groups.append(
            {
                "code": pillar,
                "name": names.translated_name(names.PILLARS, pillar),
                "meaning": names.translated_name(names.MEANINGS, pillar),
                "weight": study.percent(study.weight_of(pillar)) if study.weight_of(pillar) else "",
                "indicators": shown_rows,
                "lacking": lacking,
                "cities": [
                    {
                        "key": study.keys[city.code],
                        "name": city.name,
                        "cells": [_cell(study, city, row["code"]) for row in shown_rows],
                    }
                    for city in (*study.ranked_cities, *study.unranked_cities)
                ],
            }
        )
    return {"groups": groups}


def _indicator(study: StudyView, code: str) -> dict[str, Any]:
    return {
        "code": code,
        "name": study.label(code),
        "formula": study.indicator_text(code, "formula"),
        "weight": study.percent(study.weight_by_indicator[code]) if code in study.weight_by_indicator else "",
        "strip": None if code in names.YES_OR_NO else chart_layout.indicator_strip(study, code),
        "having": _having(study, code) if code in names.YES_OR_NO else "",
    }


def _having(study: StudyView, code: str) -> str:
    """Return how many cities have a yes-or-no indicator; "" when unknown for all."""
    cells = study.cells(code)
    text = _("{having} of {number} cities")
    return text.format(having=sum(bool(cell.value) for cell in cells), number=len(cells)) if cells else ""


def _cell(study: StudyView, city: City, code: str) -> dict[str, Any]:
    """Return a cell of a table of cities; its interval is that of the strip."""
    cell = city.measured_cell(code)
    unit = study.unit(code)
    if cell is None:
        few = city.cell(code)
        return {"value": number_words.DASH, "raw": None, "few": bool(few.n) and few.value is not None}
    return {
        "value": number_words.yes_or_no(cell.value)
        if code in names.YES_OR_NO
        else number_words.amount(cell.value, unit),
        "range": number_words.amounts(cell.ci, unit),
        "raw": number_words.plain(cell.value),
        "low": cell.ci and number_words.plain(cell.ci[0]),
        "high": cell.ci and number_words.plain(cell.ci[1]),
        "n": number_words.number(cell.n),
        "few": False,
    }


def _facts(study: StudyView) -> list[dict[str, str]]:
    """Return three or four overall figures, each with what it is a share of."""
    facts = []
    for code, text in (
        ("presence.account", _("of {number} cities have an account")),
        ("presence.community_manager", _("have a community manager")),
    ):
        if (cell := study.results.study.get(code)) and cell.value is not None:
            facts.append({"number": percent(cell.value), "text": text.format(number=cell.n)})
    for code, text in (
        ("reactivity.f8h", _("of questions get a first reply within 8 hours, in the median city")),
        ("reactivity.answered", _("of questions are answered within two weeks, in the median city")),
    ):
        if code in study.medians and len(facts) < 4:
            facts.append({"number": percent(study.medians[code]), "text": text})
    return facts


def pillars(study: StudyView) -> list[dict[str, Any]]:
    total = sum(study.results.weights.values()) or 1
    rows = []
    for pillar in study.pillars:
        weight = study.results.weights[pillar]
        parts = [(study.label(code), share) for code, share in study.results.pillars.get(pillar, {}).items()]
        inside = sum(share for _name, share in parts) or 1
        rows.append(
            {
                "code": pillar,
                "name": names.translated_name(names.PILLARS, pillar),
                "meaning": names.translated_name(names.MEANINGS, pillar),
                "weight": study.percent(weight / total),
                "raw": number_words.plain(weight),
                "slider": round(100 * weight / total),
                "parts": [{"name": name, "share": percent(share / inside)} for name, share in parts],
                "strip": chart_layout.pillar_strip(study, pillar),
            }
        )
    return rows


def _counting_indicator(study: StudyView, code: str) -> dict[str, Any]:
    """Return an indicator of the score as a strip and as a column of the table."""
    return {
        "code": code,
        "name": study.label(code),
        "pillar": names.translated_name(names.PILLARS, study.counts_in[code]),
        "weight": study.percent(study.weight_by_indicator[code]),
        "strip": chart_layout.indicator_strip(study, code),
        "cells": {city.code: _cell(study, city, code) for city in study.cities},
        "top": _top(study, code),
    }


def _top(study: StudyView, code: str) -> str:
    """Return the end of the axis on which two cities are compared."""
    if study.unit(code) == "share":
        return "1"
    ends = (end for cell in study.cells(code) for end in (cell.value, *(cell.ci or ())))
    return number_words.plain(max(ends, default=1.0)) or "1"


def _ranking(study: StudyView, code: str) -> dict[str, Any]:
    rows = study.results.rankings.get(code) or ()
    return {
        "code": code,
        "name": names.translated_name(names.RANKINGS, code),
        "meaning": names.translated_name(names.RANKING_MEANINGS, code),
        "missing": city_page.missing(study, code),
        "rows": [
            {
                "rank": row.rank,
                "key": study.keys[row.code],
                "name": study.by_code[row.code].name,
                "score": number_words.score(row.score) if code == "qualitative" else number_words.number(row.score, 1),
                "shape": chart_layout.shape(study.by_code[row.code]),
            }
            for row in rows
        ],
    }


def city(study: StudyView, code: str) -> dict[str, Any]:
    return {"city": city_page.details(study, study.by_code[code])}
