"""A flood of the citizens' form: 5,000 valid posts in a minute, and what the desk feels of it.

    python tools/with_postgres.py --durable python bench/flood.py
    python bench/flood.py --posts 500

Each post comes from an address of its own and carries a proof of work that is checked at its full cost; all are solved
beforehand. They are offered evenly over the time, whatever the server does. Meanwhile a host who is signed in asks for
the inbox four times a second; before, she does so alone, in the same run. Afterwards the record is asked what it holds:
each acknowledged post must be there, and once. The program that is measured may be another one (--program), such as the
one before a change. The client computes on the same cores; what it takes is printed.
"""

import argparse
import asyncio
import base64
import json
import os
import resource
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from kit import town
from kit.browser import Browser
from kit.ending import GOAL_MISSED
from kit.serving import PORTEVOIX, Served, cpu_seconds, serving

GOAL_SECONDS = 60.0
GOAL_RATIO = 4.0
ASK_EVERY = 0.25
SECRET = "a secret of the bench, long enough"


@dataclass
class Flood:
    """What was posted, and what came of it."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    taken: list[str] = field(default_factory=list)  # tokens of the posts that were acknowledged


def open_form() -> None:
    """The city's form takes posts."""
    from portevoix.record.operations import accounts

    settings = {"secret": SECRET}
    now = datetime.now(UTC) - timedelta(days=1)
    accounts.connect(
        channel="webform", address="bench.example", connector="webform", settings=settings, secret=["secret"], by=None,
        now=now,
    )  # fmt: skip


def solved_proof() -> str:
    """A puzzle as the house signs it, whose first guess is right: it costs nothing to solve and all to check."""
    import altcha

    from portevoix.channels.proof_of_work import ALGORITHM, COST

    challenge = altcha.create_challenge(
        ALGORITHM, cost=COST, counter=0, key_prefix_length=1, hmac_secret=SECRET,
        expires_at=datetime.now(UTC) + timedelta(minutes=40),
    )  # fmt: skip
    payload = {"challenge": challenge.to_dict(), "solution": altcha.solve_challenge(challenge).to_dict()}
    return base64.b64encode(json.dumps(payload).encode()).decode()


def make_forms(posts: int) -> list[dict[str, str]]:
    """What citizens typed, each with its proof."""
    return [
        {
            "message": f"Bonjour, le lampadaire {n} de la rue des Acacias est en panne, {n % 9} jours déjà. Merci.",
            "name": f"Usager {n}",
            "email": f"usager{n}@bench.example",
            "about_url": "https://bench.example/article",
            "about_title": "Éclairage public",
            "form_token": f"flood-{n:06}-aaaaaaaaaa",
            "altcha": solved_proof(),
        }
        for n in range(posts)
    ]


async def post_all(served: Served, forms: list[dict[str, str]], seconds: float, clients: int) -> Flood:
    """Offer the posts evenly over so many seconds, `clients` at a time at most."""
    flood, room = Flood(), asyncio.Semaphore(clients)
    began = time.monotonic()

    async def post(n: int, form: dict[str, str]) -> None:
        browser = Browser(served.port, source=f"127.{n // 60000 + 1}.{n // 250 % 240 + 1}.{n % 250 + 1}")
        try:
            answer = await browser.post("/form/", form)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            flood.statuses[0] += 1
            return
        finally:
            browser.close()
            room.release()
        flood.times.append(answer.seconds)
        flood.statuses[answer.status] += 1
        if answer.status == 302:
            flood.taken.append(form["form_token"])

    async with asyncio.TaskGroup() as group:
        for n, form in enumerate(forms):
            await asyncio.sleep(max(0.0, began + n * seconds / len(forms) - time.monotonic()))
            await room.acquire()
            group.create_task(post(n, form))
    flood.seconds = time.monotonic() - began
    return flood


