"""Kills the server and the worker at random moments, a thousand times at each door, and counts what came of it.

    python bench/faults.py [--kills 1000] [--door intake|steps|reply|form|delivery|meaning|mail|letters|all] [--seed 1]
    python bench/faults.py [--kills 1000] --door bluesky|mastodon|x|facebook|instagram
    python tools/with_postgres.py python bench/faults.py

Three figures for each door: what is lost, what is there or left twice, what waits for a person (and how much of that
would, whatever dies). The first two must be zero, else the exit status is 1. A death is SIGKILL, at a place drawn among
all that write, commit or call a network, or (one in five) at a moment drawn from the clock. At a network's door
`--kills` counts messages, each of which comes in and is answered, over a line with faults, while the worker is killed;
what arrived is counted at the network. How: docs/en/explanation/faults.md.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DOORS = ("intake", "steps", "reply", "form", "delivery", "meaning")
NETWORKS = ("bluesky", "mastodon", "x", "facebook", "instagram")
PART = 250
"""Messages on one network, before it is begun anew: servers of tests grow slow with what they hold."""
COUNTED = ("kills", "given", "done", "lost", "twice", "waiting", "meant", "seconds")
SHOWN = ("door", "kills", "given", "done", "lost", "twice", "waiting", "meant", "seconds")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kills", type=int, default=1000)
    asked.add_argument(
        "--door", choices=(*DOORS, "mail", "letters", *NETWORKS, "all"), default="all", help="all: that need no servers"
    )
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    rows = []
    for door in DOORS if given.door == "all" else (given.door,):
        rows.append(_series(door, given.kills, given.seed))
        print(json.dumps(rows[-1]), flush=True)
    print(f"{rows[0]['database']}:")
    for cells in (SHOWN, *([str(row[name]) for name in SHOWN] for row in rows)):
        print("  ".join(cell.rjust(9) for cell in cells))
    return int(any(row["lost"] or row["twice"] for row in rows))


def _series(door: str, kills: int, seed: int) -> dict[str, Any]:
    """The figures of a door: those of a network's are of several series, each with a seed of its own."""
    parts = [min(PART, kills - done) for done in range(0, kills, PART)] if door in NETWORKS else [kills]
    rows = []
    for number, count in enumerate(parts):
        asked = ["tests.faults.series", "--door", door, "--kills", str(count), "--seed", str(seed + number)]
        done = subprocess.run([sys.executable, "-m", *asked], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        rows.append(json.loads(done.stdout))
    whole = rows[0] | {name: round(sum(row[name] for row in rows), 1) for name in COUNTED}
    for name in ("places", "faults", "why"):
        if name in whole:
            whole[name] = dict(sum((Counter(row[name]) for row in rows), Counter()).most_common())
    return whole


if __name__ == "__main__":
    sys.exit(main())
