"""Every address of the site, by every method, as a page and as a part of one, as every role and as nobody: what each
gets is what the table in `tests/urls.py` says, and no address is missing there.
"""

import logging
import re
from itertools import product
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import client as clients
from django.urls import reverse

import portevoix
from portevoix.record.models import Inquiry
from portevoix.web.views import error_pages
from tests.conftest import PASSWORD
from tests.urls import FORGEABLE, NO_HEAD, ROLES, TABLE, Page, advice, by_name
from tests.world import SECRET, World, make

pytestmark = pytest.mark.django_db
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
WAYS = (*product(METHODS, (False,)), ("GET", True), ("POST", True))
"""A method, and whether a part of the page is asked for, which htmx does by these two."""
ROOMS = sorted({name.partition(":")[0] for name in TABLE})
TARGETS = sorted(
    {
        target
        for template in Path(portevoix.__file__).parent.rglob("*.html")
        for target in re.findall(r'hx-target="#([a-z-]+)"', template.read_text(encoding="utf-8"))
    }
    | {"list", "aside"}  # of those that target themselves
)
"""The elements that a part of a page may be asked for."""


@pytest.fixture
def world(take, monkeypatch) -> World:
    """Of thousands of answers nothing is kept until the test ends: neither what their templates were given, nor the
    requests that were refused, which pytest keeps with what is logged of them.
    """
    monkeypatch.setattr(clients, "store_rendered_templates", lambda *_, **__: None)
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    return make(take)


def outcome(response, *, part: bool) -> str:
    """What the site said, in words. Raises AssertionError for what no address may say."""
    status = response.status_code
    to_sign_in = reverse("web:sign-in") + "?"
    if part:
        assert status != 302 or not response.url.startswith(to_sign_in), "a part of a page became a form to sign in"
    sent = response.url if status == 302 else response.headers.get("HX-Redirect", "")
    if sent.startswith(to_sign_in):
        return "sign in"
    if status == 503:  # live updates come from a process of their own
        return "welcome"
    assert status < 500, response.content
    return {403: "not for you", 404: "not there", 405: "no such method"}.get(status, "welcome")


def expected(page: Page, role: str, method: str) -> set[str]:
    """What may be said, as the table has it."""
    gets, posts = (set(roles.split()) for roles in TABLE[page.name])
    offered = {"GET": gets, "HEAD": set() if page.name in NO_HEAD else gets, "POST": posts}.get(method, set())
    known = "contact" if role == "elsewhere" else role
    if known not in gets | posts:
        refused = "sign in" if role in ("nobody", "inactive") else "not for you"
        return {refused} if offered or refused == "sign in" else {refused, "no such method"}
    if not offered:
        return {"no such method"}
    if known not in offered:
        return {"not for you"}
    return {"not there" if role == "elsewhere" and page.owned else "welcome"}


def test_the_table_knows_every_address() -> None:
    assert not advice(), "tests/urls.py:\n" + "\n".join(advice())


@pytest.fixture
def refusals_in_a_word(monkeypatch) -> None:
    """The pages of errors are tried elsewhere; here they would be drawn thousands of times."""
    monkeypatch.setattr(error_pages, "render", lambda request, template, context, status: HttpResponse(status=status))


@pytest.mark.parametrize("room", ROOMS)
def test_every_role_gets_what_the_table_says(room, world, refusals_in_a_word) -> None:
    mine = [page for page in by_name().values() if page.name.partition(":")[0] == room and page.name in TABLE]
    wrong = []
    for role in ROLES:
        client = world.browser(role)
        for page, (method, part) in product(mine, WAYS):
            headers = {"HX-Request": "true", "HX-Target": "main"} if part else {}
            response = world.ask(client, method, page.address(world.things), headers=headers)
            said, right = outcome(response, part=part), expected(page, role, method)
            if said not in right:
                way = f"{method} by htmx" if part else method
                wrong.append(f"{page.name}, {way} as {role}: “{said}”, not “{'” or “'.join(right)}”")
    assert not wrong, "It is not as TABLE in tests/urls.py says:\n" + "\n".join(wrong)


@pytest.mark.parametrize("role", ["nobody", "inactive", "elsewhere"])
def test_no_page_and_no_part_of_one_shows_what_is_anothers(role, world) -> None:
    client, leaks = world.browser(role), []
    for page in by_name().values():
        address = page.address(world.things)
        for target in ("", *TARGETS):
            headers = {"HX-Request": "true", "HX-Target": target} if target else {}
            asked = (("GET", f"?q={SECRET[:-1]}&view=all&department=sports"), ("POST", ""), ("GET", ""))
            for method, query in asked[: 2 if target else 3]:
                response = world.ask(client, method, address + ("" if "?" in address else query), headers=headers)
                if not response.streaming and SECRET.encode() in response.content:
                    leaks.append(f"{method} {address}{query} {target}")
    assert not leaks


def test_what_is_anothers_looks_like_what_does_not_exist(world) -> None:
    client = world.browser("elsewhere")
    things = {
        kind: {key: 987654 if isinstance(value, int) else "nowhere" if key == "department" else value
               for key, value in named.items()}
        for kind, named in world.things.items()
    }  # fmt: skip
    told = {"text": "Bonjour", "answer": "Non.", "ruling": "may_say", "seen": 99}
    for page, method in product((page for page in by_name().values() if page.owned), ("get", "post")):
        read = []
        for each in (world.things, things):
            answer = getattr(client, method)(page.address(each), told)
            without_token = re.sub(rb"\b\w{64}\b", b"", answer.content)
            read.append((answer.status_code, without_token.replace(page.address(each).encode(), b"")))
        assert read[0] == read[1], page.name


def test_a_post_from_another_site_is_refused(world) -> None:
    client = world.browser("administrator", enforce_csrf_checks=True)
    for name in (name for name, (_, posts) in TABLE.items() if posts):
        response = client.post(world.address(name))
        assert (response.status_code == 403) is (name not in FORGEABLE), f"{name}: {response.status_code}"


def test_a_contact_does_not_answer_for_another_department(world) -> None:
    given = {"answer": "Non.", "ruling": "may_say"}
    assert world.browser("elsewhere").post(world.address("desk:inform"), given).status_code == 404
    assert Inquiry.objects.get().answered_at is None


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "a:b", "x", "web:account"],
)
def test_signing_in_leads_to_this_site_only(target, host, client) -> None:
    for where in ({}, {"QUERY_STRING": f"next={target}"}):
        given = {"email": host.email, "password": PASSWORD, "next": target}
        response = client.post(reverse("web:sign-in"), given, **where)
        assert response.status_code == 302 and response.url == reverse("home")
        client.logout()


def test_a_citizens_file_is_saved_and_never_shown(world) -> None:
    response = world.browser("host").get(world.address("desk:attachment"))
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment") and response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
