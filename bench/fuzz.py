"""Throws bad input at every door of the house, and says what became of it.

    python bench/fuzz.py [--door interchange|email|form|search|policy|all] [--cases 10000] [--seed portevoix] [--only N]
    python tools/with_postgres.py python bench/fuzz.py

Each door has a process and a database of its own, so that its peak of memory is its own. A crash is anything that the
house did not refuse in words: an exception, a page that does not open, a reason that nobody can read; its number and
the seed throw it again (--only). Exit status 1 when there was one.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from kit import seed

from portevoix.exchange.result import attempt

sys.path.insert(0, str(Path(__file__).parent.parent))  # the doors are those of the tests

DOORS = ("interchange", "email", "form", "search", "policy")
CLOCK = time.perf_counter
SLOW = 5.0
"""Seconds from which on a case is named."""


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--door", choices=(*DOORS, "all"), default="all")
    asked.add_argument("--cases", type=int, default=1000)
    asked.add_argument("--seed", default="portevoix")
    asked.add_argument("--only", type=int, help="throw one case again, and show what was raised")
    given = asked.parse_args()
    if given.door != "all":
        return _throw(given)
    passed_on = [*("--cases", str(given.cases)), *("--seed", given.seed)]
    each = [[sys.executable, __file__, "--door", door, *passed_on] for door in DOORS]
    return max(subprocess.run(command, check=False).returncode for command in each)


def _throw(given: argparse.Namespace) -> int:
    door, about = _opened(given.door)
    from tests.fuzz.door import throws

    outcomes: Counter[str] = Counter()
    faults: list[str] = []
    slowest, slowest_number, started = 0.0, -1, CLOCK()
    numbers = range(given.cases) if given.only is None else range(given.only, given.only + 1)
    last = CLOCK()
    for throw in throws(door, seed=f"{given.seed} {given.door}", numbers=numbers):
        took, last = CLOCK() - last, CLOCK()
        if took > slowest:
            slowest, slowest_number = took, throw.number
        if took > SLOW:
            _tell(f"{given.door} {throw.number}: {took:.1f} s: {repr(throw.case)[:300]}")
        outcomes[throw.outcome] += 1
        if throw.fault:
            faults.append(f"{given.door} {throw.number}")
            _tell(f"{faults[-1]}: {type(throw.fault).__name__}: {str(throw.fault)[:300]} | {repr(throw.case)[:300]}")
            if given.only is not None:
                traceback.print_exception(throw.fault)
        elif given.only is not None:
            _tell(f"{throw.outcome}: {repr(throw.case)[:3000]}")
    took = CLOCK() - started
    if isinstance(fault := attempt(door.look), Exception):
        faults.append(f"{given.door} afterwards")
        traceback.print_exception(fault)
    result = {
        "door": given.door,
        **about,
        "cases": sum(outcomes.values()),
        **{name: outcomes[name] for name in ("taken", "refused", "quarantined")},
        "crashes": len(faults),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "cases_per_s": round(len(numbers) / took, 1),
        "slowest_s": round(slowest, 2),
        "slowest_case": slowest_number,
    }
    print(json.dumps(result), flush=True)
    return int(bool(faults))


def _tell(line: str) -> None:
    print(line.encode("utf-8", "backslashreplace").decode(), file=sys.stderr, flush=True)


def _opened(name: str) -> tuple[Any, dict[str, Any]]:
    """The door, on a peopled house of its own; and what there is to say of it."""
    home = seed.make_home()
    os.environ |= {"PORTEVOIX_HOME": str(home), "PORTEVOIX_LOG": "error"}
    os.environ.setdefault("PORTEVOIX_EMBEDDINGS", "no")
    from portevoix.cli.django_setup import ready

    ready()
    from django.db import connection

    from tests.fuzz import doors

    if connection.vendor == "postgresql":
        _empty(connection)
    seed.settle(home)
    return doors.opened(name), {"database": connection.vendor}


def _empty(connection: Any) -> None:
    """One server serves all the doors: each begins anew."""
    from django.core.management import call_command

    from portevoix.cli.django_setup import _create_city

    call_command("flush", verbosity=0, interactive=False)
    _create_city()


if __name__ == "__main__":
    sys.exit(main())
