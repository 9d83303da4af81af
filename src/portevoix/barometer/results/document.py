"""The results of a study as JSON; `results.schema.json` describes each field."""

import json
from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from portevoix.barometer.analysis.dataset import Dataset
from portevoix.barometer.results.consistency import contradictions
from portevoix.barometer.results.contents import Document, Results, read_results
from portevoix.barometer.scoring.assessment import AssessedCity, Assessment, CityRank
from portevoix.barometer.scoring.rankings_2013 import THREE
from portevoix.barometer.scoring.scores import DECIMALS
from portevoix.barometer.studies.atomic_write import write_atomically
from portevoix.barometer.studies.loader import Remark, Study, StudyAccount, StudyComment, remarks
from portevoix.kernel.errors import BadInput, BadLine
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.interchange import check_storable, read_json
from portevoix.measures.indicators import INDICATORS
from portevoix.measures.metrics import MeasuredValue

FILE = "results.json"
SCHEMA = "portevoix/barometer-results/2"
_SHARE = 6
_LONGEST_PATH = 100
_LONGEST_VALUE = 500


def as_json(
    study: Study,
    basis: Dataset,
    assessment: Assessment,
    *,
    population: Mapping[str, MeasuredValue],
    counted: Mapping[str, int],
    tables: Mapping[str, str],
    seed: int,
) -> Document:
    """Return the content of `results.json`; cities in order of rank, those without one last, by name.

    `tables`: the digests of the open tables made with it.
    """
    order = sorted(
        assessment.cities, key=lambda one: (_rank(assessment, one) is None, _rank(assessment, one) or 0, one.city.name)
    )
    return {
        "schema": SCHEMA,
        "software": {"name": "Portevoix", "version": version("portevoix")},
        "seed": seed,
        **_rules(study, assessment),
        "study": {code: {"value": _number(one.value), "n": one.n} for code, one in sorted(population.items())},
        "cities": [_city(study, assessment, one, basis.automation.get(one.city.code, [])) for one in order],
        "rankings": {name: assessment.rankings[name].as_json() for name in THREE},
        "rankings_missing": {
            name: {"text": ranking.missing, "values": {}}
            for name in THREE
            if (ranking := assessment.rankings[name]).missing
        },
        "weights_tried": _weights_tried(assessment),
        "leader_stays": _number(assessment.leader_stays),
        "messages": dict(counted),
        "tables": dict(tables),
        "coverage": list(basis.coverage),
        "remarks": [_remark(remark) for remark in (*remarks(study), *basis.remarks)],
    }


