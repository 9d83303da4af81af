"""Two real instances that federate: snac2 (ActivityPub, and the API of Mastodon), http://ville.test and http://autre.test.

They need port 80 (no mention is recognised with another), on two addresses of the loopback, and two lines in
/etc/hosts, which are taken out again at the end. Needs root and the Debian package snac2: `missing()` says what is not
there.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest

from portevoix.channels import http, internal_hosts
from portevoix.channels.mastodon import client, oauth
from tests.servers.mail import PATIENCE, wait_for

HOSTS = {"ville.test": "127.0.0.11", "autre.test": "127.0.0.12"}
USERS = {"ville.test": ("ville", "mairie", "ana"), "autre.test": ("bob",)}
HOSTS_FILE = Path("/etc/hosts")
RUNS_AS = "nobody"
REDIRECT = "http://localhost:9/connected"
_CAPABLE = ("--inh-caps=+net_bind_service", "--ambient-caps=+net_bind_service")


@dataclass(frozen=True)
class Person:
    """Somebody with an account, who speaks the API by themselves, and not through the connector."""

    handle: str
    password: str
    token: str = field(repr=False)

    @property
    def base(self) -> str:
        return f"http://{self.handle.rpartition('@')[2]}"

    def ask(self, path: str, body: dict[str, str] | None = None, *, method: str | None = None) -> Any:
        content = None if body is None else urlencode(body).encode()
        headers = {"Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(self.base + path, content, headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or b"{}")

    def post(self, text: str, **more: str) -> dict[str, Any]:
        return self.ask("/api/v1/statuses", {"status": text, "visibility": "public", **more})

    def notified(self, most: int = 30) -> list[dict[str, Any]]:
        """The statuses in which somebody mentioned them, the newest first."""
        told = self.ask(f"/api/v1/notifications?limit={most}")
        return [one["status"] for one in told if one["type"] == "mention"]


@dataclass(frozen=True)
class Instances:
    folder: Path
    people: dict[str, Person]

    def hurry(self) -> None:
        """Has what came in handed to everybody and handled now, which the server itself does every three seconds."""
        for host, users in USERS.items():
            for item in (self.folder / host / "queue").glob("*.json"):
                with contextlib.suppress(FileNotFoundError):
                    told = item.read_text()
                    if '"type": "input"' in told[:100]:
                        item.unlink()
                        self._hand(told, item.name, host)
            for user in users:
                _snac("queue", str(self.folder / host), user, told="")

    def _hand(self, told: str, name: str, host: str) -> None:
        for user in USERS[host]:
            path = self.folder / host / "user" / user / "queue" / name
            whole = path.with_suffix(".whole")
            whole.write_text(told)
            shutil.chown(whole, RUNS_AS)
            whole.rename(path)

    @property
    def ville(self) -> Person:
        return self.people["ville"]

    @property
    def mairie(self) -> Person:
        """Another account of the city."""
        return self.people["mairie"]

    @property
    def ana(self) -> Person:
        """On the city's own instance."""
        return self.people["ana"]

    @property
    def bob(self) -> Person:
        """On the other one."""
        return self.people["bob"]


def missing() -> str:
    """What stands in the way of starting them; empty when nothing does."""
    if os.geteuid() != 0:
        return "missing: root, who may start snac2 on port 80"
    if not shutil.which("snac"):
        return "missing: snac2 (apt-get install snac2)"
    return "" if os.access(HOSTS_FILE, os.W_OK) else "missing: a file /etc/hosts that can be written"


@pytest.fixture(scope="module")
def snac() -> Iterator[Instances]:
    """Both instances, for one file of tests; skipped, visibly, where they cannot start."""
    if why := missing():
        pytest.skip(why)
    with instances() as running:
        yield running


@contextmanager
def instances() -> Iterator[Instances]:
    with contextlib.ExitStack() as stack:
        stack.enter_context(_alone())
        stack.enter_context(_named())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portevoix-snac-")))
        shutil.chown(folder, RUNS_AS)
        passwords: dict[str, str] = {}
        for host, address in HOSTS.items():
            passwords |= stack.enter_context(_instance(folder / host, host, address))
        internal = set(internal_hosts.internal)
        stack.callback(lambda: (internal_hosts.internal.clear(), internal_hosts.internal.update(internal)))
        internal_hosts.internal.update((*HOSTS, "127.0.0.1"))
        people = {user: _signed_in(user, host, passwords[user]) for host in HOSTS for user in USERS[host]}
        client.forget()
        http.forget_waits()
        yield Instances(folder, people)


