"""Runs a command on a PostgreSQL cluster that lives as long as the command.

It waits for no disk, unless `--durable` comes before the command: then it keeps what it has said to keep, as a
city's does.
Without the server's binaries it says `PostgreSQL not run`, which is an error when CI is set.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

HASTY = " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c jit=off"
"""For what is thrown away when the command ends."""

PACKAGE = "PostgreSQL's server (apt-get install postgresql)"


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl, the newest first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: -int(p.parts[-3]))
    if found:
        return found[0].parent
    path = shutil.which("initdb")
    return Path(path).resolve().parent if path else None


def as_server() -> list[str]:
    """PostgreSQL refuses to run as root: then it runs as its own user."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    folder = binaries()
    if folder is None:
        print(f"PostgreSQL not run, missing: {PACKAGE}")
        return 1 if os.environ.get("CI") else 0
    place = Path(tempfile.mkdtemp(prefix="portevoix-pg-"))
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(place, user.pw_uid, user.pw_gid)
    data, port = place / "data", free_port()
    command = sys.argv[1:]
    durable = command[:1] == ["--durable"]
    command = command[durable:]
    options = f"-p {port} -k {place} -c listen_addresses=127.0.0.1 -c max_connections=100"
    options += "" if durable else HASTY
    control = [*as_server(), str(folder / "pg_ctl"), "-D", str(data)]
    try:
        initdb = [*as_server(), str(folder / "initdb"), "-D", str(data), "-A", "trust", "-E", "UTF8", "-N"]
        subprocess.run([*initdb, "--locale=C.UTF-8", "-U", "postgres"], check=True, stdout=subprocess.DEVNULL)
        start = [*control, "-w", "-l", str(place / "log"), "-o", options, "start"]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL)
        url = f"postgres://postgres@127.0.0.1:{port}/postgres"
        print(f"PostgreSQL at port {port}:", " ".join(command), flush=True)
        return subprocess.run(command, env={**os.environ, "PORTEVOIX_DATABASE_URL": url}, check=False).returncode
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
