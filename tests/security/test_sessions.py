"""Sessions and cookies: who is signed in, until when, and what a stolen or planted one is good for."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.test import Client

from portevoix.record.operations import city as operations
from tests.conftest import PASSWORD
from tests.servers import forking
from tests.servers.program import HERE, copied

pytestmark = pytest.mark.django_db
COOKIE = django_settings.SESSION_COOKIE_NAME
NEW = "tuile sous la gabare"


def signed_in(colleague) -> Client:
    client = Client()
    answer = client.post("/sign-in/", {"email": colleague.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def comes_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def thief_of(client: Client) -> Client:
    """Another browser with the same cookie."""
    thief = Client()
    thief.cookies[COOKIE] = client.cookies[COOKIE].value
    return thief


def test_a_session_that_was_planted_is_not_the_one_that_is_signed_in(host) -> None:
    planted = Client().session
    planted["x"] = 1
    planted.save()
    victim = Client()
    victim.cookies[COOKIE] = planted.session_key
    victim.post("/sign-in/", {"email": host.email, "password": PASSWORD})
    assert comes_in(victim) and victim.cookies[COOKIE].value != planted.session_key
    thief = Client()
    thief.cookies[COOKIE] = planted.session_key
    assert not comes_in(thief)


def test_signing_out_ends_the_session_on_the_server(host) -> None:
    client = signed_in(host)
    thief = thief_of(client)
    assert comes_in(thief)
    client.post("/sign-out/")
    assert not comes_in(thief) and not comes_in(client)
    assert not Session.objects.exists()


@pytest.mark.parametrize("by", ["oneself", "an administrator"])
def test_a_new_password_ends_all_other_sessions(by, host, administrator) -> None:
    here, elsewhere = signed_in(host), signed_in(host)
    if by == "oneself":
        here.post("/account/", {"current": PASSWORD, "new": NEW, "again": NEW})
    else:
        operations.save_contact(
            pk=host.pk, email=host.email, name=host.name, role="host", password=NEW, by=administrator
        )
    assert not comes_in(elsewhere)
    assert comes_in(here) is (by == "oneself")


def test_whoever_is_dismissed_or_given_another_role_notices_at_once(host, administrator) -> None:
    client = signed_in(host)
    assert client.get("/inbox/aside/").status_code == 200
    change = {"pk": host.pk, "email": host.email, "name": host.name, "by": administrator}
    operations.save_contact(**change, role="editor")
    assert client.get("/inbox/aside/").status_code == 403
    operations.save_contact(**change, role="editor", active=False)
    assert not comes_in(client)
    operations.save_contact(**change, role="editor")
    assert not comes_in(client), "an account that is opened again asks for its password"


def test_a_session_ends_after_twelve_hours_and_is_not_renewed_by_use(host) -> None:
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        client = signed_in(host)
        for hours in (4, 8, 11):
            clock.move_to(start + timedelta(hours=hours))
            assert comes_in(client)
        clock.move_to(start + timedelta(hours=12, minutes=1))
        assert not comes_in(client)


def test_the_password_is_stored_as_a_slow_hash_and_short_or_common_ones_are_refused(administrator, host) -> None:
    from django.contrib.auth.hashers import (  # noqa: PLC0415 -- beside its only use
        PBKDF2PasswordHasher,
        ScryptPasswordHasher,
        identify_hasher,
    )

    from portevoix.config import settings  # noqa: PLC0415

    assert PBKDF2PasswordHasher.iterations >= 600_000
    scrypt = ScryptPasswordHasher
    assert scrypt.work_factor >= 2**14 and scrypt.block_size >= 8 and scrypt.parallelism >= 5, "OWASP's least"
    names = [f"django.contrib.auth.hashers.{each.__name__}" for each in (scrypt, PBKDF2PasswordHasher)]
    assert names == settings.PASSWORD_HASHERS
    assert identify_hasher(host.password) and PASSWORD not in host.password
    client = signed_in(host)
    for weak in ("court", "12345678", "password", "claire@testville"):
        answer = client.post("/account/", {"current": PASSWORD, "new": weak, "again": weak})
        assert answer.status_code == 422, weak


def test_a_password_of_an_older_version_opens_and_is_hashed_anew(host, settings) -> None:
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415 -- beside its only use

    from portevoix.config.settings import PASSWORD_HASHERS  # noqa: PLC0415

    settings.PASSWORD_HASHERS = PASSWORD_HASHERS
    host.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    host.save()
    assert comes_in(signed_in(host))
    host.refresh_from_db()
    assert host.password.startswith("scrypt$")


BEHIND_HTTPS = """
import django, sys, warnings
warnings.simplefilter("ignore")
django.setup()
from django.core.management import call_command
from django.test import Client
from portevoix.record.operations import city
from datetime import datetime, UTC
call_command("migrate", verbosity=0)
city.found_city(name="V", now=datetime.now(UTC))
city.save_contact(email="a@v.example", name="A", role="host", password="gabare-tuile-heron", by=None)
over = {"headers": {"x-forwarded-proto": "https", "referer": "https://v.example/"}, "SERVER_NAME": "v.example"}
client = Client(**over)
answer = client.post("/sign-in/", {"email": "a@v.example", "password": "gabare-tuile-heron"})
print("status", answer.status_code)
client.post("/language/", {"language": "en"})
client.get("/account/")
for cookie in client.cookies.values():
    print("cookie", cookie.OutputString())
print("hsts", client.get("/account/")["Strict-Transport-Security"])
plain = Client(SERVER_NAME="v.example").get("/account/?a=1")
print("plain", plain.status_code, plain.get("Location"), plain.get("Set-Cookie"))
call_command("check", deploy=True, fail_level="WARNING")
print("checked")
"""


@pytest.fixture(scope="module")
def behind_https(migrated_home, tmp_path_factory) -> dict[str, list[str]]:
    """What an installation behind HTTPS says, by its first word."""
    environment = HERE | {
        "PORTEVOIX_HOME": str(copied(migrated_home, tmp_path_factory.mktemp("https") / "home")),
        "PORTEVOIX_HTTPS": "yes",
        "PORTEVOIX_PROXY": "yes",
        "PORTEVOIX_HOSTS": "v.example",
        "DJANGO_SETTINGS_MODULE": "portevoix.config.settings",
    }
    run = forking.run(["-c", BEHIND_HTTPS], env=environment)
    assert run.returncode == 0, run.stderr.decode()
    told: dict[str, list[str]] = {}
    for line in run.stdout.decode().splitlines():
        word, _, rest = line.partition(" ")
        told.setdefault(word, []).append(rest)
    return told


def test_behind_https_every_cookie_is_for_this_host_over_https_and_no_scripts_eyes(behind_https) -> None:
    assert behind_https["status"] == ["302"]
    cookies = {cookie.partition("=")[0]: cookie for cookie in behind_https["cookie"]}
    assert set(cookies) == {"__Host-portevoix", "__Host-portevoix-device", "__Host-csrf", "__Host-language"}
    for cookie in cookies.values():
        for flag in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
            assert flag in cookie, cookie
        assert "Domain" not in cookie


def test_behind_https_browsers_stay_there(behind_https) -> None:
    assert behind_https["hsts"] == ["max-age=31536000; includeSubDomains"]
    assert behind_https["plain"] == ["301 https://v.example/account/?a=1 None"]


def test_djangos_own_check_before_going_live_has_nothing_to_say(behind_https) -> None:
    assert "checked" in behind_https
