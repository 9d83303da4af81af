"""`portevoix colleague`: who may sign in, from the command line."""

import subprocess

import pytest
from click.testing import CliRunner
from django.test import Client

from portevoix.cli.main import portevoix
from portevoix.kernel.errors import BadInput
from portevoix.record.models import Contact
from tests.conftest import PASSWORD
from tests.servers import forking
from tests.servers.program import HERE, PORTEVOIX, copied

NEW = "brouette-lasagne-nuage"


@pytest.fixture
def call(city, monkeypatch):
    """Runs a command in this process, on the record of the test; what a person types is given in the end."""
    monkeypatch.setattr("portevoix.cli.colleague.set_up_django", lambda: None)

    def command(*arguments: str, typed: str = "", **environment: str) -> str:
        done = CliRunner(env=environment).invoke(portevoix, ["colleague", *arguments], input=typed)
        if done.exception:
            raise done.exception
        return done.output

    return command


def signs_in(email: str, password: str) -> bool:
    return Client().post("/sign-in/", {"email": email, "password": password}).status_code == 302


def test_colleagues_are_listed_with_what_they_may(call, host, administrator, contact_of) -> None:
    contact_of("sports")
    Contact.objects.filter(pk=host.pk).update(is_active=False)
    lines = {line.split("\t")[0]: line.split("\t")[1:] for line in call("list").splitlines()}
    assert lines[administrator.email] == ["Helene", "administrator", "", "signs in"]
    assert lines[host.email] == ["Claire", "host", "", "closed"]
    assert lines["contact-sports@testville.example"] == ["Contact-sports", "contact", "sports", "signs in"]


@pytest.mark.parametrize("way", ["typed", "environment", "file"])
def test_a_lost_password_is_replaced_and_ends_every_session(call, administrator, tmp_path, way) -> None:
    at_work = Client()
    at_work.force_login(administrator)
    assert at_work.get("/account/").status_code == 200
    (tmp_path / "password").write_text(f"{NEW}\n")
    given = {
        "typed": {"typed": f"{NEW}\n{NEW}\n"},
        "environment": {"PORTEVOIX_PASSWORD": NEW},
        "file": {"PORTEVOIX_PASSWORD_FILE": str(tmp_path / "password")},
    }[way]
    told = call("password", administrator.email.upper(), **given)
    assert "signed out everywhere" in told and NEW not in told
    assert at_work.get("/account/").status_code == 302
    assert signs_in(administrator.email, NEW) and not signs_in(administrator.email, PASSWORD)


def test_a_password_is_no_argument_and_not_an_easy_one(call, administrator) -> None:
    with pytest.raises(SystemExit):
        call("password", administrator.email, NEW)
    with pytest.raises(BadInput, match="easy to guess"):
        call("password", administrator.email, PORTEVOIX_PASSWORD="soleil123")
    assert signs_in(administrator.email, PASSWORD)


def test_whoever_is_closed_is_out_at_once_and_gets_no_password(call, host, administrator) -> None:
    at_work = Client()
    at_work.force_login(host)
    assert "closed" in call("close", host.email)
    assert at_work.get("/inbox/").status_code == 302 and not signs_in(host.email, PASSWORD)
    assert "closed" in call("close", host.email), "twice is once"
    with pytest.raises(BadInput, match="Works here"):
        call("password", host.email, PORTEVOIX_PASSWORD=NEW)


def test_a_role_is_given_and_the_rest_stays(call, host, administrator, contact_of) -> None:
    contact = contact_of("sports")
    call("role", host.email, "editor")
    assert Contact.objects.get(pk=host.pk).role == "editor" and signs_in(host.email, PASSWORD)
    with pytest.raises(BadInput, match="--department"):
        call("role", host.email, "contact")
    with pytest.raises(BadInput, match="nowhere"):
        call("role", host.email, "contact", "--department", "nowhere")
    call("role", host.email, "contact", "--department", "voirie", "--department", "sports")
    assert {d.slug for d in Contact.objects.get(pk=host.pk).departments.all()} == {"voirie", "sports"}
    call("role", contact.email, "editor")
    call("role", contact.email, "contact")
    assert {d.slug for d in Contact.objects.get(pk=contact.pk).departments.all()} == {"sports"}


def test_the_last_administrator_stays_one(call, administrator, host) -> None:
    for arguments in (("close", administrator.email), ("role", administrator.email, "host")):
        with pytest.raises(BadInput, match="last administrator"):
            call(*arguments)
    call("role", host.email, "administrator")
    call("close", administrator.email)
    with pytest.raises(BadInput, match="last administrator"):
        call("close", host.email)


@pytest.mark.parametrize("command", ["password", "close"])
def test_nobody_of_that_address_is_said_so(call, administrator, command) -> None:
    with pytest.raises(BadInput, match="portevoix colleague list"):
        call(command, "nobody@testville.example")


def test_it_works_on_a_real_installation(migrated_home, tmp_path) -> None:
    """Started as an operator does, with what `portevoix init` made."""
    home = copied(migrated_home, tmp_path / "home")

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[bytes]:
        environment = HERE | {"PORTEVOIX_HOME": str(home), **more}
        return forking.run([PORTEVOIX, *arguments], env=environment)

    made = run("init", "--name", "V", "--email", "a@v.example", "--person", "Ada", PORTEVOIX_PASSWORD=PASSWORD)
    assert made.returncode == 0, made.stderr
    assert run("colleague", "password", "a@v.example", PORTEVOIX_PASSWORD=NEW).returncode == 0
    assert run("colleague", "list").stdout == b"a@v.example\tAda\tadministrator\t\tsigns in\n"
    last = run("colleague", "close", "a@v.example")
    assert last.returncode == 2 and last.stderr.startswith(b"portevoix: This is the last administrator.")
