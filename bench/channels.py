"""Mentions that wait on a network: how many requests it takes to take them in, and how fast that is.

    python bench/channels.py [--mentions 10000] [--network bluesky|mastodon|x|all]
    python tools/with_postgres.py python bench/channels.py

Beside the requests stands how many the page size of the network requires; beside the speed, of the same run, that at
which the network gives the same messages to who only reads them, and that at which the intake takes them from a file:
`ratio` is to the slower of the two. The servers are those of the tests (`make servers`) and share the cores. Exit
status 1: a mention is missing, or more than one request in fifty was too many.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NETWORKS = ("bluesky", "mastodon", "x")
SHOWN = ("network", "mentions", "taken", "requests", "required", "waves", "others")
SHOWN += ("per_s", "network_per_s", "intake_per_s", "ratio")
TOO_MANY = 1.02
A_WAVE = 2
"""Requests more that each time takes that it is asked: whether there is anything new, and whether that was all."""


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--mentions", type=int, default=10_000)
    asked.add_argument("--network", choices=(*NETWORKS, "all"), default="all")
    given = asked.parse_args()
    rows = []
    for network in NETWORKS if given.network == "all" else (given.network,):
        command = ["tests.faults.throughput", "--network", network, "--mentions", str(given.mentions)]
        done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        rows.append(json.loads(done.stdout))
        print(done.stdout, end="", flush=True)
    for cells in (SHOWN, *([str(row[name]) for name in SHOWN] for row in rows)):
        print("  ".join(cell.rjust(13) for cell in cells))
    return int(not all(map(_fine, rows)))


def _fine(row: dict[str, int]) -> bool:
    most = row["required"] * TOO_MANY + row["waves"] * A_WAVE
    return row["taken"] == row["mentions"] and row["requests"] <= most


if __name__ == "__main__":
    sys.exit(main())
