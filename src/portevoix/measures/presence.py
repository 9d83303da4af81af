"""Presence of cities on the networks, from a study's description of its cities, not from posts."""

from collections.abc import Iterable, Mapping

from portevoix.measures.metrics import Measured


def presence(*, accounts: int, evidenced: int, community_manager: bool) -> dict[str, Measured]:
    """Return a city's indicators of presence from its accounts, of which an official page names `evidenced`."""
    return {
        "presence.account": Measured(float(accounts > 0), 1),
        "presence.accounts": Measured(accounts, 1),
        "presence.official": Measured(evidenced / accounts if accounts else None, accounts),
        "presence.community_manager": Measured(float(community_manager), 1),
    }


def of_population(cities: Iterable[Mapping[str, Measured]]) -> dict[str, Measured]:
    """Return the indicators of all cities of a study. They are the population, not a sample: there is no interval."""
    each = list(cities)
    n = len(each)
    accounts = sum(city["presence.accounts"].value or 0 for city in each)
    official = sum((city["presence.official"].value or 0) * city["presence.official"].n for city in each)
    shares = {
        code: Measured(sum(city[code].value or 0 for city in each) / n if n else None, n)
        for code in ("presence.account", "presence.community_manager")
    }
    return shares | {
        "presence.accounts": Measured(accounts, n),
        "presence.official": Measured(round(official) / accounts if accounts else None, int(accounts)),
    }
