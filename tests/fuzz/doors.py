"""The doors by their names, on a city that has departments."""

from collections.abc import Callable

from django.test import Client

from portevoix.record.operations import city
from tests.conftest import PASSWORD
from tests.fuzz.door import Door
from tests.fuzz.form import Form
from tests.fuzz.interchange import Interchange
from tests.fuzz.mail import Mail
from tests.fuzz.policy import Policies
from tests.fuzz.search import Search

DOORS: dict[str, Callable[[Client], Door]] = {
    "interchange": Interchange,
    "email": Mail,
    "form": Form,
    "search": Search,
    "policy": Policies,
}


def opened(name: str) -> Door:
    """A door; what came through it is looked at as an administrator sees it."""
    colleague = city.save_contact(
        email="fuzz@testville.example", name="Fuzz", role="administrator", password=PASSWORD, by=None
    )
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(colleague)
    return DOORS[name](browser)
