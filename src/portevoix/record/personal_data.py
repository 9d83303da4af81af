"""Personal data that products keep outside of the record, such as unsent drafts.

A product registers its keeper when it is loaded, so that the record can erase and export this data without knowing the
products.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Keeper:
    """`of` returns the rows about these conversations.

    `export` turns a row into its part of a person's export; None where rows hold nothing of the person.
    """

    code: str
    of: Callable[[Collection[int]], QuerySet[Any]]
    export: Callable[[Any], Mapping[str, Any]] | None = None


_keepers: dict[str, Keeper] = {}


def register(keeper: Keeper) -> None:
    _keepers[keeper.code] = keeper


def keepers() -> tuple[Keeper, ...]:
    return tuple(_keepers.values())


def forget(conversations: Collection[int]) -> Counter[str]:
    """Delete all such data of these conversations; return the number of rows by keeper."""
    return Counter({keeper.code: keeper.of(conversations).delete()[0] for keeper in keepers()})
