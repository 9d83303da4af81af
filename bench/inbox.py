"""The inbox at a million conversations beside the inbox at ten thousand, under sixteen readers at once.

    python bench/inbox.py [--small 10000] [--large 1000000] [--rounds 6] [--readers 16] [--each 4]
    python tools/with_postgres.py --durable python bench/inbox.py

Both records are made by `bench/crowd.py` and served by `portevoix serve`; a host who is signed in reads the pages over
loopback. Rounds alternate between the two, so that the machine's humour falls on both. The ratio of the medians is
what counts: at most 1.25 for the inbox. Then messages come in, one and five hundred at once: that, too, must not take
longer because of what is there already. Set PORTEVOIX_BENCH_HOME to keep the records for the next run.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from kit import seed
from kit.serving import PORTEVOIX, answers, running, two_ports

BENCH = Path(__file__).resolve().parent
CLOCK = time.perf_counter
READERS = 16
EACH = 4
MOST = 1.25
PAGES = {
    "inbox": "/inbox/",
    "next page": "",  # what the first page links to
    "late": "/inbox/?view=late",
    "promised": "/inbox/?view=promised",
    "awaiting": "/inbox/?view=awaiting",
    "mine": "/inbox/?view=mine",
    "answered": "/inbox/?view=answered",
    "everything": "/inbox/?view=all",
    "department": "/inbox/?department=voirie",
    "kind": "/inbox/?kind=praise",
    "search, rare": "/inbox/?view=all&q=trottinettes",
    "search, common": "/inbox/?view=all&q=rue",
    "conversation": "/inbox/60/",
}
SIGN_IN = """
from portevoix.cli.django_setup import set_up_django
set_up_django()
from django.test import Client
from portevoix.record.models import Contact
client = Client()
client.force_login(Contact.objects.filter(role="host").order_by("pk").first())
print(client.cookies["portevoix"].value)
"""


@dataclass
class Record:
    """One record with its server; `times` are seconds by page."""

    conversations: int
    port: int
    cookie: str
    environment: dict[str, str]
    times: dict[str, list[float]] = field(default_factory=dict)

    def connection(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=120)

    def read(self, connection: HTTPConnection, path: str) -> str:
        connection.request("GET", path, headers={"Cookie": f"portevoix={self.cookie}", "Accept-Language": "fr"})
        answer = connection.getresponse()
        body = answer.read().decode()
        if answer.status != 200:
            raise SystemExit(f"{path} answers {answer.status}")
        return body

    def take(self, name: str) -> None:
        """Messages come in; `name` sets them apart from others."""
        command = [sys.executable, str(BENCH / "kit" / "taken.py"), name]
        told = subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True)
        for what, times in json.loads(told.stdout.splitlines()[-1]).items():
            self.times.setdefault(what, []).extend(times)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--small", type=int, default=10_000)
    asked.add_argument("--large", type=int, default=1_000_000)
    asked.add_argument("--rounds", type=int, default=6)
    asked.add_argument("--readers", type=int, default=READERS, help="at once")
    asked.add_argument("--each", type=int, default=EACH, help="readings by each in a round")
    wanted = asked.parse_args()
    home = Path(os.environ.get("PORTEVOIX_BENCH_HOME") or tempfile.mkdtemp(prefix="portevoix-bench-"))
    with ExitStack() as stack:
        records = [stack.enter_context(_served(home, size)) for size in (wanted.small, wanted.large)]
        paths = [_paths(record) for record in records]
        for number in range(wanted.rounds + 1):
            for record, pages in zip(records, paths, strict=True):
                for name, path in pages.items():
                    times = _read_at_once(record, path, wanted.readers, wanted.each)
                    if number:  # the first round only warms up
                        record.times.setdefault(name, []).extend(times)
        run = time.time_ns()
        for number in range(wanted.rounds // 2):
            for record in records:
                record.take(f"{run}-{number}")
    _tell(*records, wanted.readers)


def _tell(small: Record, large: Record, readers: int) -> None:
    vendor = "postgresql" if os.environ.get("PORTEVOIX_DATABASE_URL") else "sqlite"
    print(f"{vendor}: {small.conversations:,} and {large.conversations:,} conversations, {readers} readers at once")
    medians = {name: [statistics.median(record.times[name]) for record in (small, large)] for name in small.times}
    for name, (few, many) in medians.items():
        print(f"{name:16} {few * 1000:8.0f} ms {many * 1000:8.0f} ms   ratio {many / few:.2f}")
    ratios = {name: round(many / few, 3) for name, (few, many) in medians.items()}
    print(json.dumps({"database": vendor, "ratio": ratios["inbox"], "at_most": MOST, "ratios": ratios}))


def _paths(record: Record) -> dict[str, str]:
    first = record.read(record.connection(), PAGES["inbox"])
    following = re.search(r'href="(?:/inbox/)?(\?[^"]*after=[^"]*)"', first)
    pages = dict(PAGES)
    if following:
        pages["next page"] = "/inbox/" + following[1].replace("&amp;", "&")
    return {name: path for name, path in pages.items() if path}


def _read_at_once(record: Record, path: str, readers: int, each: int) -> list[float]:
    """Seconds of so many readings by each of the readers."""
    times: list[float] = []

    def reader() -> None:
        connection = record.connection()
        for _ in range(each):
            start = CLOCK()
            record.read(connection, path)
            times.append(CLOCK() - start)
        connection.close()

    threads = [threading.Thread(target=reader) for _ in range(readers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return times


@contextmanager
def _served(home: Path, size: int) -> Iterator[Record]:
    place = home / str(size)
    environment = {**os.environ, "PORTEVOIX_HOME": str(place)}
    if url := os.environ.get("PORTEVOIX_DATABASE_URL"):
        environment["PORTEVOIX_DATABASE_URL"] = _database(url, f"crowd_{size}")
    if not (place / "filled").exists():
        place.mkdir(parents=True)
        seed.make_home(place)
        subprocess.run([sys.executable, str(BENCH / "crowd.py"), str(size)], env=environment, check=True)
        (place / "filled").touch()
    told = subprocess.run([sys.executable, "-c", SIGN_IN], env=environment, check=True, capture_output=True, text=True)
    port = two_ports()
    with running([PORTEVOIX, "serve", "--port", str(port)], environment):
        answers(f"http://127.0.0.1:{port}/sign-in/")
        yield Record(size, port, told.stdout.split()[-1], environment)


def _database(url: str, name: str) -> str:
    import psycopg
    from psycopg import sql

    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return url.rsplit("/", 1)[0] + "/" + name


if __name__ == "__main__":
    main()
