"""Results of studies that never were, as `portevoix barometer build` writes them: invented cities, invented figures.

No real city is named, so that no made-up ranking of real ones can leave the tests.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from portevoix.barometer.studies import default_weights
from portevoix.measures.indicators import INDICATORS

City = dict[str, Any]
Results = dict[str, Any]

WEIGHTS = {"reactivity": 0.6, "conversation": 0.3, "content": 0.1}
PILLARS = {pillar: dict(members) for pillar, members in default_weights.INDICATORS.items()}
GOALPOSTS = {code: list(ends) for code, ends in default_weights.GOALPOSTS.items()}
MINIMUM = 10
CATALOGUE = {code: {"label": i.label, "formula": i.formula, "source": i.source} for code, i in INDICATORS.items()}
CODES = list(INDICATORS)
RANKINGS = ("quantitative", "qualitative", "general")
SIGNS = {"feed": 0.91, "lag": 0.88, "minute": 0.64, "silent": 1.0}

NAMES = (
    "Valmont-sur-Loire",
    "Aubrecour",
    "Brévannes-les-Bains",
    "Castelmire",
    "Doucelieu",
    "Esperville",
    "Fontrouge",
    "Garambourg",
    "Hautecombe",
    "Isle-Vieille",
    "Jonquerolles",
    "Kermadeuc",
    "Lormeray",
    "Montaguet-le-Haut",
    "Néronville",
    "Orsenne",
    "Pierrelande",
    "Quincerive",
    "Roquebrac",
    "Saint-Aubrin",
    "Terrevive",
    "Ussonne",
    "Vaucreuse",
    "Ymare-la-Forêt",
)
_STEMS = (
    "Aigue",
    "Bel",
    "Clair",
    "Font",
    "Grand",
    "Haut",
    "Lan",
    "Mont",
    "Neuf",
    "Orme",
    "Roche",
    "Sau",
    "Tour",
    "Val",
)
_ENDS = ("bourg", "court", "mare", "lieu")


def small(**more: Any) -> Results:
    """Twenty-four invented cities on an island of their own; one of them has too few questions to be ranked."""
    return study(NAMES, place=_island, lacking={"Ussonne": "few"}, seed=2013, **more)


def large(**more: Any) -> Results:
    """The shape of a national study: 42 cities in France, 16 of them without an account."""
    names = [stem + end for stem in _STEMS for end in _ENDS][:42]
    lacking = {name: "account" for name in names[::3][:14]} | {names[1]: "few", names[4]: "account"}
    return study(names, place=_in_france, lacking=lacking, seed=41, **more)


def survey_only() -> Results:
    """Nothing but what was entered by hand: presence and audience; no post, no score."""
    results = large(simulated=False)
    kept = [code for code in CODES if code.startswith(("presence.", "audience."))]
    results["indicators"] = {code: results["indicators"][code] for code in kept}
    results["study"] = {code: results["study"][code] for code in kept if code in results["study"]}
    results |= {"weights": {}, "pillars": {}, "goalposts": {}, "coverage": [], "weights_tried": None}
    reason = {"text": "No post was collected: {what}.", "values": {"what": "survey.csv"}}
    for city in results["cities"]:
        city["indicators"] = {code: city["indicators"][code] for code in kept}
        city |= _without_score({"text": "No post was collected.", "values": {}})
        city["rankings"] = {"quantitative": city["rankings"]["quantitative"], "qualitative": None, "general": None}
    results["cities"].sort(key=lambda city: city["name"])
    results["rankings"] |= {"qualitative": None, "general": None}
    results["rankings_missing"] = {"qualitative": reason, "general": reason}
    return results


def one_city() -> Results:
    return study(NAMES[:1], place=_nowhere, lacking={}, seed=5)


def study(
    names: Sequence[str],
    *,
    place: Callable[[np.random.Generator], tuple[float, float] | None],
    lacking: Mapping[str, str],
    seed: int,
    simulated: bool = True,
) -> Results:
    """`place` gives a city's latitude and longitude; `lacking` says which have no score, for want of what."""
    rng = np.random.default_rng(seed)
    cities = [_city(name, number, place, rng, lacking.get(name, "")) for number, name in enumerate(names)]
    ranked = sorted((city for city in cities if city["score"] is not None), key=lambda city: -city["score"])
    _rank(ranked, rng)
    rankings = _rankings(cities, ranked)
    rest = sorted((city for city in cities if city["score"] is None), key=lambda city: city["name"])
    return {
        "schema": "portevoix/barometer-results/2",
        "software": {"name": "Portevoix", "version": "0.1.0"},
        "seed": seed,
        "simulated": simulated,
        "title": "Quelle ville répond le mieux à ses habitants ?",
        "period": ["2026-09-07", "2026-11-29"],
        "timezone": "Europe/Paris",
        "networks": ["mastodon", "bluesky"],
        "languages": ["fr"],
        "collected_until": "2026-11-29T23:00:00+00:00",
        "weights": WEIGHTS,
        "pillars": PILLARS,
        "goalposts": GOALPOSTS,
        "minimum": dict.fromkeys(WEIGHTS, MINIMUM),
        "shrinkage": {"strength": 10.0, "prior": 30.0},
        "indicators": {code: _indicator(code) for code in CODES},
        "study": {code: _of_study(cities, code) for code in ("presence.account", "presence.community_manager")},
        "cities": [*ranked, *rest],
        "rankings": rankings,
        "rankings_missing": {},
        "weights_tried": {"number": 2000, "range": {"reactivity": [0.2961, 0.874], "conversation": [0.0712, 0.6114],
                                                    "content": [0.0, 0.402]}},
        "leader_stays": 0.97 if ranked else None,
        "messages": {"read": 48_211, "posts": 9_112, "waits": 6_310},
        "tables": {},
        "coverage": _coverage(cities),
        "remarks": [
            {"file": "accounts.csv", "row": 12, "text": "The address of the evidence of {handle} does not answer.",
             "values": {"handle": "@doucelieu"}, "grave": False},
            {"file": "cities.csv", "row": 23, "text": "{city} has less than {least} questions: it is not ranked.",
             "values": {"city": "Ussonne", "least": 10}, "grave": True},
        ],
    }  # fmt: skip


