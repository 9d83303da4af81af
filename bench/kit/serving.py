"""Real processes: `portevoix serve` and `portevoix work` as a city runs them, and what memory they take."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PORTEVOIX = str(Path(sys.executable).with_name("portevoix"))
GRANIAN = str(Path(sys.executable).with_name("granian"))
SLOW = 90.0


@dataclass(frozen=True, slots=True)
class Served:
    """The two ports, and the processes that were started for them."""

    port: int
    live: int
    processes: tuple[int, ...]

    @property
    def live_processes(self) -> list[int]:
        """Those that serve /live."""
        return [pid for pid in tree(self.processes) if f"\0{self.live}\0" in command_line(pid)]

    @property
    def megabytes(self) -> float:
        """Of these processes and all that they started; what several share is counted once (PSS)."""
        return sum(pss(pid) for pid in tree(self.processes))


@contextmanager
def serving(*, work: bool = True, options: Sequence[str] = (), program: str = PORTEVOIX) -> Iterator[Served]:
    """Pages, /live and a worker on the database that the environment names."""
    port = two_ports()
    commands = [[program, "serve", "--port", str(port), *options]]
    if work:
        commands.append([program, "work"])
    environment = {**os.environ, "PORTEVOIX_LOG": "error"}
    with ExitStack() as stack:
        pids = tuple(stack.enter_context(running(command, environment)) for command in commands)
        for one in (port, port + 1):
            answers(f"http://127.0.0.1:{one}/sign-in/")
        yield Served(port, port + 1, pids)


@contextmanager
def running(command: Sequence[str], environment: dict[str, str] | None = None, *, group: bool = False) -> Iterator[int]:
    """The process's id; it is stopped afterwards, as a `group` with all that it started."""
    process = subprocess.Popen(
        command, env=environment or dict(os.environ), stdout=subprocess.DEVNULL, start_new_session=group
    )
    try:
        yield process.pid
    finally:
        if group:
            os.killpg(process.pid, signal.SIGTERM)
        else:
            process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def answers(address: str) -> None:
    """Waits until something answers there, whatever it says."""
    until = time.monotonic() + SLOW
    while True:
        try:
            urllib.request.urlopen(address, timeout=10).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def two_ports() -> int:
    """A free port whose neighbour is free as well."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                other.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def tree(roots: Sequence[int]) -> list[int]:
    """These processes and all their descendants."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            parent = re.search(r"^PPid:\s*(\d+)$", status.read_text(), re.MULTILINE)
        except OSError:
            continue
        if parent:
            children.setdefault(int(parent[1]), []).append(int(status.parent.name))
    found, rest = [], list(roots)
    while rest:
        pid = rest.pop()
        found.append(pid)
        rest += children.get(pid, [])
    return found


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def pss(pid: int) -> float:
    """Megabytes of one process; 0 when it has gone."""
    try:
        size = re.search(r"^Pss:\s*(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0.0
    return int(size[1]) / 1024 if size else 0.0


def cpu_seconds(pids: Sequence[int]) -> float:
    """What these processes and their descendants have computed so far."""
    ticks = 0
    for pid in tree(pids):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
