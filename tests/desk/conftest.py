"""Colleagues who are signed in, at a fixed moment."""

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client

from tests.conftest import NOW


@pytest.fixture(autouse=True)
def at_ten():
    """It is Wednesday, 10:00 in Testville; a test travels on by `at_ten.shift`."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


class Desk(Client):
    """A browser without JavaScript, in English; `soup` is the last page."""

    def page(self, address: str, status: int = 200, **more) -> BeautifulSoup:
        response = self.get(address, **more)
        assert response.status_code == status, response.content.decode()[:2000]
        return BeautifulSoup(response.content, "html.parser")

    def do(self, address: str, status: int = 303, htmx: str = "", **data) -> BeautifulSoup:
        """Posts a form; `htmx` names the element that htmx would fill."""
        headers = {"HX-Request": "true", "HX-Target": htmx} if htmx else {}
        response = self.post(address, data, headers=headers)
        assert response.status_code == status, response.content.decode()[:2000]
        return BeautifulSoup(response.content, "html.parser")

    def part(self, address: str, target: str) -> BeautifulSoup:
        return self.page(address, headers={"HX-Request": "true", "HX-Target": target})


@pytest.fixture
def sign_in():
    """Opens a browser for a colleague."""

    def signed(contact) -> Desk:
        desk = Desk(headers={"accept-language": "en"})
        desk.force_login(contact)
        return desk

    return signed


@pytest.fixture
def desk(host, sign_in) -> Desk:
    """Claire's browser."""
    return sign_in(host)
