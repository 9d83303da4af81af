"""What a series of kills came to."""

from dataclasses import dataclass


@dataclass
class Figures:
    """`given` in: messages, envelopes, forms or replies. `done`: each became what it should, once.

    `waiting` for a person, where one sees it; `meant`: how many of these would be whatever dies. `lost` and `twice` are
    what must never be.
    """

    given: int = 0
    done: int = 0
    lost: int = 0
    twice: int = 0
    waiting: int = 0
    meant: int = 0

    def __iadd__(self, other: "Figures") -> "Figures":
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)
        return self
