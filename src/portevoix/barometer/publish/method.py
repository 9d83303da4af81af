"""The context of the pages on method and data, from the study's own files."""

import math
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portevoix.barometer.collect.coverage import HIDDEN_REASONS
from portevoix.barometer.publish import city_page, names, number_words, sentences
from portevoix.barometer.publish.page_context import pillars
from portevoix.barometer.publish.results_view import RANKINGS, StudyView
from portevoix.barometer.results.contents import Remark
from portevoix.barometer.results.open_tables import CODES, FILES, REPLICATES, WAITS, WEIGHTS
from portevoix.web.templatetags.shell import channel_name


def _coverage(study: StudyView) -> list[dict[str, Any]]:
    """Return, for each account, what its network allowed to be read and what it hid."""
    return [
        {
            "network": channel_name(row["network"]),
            "account": row["account"],
            "city": study.by_code[row["city"]].name if row["city"] in study.by_code else row["city"],
            "read": number_words.number(row["read"]),
            "hidden": [
                (_(HIDDEN_REASONS.get(what, what)), number_words.number(count))
                for what, count in row["hidden"].items()
                if count
            ],
            "until": number_words.day(row.get("until") or ""),
            "error": row.get("error") or "",
        }
        for row in study.results.coverage
    ]


def methodology(study: StudyView) -> dict[str, Any]:
    results = study.results
    rows = [_method(study, code) for pillar in city_page.order(study) for code in study.codes_of(pillar)]
    return {
        "until": number_words.day(results.collected_until),
        "timezone": results.timezone,
        "messages": {name: number_words.number(count) for name, count in results.messages.items()},
        "rows": rows,
        "pillars": pillars(study),
        "minimum": [
            {"name": names.translated_name(names.PILLARS, pillar), "least": least}
            for pillar, least in results.minimum.items()
        ],
        "strength": number_words.number(results.shrinkage.strength, 0),
        "prior": number_words.number(results.shrinkage.prior),
        "coverage": _coverage(study),
        "accounts": sum(len(city.accounts) for city in study.cities),
        "remarks": [_remark(remark) for remark in sorted(results.remarks, key=lambda r: not r.grave)],
        "seed": results.seed,
        "stays": sentences.leader_stability(study),
        "rankings": [
            {
                "name": names.translated_name(names.RANKINGS, ranking),
                "meaning": names.translated_name(names.RANKING_MEANINGS, ranking),
                "missing": city_page.missing(study, ranking),
            }
            for ranking in RANKINGS
        ],
        "unranked": [city_page.card(study, city) for city in study.unranked_cities],
        "example": _example(study),
    }


def _method(study: StudyView, code: str) -> dict[str, Any]:
    indicator, goal = study.results.indicators[code], study.results.goalposts.get(code)
    unit = indicator.unit
    pillar = next((name for name, members in study.results.pillars.items() if code in members), "")
    return {
        "code": code,
        "version": indicator.version,
        "name": study.label(code),
        "pillar": names.translated_name(names.PILLARS, study.counts_in.get(code, indicator.pillar)),
        "formula": study.indicator_text(code, "formula"),
        "source": study.indicator_text(code, "source"),
        "minimum": study.results.minimum.get(pillar, indicator.minimum),
        "weight": study.percent(study.weight_by_indicator[code]) if code in study.weight_by_indicator else "",
        "low": number_words.amount(goal[0], unit) if goal else "",
        "high": number_words.amount(goal[1], unit) if goal else "",
    }


def _remark(remark: Remark) -> dict[str, Any]:
    text = number_words.fill_text(remark.text, remark.values)
    return {"file": remark.file, "row": remark.row, "text": text, "grave": remark.grave}


def _example(study: StudyView) -> dict[str, Any] | None:
    """Compute the first city's score step by step, so that a reader can repeat it with a pocket calculator."""
    if not study.ranked_cities:
        return None
    first = min(study.ranked_cities, key=lambda city: city.rank)
    present = [pillar for pillar in study.pillars if pillar in first.pillars]
    total = sum(study.results.weights[pillar] for pillar in present)
    parts = [
        {
            "name": names.translated_name(names.PILLARS, pillar),
            "score": number_words.number(first.pillars[pillar].score, 1),
            "weight": number_words.number(study.results.weights[pillar] / total, 2),
        }
        for pillar in present
    ]
    return {"name": first.name, "parts": parts, "score": number_words.number(first.score, 1)}


def data(files: Sequence[tuple[str, int]]) -> dict[str, Any]:
    """Return the context of the data page. `files`: names and sizes in bytes of the files in `data/`."""
    descriptions = {
        "results.json": _("Everything on these pages, as one document."),
        "cities.csv": _("One row a city: score and pillars with their intervals, rank set, tier, rankings."),
        "indicators.csv": _("One row a city and indicator: value, number, interval."),
        "indicators.parquet": _("The same, for programs that read columns."),
        "accounts.csv": _("The accounts that were looked at, with the evidence that they are the cities’."),
        WAITS: _("How long citizens waited: the curves that the shares of reactivity are read from."),
        REPLICATES: _("Each city’s pillars as they might have come out, 2,000 times: all certainty comes from them."),
        CODES: _("The same of the indicators that a program decides by sorting posts."),
        WEIGHTS: _("The other weightings that were tried."),
        "codebook.csv": _("What each column and each code means."),
        "schema.json": _("JSON Schema of results.json."),
    }
    order = {name: place for place, name in enumerate(descriptions)}
    rows = [{"name": name, "text": descriptions.get(name, ""), "size": _size(size)} for name, size in files]
    return {
        "files": sorted(rows, key=lambda row: (order.get(row["name"], math.inf), row["name"])),
        "whole": {name for name, _size in files}.issuperset(FILES),
    }


def _size(count: int) -> str:
    kilo = max(1, round(count / 1000))
    return ngettext("{number} kB", "{number} kB", kilo).format(number=number_words.number(kilo))
