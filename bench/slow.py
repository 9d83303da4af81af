"""Slow connections and wrong passwords, and what a host who is signed in feels of them.

    python bench/slow.py
    python tools/with_postgres.py --durable python bench/slow.py --connections 500

Attacks of one kind at a time, each beside the host alone in the same run: five hundred connections that send heads, or
bodies, drop by drop or not at all, that ask and do not read, or that stay idle; then fifty and two hundred wrong
passwords a second, from one address and from many. The host asks for the inbox four times a second. `/healthz` must
answer meanwhile. The program that is measured may be another one (--program), such as the one before a change.
"""

import argparse
import asyncio
import contextlib
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kit import town
from kit.browser import Browser
from kit.ending import GOAL_MISSED
from kit.serving import PORTEVOIX, Served, serving

MOST = 2.0
"""The host's p95 beside her own when she is alone."""
ASK_EVERY = 0.25
HEAD = "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
SLOW = {
    "heads that do not end": (HEAD + "X-A: ", "GET", "/form/"),
    "bodies that do not come": (HEAD + FORM + "Content-Length: 100000\r\n\r\nmessage=", "POST", "/form/"),
    "bodies to a page of the desk": (HEAD + FORM + "Content-Length: 100000\r\n\r\ntext=", "POST", "/inbox/1/reply/"),
    "bodies in chunks": (HEAD + FORM + "Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n", "POST", "/form/"),
    "answers that nobody reads": (HEAD + "\r\n", "GET", "/static/django_htmx/htmx-2.js"),
    "idle connections": ("", "", ""),
}


@asynccontextmanager
async def slow_connections(port: int, kind: str, count: int) -> AsyncIterator[None]:
    """So many connections of that kind, from fifty addresses; each sends one more byte every two seconds."""
    head, method, path = SLOW[kind]
    first = head.format(method=method, path=path, port=port).encode()

    async def hold(n: int) -> None:
        while True:
            with contextlib.suppress(OSError):
                source = (f"127.0.{n % 50 + 2}.1", 0)
                reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024, local_addr=source)
                writer.write(first)
                while not reader.at_eof():
                    await asyncio.sleep(2)
                    if not first.endswith(b"\r\n\r\n") and first:
                        writer.write(b"a")
                        await writer.drain()
            await asyncio.sleep(0.5)

    tasks = [asyncio.create_task(hold(n)) for n in range(count)]
    await asyncio.sleep(2)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def wrong_passwords(port: int, a_second: float, addresses: int, outcomes: Counter[int]) -> AsyncIterator[None]:
    """So many tries a second, whatever the server does, from so many addresses."""
    browsers = [Browser(port, source=f"127.1.{n // 250}.{n % 250 + 1}") for n in range(addresses)]
    page = await browsers[0].get("/sign-in/")
    form = {**page.hidden, "email": "host0@bench.example", "password": "wrong"}

    async def fire(n: int) -> None:
        browser = Browser(port, dict(browsers[0].cookies), source=browsers[n % addresses].source)
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            outcomes[(await browser.post("/sign-in/", form)).status] += 1
        browser.close()

    async def attack() -> None:
        began, tasks = time.monotonic(), set()
        for n in range(10**9):
            await asyncio.sleep(max(0.0, began + n / a_second - time.monotonic()))
            task = asyncio.create_task(fire(n))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    attacking = asyncio.create_task(attack())
    await asyncio.sleep(1)
    try:
        yield
    finally:
        attacking.cancel()
        await asyncio.gather(attacking, return_exceptions=True)
        for browser in browsers:
            browser.close()


async def watch(served: Served, host: town.Host, seconds: float) -> tuple[list[float], str]:
    """The seconds of the host's inbox, and whether /healthz answered meanwhile."""
    browser, machine, times = Browser(served.port, {"portevoix": host.session}), Browser(served.port), []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            times.append((await asyncio.wait_for(browser.get("/inbox/"), seconds)).seconds)
        except TimeoutError:
            times.append(seconds)
            browser.close()
            browser = Browser(served.port, {"portevoix": host.session})
        await asyncio.sleep(max(0.0, ASK_EVERY - (time.monotonic() - began)))
    try:
        health = str((await asyncio.wait_for(machine.get("/healthz"), 10)).status)
    except (TimeoutError, OSError, asyncio.IncompleteReadError):
        health = "no answer"
    browser.close()
    machine.close()
    return times, health


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


async def run(served: Served, host: town.Host, given: argparse.Namespace) -> dict[str, float]:
    ratios: dict[str, float] = {}

    async def compare(name: str, attack) -> None:
        alone, _ = await watch(served, host, given.seconds)
        async with attack:
            during, health = await watch(served, host, given.seconds)
        ratios[name] = round(p95(during) / p95(alone), 2) if health != "no answer" else 99.0
        print(f"{name}: alone p95 {p95(alone) * 1000:.0f} ms, during {p95(during) * 1000:.0f} ms, ", end="")
        print(f"ratio {ratios[name]}; /healthz {health}; servers {served.megabytes:.0f} MB", flush=True)
        await asyncio.sleep(1)

    for kind in SLOW:
        await compare(f"{given.connections} {kind}", slow_connections(served.port, kind, given.connections))
    for a_second in given.tries:
        for addresses in (1, 200):
            outcomes: Counter[int] = Counter()
            name = f"{a_second} wrong passwords a second from {addresses} address{'es' * (addresses > 1)}"
            await compare(name, wrong_passwords(served.port, a_second, addresses, outcomes))
            print(f"    {dict(outcomes)}")
    return ratios


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--connections", type=int, default=500)
    asked.add_argument("--tries", type=int, nargs="*", default=[50, 200], help="wrong passwords a second")
    asked.add_argument("--seconds", type=float, default=15.0, help="of each measure")
    asked.add_argument("--conversations", type=int, default=5_000)
    asked.add_argument("--processes", type=int, default=1)
    asked.add_argument("--program", default=PORTEVOIX)
    given = asked.parse_args()
    vendor = town.settle(given.conversations)
    host = town.hosts(1)[0]
    town.leave()
    options = ["--processes", str(given.processes)]
    with serving(options=options, program=given.program) as served:
        ratios = asyncio.run(run(served, host, given))
    print(json.dumps({"database": vendor, "ratios": ratios}))
    sys.exit(GOAL_MISSED if max(ratios.values()) > MOST else 0)


if __name__ == "__main__":
    main()