def _indicator(code: str) -> dict[str, Any]:
    found = INDICATORS[code]
    return {name: getattr(found, name) for name in ("version", "unit", "direction", "minimum", "pillar")}


def _island(rng: np.random.Generator) -> tuple[float, float]:
    return round(float(rng.uniform(20.2, 23.6)), 4), round(float(rng.uniform(-41.5, -36.2)), 4)


def _in_france(rng: np.random.Generator) -> tuple[float, float]:
    return round(float(rng.uniform(43.6, 49.6)), 4), round(float(rng.uniform(-0.6, 6.0)), 4)


def _nowhere(rng: np.random.Generator) -> None:
    return None


def _without_score(reason: dict[str, Any]) -> City:
    return {
        "pillars": {}, "score": None, "score_ci": None, "rank": None, "rank_set": None, "tier": None, "p_top5": None,
        "unranked": reason, "worse_than": [], "weights_range": None,
    }  # fmt: skip


def _city(name: str, number: int, place: Callable[..., Any], rng: np.random.Generator, lacks: str) -> City:
    quality = float(np.clip(rng.normal(0.52, 0.15), 0.08, 0.92))
    population = int(rng.lognormal(12.0, 0.55))
    where = place(rng)
    code = f"{number + 1:05d}"
    handle = "@" + "".join(letter for letter in name.lower() if letter.isascii() and letter.isalpha())
    few = lacks == "few"
    indicators = _values(quality, population, rng, few=few) if lacks != "account" else _absent()
    city: City = {
        "code": code,
        "name": name,
        "population": population,
        "agglomeration": f"{name} Agglomération",
        "lat": where and where[0],
        "lon": where and where[1],
        "accounts": _accounts(handle, rng) if lacks != "account" else [],
        "indicators": indicators,
        "rankings": dict.fromkeys(RANKINGS),
        "evidence": {"automation": []},
        "comment": None,
    }
    if lacks:
        text = "Fewer than {minimum} messages: too few to score {pillars} ({share}% of the score)."
        values = {"pillars": "reactivity, conversation", "minimum": MINIMUM, "share": 90}
        absent = {"text": "It has no account on the networks that were looked at.", "values": {}}
        return city | _without_score({"text": text, "values": values} if few else absent)
    if number % 9 == 2:
        city["evidence"]["automation"] = [
            {"network": "mastodon", "handle": handle, "share": 0.82, "signs": SIGNS, "agreed": ["feed", "lag"]}
        ]
    if number % 7 == 3:
        words = "Nous avons ouvert un second compte en octobre ; il répond aussi le samedi."
        city["comment"] = {"date": "2026-12-04", "author": f"La mairie, {name}", "text": words}
    pillars = {pillar: _pillar(indicators, pillar, rng) for pillar in PILLARS}
    score = mean({pillar: found["score"] for pillar, found in pillars.items()}, WEIGHTS)
    half = float(rng.uniform(3.5, 9.0))
    interval = [round(max(score - half, 0), 4), round(min(score + half * 1.1, 100), 4)]
    return city | {
        "pillars": pillars, "score": score, "score_ci": interval, "p_top5": None, "unranked": None,
    }  # fmt: skip


