"""A stateful server of Mastodon's API, for what snac2 lacks: edits, deletions, polls, Idempotency-Key, PKCE, limits.

It is a program of its own, in a virtual environment of its own: `mastodon` in the folder that PORTEVOIX_TEST_SERVERS
names (`.portevoix/servers`), where `make servers` puts it.
"""

import json
import os
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portevoix.channels import http, internal_hosts
from portevoix.channels.mastodon import client
from tests.servers.mail import PATIENCE, wait_for
from tests.servers.ports import free_port

PEOPLE = {"ville": None, "ana": None, "bob": "autre.test"}
SETTINGS = "[auth]\nenforce_scopes = true\n" + "".join(
    f'[[seed.accounts]]\nusername = "{user}"\naccess_token = "tok-{user}"\n' + (f'domain = "{host}"\n' if host else "")
    for user, host in PEOPLE.items()
)


@dataclass(frozen=True)
class Server:
    port: int

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, user: str, path: str, body: Any = None, *, method: str | None = None) -> Any:
        """As that person's own client."""
        content = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer tok-{user}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.base + path, content, headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or b"{}")

    def post(self, user: str, text: str, **more: Any) -> str:
        """The id of the status."""
        return str(self.ask(user, "/api/v1/statuses", {"status": text, **more})["id"])

    def answers(self, user: str, key: str) -> list[dict[str, Any]]:
        """What this person sees below a status."""
        found: list[dict[str, Any]] = self.ask(user, f"/api/v1/statuses/{key}/context")["descendants"]
        return found


def program() -> Path:
    folder = Path(os.environ.get("PORTEVOIX_TEST_SERVERS", ".portevoix/servers"))
    return folder / "mastodon" / "bin" / "mastodon_mock"


def missing() -> str:
    """What stands in the way of starting it; empty when nothing does."""
    return "" if program().exists() else "missing: the server of Mastodon's API (make servers)"


@pytest.fixture(scope="module")
def mastodon() -> Iterator[Server]:
    """The server, empty but for its people; skipped, visibly, where it is not installed."""
    if why := missing():
        pytest.skip(why)
    with running() as port:
        internal = set(internal_hosts.internal)
        internal_hosts.internal.add("127.0.0.1")
        client.forget()
        http.forget_waits()
        yield Server(port)
        internal_hosts.internal.clear()
        internal_hosts.internal.update(internal)


@contextmanager
def running() -> Iterator[int]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="portevoix-mastodon-") as name:
        settings = Path(name) / "settings.toml"
        settings.write_text(SETTINGS)
        arguments = [str(program().resolve()), "serve", "--in-memory", "--config", str(settings)]
        with (Path(name) / "log").open("wb") as log:
            process = subprocess.Popen(
                [*arguments, "--port", str(port), "--domain", "ville.test", "--log-level", "warning"],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=name,
            )
            try:
                wait_for(lambda: process.poll() is not None or _answers(port), "mastodon_mock does not answer")
                assert process.poll() is None, (Path(name) / "log").read_text()
                yield port
            finally:
                process.terminate()
                process.wait(PATIENCE)


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/instance", timeout=1).close()
    except OSError:
        return False
    return True