@contextmanager
def _instance(folder: Path, host: str, address: str) -> Iterator[dict[str, str]]:
    """Runs one, and gives the passwords of its users."""
    _snac("init", str(folder), told=f"{address}\n80\n{host}\n\n\n")
    settings = json.loads((folder / "server.json").read_text())
    # Threads enough: what one account writes to another of this instance, it sends to itself, and waits for the answer.
    # Where a busy machine keeps it waiting too long, it would try again after two minutes, then four.
    settings |= {"protocol": "http", "disable_email_notifications": True, "num_threads": 48}
    settings |= {"queue_timeout": 30, "queue_retry_minutes": 0, "queue_retry_max": 100}
    (folder / "server.json").write_text(json.dumps(settings))
    passwords = {}
    for user in USERS[host]:
        told = _snac("adduser", str(folder), user, told=f"{user}\n")
        passwords[user] = re.search(r"password is (\S+)", told)[1]  # type: ignore[index]
    with (folder.parent / f"{host}.log").open("wb") as log:
        arguments = [*_as_nobody(*_CAPABLE), "snac", "httpd", str(folder)]
        process = subprocess.Popen(arguments, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            wait_for(lambda: process.poll() is not None or _answers(address), f"{host} does not answer")
            assert process.poll() is None, f"{host} did not start: {(folder.parent / f'{host}.log').read_text()}"
            yield passwords
        finally:
            process.kill()  # at a friendlier word it sleeps for three seconds
            process.wait(PATIENCE)
            for left in (f"sem.job_{process.pid}", f"{host}_snac_state"):
                (Path("/dev/shm") / left).unlink(missing_ok=True)


def _snac(*arguments: str, told: str) -> str:
    done = subprocess.run([*_as_nobody(), "snac", *arguments], input=told, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def _as_nobody(*more: str) -> list[str]:
    return ["setpriv", f"--reuid={RUNS_AS}", "--regid=nogroup", "--clear-groups", *more]


def _answers(address: str) -> bool:
    try:
        socket.create_connection((address, 80), timeout=1).close()
    except OSError:
        return False
    return True


def _signed_in(user: str, host: str, password: str) -> Person:
    """Connects as a host would: registers, signs in on the instance's own page, and takes the token for the code."""
    app = oauth.register(f"http://{host}", redirect=REDIRECT)
    state, verifier = oauth.secret(), oauth.secret()
    code = allow(oauth.authorisation(app, state=state, verifier=verifier), user, password, state)
    return Person(f"@{user}@{host}", password, oauth.exchange(app, code, verifier=verifier))


def allow(address: str, user: str, password: str, state: str) -> str:
    """What a browser does on the instance's page: types name and password; the code that comes back, "" for none."""
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
        page = answer.read().decode()
    form = dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', page))
    action = re.search(r'action="([^"]+)"', page)[1]  # type: ignore[index]
    body = urlencode(form | {"login": user, "passwd": password}).encode()
    try:
        urllib.request.build_opener(_Stay).open(urljoin(address, action), body, timeout=PATIENCE).close()
    except urllib.error.HTTPError as error:
        query = parse_qs(urlsplit(error.headers.get("Location", "")).query)
        assert not query or query["state"] == [state]
        return query.get("code", [""])[0]
    return ""


class _Stay(urllib.request.HTTPRedirectHandler):
    """The last address leads back to the desk, where nobody is in a test: what it says is all that is wanted."""

    def redirect_request(self, *_: Any) -> None:
        return None


@contextmanager
def _named() -> Iterator[None]:
    """Both names lead to their addresses, and at the end the file is as it was, whatever else was written meanwhile.

    What a run that was killed left there goes too.
    """
    lines = "".join(f"{address} {host}\n" for host, address in HOSTS.items())
    before = HOSTS_FILE.read_text().replace(lines, "")
    HOSTS_FILE.write_text(before + ("" if before.endswith("\n") else "\n") + lines)
    try:
        yield
    finally:
        now = HOSTS_FILE.read_text()
        HOSTS_FILE.write_text(before if now.startswith(before) and now.endswith(lines) else now.replace(lines, ""))


@contextmanager
def _alone() -> Iterator[None]:
    with (Path(tempfile.gettempdir()) / "portevoix-snac.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
