"""What is measured of another system, and how its pages are asked for: the same way for all."""

import http.cookiejar
import re
import statistics
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

TIMES = 15
WARM = 40
LEAST_ROWS = 25


class Absent(Exception):
    """It cannot be installed here; says why."""


class Peer(Protocol):
    """Another system, on a database of its own on the same server."""

    name: str

    def install(self, place: Path, server: str) -> str:
        """Its version. `server` is a PostgreSQL address. Raises Absent."""
        ...

    def take(self, mails: Sequence[Path]) -> float:
        """Mails taken in per second by one process, through the code that its own mail gateway runs."""
        ...

    def fill(self, conversations: int, one_in: int) -> None:
        """Makes its record hold so many, one in `one_in` of them open, by copying those that it took."""
        ...

    def serve(self) -> "AbstractContextManager[Pages]": ...


class Pages:
    """A signed-in visitor: `listing` and `one` are the addresses that show the list and one conversation.

    `rows` finds each conversation in the list, and `shows` a mark of one conversation's page: so that nobody measures a
    page of sign-in.
    """

    def __init__(
        self, address: str, listing: Sequence[str], one: Sequence[str], *, rows: str, shows: str, cookie: str = ""
    ) -> None:
        self.address, self.listing, self.one = address, listing, one
        self._rows, self._shows = rows, shows
        self.jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        if cookie:
            self._opener.addheaders = [("Cookie", cookie)]

    def ask(self, path: str, form: dict[str, str] | None = None) -> str:
        data = urllib.parse.urlencode(form).encode() if form else None
        with self._opener.open(self.address + path, data, timeout=120) as answer:
            assert answer.status == 200, (path, answer.status)
            return str(answer.read().decode())

    def check(self) -> int:
        """How many conversations the list shows. Raises AssertionError where something else is shown."""
        found = len(set(re.findall(self._rows, self.ask(self.listing[-1]))))
        assert found >= LEAST_ROWS, f"{self.listing[-1]} shows {found} rows"
        assert self._shows in self.ask(self.one[-1]), f"{self.one[-1]} is not one conversation"
        return found

    def milliseconds(self, paths: Sequence[str]) -> float:
        """As `in_turns`, with nobody to take turns with."""
        return in_turns((self, paths))[0]


def in_turns(*several: tuple[Pages, Sequence[str]]) -> list[float]:
    """Milliseconds that each takes for its paths, one after the other: the medians over TIMES, asked in turns.

    Each server has been asked WARM times by then: all its threads have their connection, templates and statements.
    """
    times: list[list[float]] = [[] for _ in several]
    for _ in range(WARM + TIMES):
        for own, (pages, paths) in zip(times, several, strict=True):
            start = time.perf_counter()
            for path in paths:
                pages.ask(path)
            own.append(time.perf_counter() - start)
    return [statistics.median(own[WARM:]) * 1e3 for own in times]


def statements(server: str, database: str, ask: Callable[[], object]) -> int:
    """How many transactions of the database one call costs: with autocommit, as many as statements."""
    rounds = 5
    before = _committed(server, database)
    for _ in range(rounds):
        ask()
    return round((_committed(server, database) - before) / rounds)


def _committed(server: str, database: str) -> int:
    time.sleep(11)  # an idle process hands in what it has counted after ten seconds at the latest
    with psycopg.connect(server, autocommit=True) as connection:
        row = connection.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = %s", [database]).fetchone()
    assert row
    return int(row[0])


def new_database(server: str, name: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return server.rsplit("/", 1)[0] + "/" + name


def port_of(server: str) -> str:
    return str(urlsplit(server).port)


def clone(connection: psycopg.Connection, table: str, copies: int, values: dict[str, str], where: str = "true") -> None:
    """Copies rows `k` = 1…copies times; `values` are the columns that differ, as expressions of `seed` and `k`."""
    found = connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(sql.Identifier(table)))
    columns = [column.name for column in found.description or ()]
    chosen = ", ".join(values.get(column, f'seed."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    connection.execute(
        f"INSERT INTO {table} ({names}) SELECT {chosen} FROM generate_series(1, {copies}) AS clone(k), "
        f"(SELECT * FROM {table} WHERE {where}) AS seed"
    )


def highest(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()
    assert row
    return int(row[0])
