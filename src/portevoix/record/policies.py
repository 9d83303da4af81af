"""The service clock of each version of the city's policy."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.policy import ServicePolicy, parse_policy
from portevoix.record.models import Policy


@lru_cache(maxsize=64)
def _clock(version: int, text: str) -> ServiceClock:
    return ServiceClock(parse_policy(text))


class Clocks:
    """The clocks of all policy versions, for one piece of work; each version is read once.

    `texts`: versions that were read already.
    """

    def __init__(self, texts: Mapping[int, str] | None = None) -> None:
        self._clocks = {version: _clock(version, text) for version, text in (texts or {}).items()}

    def __call__(self, version: int) -> ServiceClock:
        if version not in self._clocks:
            row = Policy.objects.get(version=version)
            self._clocks[version] = _clock(row.version, row.text)
        return self._clocks[version]


class Versions:
    """Finds the policy version of a wait: the one in force when it opened.

    A wait older than the city's first policy has the present one. Raises Policy.DoesNotExist before the city is
    founded.
    """

    def __init__(self) -> None:
        self._versions = list(Policy.objects.order_by("version").values_list("made_at", "version"))
        if not self._versions:
            raise Policy.DoesNotExist

    def at(self, instant: datetime) -> int:
        return [version for made_at, version in self._versions if made_at <= instant or instant < self._versions[0][0]][
            -1
        ]


def current_policy() -> ServicePolicy:
    """Return the policy in force. Raise Policy.DoesNotExist before the city is founded."""
    row = Policy.objects.latest("version")
    return _clock(row.version, row.text).policy
