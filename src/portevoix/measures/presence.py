"""Is the city there? From what a study says of its cities, not from posts."""

from collections.abc import Iterable, Mapping

from portevoix.measures.metrics import Measured


def presence(*, accounts: int, evidenced: int, community_manager: bool) -> dict[str, Measured]:
    """One city's indicators of presence: its own accounts, and how many of them an official page names."""
    return {
        "presence.account": Measured(float(accounts > 0), 1),
        "presence.accounts": Measured(accounts, 1),
        "presence.official": Measured(evidenced / accounts if accounts else None, accounts),
        "presence.community_manager": Measured(float(community_manager), 1),
    }


def of_population(cities: Iterable[Mapping[str, Measured]]) -> dict[str, Measured]:
    """The same of all cities of a study. They are the population, no sample of one, so that there is no interval."""
    each = list(cities)
    n = len(each)
    accounts = sum(city["presence.accounts"].value or 0 for city in each)
    evidenced = sum((city["presence.official"].value or 0) * city["presence.official"].n for city in each)
    told = {
        code: Measured(sum(city[code].value or 0 for city in each) / n if n else None, n)
        for code in ("presence.account", "presence.community_manager")
    }
    return told | {
        "presence.accounts": Measured(accounts, n),
        "presence.official": Measured(round(evidenced) / accounts if accounts else None, int(accounts)),
    }
