"""Backup of PostgreSQL with its own pg_dump and pg_restore: one snapshot, and all or nothing."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from psycopg import pq
from psycopg.conninfo import make_conninfo

from portevoix.kernel.errors import BadInput, PortevoixError
from portevoix.record.backup.databases import Snapshot

_TABLES = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT LIKE 'pg\\_%' AND schemaname <> 'information_schema' ORDER BY 1
"""
_OBJECTS = """
    SELECT 'TABLE ' || format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT LIKE 'pg\\_%' AND schemaname <> 'information_schema'
    UNION ALL
    SELECT 'ROUTINE ' || p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
_COPY = re.compile(rb"COPY (\S+) \(.*\) FROM stdin;\n")
_END = b"\\.\n"
_ENVIRONMENT = {o.keyword.decode(): o.envvar.decode() for o in pq.Conninfo.get_defaults() if o.envvar}
"""Environment variables of libpq's programs, which unlike arguments are not visible in the list of processes."""


class Postgresql:
    kind = "postgresql"
    member = "portevoix.dump"
    folder: Path | None = None

    def __init__(self, address: str, parameters: Mapping[str, object]) -> None:
        """Take libpq's `parameters` (Django's own are ignored), and the `address` as the setting has it."""
        self._address = address
        self._parameters = {key: str(value) for key, value in parameters.items() if value and key in _ENVIRONMENT}

    def copy(self, to: Path) -> Snapshot:
        with self._connect() as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ  # one moment for all that follows
            self._check_version("pg_dump", connection)
            [[name]] = connection.execute("SELECT pg_export_snapshot()")
            snapshot = self._snapshot(connection)
            self._run("pg_dump", "--format=custom", f"--snapshot={name}", f"--file={to}")
        return snapshot

    def rows(self, copy: Path) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        command = ["pg_restore", "--data-only", "--file=-", str(copy)]
        with _tool_process(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout and process.stderr
            table = ""
            for line in process.stdout:
                if table and line != _END:
                    counts[table] += 1
                elif head := _COPY.fullmatch(line):
                    table = head[1].decode()
                    counts[table] = 0
                else:
                    table = ""
            errors = process.stderr.read().decode(errors="replace").strip()
        if process.returncode:
            raise BadInput("The copy of the database is damaged: {why}", why=errors)
        return counts

    def check_free(self) -> None:
        with self._connect() as connection:
            count = len(connection.execute(_TABLES).fetchall())
        if count:
            raise BadInput(
                "The database holds {count} tables already. It stays as it is; make an empty one, with createdb.",
                count=count,
            )

    def address(self, copy: Path) -> str:
        return self._address

    @contextmanager
    def restoring(self, copy: Path) -> Iterator[None]:
        with self._connect() as connection:
            self._check_version("pg_restore", connection)
        self._run("pg_restore", "--single-transaction", f"--dbname={self._parameters['dbname']}", str(copy))
        with ExitStack() as undone:
            undone.callback(self._clear)
            yield
            undone.pop_all()  # it is done: nothing to undo

    def _clear(self) -> None:
        with self._connect() as connection:
            for [item_name] in connection.execute(_OBJECTS).fetchall():
                connection.execute(f"DROP {item_name} CASCADE")  # quoted by the server itself

    def _connect(self) -> psycopg.Connection:
        try:
            return psycopg.connect(make_conninfo(**self._parameters))
        except psycopg.OperationalError as error:
            raise PortevoixError(
                "The database cannot be reached: {why}. Check PORTEVOIX_DATABASE_URL.", why=str(error).splitlines()[0]
            ) from error

    def _snapshot(self, connection: psycopg.Connection) -> Snapshot:
        names = [str(row[0]) for row in connection.execute(_TABLES)]
        if not any(name.endswith(".django_migrations") for name in names):
            raise BadInput("There is nothing to back up: the database is empty.")
        rows = {}
        for name in names:
            [[rows[name]]] = connection.execute(f"SELECT count(*) FROM {name}")  # noqa: S608 -- quoted by the server
        migrations = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id")
        return Snapshot(rows, tuple(str(row[0]) for row in migrations))

    def _check_version(self, tool: str, connection: psycopg.Connection) -> None:
        """Raise PortevoixError, with advice, for a tool older than the server, which it would refuse."""
        server = connection.info.server_version // 10000
        with _tool_process([tool, "--version"], stdout=subprocess.PIPE) as process:
            assert process.stdout
            output = process.stdout.read().decode()
        version = re.search(r"(\d+)", output)
        if version and int(version[1]) < server:
            raise PortevoixError(
                "{tool} is of version {found}, the server of version {server}: install PostgreSQL's client programs "
                "of version {server}.",
                tool=tool,
                found=version[1],
                server=server,
            )

    def _run(self, tool: str, *arguments: str) -> None:
        """Run a tool; raise PortevoixError with its error output. The password is passed through the environment."""
        command = [tool, "--no-owner", "--no-privileges", "--no-password", *arguments]
        settings = {_ENVIRONMENT[key]: value for key, value in self._parameters.items()}
        with _tool_process(command, stderr=subprocess.PIPE, env={**os.environ, **settings}) as process:
            assert process.stderr
            why = process.stderr.read().decode(errors="replace").strip()
        if process.returncode:
            raise PortevoixError("{tool} failed: {why}", tool=tool, why=why)


@contextmanager
def _tool_process(command: list[str], **more: object) -> Iterator[subprocess.Popen[bytes]]:
    """Start a tool that is terminated when its caller fails. Raise PortevoixError when it is not installed."""
    try:
        process = subprocess.Popen(command, **more)  # type: ignore[call-overload]
    except FileNotFoundError as error:
        raise PortevoixError(
            "{tool} is not installed: install PostgreSQL's client programs (postgresql-client).", tool=command[0]
        ) from error
    with process, ExitStack() as broken_off:
        broken_off.callback(process.terminate)
        yield process
        broken_off.pop_all()  # it ends by itself
