"""What an operator gets wrong, and what time does to an installation: each has one line that says what to do."""

import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from portevoix.cli.main import COMMANDS, portevoix
from portevoix.config import env, setting_checks
from portevoix.kernel.errors import BadInput
from tests.operate.conftest import SERVER, House

SQLITE = pytest.mark.skipif(bool(SERVER), reason="of the embedded database")
STARTS = ("serve", "work", "export")
UNREADABLE = """
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET name = CAST(x'61968100' AS TEXT), sql = 'CREATE nothing' WHERE name = 'record_city';
"""


@pytest.fixture
def environment(monkeypatch):
    """No setting but the ones that a test gives."""
    for name in list(os.environ):
        if name.startswith("PORTEVOIX_"):
            monkeypatch.delenv(name)
    return lambda **given: [monkeypatch.setenv(name, value) for name, value in given.items()]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_names_a_setting_that_is_none_and_the_nearest_that_is(command, environment) -> None:
    environment(PORTEVOIX_DATABSE_URL="postgres://h/x", PORTEVOIX_PASSWRD="p")
    refused = CliRunner().invoke(portevoix, [command]).exception
    assert isinstance(refused, BadInput)
    assert "PORTEVOIX_DATABSE_URL (did you mean PORTEVOIX_DATABASE_URL?)" in str(refused)
    assert "PORTEVOIX_PASSWRD (did you mean PORTEVOIX_PASSWORD?)" in str(refused)


@pytest.mark.once
def test_a_misspelt_database_opens_no_other_one(house) -> None:
    one = house("one", PORTEVOIX_DATABSE_URL="postgres://h/x")
    assert "PORTEVOIX_DATABASE_URL" in one.told("work", status=2)
    assert not one.home.exists()


@pytest.mark.once
def test_a_server_of_ones_own_is_refused_it_too(house) -> None:
    """One that imports the pages itself, without a command."""
    one = house("one", PORTEVOIX_HOST="desk.ville.example")
    with pytest.raises(AssertionError, match="did you mean PORTEVOIX_HOSTS"):
        one.python("import portevoix.config.wsgi")


def test_what_others_put_into_the_environment_is_passed_over(environment) -> None:
    environment(
        PORTEVOIX_SERVICE_HOST="10.0.0.1",
        PORTEVOIX_SERVICE_PORT_HTTP="80",
        PORTEVOIX_PORT="tcp://10.0.0.1:80",
        PORTEVOIX_PORT_80_TCP_ADDR="10.0.0.1",
        PORTEVOIX_WEB_SERVICE_PORT="80",
        PORTEVOIX_HOME_FILE="/run/home",
        MY_PORTEVOIX_THING="x",
    )
    env.check_names()
    environment(PORTEVOIX_PORT="8000")
    with pytest.raises(BadInput, match="PORTEVOIX_PORT"):
        env.check_names()


HOSTS = ("https://ville.fr/", "ville.fr:443", "ville.fr/desk", "a b", "*", "évreux.fr", "-a.fr", "[::1]:80")
BAD = {
    "PORTEVOIX_HOSTS": (*HOSTS, ",", " , "),
    "PORTEVOIX_INTERNAL_HOSTS": HOSTS,
    "PORTEVOIX_LIVE_PORT": ("abc", "0", "65536", "-1", "80 ", "٨٠"),
    "PORTEVOIX_THREADS": ("0", "257", "four"),
    "PORTEVOIX_ADDRESS": (
        "desk.ville.fr",
        "https://",
        "https://u:p@ville.fr",
        "https://ville.fr/desk",
        "ftp://ville.fr",
    ),
    "PORTEVOIX_LIVE_URL": ("live", "//live", "ftp://a/live", "https://", "https://["),
    "PORTEVOIX_DATABASE_URL": (
        "mysql://u:hush@h/x",
        "foo",
        "sqlite://",
        "sqlite://:memory:",
        "postgres://h",
        "postgres://u:hu#sh@h/x",
        "postgres://u:hu/sh@h/x",
        "postgres://u:hush@h:99999/x",
        "postgres://[::1/x",
        "postgres://h/" + "x" * 64,
    ),
    "PORTEVOIX_SECRET_KEY": ("x", "k" * 50, "a" * 31 + "b", "0123456789abcdef0123456789abcde"),
}