def mean(scores: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The weighted geometric mean with a floor of one point: the definition, once more and in its plainest form."""
    total = sum(weights[pillar] for pillar in scores)
    logarithm = sum(weights[pillar] * math.log(max(points, 1.0)) for pillar, points in scores.items())
    return round(math.exp(logarithm / total), 4)


def _accounts(handle: str, rng: np.random.Generator) -> list[dict[str, Any]]:
    networks = ["mastodon", "bluesky"] if rng.random() < 0.6 else ["mastodon"]
    return [
        {
            "network": network,
            "handle": f"{handle}@villes.example" if network == "mastodon" else f"{handle[1:]}.example",
            "scope": "city",
            "evidence_url": f"https://{handle[1:]}.example/contact",
            "evidence_date": "2026-09-02",
        }
        for network in networks
    ]


def _absent() -> dict[str, Any]:
    found: dict[str, Any] = {code: {"value": None, "n": 0, "ci": None, "enough": False} for code in CODES}
    for code in ("presence.account", "presence.community_manager", "presence.accounts"):
        found[code] = {"value": 0.0, "n": 1, "ci": None, "enough": True}
    return found


def _values(quality: float, population: int, rng: np.random.Generator, *, few: bool) -> dict[str, Any]:
    asked = int(rng.integers(40, 420)) if not few else 6
    found: dict[str, Any] = {}
    for code in CODES:
        low, high = sorted(GOALPOSTS.get(code, [0.0, 1.0]))
        unit = INDICATORS[code].unit
        standing = float(np.clip(quality + rng.normal(0, 0.09), 0.02, 0.98))
        if INDICATORS[code].direction == "down":
            standing = 1 - standing
        value = low + (high - low) * standing
        spread = 1.96 * math.sqrt(standing * (1 - standing) / asked) * (high - low)
        top = 1.0 if unit == "share" else math.inf
        interval = [round(max(value - spread, 0), 6), round(min(value + spread, top), 6)]
        found[code] = {"value": round(value, 6), "n": asked, "ci": interval, "enough": asked >= MINIMUM}
    whole = {"value": 1.0, "n": 1, "ci": None, "enough": True}
    found["presence.account"] = whole
    found["presence.community_manager"] = whole | {"value": float(rng.random() < 0.4)}
    found["presence.accounts"] = whole | {"value": 2.0}
    followers = int(population * rng.lognormal(-3.2, 0.7))
    found["audience.followers"] = whole | {"value": float(followers)}
    found["audience.reach"] = whole | {"value": round(followers / population, 6)}
    return found


def _pillar(indicators: Mapping[str, Any], pillar: str, rng: np.random.Generator) -> dict[str, Any]:
    points = 0.0
    for code, weight in PILLARS[pillar].items():
        low, high = GOALPOSTS[code]
        points += weight * 100 * min(max((indicators[code]["value"] - low) / (high - low), 0), 1)
    half = float(rng.uniform(3, 8))
    return {"score": round(points, 4), "ci": [round(max(points - half, 0), 4), round(min(points + half, 100), 4)]}


def _rank(ranked: list[City], rng: np.random.Generator) -> None:
    """Ranks, sets of ranks by whether intervals meet, tiers by the first of each."""
    tier, first = 0, -1.0
    for place, city in enumerate(ranked):
        low, high = city["score_ci"]
        better = [other["code"] for other in ranked if other["score_ci"][0] > high]
        worse = [other["code"] for other in ranked if other["score_ci"][1] < low]
        if tier == 0 or high < first:
            tier, first = tier + 1, low
        spread = int(rng.integers(0, 5))
        city |= {
            "rank": place + 1,
            "rank_set": [len(better) + 1, len(ranked) - len(worse)],
            "tier": tier,
            "p_top5": round(max(0.0, min(1.0, 1.2 - place / 6)), 4),
            "worse_than": better,
            "weights_range": [max(place + 1 - spread, 1), min(place + 1 + spread, len(ranked))],
        }


def _rankings(cities: Sequence[City], ranked: Sequence[City]) -> dict[str, Any]:
    followed = [city for city in cities if city["indicators"]["audience.followers"]["value"] is not None]
    followed.sort(key=lambda city: -city["indicators"]["audience.followers"]["value"])
    by_reach = sorted(followed, key=lambda city: -city["indicators"]["audience.reach"]["value"])
    places = {city["code"]: (followed.index(city) + by_reach.index(city) + 2) / 2 for city in followed}
    audience = _by_mean(places)
    quality = {city["code"]: city["rank"] for city in ranked}
    other = {row["code"]: row["rank"] for row in audience}
    both = _by_mean({code: (rank + other[code]) / 2 for code, rank in quality.items() if code in other})
    rows = {
        "quantitative": audience,
        "qualitative": [{key: city[key] for key in ("code", "rank", "score")} for city in ranked],
        "general": both,
    }
    for ranking, found in rows.items():
        places = {row["code"]: row["rank"] for row in found}
        for city in cities:
            city["rankings"][ranking] = places.get(city["code"])
    return rows


def _by_mean(places: Mapping[str, float]) -> list[dict[str, Any]]:
    """Equal ones share the better rank."""
    order = sorted(places, key=lambda code: (places[code], code))
    means = [places[code] for code in order]
    return [{"code": code, "rank": means.index(places[code]) + 1, "score": places[code]} for code in order]


def _of_study(cities: Sequence[City], code: str) -> dict[str, Any]:
    values = [city["indicators"][code]["value"] for city in cities]
    return {"value": round(sum(value or 0 for value in values) / len(values), 6), "n": len(values)}


def _coverage(cities: Sequence[City]) -> list[dict[str, Any]]:
    return [
        {
            "network": account["network"], "account": account["handle"], "city": city["code"],
            "read": 1840 + 13 * number, "asked": 2000 + 13 * number,
            "hidden": {"deleted": 12, "mentions_capped": 3 * number} if number % 4 == 0 else {},
            "sources": ["public"], "until": "2026-11-29T23:00:00+00:00", "error": "",
        }
        for number, city in enumerate(cities)
        for account in city["accounts"]
    ]  # fmt: skip
