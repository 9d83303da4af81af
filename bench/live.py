"""How long until the last of many open pages has been told of a change in the record.

    python tools/with_postgres.py --durable python bench/live.py
    python bench/live.py --pages 100

Real `portevoix serve`; each page is a connection of its own to /live with the session of its colleague, a fifth of them
contacts of departments, who are told of their own conversations only. A note is written to a conversation, again and
again; measured is the time from the record's commit until each page has read the event. On the embedded database the
server looks once a second, which is the limit there.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from asgiref.sync import sync_to_async
from kit import town
from kit.browser import Browser
from kit.ending import GOAL_MISSED
from kit.serving import Served, cpu_seconds, pss, serving

GOAL = 1.0
CHANGES = 10
CONTACTS = 5  # one page in so many is a contact's


@dataclass
class Pages:
    """All the open pages; `told` holds for the change at hand when each page read of it."""

    opened: int = 0
    told: dict[int, float] = field(default_factory=dict)
    conversation: int = 0

    async def keep_open(self, number: int, port: int, session: str) -> None:
        async for name, data in Browser(port, {"portevoix": session}).listen():
            if name == "open":
                self.opened += 1
            elif name == "changed" and str(self.conversation) in data.split(","):
                self.told.setdefault(number, time.perf_counter())


async def measure(served: Served, sessions: list[str], conversation: int, by: Any) -> list[float]:
    """Seconds until the last page was told, for each change."""
    pages = Pages(conversation=conversation)
    tasks = [asyncio.create_task(pages.keep_open(n, served.live, key)) for n, key in enumerate(sessions)]
    async with asyncio.timeout(120):
        while pages.opened < len(sessions):
            await asyncio.sleep(0.1)
            for task in tasks:
                if task.done():
                    task.result()
    await asyncio.sleep(2)  # the watcher has begun
    print(f"  {pages.opened} pages are open; the live process has {live_megabytes(served):.0f} MB", flush=True)
    waits = []
    for number in range(CHANGES):
        pages.told.clear()
        await sync_to_async(note)(conversation, by, f"note {number}")
        start = time.perf_counter()
        async with asyncio.timeout(60):
            while len(pages.told) < len(sessions):
                await asyncio.sleep(0.002)
        waits.append(max(pages.told.values()) - start)
        await asyncio.sleep(0.7 + number * 0.05)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return waits


def note(conversation: int, by: Any, text: str) -> None:
    from portevoix.record.operations import note as write

    write(conversation=conversation, text=text, by=by, now=datetime.now(UTC))


def contacts(count: int, department: str) -> list[str]:
    """Sessions of contacts of the department that the conversation belongs to."""
    from portevoix.record.operations.city import save_contact

    rows = []
    for n in range(count):
        address = f"contact{n}@bench.example"
        row = save_contact(email=address, name=f"C {n}", role="contact", departments=[department], by=None)
        rows.append(town.session(row))
    return rows


def live_megabytes(served: Served) -> float:
    """Of the process that holds the pages: the largest below the one that was started for /live."""
    return max(pss(pid) for pid in served.live_processes)


def main() -> None:
    postgresql = bool(os.environ.get("PORTEVOIX_DATABASE_URL"))
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--pages", type=int, default=1000 if postgresql else 100)
    count = asked.parse_args().pages
    vendor = town.settle(500)
    people = town.hosts(min(50, count))
    conversation, department, by = town.one_conversation(people[0])
    others = contacts(count // CONTACTS, department)
    sessions = [people[n % len(people)].session for n in range(count - len(others))] + others
    town.leave()
    with serving(work=False) as served:
        before = live_megabytes(served)
        waits = asyncio.run(measure(served, sessions, conversation, by))
        after = live_megabytes(served)
        busy = cpu_seconds(served.live_processes)
    slow = statistics.quantiles(waits, n=20)[-1]
    print(f"{count} open pages on {vendor}, {len(waits)} changes; until the last page was told: ", end="")
    print(
        f"median {statistics.median(waits) * 1e3:.0f} ms, p95 {slow * 1e3:.0f} ms, max {max(waits) * 1e3:.0f} ms ",
        end="",
    )
    print(f"(goal {GOAL * 1e3:.0f} ms, ratio {max(waits) / GOAL:.2f})")
    each = (after - before) / count * 1024
    print(
        f"live process: {before:.0f} MB without pages, {after:.0f} MB with, {each:.0f} kB a page; {busy:.1f} s of CPU"
    )
    result = {"database": vendor, "pages": count, "median_ms": round(statistics.median(waits) * 1e3)}
    result |= {"p95_ms": round(slow * 1e3), "max_ms": round(max(waits) * 1e3), "megabytes": round(after)}
    print(json.dumps({**result, "kilobytes_per_page": round(each)}))
    sys.exit(0 if max(waits) <= GOAL else GOAL_MISSED)


if __name__ == "__main__":
    main()
