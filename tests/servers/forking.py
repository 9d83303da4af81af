"""Commands of the program, each in a process of its own that has not to load first what is the same for all of them.

To load libraries, and the rooms that know no Django, is three quarters of a short command. A process that has loaded
them, and has done nothing else, forks for each command: what that one is given (arguments, environment, folder and
files), what it does, and how it ends are its own.
"""

import atexit
import gc
import importlib
import io
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import types
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

LOADED = (
    *("click", "numpy", "structlog", "psycopg", "sqlite3"),
    *("django.core.management", "django.urls", "django.http", "django.db.models"),
    *("portevoix.kernel.interchange", "portevoix.channels.base", "portevoix.text.privacy"),
)
READ_ONCE = ("PYTHON", "LC_", "LANG", "TZ", "LD_", "OPENBLAS_", "OMP_")
"""What Python itself, or a library, reads of its environment as it begins."""


def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | str | None = None,
    stdin: bytes = b"",
    timeout: float = 400,
) -> subprocess.CompletedProcess[bytes]:
    """As `subprocess.run` does, of the path of a script, of `-m` and a module, or of `-c` and a text."""
    if read_once(env) != read_once(os.environ):
        command = [sys.executable, *command] if command[0].startswith("-") else command
        return subprocess.run(command, env=env, cwd=cwd, input=stdin, timeout=timeout, capture_output=True, check=False)
    asked = json.dumps([list(command), dict(env), str(cwd or Path.cwd())]).encode()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        reads, writes = os.pipe()
        line, its = socket.socketpair()
        with line:
            with its:
                socket.send_fds(_line(os.getpid()), [b"!"], [its.fileno(), reads, out.fileno(), err.fileno()])
            os.close(reads)
            line.sendall(len(asked).to_bytes(8) + asked)
            threading.Thread(target=_give, args=(writes, stdin), daemon=True).start()
            status = _status(line, command, timeout)
        out.seek(0), err.seek(0)
        return subprocess.CompletedProcess(command, status, out.read(), err.read())


def read_once(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(READ_ONCE)}


@cache
def _line(process: int) -> socket.socket:
    """To the process that forks for this one, and ends with it; one that is forked itself has another."""
    mine, its = socket.socketpair()
    with its:
        command = [sys.executable, "-m", "tests.servers.forking", str(its.fileno())]
        alone = os.environ | {"OPENBLAS_NUM_THREADS": "1"}  # who has threads does not fork
        forking = subprocess.Popen(command, env=alone, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL)
    atexit.register(_end, mine, forking, process)
    return mine


def _end(line: socket.socket, forking: subprocess.Popen[bytes], process: int) -> None:
    if os.getpid() == process:  # not one that was forked from it
        line.shutdown(socket.SHUT_RDWR)
        line.close()
        forking.wait(60)


def _give(to: int, what: bytes) -> None:
    with suppress(BrokenPipeError), open(to, "wb") as file:
        file.write(what)


def _status(line: socket.socket, command: Sequence[str], timeout: float) -> int:
    process = int.from_bytes(line.recv(8))
    assert process, "the process that forks has ended"
    line.settimeout(timeout)
    try:
        return int.from_bytes(line.recv(8), signed=True)
    except TimeoutError:
        os.kill(process, signal.SIGKILL)
        raise subprocess.TimeoutExpired(command, timeout) from None


def fork(line: socket.socket) -> Callable[[], Any]:
    """Forks for each command that is asked for; returns in its process only, with what that has to do."""
    while True:
        said, files, _, _ = socket.recv_fds(line, 1, 4)
        if not said:
            os._exit(0)
        if not os.fork():
            line.close()
            return _commanded(*files)
        for file in files:
            os.close(file)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _commanded(*files: int) -> Callable[[], Any]:
    """Waits for the command, and tells who has asked how it ended; the command itself returns what it has to do."""
    asker = socket.socket(fileno=files[0])
    length = int.from_bytes(asker.recv(8, socket.MSG_WAITALL))
    command, environment, folder = json.loads(asker.recv(length, socket.MSG_WAITALL))
    if process := os.fork():
        for file in files[1:]:
            os.close(file)
        asker.sendall(process.to_bytes(8))
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        with suppress(BrokenPipeError):  # whoever has asked has waited long enough
            asker.sendall(status.to_bytes(8, signed=True))
        os._exit(0)
    asker.close()
    for place, file in enumerate(files[1:]):
        os.dup2(file, place)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    return lambda: _begin(command)


def _begin(command: list[str]) -> None:
    """As Python begins it: with streams and a main module of its own."""
    encoding = sys.stdout.encoding
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(open(0, "rb", closefd=False), encoding)  # noqa: SIM115
    sys.stdout = sys.__stdout__ = io.TextIOWrapper(open(1, "wb", closefd=False), encoding)  # noqa: SIM115
    error = open(2, "wb", closefd=False)  # noqa: SIM115
    sys.stderr = sys.__stderr__ = io.TextIOWrapper(error, encoding, "backslashreplace", line_buffering=True)
    sys.modules["__main__"] = main = types.ModuleType("__main__")
    if command[0] == "-c":
        sys.argv = ["-c", *command[2:]]
        exec(compile(command[1], "<string>", "exec"), main.__dict__)
    elif command[0] == "-m":
        sys.argv = command[1:]
        runpy.run_module(command[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = command
        runpy.run_path(command[0], run_name="__main__")


if __name__ == "__main__":
    for name in LOADED:
        importlib.import_module(name)
    tasks = Path("/proc/self/task")
    threads = len(list(tasks.iterdir())) if tasks.exists() else 1
    assert threads == 1, "whoever has threads cannot fork as if it had none"
    gc.collect()
    gc.freeze()
    fork(socket.socket(fileno=int(sys.argv[1])))()
