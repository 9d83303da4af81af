"""Results of studies that never were, as `portevoix barometer build` writes them: invented cities, invented figures.

No real city is named, so that no made-up ranking of real ones can leave the tests.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

City = dict[str, Any]
Results = dict[str, Any]

WEIGHTS = {"reactivity": 0.6, "conversation": 0.3, "content": 0.1}
PILLARS = {
    "reactivity": {"reactivity.f1h": 0.2, "reactivity.f8h": 0.4, "reactivity.f24h": 0.2, "reactivity.answered": 0.2},
    "conversation": {
        "conversation.reply_share": 0.3,
        "conversation.citizens": 0.3,
        "conversation.neutral": 0.2,
        "conversation.described": 0.2,
    },
    "content": {"content.service": 0.6, "content.regularity": 0.4},
}
GOALPOSTS = {
    "reactivity.f1h": [0.0, 0.6],
    "reactivity.f8h": [0.0, 0.9],
    "reactivity.f24h": [0.0, 0.95],
    "reactivity.answered": [0.0, 1.0],
    "conversation.reply_share": [0.0, 0.5],
    "conversation.citizens": [0.0, 0.9],
    "conversation.neutral": [0.5, 1.0],
    "conversation.described": [0.0, 1.0],
    "content.service": [0.0, 0.6],
    "content.regularity": [0.2, 1.0],
}
MINIMUM = 10
_UNITS = {"reactivity.restricted_mean": "s", "audience.followers": "count", "presence.accounts": "count"}
_RATIOS = ("conversation.depth", "content.posts_per_day", "audience.reach", "audience.ratio")
_DOWN = ("reactivity.restricted_mean", "content.self_centred", "conversation.silly", "conversation.cold")
_SHARES = """
    presence.account presence.official presence.community_manager
    reactivity.f1h reactivity.f8h reactivity.f24h reactivity.f72h reactivity.f8h.service reactivity.answered
    conversation.reply_share conversation.citizens conversation.neutral conversation.silly conversation.conniving
    conversation.cold conversation.described conversation.plain
    content.service content.event_announced content.event_covered content.alert content.consultation content.symbolic
    content.relay content.self_centred content.regularity content.off_hours automation.share
""".split()
CODES = [*_SHARES, *_UNITS, *_RATIOS]

NAMES = """
    Valmont-sur-Loire Aubrecour Brévannes-les-Bains Castelmire Doucelieu Esperville Fontrouge Garambourg Hautecombe
    Isle-Vieille Jonquerolles Kermadeuc Lormeray Montaguet-le-Haut Néronville Orsenne Pierrelande Quincerive Roquebrac
    Saint-Aubrin Terrevive Ussonne Vaucreuse Ymare-la-Forêt
""".split()
_STEMS = "Aigue Bel Clair Font Grand Haut Lan Mont Neuf Orme Roche Sau Tour Val".split()
_ENDS = "bourg court mare lieu".split()


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
    results |= {"weights": {}, "pillars": {}, "goalposts": {}, "coverage": []}
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
    """`place` gives a city's latitude and longitude; `lacking` says which cities have no score, and for want of what."""
    rng = np.random.default_rng(seed)
    cities = [_city(name, number, place, rng, lacking.get(name, "")) for number, name in enumerate(names)]
    ranked = sorted((city for city in cities if city["score"] is not None), key=lambda city: -city["score"])
    _rank(ranked, rng)
    rankings = _rankings(cities, ranked)
    rest = sorted((city for city in cities if city["score"] is None), key=lambda city: city["name"])
    return {
        "schema": "portevoix/barometer-results/1",
        "software": {"name": "Portevoix", "version": "0.1.0"},
        "seed": seed,
        "simulated": simulated,
        "title": "Which city answers its citizens best?",
        "period": ["2026-09-07", "2026-11-29"],
        "timezone": "Europe/Paris",
        "networks": ["mastodon", "bluesky"],
        "collected_until": "2026-11-29T23:00:00+00:00",
        "weights": WEIGHTS,
        "pillars": PILLARS,
        "goalposts": GOALPOSTS,
        "minimum": dict.fromkeys(WEIGHTS, MINIMUM),
        "shrinkage": {"strength": 10, "prior": 0.31},
        "indicators": {code: _indicator(code) for code in CODES},
        "study": {code: _of_study(cities, code) for code in ("presence.account", "presence.community_manager")},
        "cities": [*ranked, *rest],
        "rankings": rankings,
        "rankings_missing": {},
        "coverage": _coverage(cities),
        "remarks": [
            {"file": "accounts.csv", "row": 12, "text": "The address of the evidence of {handle} does not answer.",
             "values": {"handle": "@doucelieu"}, "grave": False},
            {"file": "cities.csv", "row": 23, "text": "{city} has less than {least} questions: it is not ranked.",
             "values": {"city": "Ussonne", "least": 10}, "grave": True},
        ],
    }  # fmt: skip


