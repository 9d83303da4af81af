"""Secrets are encrypted where they are kept, and stand in no log, no page and no file that is written."""

import signal
import socketserver
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connection

from tests.servers import forking
from tests.servers.living import soon
from tests.servers.program import HERE, PORTEVOIX, copied

SECRETS = {
    "the key of the installation": "cle-tulipe-noire-8814-qui-signe-les-sessions",
    "the mailbox's password": "boite-tulipe-noire-3391",
    "the password of outgoing mail": "envoi-tulipe-noire-5520",
    "a new password that is only tried": "essai-tulipe-noire-7705",
    "the form's secret": "formulaire-tulipe-noire-6622-des-calculs",
    "a colleague's password": "gabare-tulipe-noire-2201",
    "a wrong password": "fausse-tulipe-noire-1190",
}
SETTLE = """
import sys, warnings
warnings.simplefilter("ignore")
from portevoix.cli.django_setup import set_up_django
set_up_django()
from datetime import UTC, datetime
from django.test import Client
from portevoix.record.operations import accounts, city
key, mailbox, outgoing, tried, form, password, wrong = sys.argv[2:]
now = datetime.now(UTC)
city.found_city(name="Testville", now=now)
city.save_contact(email="a@v.example", name="A", role="administrator", password=password, by=None)
settings = {"imap_host": "127.0.0.1", "imap_port": int(sys.argv[1]), "imap_security": "none", "imap_user": "mairie",
    "imap_password": mailbox, "smtp_host": "127.0.0.1", "smtp_port": 1, "smtp_security": "none", "smtp_user": "mairie",
    "smtp_password": outgoing}
account = accounts.connect(channel="email", address="mairie@v.example", connector="email", settings=settings,
    secret=["imap_password", "smtp_password"], by=None, now=now)
accounts.connect(channel="webform", address="v.example", connector="webform", settings={"secret": form},
    secret=["secret"], by=None, now=now)
client = Client(SERVER_NAME="localhost", raise_request_exception=False)
pages = [client.post("/sign-in/", {"email": "a@v.example", "password": wrong})]
pages.append(client.post("/sign-in/", {"email": "a@v.example", "password": password}))
page = f"/settings/channels/{account.pk}/"
pages.append(client.get(page))
given = {**settings, "imap_password": tried, "smtp_password": "", "mailbox": "INBOX", "test": "1"}
pages.append(client.post(page, given))
pages.append(client.get("/settings/channels/form/"))
pages.append(client.post("/account/", {"current": wrong, "new": tried, "again": tried}))
from portevoix.web.views import session
def broken(*args, **kwargs): raise ZeroDivisionError("a fault of ours, while a password is at hand")
session.authenticate = broken
pages.append(Client(SERVER_NAME="localhost", raise_request_exception=False).post(
    "/sign-in/", {"email": "a@v.example", "password": password}))
assert pages[-1].status_code == 500, pages[-1].status_code
print([page.status_code for page in pages])
for page in pages:
    print(page.content.decode(), page.headers)
"""


class Rude(socketserver.StreamRequestHandler):
    """A mail server that refuses everybody, and repeats what it was told."""

    def handle(self) -> None:
        self.wfile.write(b"* OK good day\r\n")
        while line := self.rfile.readline():
            tag = line.split()[0]
            if b"CAPABILITY" in line:
                self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")
            elif b"LOGOUT" in line:
                self.wfile.write(b"* BYE\r\n" + tag + b" OK done\r\n")
                return
            else:
                self.wfile.write(tag + b" NO [AUTHENTICATIONFAILED] you said " + line.strip() + b"\r\n")


@dataclass
class Told:
    """All that a run of the house said and wrote."""

    home: Path
    said: list[str] = field(default_factory=list)

    def everything(self) -> Iterator[tuple[str, bytes]]:
        yield "what was said", "\n".join(self.said).encode()
        for path in sorted(self.home.rglob("*")):
            if path.is_file() and path.name != "secret.key":
                yield str(path.name), path.read_bytes()


@pytest.fixture(scope="module")
def told(migrated_home, tmp_path_factory) -> Iterator[Told]:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Rude)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told = Told(copied(migrated_home, tmp_path_factory.mktemp("told") / "home", key=False))
    environment = {**HERE, "PORTEVOIX_HOME": str(told.home), "PORTEVOIX_LOG": "debug"}
    environment |= {"PORTEVOIX_SECRET_KEY": SECRETS["the key of the installation"]}
    settle = ["-c", SETTLE, str(server.server_address[1]), *SECRETS.values()]
    for command in (settle, [PORTEVOIX, "doctor"], "work", [PORTEVOIX, "doctor"], [PORTEVOIX, "export"]):
        told.said.append(worked(environment) if command == "work" else run(command, environment))
    server.shutdown()
    server.server_close()
    yield told


def run(command: list[str], environment: dict[str, str], status: tuple[int, ...] = (0, 1)) -> str:
    done = forking.run(command, env=environment)
    said, wrong = done.stdout.decode(), done.stderr.decode()
    assert "Traceback (most recent call last)" not in said, said
    assert done.returncode in status, wrong
    return said + wrong


def worked(environment: dict[str, str], *, troubled: int = 1) -> str:
    """What a worker says that asks rude servers, until so many accounts are in trouble."""
    worker = subprocess.Popen([PORTEVOIX, "work"], env=environment, stderr=subprocess.PIPE, text=True)
    with closing(sqlite3.connect(Path(environment["PORTEVOIX_HOME"]) / "portevoix.sqlite3", timeout=20)) as database:
        count = "SELECT COUNT(*) FROM record_account WHERE trouble IS NOT NULL"
        soon(lambda: database.execute(count).fetchone()[0] >= troubled, "The servers' refusal")
    worker.send_signal(signal.SIGTERM)
    return worker.communicate(timeout=60)[1]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="it reads the file of the database")
@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_is_written_in_clear_anywhere(name, told) -> None:
    places = dict(told.everything())
    assert b"mairie@v.example" in places["portevoix.sqlite3"] + places.get("portevoix.sqlite3-wal", b"")
    assert b"does not accept the user mairie" in places["what was said"], told.said[2:4]
    for place, content in places.items():
        assert SECRETS[name].encode() not in content, f"{name} stands in {place}"


def test_files_of_the_home_are_nobody_elses_to_read(told) -> None:
    for path in (told.home, *told.home.rglob("*")):
        assert path.name != "secret.key" or not path.stat().st_mode & 0o077, path
    assert not told.home.stat().st_mode & 0o077