def schema() -> dict[str, Any]:
    """Return the JSON schema of `results.json`."""
    text = files("portevoix.barometer").joinpath("results.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def write(document: Document, file: Path) -> None:
    """Write the results atomically: the same results are the same bytes. Raise BadInput when writing fails."""
    content = f"{json.dumps(document, ensure_ascii=False, indent=1, sort_keys=False)}\n"
    try:
        write_atomically(file, content.encode())
    except OSError as error:
        why = error.strerror or str(error)
        raise BadInput(gettext_noop("{file} cannot be written: {why}."), file=str(file), why=why) from None


def read(file: Path) -> Results:
    """Return the results in a file. Raise BadInput for a file that is missing or holds something else."""
    try:
        document = read_json(file.read_bytes())
    except FileNotFoundError:
        raise BadInput(gettext_noop("{file} is not there: build the study first."), file=str(file)) from None
    except BadLine as error:
        raise BadInput(gettext_noop("{file}: {why}"), file=str(file), why=str(error)) from error
    return parse(document)


def parse(document: Any) -> Results:
    """Return the results in a document. Raise BadInput for anything but results that this version reads."""
    _check_schema(document)
    for name, value in document.items():
        check_storable(value, name)
    results = read_results(document)
    if where := next(contradictions(results), ""):
        message = gettext_noop(
            "These results contradict themselves: {where} does not follow from the rest. Build again."
        )
        raise BadInput(message, where=where)
    return results


def _check_schema(document: Any) -> None:
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise BadInput(
            gettext_noop("These are not the results of a barometer that this version reads ({schema})."), schema=SCHEMA
        )
    wrong = best_match(Draft202012Validator(schema()).iter_errors(document))
    if wrong is not None:
        raise BadInput(
            gettext_noop("These results are not whole: {where} is not what it should be."),
            where=wrong.json_path[:_LONGEST_PATH],
        )


def _weights_tried(assessment: Assessment) -> dict[str, Any] | None:
    """Return how many other weights were tried, and between which ends each of them was."""
    if not assessment.weights:
        return None
    draws = assessment.other_weights
    ends = zip(assessment.weights, draws.min(axis=0), draws.max(axis=0), strict=True)
    return {"number": len(draws), "range": {name: [_number(low), _number(high)] for name, low, high in ends}}


def _rules(study: Study, assessment: Assessment) -> dict[str, Any]:
    """Return the study's description and its rules."""
    return {
        "simulated": study.simulated,
        "title": study.title,
        "period": [study.first_day.isoformat(), study.last_day.isoformat()],
        "timezone": study.timezone,
        "networks": list(study.networks),
        "languages": list(study.languages),
        "collected_until": study.watched_until.isoformat(),
        "weights": {name: _number(weight) for name, weight in assessment.weights.items()},
        "pillars": {name: dict(members) for name, members in study.indicators.items()},
        "goalposts": {code: list(ends) for code, ends in study.goalposts.items()},
        "minimum": dict(study.minimum),
        "shrinkage": {"strength": study.shrinkage.strength, "prior": study.shrinkage.prior},
        "indicators": {
            code: {
                "version": each.version,
                "unit": each.unit,
                "direction": each.direction,
                "minimum": each.minimum,
                "pillar": each.pillar,
            }
            for code, each in INDICATORS.items()
        },
    }


def _city(study: Study, assessment: Assessment, one: AssessedCity, machines: list[dict[str, Any]]) -> dict[str, Any]:
    city, standing = one.city, assessment.city_ranks.get(one.city.code)
    scores, place = one.scored, _place(standing)
    comments = [comment for comment in study.comments if comment.city == city.code]
    return {
        "code": city.code,
        "name": city.name,
        "population": city.population,
        "agglomeration": city.agglomeration,
        "lat": city.lat,
        "lon": city.lon,
        "accounts": [_account(account) for account in study.accounts if account.city == city.code],
        "indicators": {code: _indicator(each, one.enough[code]) for code, each in sorted(one.measured.items())},
        "pillars": {
            name: {"score": round(score, DECIMALS), "ci": _pair(scores.pillar_ci[name], DECIMALS)}
            for name, score in scores.pillars.items()
        },
        "score": None if scores.score is None else round(scores.score, DECIMALS),
        "score_ci": _pair(scores.score_ci, DECIMALS),
        **place,
        "rankings": {name: assessment.rankings[name].of(city.code) for name in THREE},
        "unranked": {"text": one.unranked.text, "values": _short_values(one.unranked.values)} if one.unranked else None,
        "evidence": {"automation": machines},
        "comment": _comment(max(comments, key=_when)) if comments else None,
    }


def _place(standing: CityRank | None) -> dict[str, Any]:
    if standing is None:
        nothing = dict.fromkeys(("rank", "rank_set", "tier", "p_top5", "weights_range"))
        return {**nothing, "worse_than": []}
    return {
        "rank": standing.rank,
        "rank_set": list(standing.rank_set),
        "tier": standing.tier,
        "p_top5": _number(standing.p_first),
        "weights_range": list(standing.weights_range),
        "worse_than": list(standing.worse_than),
    }


def _rank(assessment: Assessment, one: AssessedCity) -> int | None:
    standing = assessment.city_ranks.get(one.city.code)
    return standing.rank if standing else None


def _indicator(measured: MeasuredValue, enough: bool) -> dict[str, Any]:
    has_interval = measured.low is not None and measured.high is not None
    return {
        "value": _number(measured.value),
        "n": measured.n,
        "ci": [_number(measured.low), _number(measured.high)] if has_interval else None,
        "enough": enough,
    }


def _account(account: StudyAccount) -> dict[str, Any]:
    return {
        "network": account.network,
        "handle": account.handle,
        "scope": account.scope.value,
        "evidence_url": account.evidence_url,
        "evidence_date": account.evidence_date.isoformat() if account.evidence_date else None,
    }


def _when(comment: StudyComment) -> tuple[date, int]:
    """Return the sort key of a comment. The latest one is printed; of one day, the last row."""
    return comment.day or date.min, comment.row


def _comment(comment: StudyComment) -> dict[str, Any]:
    day = comment.day.isoformat() if comment.day else None
    return {"date": day, "author": comment.author, "text": comment.text}


def _remark(remark: Remark) -> dict[str, Any]:
    return {
        "file": remark.file,
        "row": remark.row,
        "text": remark.text,
        "values": _short_values(remark.values),
        "grave": remark.grave,
    }


def _short_values(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values of a sentence, cut to what the schema lets them have: some are cells of the study's files."""
    return {name: value[:_LONGEST_VALUE] if isinstance(value, str) else value for name, value in values.items()}


def _number(value: float | None) -> float | int | None:
    """Round to six decimals, so that results do not depend on the machine; whole numbers stay whole."""
    return value if value is None or isinstance(value, int) else round(float(value), _SHARE)


def _pair(ends: tuple[float, float] | None, decimals: int) -> list[float] | None:
    return None if ends is None else [round(end, decimals) for end in ends]