def _indicator(code: str) -> dict[str, Any]:
    unit = _UNITS.get(code, "ratio" if code in _RATIOS else "share")
    direction = "down" if code in _DOWN else "up"
    return {"version": 1, "unit": unit, "direction": direction, "minimum": 10, "pillar": code.partition(".")[0]}


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
        "rankings": dict.fromkeys(("quantitative", "qualitative", "general")),
        "evidence": {"automation": []},
        "comment": None,
    }
    if lacks:
        text = "Less than {least} questions were put to it: too few to say." if few else "It has no account."
        return city | _without_score({"text": text, "values": {"least": MINIMUM} if few else {}})
    if number % 9 == 2:
        signs = {"feed": 0.91, "minute": 0.64, "no_replies": 1.0}
        city["evidence"]["automation"] = [{"account": handle, "signs": signs}]
    if number % 7 == 3:
        words = "Nous avons ouvert un second compte en octobre ; il répond aussi le samedi."
        city["comment"] = {"date": "2026-12-04", "author": f"Ville de {name}", "text": words}
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
        goal = GOALPOSTS.get(code, [0.0, 1.0])
        share = float(np.clip(goal[0] + (goal[1] - goal[0]) * (quality + rng.normal(0, 0.09)), 0.01, 0.99))
        spread = 1.96 * math.sqrt(share * (1 - share) / asked)
        interval = [round(max(share - spread, 0), 6), round(min(share + spread, 1), 6)]
        found[code] = {"value": round(share, 6), "n": asked, "ci": interval, "enough": asked >= MINIMUM}
    whole = {"value": 1.0, "n": 1, "ci": None, "enough": True}
    found["presence.account"] = whole
    found["presence.community_manager"] = whole | {"value": float(rng.random() < 0.4)}
    found["presence.accounts"] = whole | {"value": 2.0}
    followers = int(population * rng.lognormal(-3.2, 0.7))
    found["audience.followers"] = whole | {"value": float(followers)}
    found["audience.reach"] = whole | {"value": round(followers / population, 6)}
    seconds = 259_200 * (1 - quality) * 0.8
    found["reactivity.restricted_mean"] |= {"value": round(seconds), "ci": [round(seconds * 0.85), round(seconds * 1.2)]}
    found["content.posts_per_day"] |= {"value": round(8 * quality + 1, 6), "ci": [8 * quality, 8 * quality + 2]}
    found["conversation.depth"] |= {"value": round(1 + quality, 6), "ci": [1.0, 1.2 + quality]}
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
        spread = int(rng.integers(0, 3))
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
    most = max((city["indicators"]["audience.followers"]["value"] for city in followed), default=1)
    rows = {"quantitative": [], "qualitative": [], "general": []}  # type: dict[str, list[dict[str, Any]]]
    for place, city in enumerate(followed):
        points = 100 * math.log1p(city["indicators"]["audience.followers"]["value"]) / math.log1p(most)
        rows["quantitative"].append({"code": city["code"], "rank": place + 1, "score": round(points, 4)})
    rows["qualitative"] = [{key: city[key] for key in ("code", "rank", "score")} for city in ranked]
    points_of = {row["code"]: row["score"] for row in rows["quantitative"]}
    both = sorted(ranked, key=lambda city: -(city["score"] * points_of.get(city["code"], 1)))
    for place, city in enumerate(both):
        score = math.sqrt(city["score"] * points_of.get(city["code"], 1))
        rows["general"].append({"code": city["code"], "rank": place + 1, "score": round(score, 4)})
    for ranking, found in rows.items():
        places = {row["code"]: row["rank"] for row in found}
        for city in cities:
            city["rankings"][ranking] = places.get(city["code"])
    return rows


def _of_study(cities: Sequence[City], code: str) -> dict[str, Any]:
    values = [city["indicators"][code]["value"] for city in cities]
    return {"value": round(sum(value or 0 for value in values) / len(values), 6), "n": len(values)}


def _coverage(cities: Sequence[City]) -> list[dict[str, Any]]:
    return [
        {
            "network": account["network"], "account": account["handle"], "city": city["code"],
            "read": 1840 + 13 * number, "asked": 2000 + 13 * number,
            "hidden": {"deleted": 12, "depth": 3 * number} if number % 4 == 0 else {},
        }
        for number, city in enumerate(cities)
        for account in city["accounts"]
    ]  # fmt: skip
