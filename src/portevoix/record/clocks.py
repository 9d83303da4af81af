"""The service clock of each version of the city's policy."""

from collections.abc import Mapping
from functools import lru_cache

from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.policy import ServicePolicy, parse_policy
from portevoix.record.models import Policy


@lru_cache(maxsize=64)
def _clock(version: int, text: str) -> ServiceClock:
    return ServiceClock(parse_policy(text))


class Clocks:
    """Gives the clock of a version; reads each version once in its life, which is one piece of work.

    `texts`: versions that were read already.
    """

    def __init__(self, texts: Mapping[int, str] | None = None) -> None:
        self._known = {version: _clock(version, text) for version, text in (texts or {}).items()}

    def __call__(self, version: int) -> ServiceClock:
        if version not in self._known:
            row = Policy.objects.get(version=version)
            self._known[version] = _clock(row.version, row.text)
        return self._known[version]


def current_version() -> int:
    """The version that a wait which opens now is reckoned by. Raises Policy.DoesNotExist before the city is founded."""
    return Policy.objects.latest("version").version


def current_policy() -> ServicePolicy:
    return Clocks()(current_version()).policy