async def watch_inbox(served: Served, host: town.Host, until: asyncio.Event) -> list[float]:
    """The seconds of a host's inbox, asked four times a second until then."""
    browser, times = Browser(served.port, {"portevoix": host.session}), []
    while not until.is_set():
        answer = await browser.get("/inbox/")
        assert answer.status == 200, answer.status
        times.append(answer.seconds)
        await asyncio.sleep(max(0.0, ASK_EVERY - answer.seconds))
    browser.close()
    return times


async def run(served: Served, host: town.Host, forms: list[dict[str, str]], given: argparse.Namespace):
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(given.idle, over.set)
    idle = await watch_inbox(served, host, over)
    over = asyncio.Event()
    watching = asyncio.create_task(watch_inbox(served, host, over))
    before, own = cpu_seconds(served.processes), resource.getrusage(resource.RUSAGE_SELF)
    flood = await post_all(served, forms, given.seconds, given.clients)
    after = resource.getrusage(resource.RUSAGE_SELF)
    over.set()
    mine = after.ru_utime + after.ru_stime - own.ru_utime - own.ru_stime
    return idle, await watching, flood, (cpu_seconds(served.processes) - before, mine)


def count_kept(flood: Flood) -> tuple[int, int]:
    """How many of the acknowledged posts the record lacks, and how many it holds twice."""
    from portevoix.record.models import Envelope

    held = Counter(Envelope.objects.filter(external_id__startswith="flood-").values_list("external_id", flat=True))
    return sum(not held[token] for token in flood.taken), sum(times > 1 for times in held.values())


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--posts", type=int, default=5000)
    asked.add_argument("--seconds", type=float, default=GOAL_SECONDS, help="over which they are offered")
    asked.add_argument("--clients", type=int, default=40, help="that post at the same time at most")
    asked.add_argument("--idle", type=float, default=15.0, help="seconds of the baseline")
    asked.add_argument("--conversations", type=int, default=5_000)
    asked.add_argument("--processes", type=int, default=1)
    asked.add_argument("--threads", type=int, default=4)
    asked.add_argument("--program", default=PORTEVOIX)
    given = asked.parse_args()
    vendor = town.settle(given.conversations)
    open_form()
    host = town.hosts(1)[0]
    forms = make_forms(given.posts)
    town.leave()
    options = ["--processes", str(given.processes), "--threads", str(given.threads)]
    with serving(options=options, program=given.program) as served:
        idle, during, flood, cpu = asyncio.run(run(served, host, forms, given))
        lost, twice = count_kept(flood)
        town.leave()
    ratio = p95(during) / p95(idle)
    print(f"{vendor}, {os.cpu_count()} cores: {given.posts:,} posts offered in {given.seconds:.0f} s took ", end="")
    print(f"{flood.seconds:.0f} s; {dict(flood.statuses)}; lost {lost}, twice {twice}")
    if flood.times:
        print(f"post p50 {statistics.median(flood.times):.2f} s, p95 {p95(flood.times):.2f} s")
    print(f"inbox alone p50 {statistics.median(idle) * 1000:.0f} ms, p95 {p95(idle) * 1000:.0f}; ", end="")
    print(f"during p50 {statistics.median(during) * 1000:.0f} ms, p95 {p95(during) * 1000:.0f}: ratio {ratio:.1f}")
    print(f"computing a post: servers and worker {cpu[0] / given.posts * 1000:.1f} ms, client ", end="")
    print(f"{cpu[1] / given.posts * 1000:.1f} ms (PostgreSQL's not counted)")
    result = {"database": vendor, "seconds": round(flood.seconds, 1), "p95_ratio": round(ratio, 2), "lost": lost}
    print(json.dumps({**result, "twice": twice, "statuses": dict(flood.statuses)}))
    if lost or twice or flood.statuses.keys() - {302}:
        sys.exit(1)
    late = flood.seconds > given.seconds + 5 or ratio > GOAL_RATIO
    sys.exit(GOAL_MISSED if late else 0)


if __name__ == "__main__":
    main()
