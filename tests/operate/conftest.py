"""Installations, each with its own home and its own empty database."""

import json
import os
import sqlite3
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.servers import forking
from tests.servers.program import HERE, PORTEVOIX, copied, made_once

SERVER = os.environ.get("PORTEVOIX_DATABASE_URL", "")
PASSWORD = "gabare-tuile-heron"
SLOW = 120.0


@dataclass
class House:
    """One installation: where it is, and how it is called."""

    home: Path
    address: str  # of its database; "": inside its home
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        given = {"PORTEVOIX_HOME": str(self.home), "PORTEVOIX_LOG": "warning"}
        return {**HERE, **given, **({"PORTEVOIX_DATABASE_URL": self.address} if self.address else {}), **self.more}

    def start(self, *arguments: str, **more) -> subprocess.Popen[bytes]:
        return subprocess.Popen([PORTEVOIX, *arguments], env=self.environment, **more)

    @contextmanager
    def started(self, *arguments: str, **more) -> Iterator[subprocess.Popen[bytes]]:
        """As `start`; what has not ended by then is killed, so that a test that fails does not wait for ever."""
        with self.start(*arguments, **more) as process:
            try:
                yield process
            finally:
                process.kill()

    def run(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return forking.run([PORTEVOIX, *arguments], env=self.environment, stdin=stdin, timeout=SLOW)

    def do(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """What the command wrote; it has to succeed."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def told(self, *arguments: str, status: int) -> str:
        """What the command said on standard error when it ended with that status, in words."""
        done = self.run(*arguments)
        said = done.stderr.decode()
        assert done.returncode == status and "Traceback" not in said, said + done.stdout.decode()
        return said

    def python(self, script: str) -> str:
        """What a script prints that runs inside the installation."""
        program = f"from portevoix.cli.django_setup import set_up_django; set_up_django()\n{script}"
        done = forking.run(["-c", program], env=self.environment, timeout=SLOW)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def ask(self, question: str) -> list[tuple]:
        """Rows straight from the database."""
        if self.address:
            with psycopg.connect(self.address) as connection:
                return connection.execute(question).fetchall()
        with closing(sqlite3.connect(self.home / "portevoix.sqlite3", timeout=20)) as connection:
            return connection.execute(question).fetchall()

    def change(self, statements: str) -> None:
        """Straight in the database."""
        if self.address:
            with psycopg.connect(self.address) as connection:
                connection.execute(statements)
        else:
            with closing(sqlite3.connect(self.home / "portevoix.sqlite3", timeout=20)) as connection:
                connection.executescript(statements)

    @staticmethod
    def eventually(true: Callable[[], object]) -> None:
        until = time.monotonic() + SLOW
        while not true():
            assert time.monotonic() < until
            time.sleep(0.1)

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """A server or a worker, which has to stop by itself when it is told to."""
        process = self.start(*arguments)
        try:
            yield process
        finally:
            process.terminate()
            assert process.wait(SLOW) == 0, arguments

    def hide(self, *, back: bool = False) -> None:
        """On PostgreSQL, takes the database away from whoever uses it, or gives it back."""
        name = urlsplit(self.address).path.removeprefix("/")
        _on_server(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {back}")
        if not back:
            _on_server(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    def is_empty(self) -> bool:
        """Nothing of a record is there, not even in part."""
        if any(path.name != "migrate.lock" for path in self.home.glob("*")):
            return False
        tables = "SELECT 1 FROM pg_tables WHERE schemaname = 'public'"
        return not self.address or not self.ask(tables)


@contextmanager
def databases() -> Iterator[Callable[..., str]]:
    """Makes databases on the server, empty or a copy of another; returns their addresses, "" where there is none."""
    made = []

    def make(name: str, *, like: str = "") -> str:
        if not SERVER:
            return ""
        made.append(f"{name}_{uuid.uuid4().hex[:8]}")
        _on_server(f"CREATE DATABASE {made[-1]} TEMPLATE {like.rpartition('/')[2] or 'template1'}")
        return urlunsplit(urlsplit(SERVER)._replace(path=f"/{made[-1]}"))

    yield make
    for name in made:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def petiteville(program, tmp_path_factory) -> Iterator[House]:
    """An installation with a city and its administrator, to be copied: to found one takes seconds."""
    with databases() as database:
        address = database("petiteville")

        def found(home: Path) -> None:
            one = House(home, address, {"PORTEVOIX_PASSWORD": PASSWORD})
            one.do("init", "--name", "Petiteville", "--email", "ada@petiteville.example", "--person", "Ada")

        mine = f"petiteville{address.rpartition('/')[2]}"  # on a server, with a database that goes with this process
        yield House(made_once(tmp_path_factory, mine, found), address, {"PORTEVOIX_PASSWORD": PASSWORD})


@pytest.fixture(scope="module")
def house(petiteville, tmp_path_factory) -> Iterator[Callable[..., House]]:
    """Makes installations: with nothing in them, or `made`, with a city and its administrator."""
    with databases() as database:

        def make(name: str, *, made: bool = False, **more: str) -> House:
            here = House(tmp_path_factory.mktemp(name) / "home", "", more)
            here.address = database(name, like=petiteville.address if made else "")
            if made:
                copied(petiteville.home, here.home, key="PORTEVOIX_SECRET_KEY" not in more)
            return here

        yield make


def _on_server(statement: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(statement)


def line(number: int, **more) -> bytes:
    """A citizen's message in the interchange format; each is later than the ones before."""
    hours, rest = divmod(number, 3600)
    row = {
        "channel": "x", "account": "@petiteville", "external_id": f"m{number}", "direction": "in",
        "author": {"id": f"a{number % 97}"}, "text": f"Bonjour, la piscine {number} est-elle ouverte ?",
        "sent_at": f"2026-11-18T{hours:02}:{rest // 60:02}:{rest % 60:02}+01:00", **more,
    }  # fmt: skip
    return json.dumps(row).encode() + b"\n"
