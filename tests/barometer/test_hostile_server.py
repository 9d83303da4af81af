"""What a hostile instance answers ends the collection of its own account alone."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from portevoix.barometer.collect import mastodon
from portevoix.barometer.collect.mastodon import Mastodon
from portevoix.barometer.collect.retrying_client import MOST_FOLLOWERS, Window, audience_counts
from portevoix.channels.mastodon.settings import MastodonSettings
from portevoix.kernel.errors import BadInput, Refused

WINDOW = Window(datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))


class Hostile(Mastodon):
    """An instance that knows nobody, names itself by `href`, and has statuses without end."""

    href = "https://[x"
    numbers = iter(range(10**9, 0, -1))

    def _at(self, host: str) -> Any:
        return SimpleNamespace(get=self._answer)

    def _answer(self, path: str, query: dict[str, Any] | None = None) -> Any:
        if path.endswith("/lookup"):
            raise Refused("Nobody.")
        if "webfinger" in path:
            return SimpleNamespace(json=lambda: {"links": [{"rel": "self", "href": self.href}]})
        return SimpleNamespace(json=lambda: [{"id": str(next(self.numbers))}])


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(Refused, match=r"does not know|Nobody"):
        Hostile("ville@a.social", lambda _: None).read({}, WINDOW)


def test_statuses_without_end_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mastodon, "MOST_PAGES", 3)
    reader = Hostile("ville@a.social", lambda _: None)
    place: dict[str, Any] = {"step": "statuses", "host": "a.social", "key": "1", "threads": []}
    for _ in range(3):
        place = reader.read(place, WINDOW).place
    with pytest.raises(Refused, match="more statuses"):
        reader.read(place, WINDOW)


@pytest.mark.parametrize("count", [10**30, MOST_FOLLOWERS + 1, -1, True, 1.5, "9"])
def test_a_count_that_cannot_be_is_none(count: object) -> None:
    assert audience_counts({"a": count, "b": 1}, "a", "b") is None


@pytest.mark.parametrize("instance", ["[[[[", "https://[x"])
def test_what_is_no_address_is_said_to_be_none(instance: str) -> None:
    with pytest.raises(BadInput, match="no address of an instance"):
        MastodonSettings(instance=instance, access_token="t")
