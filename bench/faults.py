"""Kills the server and the worker at random moments, a thousand times at each door, and counts what came of it.

    python bench/faults.py [--kills 1000] [--door intake|steps|reply|form|delivery|meaning|mail|all] [--seed 1]
    python bench/faults.py [--kills 1000] --door bluesky|mastodon|x|facebook|instagram
    python tools/with_postgres.py python bench/faults.py

Three figures for each door: what is lost, what is there or left twice, what waits for a person (and how much of that
would, whatever dies). The first two must be zero, else the exit status is 1. A death is SIGKILL, at a place drawn among
all that write, commit or call a network, or (one in five) at a moment drawn from the clock. At a network's door
`--kills` counts messages, each of which comes in and is answered, over a line with faults, while the worker is killed;
what arrived is counted at the network. How: docs/explanation/faults.md.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOORS = ("intake", "steps", "reply", "form", "delivery", "meaning")
WITH_SERVERS = ("mail", "bluesky", "mastodon", "x", "facebook", "instagram")
SHOWN = ("door", "kills", "given", "done", "lost", "twice", "waiting", "meant", "seconds")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kills", type=int, default=1000)
    asked.add_argument(
        "--door", choices=(*DOORS, *WITH_SERVERS, "all"), default="all", help="all: that need no servers"
    )
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    rows = []
    for door in DOORS if given.door == "all" else (given.door,):
        series = ["tests.faults.series", "--door", door, "--kills", str(given.kills), "--seed", str(given.seed)]
        done = subprocess.run([sys.executable, "-m", *series], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        rows.append(json.loads(done.stdout))
        print(done.stdout, end="", flush=True)
    print(f"{rows[0]['database']}:")
    for cells in (SHOWN, *([str(row[name]) for name in SHOWN] for row in rows)):
        print("  ".join(cell.rjust(9) for cell in cells))
    return int(any(row["lost"] or row["twice"] for row in rows))


if __name__ == "__main__":
    sys.exit(main())
