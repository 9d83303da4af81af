"""What a city's machine gives: seconds until `--help`, memory of all processes, seconds from a clone to the first page.

    python bench/footprint.py [--without-demo]

Memory is that of `portevoix serve` (pages and /live) and `portevoix work` together, after a first round of use: pages
of the desk asked for, two hundred messages sorted by the worker; and again after a page of the journal, whose charts
bring Vega along. What several processes share is counted once (PSS). `make demo` runs in a clean clone of the last
commit with an environment of its own; its packages come from wherever pip gets them here. Without it
(--without-demo), the processes are those of the environment that runs this.
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kit import town
from kit.browser import Browser
from kit.ending import GOAL_MISSED
from kit.serving import PORTEVOIX, command_line, pss, running, serving, tree, two_ports

HELP_S, MEMORY_MB, DEMO_S = 0.5, 350, 180
ROOT = Path(__file__).resolve().parent.parent


def help_seconds() -> tuple[float, float]:
    """The first time, and the median of ten."""
    times = []
    for _ in range(11):
        start = time.perf_counter()
        subprocess.run([PORTEVOIX, "--help"], check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return times[0], statistics.median(times[1:])


def python_seconds() -> float:
    """What the interpreter alone takes: the limit."""
    times = []
    for _ in range(10):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", ""], check=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


async def use(port: int, host: town.Host, conversation: int) -> None:
    """What a first hour asks for: the lists, a conversation and its parts."""
    browser = Browser(port, {"portevoix": host.session})
    for path in ("/inbox/", "/inbox/?view=late", "/inbox/?view=all&q=piscine", f"/inbox/{conversation}/"):
        for _ in range(10):
            assert (await browser.get(path)).status == 200, path
    for _ in range(10):
        assert (await browser.htmx(f"/inbox/{conversation}/", "thread")).status == 200
    browser.close()


async def read_journal(port: int, host: town.Host) -> None:
    """Last week's, with its charts."""
    browser = Browser(port, {"portevoix": host.session})
    answer = await browser.get(f"/journal/{datetime.now(UTC) - timedelta(days=7):%G-W%V}/")
    assert answer.status == 200, answer.status
    browser.close()


def memory(program: str) -> tuple[dict[str, float], float]:
    """Megabytes of each process, by what it does; and of all after a page of the journal.

    The processes are those of a city, in which no package stands that only developers need: structlog loads rich where
    it finds it, 5 MB in each of five processes.
    """
    town.settle(2000)
    host = town.hosts(1)[0]
    conversation, *_ = town.one_conversation(host)
    town.leave_envelopes(200)
    town.leave()
    with serving(program=program) as served:
        asyncio.run(use(served.port, host, conversation))
        town.wait_until_sorted()
        parts = {f"{pid} {_role(pid)}": pss(pid) for pid in tree(served.processes)}
        asyncio.run(read_journal(served.port, host))
        return parts, served.megabytes


def _role(pid: int) -> str:
    command = command_line(pid)
    roles = {"config.wsgi": "pages", "config.asgi": "live", "\0work": "worker", "cli.servers": "serve"}
    return next((role for part, role in roles.items() if part in command), "other")


@contextmanager
def cloned() -> Iterator[Path]:
    """A clean clone, in which nothing is installed."""
    place = Path(tempfile.mkdtemp(prefix="portevoix-clone-"))
    try:
        subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(place / "clone")], check=True)
        yield place / "clone"
    finally:
        shutil.rmtree(place, ignore_errors=True)


def demo_seconds(clone: Path) -> tuple[float, float]:
    """From `make demo` to its first page, and what of that the installation took."""
    port = two_ports()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PORTEVOIX_", "DJANGO_"))}
    command = ["make", "-C", str(clone), "demo", f"PORT={port}", f"DEMO_HOME={clone.parent / 'home'}"]
    start, installed = time.perf_counter(), 0.0
    with running(command, {**kept, "BROWSER": "true"}, group=True):
        while True:
            if not installed and (clone / ".venv" / ".installed").exists():
                installed = time.perf_counter() - start
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/inbox/", timeout=10).close()
            except OSError:
                if time.perf_counter() - start > 4 * DEMO_S:
                    raise
                time.sleep(0.2)
            else:
                return time.perf_counter() - start, installed


def in_a_clone() -> tuple[dict[str, float], float, float, float]:
    """What `memory` and `demo_seconds` say of one."""
    with cloned() as clone:
        whole, installed = demo_seconds(clone)
        print(f"make demo, from a clean clone to its first page: {whole:.0f} s of {DEMO_S}, ", end="")
        print(f"{installed:.0f} s of them the installation (packages from where pip gets them here)", flush=True)
        return *memory(str(clone / ".venv" / "bin" / "portevoix")), whole, installed


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--without-demo", action="store_true")
    without_demo = asked.parse_args().without_demo
    first, median = help_seconds()
    limit = python_seconds()
    print(f"portevoix --help: {first:.3f} s the first time, {median:.3f} s after (goal {HELP_S}); ", end="")
    print(f"Python alone {limit:.3f} s, ratio {median / limit:.1f}", flush=True)
    if without_demo:
        found, with_journal = memory(PORTEVOIX)
        whole = installed = 0.0
    else:
        found, with_journal, whole, installed = in_a_clone()
    total = sum(found.values())
    parts = ", ".join(f"{name.split()[1]} {size:.0f}" for name, size in sorted(found.items()))
    print(f"memory after a round of use: {total:.0f} MB of {MEMORY_MB} ({parts}); ", end="")
    print(f"after a page of the journal too {with_journal:.0f} MB", flush=True)
    result = {"help_s": round(median, 3), "help_first_s": round(first, 3), "memory_mb": round(total)}
    result |= {"memory_with_journal_mb": round(with_journal)}
    if not without_demo:
        result |= {"demo_s": round(whole), "install_s": round(installed)}
    print(json.dumps(result))
    sys.exit(0 if first < HELP_S and total < MEMORY_MB and whole < DEMO_S else GOAL_MISSED)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main()
