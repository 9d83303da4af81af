"""The context of a city's card and page, in words of the reader's language."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext as _

from portevoix.barometer.publish import chart_layout, names, number_words, sentences
from portevoix.barometer.publish.names import translated_name
from portevoix.barometer.publish.results_view import PILLARS, RANKINGS, StudyView
from portevoix.barometer.results.contents import Account, AutomationEvidence, City
from portevoix.barometer.scoring.verdicts import shares_error
from portevoix.web.formatting import percent
from portevoix.web.templatetags.shell import channel_name

_PROFILES = {
    "bluesky": "https://bsky.app/profile/{}",
    "x": "https://x.com/{}",
    "facebook": "https://www.facebook.com/{}",
    "instagram": "https://www.instagram.com/{}/",
}


def card(study: StudyView, city: City) -> dict[str, Any]:
    """Return what a city's card shows."""
    return {
        "code": city.code,
        "key": study.keys[city.code],
        "name": city.name,
        "shape": chart_layout.shape(city),
        "tier": city.tier,
        "score": number_words.score(city.score),
        "score_range": number_words.score_range(city.score_ci),
        "rank": city.rank,
        "rank_set": number_words.places_short(city.rank_set),
        "place": sentences.place(study, city),
        "about": sentences.about(study, city),
        "unranked": sentences.why_unranked(city),
        "apart": sentences.apart(study, city),
        "apart_from_all": sentences.apart(study, city, most=None),
        "first_five": sentences.first_five(study, city),
        "weights_range": number_words.places(city.weights_range),
        "weights_short": number_words.places_short(city.weights_range),
        "population": "" if city.population is None else number_words.number(city.population),
        "agglomeration": city.agglomeration,
        "pillars": _pillars(study, city),
        "raw": ",".join(f"{pillar}:{number_words.plain(cell.score)}" for pillar, cell in city.pillars.items()),
        "raw_population": number_words.plain(city.population) or "",
        **_raw(city.score, city.score_ci, "raw_score"),
        "worse": " ".join(study.keys[code] for code in city.worse_than),
        "rankings": _rankings(study, city),
        "accounts": [_account(account) for account in city.accounts],
        "comment": _comment(city),
        "p_top5": number_words.DASH if city.p_top5 is None else percent(city.p_top5),
    }


def _raw(value: float | None, interval: Sequence[float] | None, name: str = "raw") -> dict[str, str | None]:
    """Return a value and its interval as the script reads them."""
    low, high = interval or (None, None)
    return {name: number_words.plain(value), "raw_low": number_words.plain(low), "raw_high": number_words.plain(high)}


def _pillars(study: StudyView, city: City) -> list[dict[str, Any]]:
    at = chart_layout.scale(0, 100)
    rows = []
    for pillar in study.pillars:
        middle, cell = study.medians.get(pillar), city.pillars.get(pillar)
        score, interval = (cell.score, cell.ci) if cell else (None, None)
        rows.append(
            {
                "code": pillar,
                "name": translated_name(names.PILLARS, pillar),
                "score": number_words.score(score),
                "range": number_words.score_range(interval),
                **_raw(score, interval),
                "x": cell and chart_layout.percent(at(cell.score)),
                "low": cell and chart_layout.percent(at(cell.ci[0])),
                "high": cell and chart_layout.percent(at(cell.ci[1])),
                "median": middle is not None and chart_layout.percent(at(middle)),
                "median_text": number_words.score(middle),
            }
        )
    return rows


def _rankings(study: StudyView, city: City) -> list[dict[str, str]]:
    rankings = []
    for code in RANKINGS:
        place = city.rankings.get(code)
        rows = study.results.rankings.get(code)
        text = number_words.DASH
        if place is not None and rows:
            text = _("{place} of {number}").format(place=number_words.ordinal(place), number=len(rows))
        rankings.append({"code": code, "name": translated_name(names.RANKINGS, code), "text": text})
    return rankings


def missing(study: StudyView, ranking: str) -> str:
    """Return why the study lacks a ranking; "" if it has it."""
    if study.results.rankings.get(ranking):
        return ""
    reason = study.results.rankings_missing.get(ranking)
    return number_words.fill_text(reason.text, reason.values) if reason else _("The data do not allow it.")


