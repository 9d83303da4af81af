"""What a series of kills came to."""

from dataclasses import dataclass


@dataclass
class Figures:
    """`given` in: messages, envelopes, forms or replies. `done`: each became what it should, once.

    `waiting` for a person, where one sees it; `lost` and `twice` are what must never be. Their sum is `given`, but that
    something may be both done and `twice`.
    """

    given: int = 0
    done: int = 0
    lost: int = 0
    twice: int = 0
    waiting: int = 0

    def __iadd__(self, other: "Figures") -> "Figures":
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)
        return self
