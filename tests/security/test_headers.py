"""What every answer tells the browser: a strict policy for what may run, no frames, no guessing, no caches.

Every address of `tests/urls.py`, as an administrator and as nobody, by GET and by POST, and the errors.
"""

import re

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from portevoix.kernel.errors import BadInput
from portevoix.record.operations import city as operations
from tests.urls import TABLE, by_name
from tests.world import World, make

pytestmark = pytest.mark.django_db
FRAMED = {"public:embed", "public:embed-thanks"}
NOTHING_OF_CITIZENS = {"web:theme", "web:health", "web:metrics"}
"""A colour, a sign of life, figures."""
STATIC = ("web/portevoix.js", "web/portevoix.css", "web/icons.svg")
_INLINE = re.compile(r"<style|<script(?![^>]* src=)|\son[a-z]+=|\sstyle=|javascript:", re.IGNORECASE)


@pytest.fixture
def world(take) -> World:
    return make(take)


def policy_of(response) -> dict[str, list[str]]:
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";") if part.strip())
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize("role", ["nobody", "administrator"])
def test_every_answer_is_strict(role, world) -> None:
    client = world.browser(role)
    for name in TABLE:
        address = world.address(name)
        for method in ("GET", "POST", "PUT"):
            response = world.ask(client, method, address)
            _check_headers(name, response)
            if not response.streaming and "html" in response.headers.get("Content-Type", ""):
                _check_markup(name, response.content.decode())
            if response.cookies:
                assert "private" in response["Cache-Control"], name
            if method == "GET" and role == "administrator" and name not in NOTHING_OF_CITIZENS:
                assert "no-store" in response["Cache-Control"], name


def _check_headers(name: str, response) -> None:
    """What may run, be framed, be guessed."""
    policy = policy_of(response)
    allowed = {source for sources in policy.values() for source in sources}
    assert not allowed & {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "blob:"}, name
    if "sandbox" not in policy:  # a citizen's file: it may do nothing at all
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == ["'self'"]
        assert policy["object-src"] == policy["base-uri"] == ["'none'"]
        if name not in FRAMED:
            assert policy["frame-ancestors"] == ["'none'"] and response["X-Frame-Options"] == "DENY"
    assert policy["default-src"] in (["'self'"], ["'none'"])
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == response["Cross-Origin-Opener-Policy"] == "same-origin"


def _check_markup(name: str, text: str) -> None:
    """No script or style in the page itself, a proof in each form that is posted, no hold on this page for others."""
    assert not (found := _INLINE.search(text)), text[max(0, found.start() - 100) : found.end() + 100]
    soup = BeautifulSoup(text, "html.parser")
    for form in soup.select("form[method=post]"):
        assert form.select_one("[name=csrfmiddlewaretoken]") or name.startswith("public:"), str(form)[:500]
    assert all("noopener" in link["rel"] for link in soup.select("[target=_blank]"))


def test_only_the_citys_own_site_may_frame_the_form_and_no_page_may_be_framed(world, administrator) -> None:
    for site in ("*", "www.ville.example 'unsafe-inline'", "x; script-src *", "https://*.example", "a.example, data:"):
        with pytest.raises(BadInput, match="host name"):
            _name_site(administrator, site)
    _name_site(administrator, "www.ville.example")
    response = Client().get(reverse("public:embed"))
    ancestors = ["'self'", "https://www.ville.example", "http://www.ville.example"]
    assert policy_of(response)["frame-ancestors"] == ancestors and "X-Frame-Options" not in response


def _name_site(administrator, site: str) -> None:
    operations.change_city(
        name="Ville", timezone="Europe/Paris", language="fr", languages=["fr"], accent="#1f5673", site=site,
        by=administrator,
    )  # fmt: skip


@pytest.mark.parametrize("path", ["/nowhere/", "/inbox/987654/", "/sign-in/?next=//evil.example"])
@pytest.mark.parametrize("host", ["testserver", "evil.example"])
def test_errors_are_as_strict(path, host, city, settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client(raise_request_exception=False, headers={"host": host})
    response = client.get(path)
    assert "default-src 'self'" in response["Content-Security-Policy"] and response["X-Frame-Options"] == "DENY"
    assert (response.status_code == 400) is (host == "evil.example")


def test_a_fault_of_ours_shows_nothing_of_it(city, host, monkeypatch) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(host)

    def broken(*args, **kwargs):
        secret = "tulipe-noire"  # noqa: F841 -- a debug page would show it
        raise ZeroDivisionError("tulipe-noire")

    monkeypatch.setattr("portevoix.desk.views.inbox.inbox_context", broken)
    response = client.get(reverse("desk:inbox"))
    assert response.status_code == 500 and b"tulipe" not in response.content and b"Traceback" not in response.content
    assert response["X-Frame-Options"] == "DENY" and "default-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("name", STATIC)
def test_files_of_the_pages_are_not_guessed_at_either(name, city) -> None:
    assert finders.find(name)
    response = Client().get(f"/static/{name}")
    assert response.status_code == 200 and response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in response["Content-Security-Policy"]
    response.close()


def test_every_address_has_a_view_that_the_walk_knows() -> None:
    assert set(by_name()) == set(TABLE) and settings.SECURE_CSP
