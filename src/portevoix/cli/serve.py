"""`portevoix serve`."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import click

from portevoix.cli.setup import ready
from portevoix.kernel.errors import BadInput

COMMON = ["--no-access-log", "--no-ws", "--log-level", "warning", "--respawn-failed-workers"]
COMMON += ["--workers-kill-timeout", "2"]  # an open /live stream would keep its worker from ever stopping


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port of the pages.")
@click.option("--live-port", type=click.IntRange(1, 65535), help="Port of /live; by default the next one.")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 256), help="Pages served at once.")
def serve(host: str, port: int, live_port: int | None, threads: int) -> None:
    """Serve the pages, and their live updates from a process of its own.

    Behind a reverse proxy, send /live to the live port and set PORTEVOIX_LIVE_URL=/live.
    """
    ready()
    with Server(host, port, live_port or port + 1, threads=threads) as server:
        click.echo(f"http://{host}:{port}")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        sys.exit(server.wait())


def free(host: str, port: int) -> None:
    """Raises BadInput when the port is taken or not ours to take."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadInput(
                "Port {port} on {host} cannot be used: {why}. Choose another one.",
                port=port,
                host=host,
                why=(error.strerror or str(error)).lower(),
            ) from error


class Server:
    """The two server processes; leaving the context stops both."""

    def __init__(self, host: str, port: int, live_port: int, *, threads: int = 4) -> None:
        free(host, port)
        free(host, live_port)
        self._commands = (
            self._command("wsgi", host, port, "--blocking-threads", str(threads)),
            self._command("asginl", host, live_port),
        )
        self._environment = {**os.environ, "PORTEVOIX_LIVE_PORT": str(live_port)}
        self._processes: list[subprocess.Popen[bytes]] = []

    @staticmethod
    def _command(interface: str, host: str, port: int, *more: str) -> list[str]:
        granian = str(Path(sys.executable).with_name("granian"))
        place = ["--interface", interface, "--host", host, "--port", str(port), *more]
        return [granian, *place, *COMMON, f"portevoix.config.{interface.removesuffix('nl')}:application"]

    def __enter__(self) -> "Server":
        self._processes = [subprocess.Popen(command, env=self._environment) for command in self._commands]
        return self

    def wait(self) -> int:
        """Until the pages' server ends; returns its exit status."""
        return self._processes[0].wait()

    def __exit__(self, *error: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
