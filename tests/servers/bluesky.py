"""A private Bluesky on free loopback ports: PLC directory, PDS and AppView of `@atproto/dev-env`, with a PostgreSQL.

`make servers` installs the npm package into `.portevoix/servers` (or where PORTEVOIX_TEST_SERVERS says); the server
programs of PostgreSQL come from the system. `missing()` says what is not there.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.servers.ports import free_port
from tools.with_postgres import HASTY, PACKAGE, as_server, binaries

PASSWORD = "gabare-tuile-heron"
PATIENCE = 30.0  # seconds
POST = "app.bsky.feed.post"
NUMBERS = count(1)

START = """
const { TestNetwork } = require('@atproto/dev-env')
const port = (name) => +process.env[name]
TestNetwork.create({
  dbPostgresSchema: 'portevoix',
  plc: { port: port('PLC') },
  pds: { port: port('PDS'), hostname: 'localhost' },
  bsky: { port: port('BSKY'), publicUrl: 'http://localhost:' + port('BSKY') },
  ozone: { port: port('OZONE') },
  introspect: { port: port('INTROSPECT') },
}).then((net) => {
  console.log('all is ready')
  process.on('SIGTERM', () => net.close().then(() => process.exit(0)))
})
"""


def folder() -> Path:
    root = os.environ.get("PORTEVOIX_TEST_SERVERS") or Path(__file__).parents[2] / ".portevoix" / "servers"
    return Path(root) / "atproto"


def missing() -> str:
    """What stands in the way of starting the servers; empty when nothing does."""
    if not shutil.which("node"):
        return "missing: node (apt-get install nodejs npm, then make servers)"
    if binaries() is None:
        return f"missing: {PACKAGE}"
    if not (folder() / "node_modules" / "@atproto" / "dev-env").is_dir():
        return "missing: the servers of Bluesky (make servers)"
    return ""


class Refusal(Exception):
    """What the server answered instead."""

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        super().__init__(status, told)
        self.status, self.told = status, told


@dataclass
class Person:
    """Somebody with an account, and a client of their own: the protocol's plain HTTP, nothing of Portevoix."""

    base: str
    handle: str
    did: str = ""
    token: str = field(default="", repr=False)

    def call(self, method: str, body: Any = None, **asked: Any) -> Any:
        """A query, or a procedure when there is a body."""
        url = f"{self.base}/xrpc/{method}" + (f"?{urlencode(asked, doseq=True)}" if asked else "")
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "image/png" if isinstance(body, bytes) else "application/json"
        headers = {"Content-Type": kind, **({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=PATIENCE) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            raise Refusal(error.code, json.loads(error.read() or b"{}")) from error

    def post(self, text: str, *, mentions: Mapping[str, str] | None = None, **more: Any) -> dict[str, str]:
        """Posts; `mentions` are the DIDs of what is mentioned, by the words as they stand in the text."""
        facets = []
        for words, did in (mentions or {}).items():
            start = text.encode().index(words.encode())
            index = {"byteStart": start, "byteEnd": start + len(words.encode())}
            facets.append({"index": index, "features": [{"$type": "app.bsky.richtext.facet#mention", "did": did}]})
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record = {"$type": POST, "text": text, "createdAt": now, "facets": facets, **more}
        made = self.call("com.atproto.repo.createRecord", {"repo": self.did, "collection": POST, "record": record})
        return {"uri": made["uri"], "cid": made["cid"]}

    def delete(self, uri: str) -> None:
        asked = {"repo": self.did, "collection": POST, "rkey": uri.rsplit("/", 1)[1]}
        self.call("com.atproto.repo.deleteRecord", asked)

    def records(self) -> list[dict[str, Any]]:
        """Their posts as they lie in the repository, the oldest first."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, Any] = {}
        while True:
            told = self.call("com.atproto.repo.listRecords", repo=self.did, collection=POST, limit=100, **cursor)
            found += told["records"]
            if not told.get("cursor"):
                return sorted(found, key=lambda record: record["value"]["createdAt"])
            cursor = {"cursor": told["cursor"]}

    def latest(self) -> list[dict[str, Any]]:
        """The newest three hundred of them."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, Any] = {}
        for _ in range(3):
            told = self.call("com.atproto.repo.listRecords", repo=self.did, collection=POST, limit=100, **cursor)
            found, cursor = [*found, *told["records"]], {"cursor": told.get("cursor", "")}
            if not told.get("cursor"):
                break
        return found

    def notified(self, **asked: Any) -> list[dict[str, Any]]:
        return self.call("app.bsky.notification.listNotifications", limit=100, **asked)["notifications"]


@dataclass(frozen=True)
class Bluesky:
    """`url` is the PDS, where everybody has their account; it passes on to the AppView what is the AppView's.

    `view` is the AppView itself, which answers anybody.
    """

    url: str
    view: str

    def person(self, name: str) -> Person:
        """A new account, known to the AppView, whose handle begins with `name`."""
        made = Person(self.url, f"{name}-{next(NUMBERS)}.test")
        asked = {"handle": made.handle, "email": f"{made.handle}@example.org", "password": PASSWORD}
        told = made.call("com.atproto.server.createAccount", asked)
        made.did, made.token = told["did"], told["accessJwt"]
        wait_for(lambda: self._known(made), f"The AppView does not know {made.handle}.")
        return made

    def app_password(self, person: Person, name: str = "Portevoix") -> str:
        return str(person.call("com.atproto.server.createAppPassword", {"name": name})["password"])

    def _known(self, person: Person) -> bool:
        try:
            return bool(person.call("app.bsky.actor.getProfile", actor=person.did)["did"])
        except Refusal:
            return False


def wait_for(ready: Callable[[], Any], complaint: str) -> Any:
    """Asks again and again until it is something; AssertionError with `complaint` when patience runs out."""
    end = time.monotonic() + PATIENCE
    while not (found := ready()):
        assert time.monotonic() < end, complaint
        time.sleep(0.05)
    return found


@contextmanager
def network() -> Iterator[Bluesky]:
    with tempfile.TemporaryDirectory(prefix="portevoix-bluesky-") as name, _postgres() as database:
        place = Path(name)
        place.chmod(0o755)
        ports = {key: str(free_port()) for key in ("PLC", "PDS", "BSKY", "OZONE", "INTROSPECT")}
        # It wants the address of a Redis, and does not need one.
        environment = {**os.environ, **ports, "DB_POSTGRES_URL": database, "REDIS_HOST": "127.0.0.1:1"}
        script = ["node", "--eval", START]
        with (place / "log").open("wb") as log:
            servers = subprocess.Popen(
                script,
                cwd=folder(),
                env={**environment, "TMPDIR": name, "LOG_ENABLED": "false"},
                stdout=log,
                stderr=log,
            )
            try:
                wait_for(
                    lambda: servers.poll() is not None or b"all is ready" in (place / "log").read_bytes(),
                    "Bluesky does not start.",
                )
                assert servers.poll() is None, (place / "log").read_text()
                yield Bluesky(f"http://localhost:{ports['PDS']}", f"http://localhost:{ports['BSKY']}")
            finally:
                servers.kill()
                servers.wait()


@contextmanager
def _postgres() -> Iterator[str]:
    found = binaries()
    assert found
    home = Path(tempfile.mkdtemp(prefix="portevoix-pg-"))
    if os.geteuid() == 0:
        shutil.chown(home, "postgres", "postgres")
    data, port = home / "data", free_port()
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c max_connections=200{HASTY}"
    control = [*as_server(), str(found / "pg_ctl"), "-D", str(data)]
    try:
        initdb = [*as_server(), str(found / "initdb"), "-D", str(data), "-A", "trust", "-E", "UTF8", "-N"]
        subprocess.run([*initdb, "--locale=C.UTF-8", "-U", "postgres"], check=True, stdout=subprocess.DEVNULL, cwd="/")
        start = [*control, "-w", "-l", str(home / "log"), "-o", options, "start"]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, cwd="/")
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, stdout=subprocess.DEVNULL, cwd="/")
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def bluesky() -> Iterator[Bluesky]:
    """The servers, for one file of tests; skipped, visibly, where they cannot start."""
    if why := missing():
        pytest.skip(why)
    with network() as servers:
        yield servers
