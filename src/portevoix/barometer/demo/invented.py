"""The invented cities, their characters, and the posts of their accounts."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib.resources import files
from typing import Any

_USEFUL = ("service", "event_announced", "alert", "consultation")
_SELF = ("symbolic", "event_covered", "relay")


@dataclass(frozen=True, slots=True)
class Character:
    """How a city runs its accounts. Numbers per week, shares from 0 to 1, hours; `invented.toml` explains each."""

    questions: float
    answered: float
    median_h: float
    spread: float
    again: float
    posts: float
    described: float
    neutral: float
    cold: float
    useful: float
    boilerplate: float = 0.0
    feed: float = 0.0
    weekends: bool = False
    networks: tuple[str, ...] = ("mastodon", "bluesky")


@dataclass(frozen=True, slots=True)
class InventedCity:
    """One city of the demonstration. `kind` names its character, `followers` are of all its accounts together."""

    code: str
    name: str
    population: int
    agglomeration: str
    lat: float
    lon: float
    kind: str
    followers: int
    character: Character

    @property
    def handle(self) -> str:
        """Return the name of its accounts, in letters only."""
        plain = self.name.lower().translate(str.maketrans("éèêàçô", "eeeaco"))
        return "".join(letter for letter in plain if letter.isalpha())

    def account(self, network: str) -> str:
        """Return its handle on a network."""
        return f"{self.handle}@social.example" if network == "mastodon" else f"{self.handle}.example"


@dataclass(frozen=True, slots=True)
class Phrases:
    """Templates of posts by function, and the values that fill their places in braces."""

    by_function: Mapping[str, tuple[str, ...]]
    articles: tuple[str, ...]
    boilerplate: tuple[str, ...]
    greetings: tuple[str, ...]
    signatures: tuple[str, ...]
    places: tuple[str, ...]
    days: tuple[str, ...]

    @property
    def useful(self) -> tuple[str, ...]:
        """Return the templates that serve their readers."""
        return tuple(text for name in _USEFUL for text in self.by_function[name])

    @property
    def self_centred(self) -> tuple[str, ...]:
        """Return the templates in which a city speaks of itself, or of others."""
        return tuple(text for name in _SELF for text in self.by_function[name])


@cache
def cities() -> tuple[InventedCity, ...]:
    """Return all invented cities, in the order of the file."""
    data = tomllib.loads(_read("invented.toml"))
    kinds = {name: Character(**_with_tuples(row)) for name, row in data["character"].items()}
    return tuple(_city(row, kinds) for row in data["city"])


@cache
def phrases() -> Phrases:
    """Return the phrases of the cities."""
    data = {name: tuple(texts) for name, texts in tomllib.loads(_read("posts.toml")).items()}
    return Phrases(
        by_function={name: data[name] for name in (*_USEFUL, *_SELF)},
        **{field.name: data[field.name] for field in fields(Phrases) if field.name != "by_function"},
    )


def _city(row: dict[str, Any], kinds: Mapping[str, Character]) -> InventedCity:
    own = {name: row[name] for name in Character.__dataclass_fields__ if name in row}
    return InventedCity(
        **{name: row[name] for name in ("code", "name", "population", "agglomeration", "lat", "lon")},
        kind=row["like"],
        followers=row.get("followers", 0),
        character=replace(kinds[row["like"]], **_with_tuples(own)),
    )


def _with_tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
