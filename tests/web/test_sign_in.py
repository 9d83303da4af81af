"""Who gets in, how often one may try, and where one lands."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.utils import timezone

from portevoix.web.sign_in_limits import SignInTry
from tests.conftest import PASSWORD
from tests.web.conftest import text

CLAIRE = "claire@testville.example"


def enter(client: Client, *, email: str = CLAIRE, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/sign-in/", {"email": email, "password": password}, **more)


def test_one_is_sent_to_sign_in_and_back(client: Client, host: Any) -> None:
    sent = client.get("/account/?a=1")
    assert (sent.status_code, sent["Location"]) == (302, "/sign-in/?next=/account/%3Fa%3D1")
    page = client.get(sent["Location"])
    assert 'value="/account/?a=1"' in page.content.decode()
    back = client.post(
        "/sign-in/", {"email": "CLAIRE@testville.example", "password": PASSWORD, "next": "/account/?a=1"}
    )
    assert (back.status_code, back["Location"]) == (302, "/account/?a=1")
    assert client.get("/account/").status_code == 200


def test_the_session_key_changes_with_the_sign_in(client: Client, host: Any) -> None:
    session = client.session  # made for an anonymous visitor, and known to whoever planted it
    session["seen"] = "before"
    session.save()
    planted = client.cookies["portevoix"].value
    enter(client)
    assert client.cookies["portevoix"].value != planted
    assert not client.session.exists(planted)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_sent_to_another_site(client: Client, host: Any, elsewhere: str) -> None:
    answer = client.post("/sign-in/", {"email": CLAIRE, "password": PASSWORD, "next": elsewhere})
    assert answer["Location"] == "/"


def test_unknown_address_inactive_colleague_and_wrong_password_read_the_same(client: Client, host: Any) -> None:
    wrong = enter(client, password="no")
    unknown = enter(client, email="nobody@testville.example", password="no")
    host.is_active = False
    host.save()
    gone = enter(client)
    assert [answer.status_code for answer in (wrong, unknown, gone)] == [422] * 3
    told = {answer.context["form"].non_field_errors().as_text() for answer in (wrong, unknown, gone)}
    assert len(told) == 1
    assert 'value="no"' not in text(wrong)


def test_an_unknown_address_costs_a_password_check_too(client: Client, host: Any, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.web.test_sign_in.Counting"]
    Counting.checked = 0
    host.set_password(PASSWORD)
    host.save()
    before = Counting.checked
    enter(client, password="no")
    known = Counting.checked - before
    enter(client, email="nobody@testville.example", password="no")
    assert known == Counting.checked - before - known == 1


class Counting(MD5PasswordHasher):
    """Counts how often a password is hashed."""

    checked = 0

    def encode(self, *given: Any) -> str:
        type(self).checked += 1
        return super().encode(*given)


def test_ten_tries_are_enough_even_with_the_right_password(client: Client, host: Any) -> None:
    for _ in range(10):
        assert enter(client, password="no").status_code == 422
    assert enter(client).status_code == 429
    assert enter(client, REMOTE_ADDR="192.0.2.7").status_code == 302  # she herself, from her desk


def test_those_who_get_it_right_are_not_counted_out(client: Client, host: Any) -> None:
    for _ in range(12):
        assert enter(client, password="no").status_code == 422
        assert enter(client).status_code == 302
        client.logout()


def try_from(many: Iterable[str], times: int = 1) -> None:
    for address in many:
        for _ in range(times):
            SignInTry.of(CLAIRE, address).note(timezone.now())


def test_many_addresses_together_cannot_try_one_colleague(client: Client, host: Any) -> None:
    try_from(f"198.51.100.{n}" for n in range(60))
    assert enter(client, REMOTE_ADDR="192.0.2.9").status_code == 429


def test_whoever_signed_in_there_before_is_let_in_whatever_others_try(client: Client, host: Any) -> None:
    assert enter(client).status_code == 302
    client.post("/sign-out/")
    try_from((f"198.51.100.{n}" for n in range(60)), times=2)
    try_from(("127.0.0.1",), times=20)
    assert enter(Client()).status_code == 429
    assert enter(client).status_code == 302


def test_a_known_device_has_ten_tries_of_its_own_and_a_new_password_ends_it(client: Client, host: Any) -> None:
    assert enter(client).status_code == 302
    client.post("/sign-out/")
    stolen = client.cookies["portevoix-device"].value
    for _ in range(10):
        assert enter(client, password="no").status_code == 422
    assert enter(client).status_code == 429
    host.set_password("gabare sous la tuile")
    host.save()
    try_from(f"198.51.100.{n}" for n in range(60))
    other = Client()
    other.cookies["portevoix-device"] = stolen
    assert enter(other, password="gabare sous la tuile").status_code == 429  # known no more


@pytest.mark.parametrize("cookie", ["", "x", "ImEi:1:1", "a" * 5000])
def test_a_device_that_is_not_known_counts_as_any_other(client: Client, host: Any, cookie: str) -> None:
    try_from(f"198.51.100.{n}" for n in range(60))
    client.cookies["portevoix-device"] = cookie
    assert enter(client).status_code == 429


def test_a_device_of_one_colleague_says_nothing_for_another(client: Client, host: Any, administrator: Any) -> None:
    assert enter(client, email=administrator.email).status_code == 302
    client.post("/sign-out/")
    try_from(f"198.51.100.{n}" for n in range(60))
    assert enter(client).status_code == 429


def test_a_line_has_many_addresses_and_counts_as_one(client: Client, host: Any) -> None:
    try_from(f"2001:db8:1:1::{n:x}" for n in range(1, 11))
    assert enter(client, REMOTE_ADDR="2001:db8:1:1:ffff::7").status_code == 429
    assert enter(client, REMOTE_ADDR="2001:db8:1:2::7").status_code == 302


def test_one_place_tries_thirty_passwords_a_minute_at_most(client: Client, host: Any) -> None:
    for n in range(30):
        SignInTry.of(f"nobody{n}@testville.example", "192.0.2.9").note(timezone.now())
    assert enter(client, REMOTE_ADDR="192.0.2.9").status_code == 429
    assert enter(client, REMOTE_ADDR="192.0.2.10").status_code == 302


def test_colleagues_who_sign_in_together_are_not_counted_as_tries(client: Client, host: Any) -> None:
    for _ in range(40):  # one address for a town hall, at nine o'clock
        assert enter(Client()).status_code == 302


def test_limits_are_forgotten_after_a_quarter_of_an_hour(client: Client, host: Any) -> None:
    for _ in range(10):
        SignInTry.of(CLAIRE, "127.0.0.1").note(timezone.now() - timedelta(minutes=16))
    assert enter(client).status_code == 302


def test_a_proxy_is_believed_only_when_it_is_trusted(client: Client, host: Any, settings: Any) -> None:
    for trusted, expected in ((False, 429), (True, 302)):
        settings.TRUST_PROXY = trusted
        for _ in range(10):
            SignInTry.of(CLAIRE, "127.0.0.1").note(timezone.now())
        assert enter(client, headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.5"}).status_code == expected


def test_signing_out_wants_a_form(signed_in: Client) -> None:
    assert signed_in.get("/sign-out/").status_code == 405
    assert signed_in.post("/sign-out/")["Location"] == "/sign-in/"
    assert signed_in.get("/account/").status_code == 302


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(client: Client, city: Any) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/inbox/?view=late"}
    answer = client.get("/account/", headers=headers)
    assert answer["HX-Redirect"] == "/sign-in/?next=/inbox/%3Fview%3Dlate"
    elsewhere = client.get("/account/", headers={**headers, "HX-Current-URL": "https://evil.example/inbox/"})
    assert elsewhere["HX-Redirect"] == "/sign-in/?next=/"


def test_before_the_city_is_founded_the_page_says_how(client: Client, db: None) -> None:
    page = text(client.get("/sign-in/"))
    assert "portevoix init" in page
    assert "<form method" not in page.split("<main")[1].split("</main")[0]


def test_one_changes_ones_own_password_and_stays(signed_in: Client, host: Any) -> None:
    other = Client()
    other.force_login(host)
    new = "gabare sous la tuile"
    form = {"current": PASSWORD, "new": new, "again": new}
    assert signed_in.post("/account/", {**form, "current": "no"}).status_code == 422
    assert signed_in.post("/account/", {**form, "again": "other"}).status_code == 422
    assert signed_in.post("/account/", {**form, "new": "12345678", "again": "12345678"}).status_code == 422
    assert signed_in.post("/account/", form).status_code == 302
    assert signed_in.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302  # signed in elsewhere: no more
    host.refresh_from_db()
    assert host.check_password(new)


def test_a_language_is_kept_and_bad_ones_are_not(signed_in: Client, host: Any) -> None:
    answer = signed_in.post("/language/", {"language": "en", "next": "/account/"})
    assert answer["Location"] == "/account/"
    assert '<html lang="en"' in text(signed_in.get("/account/", headers={"Accept-Language": "fr"}))
    signed_in.post("/language/", {"language": "xx"})
    host.refresh_from_db()
    assert host.language == "en"
