"""Presence of cities on the networks, from a study's description of its cities, not from posts."""

from collections.abc import Iterable, Mapping

from portevoix.measures.metrics import MeasuredValue


def presence(*, accounts: int, evidenced: int, community_manager: bool) -> dict[str, MeasuredValue]:
    """Return a city's indicators of presence from its accounts, of which an official page names `evidenced`."""
    return {
        "presence.account": MeasuredValue(float(accounts > 0), 1),
        "presence.accounts": MeasuredValue(accounts, 1),
        "presence.official": MeasuredValue(evidenced / accounts if accounts else None, accounts),
        "presence.community_manager": MeasuredValue(float(community_manager), 1),
    }


def of_population(cities: Iterable[Mapping[str, MeasuredValue]]) -> dict[str, MeasuredValue]:
    """Return the indicators of all cities of a study. They are the population, not a sample: there is no interval."""
    each = list(cities)
    n = len(each)
    accounts = sum(city["presence.accounts"].value or 0 for city in each)
    official = sum((city["presence.official"].value or 0) * city["presence.official"].n for city in each)
    shares = {
        code: MeasuredValue(sum(city[code].value or 0 for city in each) / n if n else None, n)
        for code in ("presence.account", "presence.community_manager")
    }
    return shares | {
        "presence.accounts": MeasuredValue(accounts, n),
        "presence.official": MeasuredValue(round(official) / accounts if accounts else None, int(accounts)),
    }
