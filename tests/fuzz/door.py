"""What a door of the house is to whoever throws things at it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any, Protocol

from portevoix.exchange.result import Ok, attempt

TAKEN, REFUSED, QUARANTINED = "taken", "refused", "quarantined"


class Fault(AssertionError):
    """The house did something that it must never do, whatever it is given."""


class Door(Protocol):
    """Throws case after case. The same random numbers make the same case."""

    def case(self, random: Random, number: int) -> Any:
        """Something hostile, or nearly right."""

    def throw(self, case: Any) -> str:
        """TAKEN, REFUSED or QUARANTINED. Anything raised is a fault."""

    def look(self) -> None:
        """After all cases: does the house still stand? Raises Fault."""


@dataclass(frozen=True, slots=True)
class Throw:
    """One case and what came of it. `fault` is what was raised."""

    number: int
    case: Any
    outcome: str
    fault: Exception | None = None


def throws(door: Door, *, seed: str, numbers: range, only: Callable[[int], bool] = lambda n: True) -> Iterator[Throw]:
    """Throws the cases of these numbers. `seed` and number say all about a case, so that one can be thrown again."""
    for number in filter(only, numbers):
        case = door.case(Random(f"{seed} {number}"), number)
        came = attempt(partial(door.throw, case))
        yield Throw(number, case, came.value) if isinstance(came, Ok) else Throw(number, case, "", came)
