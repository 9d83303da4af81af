"""What products keep of conversations outside of the record, such as unsent drafts.

A product registers its keeper when it is loaded, so that whoever erases, exports or forgets in the record need not know
the products.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Keeper:
    """`of` gives the rows about these conversations.

    `told` makes of a row what a person may read of it, None where rows hold nothing of the person.
    """

    code: str
    of: Callable[[Collection[int]], QuerySet[Any]]
    told: Callable[[Any], Mapping[str, Any]] | None = None


_keepers: dict[str, Keeper] = {}


def register(keeper: Keeper) -> None:
    _keepers[keeper.code] = keeper


def keepers() -> tuple[Keeper, ...]:
    return tuple(_keepers.values())


def forget(conversations: Collection[int]) -> Counter[str]:
    """Deletes all that is kept of these conversations; returns how many rows, by keeper."""
    return Counter({keeper.code: keeper.of(conversations).delete()[0] for keeper in keepers()})