@pytest.mark.parametrize(("name", "bad"), [(name, bad) for name, several in BAD.items() for bad in several])
def test_a_value_that_does_not_fit_is_refused_and_its_setting_named(name, bad, environment) -> None:
    environment(**{name: bad})
    read = {
        "PORTEVOIX_HOSTS": env.site_hosts,
        "PORTEVOIX_INTERNAL_HOSTS": lambda: env.hosts(name),
        "PORTEVOIX_LIVE_PORT": env.live_port,
        "PORTEVOIX_THREADS": env.threads,
        "PORTEVOIX_ADDRESS": env.address,
        "PORTEVOIX_LIVE_URL": env.live_url,
        "PORTEVOIX_DATABASE_URL": env.database,
        "PORTEVOIX_SECRET_KEY": env.secret_key,
    }[name]
    with pytest.raises(BadInput, match=name) as refused:
        read()
    assert "hush" not in str(refused.value) and "hu#sh" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("PORTEVOIX_HOSTS", "localhost,127.0.0.1,[::1], desk.ville.example ,.ville.example,xn--vreux-9ua.fr"),
        ("PORTEVOIX_INTERNAL_HOSTS", "mail_server,10.1.2.3,fd00::1"),
    ],
)
def test_names_and_addresses_of_machines_are_taken(name, good, environment) -> None:
    environment(**{name: good})
    assert env.hosts(name) == {host.strip() for host in good.split(",")}


def test_an_address_of_the_site_is_written_as_requests_write_it(environment) -> None:
    environment(PORTEVOIX_HOSTS="::1, [::2],a.example")
    assert env.site_hosts() == {"[::1]", "[::2]", "a.example"}


@given(st.integers(1, 65535))
def test_every_port_is_taken(number: int) -> None:
    assert setting_checks.port("PORTEVOIX_LIVE_PORT", str(number)) == number


@pytest.mark.once
@pytest.mark.parametrize("command", ["doctor", "backup"])
@pytest.mark.parametrize("address", ["mysql://h/x", "postgres://127.0.0.1:1/x", "postgres://127.0.0.1:1/x?foo=bar"])
def test_a_wrong_address_gets_one_line(house, tmp_path, command, address) -> None:
    one = house("one")
    one.address = address
    arguments = [command, *([str(tmp_path / "saved")] if command == "backup" else [])]
    done = one.run(*arguments)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode in (1, 2) and "Traceback" not in said and "PORTEVOIX_DATABASE_URL" in said


@SQLITE
@pytest.mark.parametrize(
    ("command", "place"),
    [*((command, 0) for command in (*STARTS, "doctor", "backup")), ("doctor", 400_000), ("doctor", -1), ("backup", -1)],
)
def test_a_damaged_database_is_brought_back_from_a_backup(house, tmp_path, command, place) -> None:
    """Its beginning; pages in its midst, of which only reading it through tells; names that cannot even be told."""
    one = house("one", made=True)
    if place < 0:
        one.change(UNREADABLE)
    else:
        with (one.home / "portevoix.sqlite3").open("r+b") as file:
            file.seek(place)
            file.write(os.urandom(40_000))
    done = one.run(command, *([str(tmp_path / "saved")] if command == "backup" else []))
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 1 and "Traceback" not in said
    assert ("portevoix doctor" if command == "backup" else "portevoix restore FILE") in said