def _account(account: Account) -> dict[str, str]:
    return {
        "network": channel_name(account.network),
        "handle": account.handle,
        "address": profile(account.network, account.handle),
        "scope": translated_name(names.SCOPES, account.scope),
        "evidence": _web(account.evidence_url),
        "seen": number_words.day(account.evidence_date) if account.evidence_date else "",
    }


def profile(network: str, handle: str) -> str:
    """Return the address of an account on its network; "" where the network gives none."""
    bare = handle.strip().lstrip("@")
    if network == "mastodon":
        user, _at, host = bare.partition("@")
        return f"https://{host}/@{quote(user)}" if host and urlsplit(f"https://{host}").hostname == host.lower() else ""
    return _PROFILES[network].format(quote(bare)) if network in _PROFILES and bare else ""


def _web(address: str | None) -> str:
    """Return the address if a browser opens it as a page, else "": a study's file could hold anything."""
    return address if address and urlsplit(address).scheme in {"http", "https"} else ""


def _comment(city: City) -> dict[str, str] | None:
    comment = city.comment
    if not comment:
        return None
    return {"author": comment.author, "text": comment.text, "day": number_words.day(comment.date or "")}


def details(study: StudyView, city: City) -> dict[str, Any]:
    """Return what a city's own page adds to its card: every indicator, and the evidence of automation."""
    groups = []
    for pillar in order(study):
        rows = [figure(study, city, code) for code in study.codes_of(pillar)]
        known_rows = [row for row in rows if row["n"] or row["known"]]
        if known_rows:
            groups.append(
                {
                    "code": pillar,
                    "name": translated_name(names.PILLARS, pillar),
                    "meaning": translated_name(names.MEANINGS, pillar),
                    "weight": study.percent(study.weight_of(pillar)) if study.weight_of(pillar) else "",
                    "rows": known_rows,
                }
            )
    return {**card(study, city), "groups": groups, "machines": [_machine(m) for m in city.automation]}


def order(study: StudyView) -> Sequence[str]:
    """Return the pillars of the score, then the others."""
    present = {indicator.pillar for indicator in study.results.indicators.values()}
    return [*study.pillars, *(pillar for pillar in PILLARS if pillar in present and pillar not in study.pillars)]


def figure(study: StudyView, city: City, code: str) -> dict[str, Any]:
    """Return a table row: the city's value with its interval, its number, and the median city's value."""
    cell = city.cell(code)
    unit, middle = study.unit(code), study.medians.get(code)
    is_known = cell.value is not None
    format_value = number_words.yes_or_no if code in names.YES_OR_NO else partial(number_words.amount, unit=unit)
    return {
        "code": code,
        "name": study.label(code),
        "known": is_known,
        "value": format_value(cell.value),
        "range": number_words.amounts(cell.ci, unit),
        "n": number_words.number(cell.n),
        "enough": cell.enough,
        "median": format_value(middle),
        "share": study.weight_by_indicator.get(code),
        "weight": study.percent(study.weight_by_indicator[code]) if code in study.weight_by_indicator else "",
        "formula": study.indicator_text(code, "formula"),
        "compared": _comparison(study, city, code),
    }


def _comparison(study: StudyView, city: City, code: str) -> str:
    """Return the verdict in words; for a yes-or-no indicator, only whether most cities are the same."""
    outcome = study.verdict_of(city, code)
    if code in names.YES_OR_NO and outcome != "equal":
        return ""
    words = translated_name(names.BESIDE, outcome) if outcome else ""
    if outcome and shares_error(code, city.cell(code), study.medians.get(code), outcome):
        return _("{verdict}, reading errors being equal").format(verdict=words)
    return words


def _machine(evidence: AutomationEvidence) -> dict[str, Any]:
    return {
        "account": evidence.handle,
        "network": channel_name(evidence.network),
        "called": bool(evidence.agreed) or evidence.share > 0,
        "share": percent(evidence.share),
        "signs": [
            {"name": translated_name(names.SIGNS, sign), "value": percent(value), "agreed": sign in evidence.agreed}
            for sign, value in sorted(evidence.signs.items())
        ],
    }
