"""The context of every template: the city, the request's time, and the shell around the page."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils import timezone
from django.utils.translation import gettext

from portevoix.record.permissions import Capability, can


@cache
def _version() -> str:
    """Return the version, cached: it is read from a file, and needed by every page."""
    return version("portevoix")


def _address(name: str) -> str:
    """Return the address of the page of that name, "" where it is not installed."""
    return _cached_address(name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


@cache
def _cached_address(name: str, urls: str, prefix: str) -> str:
    with suppress(NoReverseMatch):
        return reverse(name, urls)
    return ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One product in the navigation. `count` is the number of items that need a person, None without counting."""

    address: str
    label: str
    icon: str
    current: bool
    count: int | None = None


class Shell:
    """The shell around a page; its properties are lazy, so that a fragment computes only what it shows."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def may(self) -> dict[str, bool]:
        """Return whether the colleague has each capability, by its name."""
        return {capability.value: can(self._contact, capability) for capability in Capability}

    @cached_property
    def navigation(self) -> list[Entry]:
        """Return the products that the colleague may use; one whose pages are not installed is left out."""
        entries = []
        for name, label, capability, icon in settings.NAVIGATION:
            address = _address(name)
            if address and self.may[capability] and (entry := self._entry(address, gettext(label), icon)):
                entries.append(entry)
        return entries

    @cached_property
    def _here(self) -> str:
        """Return the product that the page belongs to: of two nested addresses, the longer one."""
        addresses = [address for name, *_ in settings.NAVIGATION if (address := _address(name))]
        return max(filter(self._request.path.startswith, addresses), key=len, default="")

    @cached_property
    def search(self) -> str:
        """Return the address of the header's search field, "" when nothing can be searched."""
        return _address(settings.SEARCH) if self.may["read"] else ""

    @cached_property
    def version(self) -> str:
        return _version()

    @cached_property
    def paused(self) -> Sequence[Any]:
        """Return the accounts that receive nothing until somebody repairs them."""
        return self._request.house.paused if self.may["read"] else ()  # type: ignore[attr-defined]

    @cached_property
    def live_url(self) -> str:
        """Return the address of live updates, "" for visitors who are not signed in."""
        if not self.may["read"]:
            return ""
        if settings.LIVE_URL:
            return settings.LIVE_URL
        host, _ = split_domain_port(self._request.get_host())
        return f"{self._request.scheme}://{host}:{settings.LIVE_PORT}/live"

    @property
    def listened(self) -> str:
        """Return `live_url` when the page has used it, else ""."""
        return str(vars(self).get("live_url", ""))

    @property
    def _contact(self) -> Any:
        user = getattr(self._request, "user", None)
        return user if user is not None and user.is_authenticated else None

    def _entry(self, address: str, label: str, icon: str) -> Entry | None:
        current = address == self._here
        if icon != "aside":
            return Entry(address, label, icon, current)
        city = getattr(self._request, "city", None)
        count = city.aside if city and self.may["admit"] else 0
        return Entry(address, label, icon, current, count) if count or current else None


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return `city` (None before it is founded), `now` and `shell`."""
    if not hasattr(request, "shell"):
        request.shell = Shell(request)  # type: ignore[attr-defined]
    return {
        "city": getattr(request, "city", None),
        "now": getattr(request, "now", None) or timezone.now(),
        "shell": request.shell,  # type: ignore[attr-defined]
    }