def emptied(one: House) -> None:
    """The database is there, without anything."""
    if one.address:
        one.change("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    else:
        (one.home / "portevoix.sqlite3").write_bytes(b"")


@pytest.mark.parametrize("command", [*STARTS, "doctor"])
def test_an_emptied_database_is_not_taken_for_a_new_one(house, command) -> None:
    one = house("one", made=True)
    emptied(one)
    done = one.run(command)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 1 and "portevoix restore FILE" in said and "Traceback" not in said


def test_who_begins_anew_on_an_emptied_database_is_told_how(house) -> None:
    one = house("one", made=True)
    emptied(one)
    (one.home / "record.started").unlink()
    assert b"There is no city yet" in one.run("doctor").stdout


def test_an_installation_of_before_is_known_once_it_has_served(house) -> None:
    one = house("one", made=True)
    (one.home / "record.started").unlink()
    with one.running("work"):
        one.eventually(lambda: one.ask("SELECT 1 FROM record_lifesign"))
    emptied(one)
    assert "portevoix restore FILE" in one.told("work", status=1)


@pytest.mark.parametrize("command", [*STARTS, "doctor"])
def test_an_older_program_leaves_a_newer_database_alone(house, command) -> None:
    one = house("one", made=True)
    one.change("INSERT INTO django_migrations (app, name, applied) VALUES ('record', '9999_future', '2027-01-01')")
    done = one.run(command)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 1 and "Traceback" not in said
    assert "record.9999_future" in said and "newer version" in said and "restore" in said and "up to date" not in said


def modes(home: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in (home, *home.iterdir())}


def test_a_home_that_was_there_before_keeps_what_is_written_to_itself(house) -> None:
    one = house("one", PORTEVOIX_PASSWORD="gabare-tuile-heron")
    one.home.mkdir()
    one.home.chmod(0o755)
    before = os.umask(0o022)
    try:
        one.do("init", "--name", "Petiteville", "--email", "ada@petiteville.example", "--person", "Ada")
        with one.running("work"):
            one.eventually(lambda: one.ask("SELECT 1 FROM record_lifesign"))
            while_it_works = modes(one.home)
    finally:
        os.umask(before)
    names = {"secret.key", "record.started", *(() if one.address else ("portevoix.sqlite3", "portevoix.sqlite3-wal"))}
    assert names <= while_it_works.keys()
    assert {mode for name, mode in while_it_works.items() if name != "home"} == {0o600}
    told = one.run("doctor").stdout.decode()
    assert f"MEND  {one.home} is open to other users of this machine (755): chmod 700 {one.home}" in told
    one.home.chmod(0o700)
    assert f"ok    {one.home} is its owner's alone." in one.run("doctor").stdout.decode()


def test_doctor_names_each_file_that_others_may_read(house) -> None:
    one = house("one", made=True)
    one.home.chmod(0o700)
    (one.home / "secret.key").chmod(0o640)
    told = one.run("doctor").stdout.decode()
    assert f"MEND  {one.home}/secret.key is open to other users of this machine (640): chmod 600" in told
    assert told.count("chmod") == 1


FORM = """
from datetime import UTC, datetime
from portevoix.record.operations import accounts
now = datetime.now(UTC)
accounts.connect(channel="webform", address="ville.example", connector="webform",
    settings={"secret": "s" * 40, "mail_address": "mairie@ville.example"}, secret={"secret"}, by=None, now=now)
"""
MAILBOX = """
mail = {"imap_host": "imap.invalid", "imap_user": "u", "imap_password": "p", "smtp_host": "smtp.invalid"}
accounts.connect(channel="email", address="mairie@ville.example", connector="email", settings=mail,
    secret={"imap_password"}, by=None, now=now)
"""


def test_doctor_says_well_of_nothing_by_which_no_reply_can_leave(house) -> None:
    one = house("one", made=True)
    told = one.run("doctor").stdout.decode()
    assert "MEND  No worker has run yet" in told
    one.python(FORM)
    told = one.run("doctor").stdout.decode()
    assert "MEND  webform ville.example: no reply can leave. The mailbox mairie@ville.example is not connected" in told
    one.python(FORM + MAILBOX)
    assert "ok    webform ville.example is well." in one.run("doctor").stdout.decode()
