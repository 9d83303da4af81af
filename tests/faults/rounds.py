"""One round after the other at a door, each done by one life after the other."""

import random
from typing import Protocol

from tests.faults.figures import Figures
from tests.faults.lives import Lives

MOST_DEATHS = 6
"""Of one round, which is then left in peace."""
MOST_LIVES = 60


class Door(Protocol):
    """`begin` makes the work of a round, `work` does it, `left` says how much is not done, `told` what came of it."""

    def begin(self, number: int, chance: random.Random) -> None: ...
    def work(self) -> None: ...
    def left(self) -> int: ...
    def told(self) -> Figures: ...


def rounds(door: Door, lives: Lives, kills: int = 0, *, given: int = 0) -> Figures:
    """Each round's work is done by one life after the other, until nothing is left of it; until so many were killed, or
    so much was given.
    """
    figures, number = Figures(), 0
    while lives.kills < kills or figures.given < given:
        door.begin(number, lives.random)
        deaths = 0
        for _ in range(MOST_LIVES):
            whole = lives.one(door.work, spared=deaths >= MOST_DEATHS or (not given and lives.kills >= kills))
            deaths += not whole
            if whole and not door.left():
                break
        else:
            raise AssertionError(f"round {number} does not end: {door.left()} are left")
        figures += door.told()
        number += 1
    return figures
