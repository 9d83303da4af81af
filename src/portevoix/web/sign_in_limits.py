"""Limits of password attempts: by colleague and place together, for one colleague, from one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from portevoix.record import ratelimit

KIND = "sign-in"
WITHIN = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)
MOST_OF_PAIR = 10
"""Tries for one colleague from one place, or from one known device."""
MOST_OF_COLLEAGUE = 60
MOST_OF_PLACE = 200
MOST_A_MINUTE = 30
"""Tries from one place within a minute."""


@dataclass(frozen=True, slots=True)
class SignInTry:
    """One attempt: the counters it adds to, and the limit of each."""

    pair: Mapping[str, int]
    others: Mapping[str, int]
    place: Mapping[str, int]

    @classmethod
    def of(cls, email: str, address: str, *, device: str = "") -> Self:
        """Return the try for the colleague with `email` from `address`.

        `device` names a device from which that colleague has signed in before: it is counted alone, so that nobody can
        lock its owner out from elsewhere.
        """
        if device:
            return cls({f"device:{device} {email}": MOST_OF_PAIR}, {}, {})
        return cls(
            pair=ratelimit.limits_of_place(address, MOST_OF_PAIR, of=f"pair:{email}"),
            others={f"email:{email}": MOST_OF_COLLEAGUE, **ratelimit.limits_of_place(address, MOST_OF_PLACE)},
            place=ratelimit.limits_of_place(address, MOST_A_MINUTE),
        )

    def is_too_many(self, now: datetime) -> bool:
        """Return whether one of the limits is reached."""
        return ratelimit.exceeded(KIND, {**self.pair, **self.others}, within=WITHIN, now=now) or ratelimit.exceeded(
            KIND, self.place, within=MINUTE, now=now
        )

    def note(self, now: datetime) -> None:
        """Count the attempt; called before the password is checked, so that simultaneous attempts count too."""
        ratelimit.note(KIND, {**self.pair, **self.others}, now=now)

    def forget(self, now: datetime) -> None:
        """Reset the colleague's count after a right password, and take this attempt back from the others."""
        ratelimit.forget(KIND, self.pair)
        ratelimit.take_back(KIND, self.others, at=now)
