"""The servers as they run: started together, stopped together, whatever dies first."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers import forking
from tests.servers.ports import two_ports
from tests.servers.program import HERE, PORTEVOIX, copied

pytestmark = pytest.mark.servers

SLOW = 60.0


@pytest.fixture
def environment(migrated_home, tmp_path):
    return {**HERE, "PORTEVOIX_HOME": str(copied(migrated_home, tmp_path / "home"))}


@contextmanager
def serving(environment) -> Iterator[tuple[subprocess.Popen, int]]:
    port = two_ports()
    command = [PORTEVOIX, "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            eventually(lambda: answers(port) and answers(port + 1))
            yield process, port
        finally:
            process.terminate()
            process.communicate(timeout=SLOW)


def answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/live", timeout=5)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def eventually(true) -> None:
    until = time.monotonic() + SLOW
    while not true():
        assert time.monotonic() < until
        time.sleep(0.1)


def children(pid: int) -> dict[int, str]:
    """The processes that `pid` has started, and how they were called."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if re.search(rf"^PPid:\s{pid}$", status.read_text(), re.MULTILINE):
                found[int(status.parent.name)] = status.with_name("cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


def gone(port: int) -> bool:
    return not answers(port) and not answers(port + 1)


def test_sigterm_stops_both_within_seconds(environment) -> None:
    with serving(environment) as (process, port):
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert gone(port)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks for processes in /proc")
def test_a_live_process_that_dies_comes_back_and_its_server_takes_all_with_it(environment) -> None:
    with serving(environment) as (process, port):
        [live] = [pid for pid, command in children(process.pid).items() if "config.asgi" in command]
        [worker] = children(live)
        os.kill(worker, signal.SIGKILL)
        eventually(lambda: children(live) and worker not in children(live) and answers(port + 1))
        os.kill(live, signal.SIGKILL)  # its worker stays behind
        assert process.wait(SLOW) == 1
        assert b"ended" in process.stderr.read() and gone(port)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a service manager sees to it")
def test_the_servers_do_not_outlive_a_killed_parent(environment) -> None:
    with serving(environment) as (process, port):
        process.kill()
        eventually(lambda: gone(port))


def test_a_taken_port_is_named_with_the_option_that_chooses_another(environment) -> None:
    port = two_ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 1))
        taken.listen()
        for first, option in ((port + 1, b"--port"), (port, b"--live-port")):
            command = [PORTEVOIX, "serve", "--port", str(first)]
            done = forking.run(command, env=environment, timeout=SLOW)
            assert done.returncode == 2 and str(port + 1).encode() in done.stderr and option in done.stderr


def test_processes_that_start_together_on_an_empty_home_make_one_database(environment, tmp_path) -> None:
    environment["PORTEVOIX_HOME"] = str(tmp_path / "empty")
    several = [
        subprocess.Popen([PORTEVOIX, "export"], env=environment, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    told = [process.communicate(timeout=SLOW)[1] for process in several]
    assert [process.returncode for process in several] == [0, 0, 0], told
