"""`portevoix demo`."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from portevoix.cli.django_setup import set_up_django
from portevoix.cli.servers import STOPS, Server, check_port_free
from portevoix.config import env
from portevoix.kernel.errors import BadInput

MARK = "valmont.json"
HOME = "~/.local/share/portevoix-demo"
SLOW_START = 60.0


@click.command()
@click.option("--home", type=click.Path(path_type=Path), help="Folder of the demonstration.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65534), help="Port of the pages.")
@click.option("--no-serve", is_flag=True, help="Prepare only.")
@click.option("--reset", is_flag=True, help="Start over: what was done in the demonstration is lost.")
def demo(home: Path | None, port: int, no_serve: bool, reset: bool) -> None:
    """Set up the made-up city of Valmont-sur-Loire with twelve weeks of messages, and open its desk.

    The last of the twelve weeks is the current one; messages later than now arrive as time passes. Nothing leaves this
    machine. A second run keeps what was done.
    """
    home = (home or Path(os.environ.get("PORTEVOIX_HOME") or HOME).expanduser()).resolve()
    if not no_serve:
        check_port_free("127.0.0.1", port)
    _claim(home, reset=reset)
    for name in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C does: what was begun beside ends too
        signal.signal(name, lambda number, _: sys.exit(128 + number))
    env.put("PORTEVOIX_DATABASE_URL", "")  # always the embedded database: a real one is never touched
    os.environ.setdefault("PORTEVOIX_LOG", "warning")
    with _study(home):  # on another core, while messages are taken in
        set_up_django(home=home)
        from portevoix.demo.load import prepare  # noqa: PLC0415 -- Django is ready only now

        signs = prepare(home / MARK, now=datetime.now(UTC), tell=lambda text: click.echo(text, err=True))
    _introduce(home, signs)
    if not no_serve:
        _open(port, signs)


def _claim(home: Path, *, reset: bool) -> None:
    """Mark the folder as the demonstration's, before anything is written to it; refuse any other folder.

    Starts over when asked to, and when loading was interrupted: the mark is then still empty.
    """
    mark = home / MARK
    if home.exists() and any(home.iterdir()) and not mark.exists():
        raise BadInput("{home} is not a demonstration's folder: it stays as it is. Choose another one.", home=str(home))
    if mark.exists() and (reset or not mark.stat().st_size):
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    mark.touch(mode=0o600)


@contextmanager
def _block_signals() -> Iterator[Callable[[], object]]:
    """Block the stop signals while a process is started and registered to be ended. Yield what unblocks them.

    The process itself has to unblock them too.
    """
    let_in = partial(signal.pthread_sigmask, signal.SIG_SETMASK, signal.pthread_sigmask(signal.SIG_BLOCK, STOPS))
    try:
        yield let_in
    finally:
        let_in()


@contextmanager
def _study(home: Path) -> Iterator[None]:
    """Build the barometer of invented cities in a process beside, once, and store Valmont's place in it at the end."""
    study = home / "barometer"
    if (study / "kept").exists():
        yield
        return
    command = [str(Path(sys.executable).with_name("portevoix")), "barometer", "demo", "--no-open", "--home", str(study)]
    with ExitStack() as stack:
        with _block_signals() as as_before:
            popen = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=as_before)
            process = stack.enter_context(popen)
            stack.callback(process.terminate)  # unless it has come to its end
        yield
        stderr = process.communicate()[1].decode()
    if process.returncode:
        raise BadInput("The barometer of the demonstration could not be made: {why}", why=stderr.strip()[-400:])
    from portevoix.barometer.import_study import store_study  # noqa: PLC0415 -- Django is ready only now
    from portevoix.barometer.results.document import FILE, read  # noqa: PLC0415

    store_study(read(study / "study" / FILE), own="Valmont-sur-Loire", by=None, now=datetime.now(UTC))
    (study / "kept").touch()


def _introduce(home: Path, signs: dict[str, Any]) -> None:
    click.echo(f"Valmont-sur-Loire is in {home}")
    click.echo("\nSign in as:")
    for sign in signs["colleagues"]:
        click.echo(f"  {sign['role']:14} {sign['email']:36} {signs['password']}   ({sign['name']})")


def _open(port: int, signs: dict[str, Any]) -> None:
    """Serve, work, and release later messages as time passes, until Ctrl-C."""
    from portevoix.config.product_jobs import product_jobs  # noqa: PLC0415 -- Django is ready only now
    from portevoix.config.product_letters import register_writers  # noqa: PLC0415
    from portevoix.demo.load import Release  # noqa: PLC0415
    from portevoix.exchange.jobs import Job  # noqa: PLC0415
    from portevoix.exchange.worker import Worker  # noqa: PLC0415

    register_writers()
    worker = Worker([*product_jobs(), Job("release", Release(signs["weeks"]).run)])
    address = f"http://127.0.0.1:{port}/inbox/"
    with ExitStack() as stack:
        server = stack.enter_context(Server("127.0.0.1", port, _live_port(port)))
        thread = threading.Thread(target=worker.run, name="worker", daemon=True)
        thread.start()
        stack.callback(worker.stop)
        _wait_for(address)
        click.echo(f"\nOpen {address}\nCtrl-C stops it; what you did is kept.")
        if has_screen():
            webbrowser.open(address)
        server.wait()


def has_screen() -> bool:
    """Return whether a browser can open in a window; elsewhere it would take over the terminal."""
    return sys.platform in ("darwin", "win32") or bool({"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys())


def _live_port(port: int) -> int:
    """Return the next port when it is free, else any free one."""
    for candidate in (port + 1, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise BadInput("No port is free for the live updates.")


def _wait_for(address: str) -> None:
    until = time.monotonic() + SLOW_START
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 -- our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise BadInput("The server did not start within a minute; its reasons are above.")
