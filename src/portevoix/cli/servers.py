"""The two server processes of `portevoix serve`, supervised by a minimal process."""

import contextlib
import ctypes
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from portevoix.kernel.errors import BadInput, PortevoixError

COMMON = ["--http", "1", "--http1-header-read-timeout", "15000", "--no-ws"]
COMMON += ["--no-access-log", "--log-level", "warning", "--respawn-failed-workers"]
# How long a server that is stopped waits for what it is answering; an open /live stream would never end by itself.
PATIENCE = {"pages": "8", "asgi": "2"}
MOST_OPEN = {"pages": "10000", "asgi": "20000"}
"""Requests that each takes at the same time; of /live each open page is one, which does not end."""
MOST_FILES = 21_000
LEAST_MEMORY = 16_000_000
"""Bytes free in memory from which on figures are kept there."""
LOG = {
    "formatters": {"one": {"()": "portevoix.config.logs.formatter"}},
    "handlers": {"one": {"class": "logging.StreamHandler", "formatter": "one", "stream": "ext://sys.stderr"}},
    "loggers": {"_granian": {"handlers": ["one"], "propagate": False}},
}
"""The servers' own log, in the form of ours, as they read it from a file."""
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
# The servers have a session of their own: neither Ctrl-C nor a terminal that is closed reaches them by itself.
STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def check_port_free(host: str, port: int, *, option: str = "--port") -> None:
    """Raise BadInput, naming the option that chooses another one, when the port is taken or not permitted."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadInput(
                "Port {port} on {host} cannot be used: {why}. Choose another one with {option}.",
                port=port,
                host=host,
                why=(error.strerror or str(error)).lower(),
                option=option,
            ) from error


def _settle_in() -> None:
    """Raise this process's limit of open files as far as allowed: each open page is one.

    On Linux, also have it stopped when its parent is killed; elsewhere a service manager does that.
    """
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = MOST_FILES if most == resource.RLIM_INFINITY else min(MOST_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, limit), most))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _memory_folder() -> str | None:
    """Return a folder in memory for the figures, None where there is none.

    They are in files mapped into memory, for which a disk may be full.
    """
    folder = "/dev/shm"  # noqa: S108 -- a private folder is made in it
    is_open = os.access(folder, os.W_OK | os.X_OK)
    return folder if is_open and shutil.disk_usage(folder).free >= LEAST_MEMORY else None


class Server:
    """The two server processes; leaving the context stops both, with all their children."""

    def __init__(self, host: str, port: int, live_port: int, *, threads: int = 4, processes: int = 1) -> None:
        check_port_free(host, port)
        check_port_free(host, live_port, option="--live-port")
        self._folder = tempfile.TemporaryDirectory(prefix="portevoix-serve-", dir=_memory_folder())
        (Path(self._folder.name) / "log.json").write_text(json.dumps(LOG), encoding="utf-8")
        pages = self._command("pages", host, port, "--workers", str(processes))
        live = self._command("asgi", host, live_port)
        environment = {**os.environ, "PORTEVOIX_LIVE_PORT": str(live_port)}
        page_environment = {"PROMETHEUS_MULTIPROC_DIR": self._folder.name, "PORTEVOIX_THREADS": str(threads)}
        self._servers = (
            (pages, {**environment, **page_environment}),
            (live, environment),
        )
        self._processes: list[subprocess.Popen[bytes]] = []

    def _command(self, module: str, host: str, port: int, *more: str) -> list[str]:
        granian = str(Path(sys.executable).with_name("granian"))
        place = ["--interface", "asginl", "--host", host, "--port", str(port), *more]
        place += ["--workers-kill-timeout", PATIENCE[module], "--backpressure", MOST_OPEN[module]]
        place += ["--log-config", f"{self._folder.name}/log.json"]
        return [granian, *place, *COMMON, f"portevoix.config.{module}:application"]

    def __enter__(self) -> "Server":
        self._processes = [
            subprocess.Popen(command, env=environment, start_new_session=True, preexec_fn=_settle_in)
            for command, environment in self._servers
        ]
        for name in STOPS:
            signal.signal(name, lambda *_: sys.exit(0))
        return self

    def wait(self) -> None:
        """Wait until this process is stopped. Raise PortevoixError when a server ends by itself."""
        while all(process.poll() is None for process in self._processes):
            time.sleep(0.2)
        raise PortevoixError("A server process ended; its reasons are above. The other one is stopped too.")

    def __exit__(self, *error: object) -> None:
        for name in STOPS:
            signal.signal(name, lambda *_: self._kill())
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        self._kill()  # usually all gone; a killed server leaves its worker behind
        self._folder.cleanup()

    def _kill(self) -> None:
        """End both servers and all their children, at once."""
        for process in self._processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def main() -> int:
    """Run `portevoix serve` once the database is ready: host and numbers are arguments. Return the exit status."""
    host, *numbers = sys.argv[1:]
    port, live_port, threads, processes = map(int, numbers)
    try:
        with Server(host, port, live_port, threads=threads, processes=processes) as server:
            print(f"http://{host}:{port}", flush=True)  # noqa: T201
            server.wait()
    except PortevoixError as error:
        print(f"portevoix: {error}", file=sys.stderr)  # noqa: T201
        return 2 if isinstance(error, BadInput) else 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
