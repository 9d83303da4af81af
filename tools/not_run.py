"""Tells what `make test` left out because something is missing here, and how to get it: it is told last.

    python -m tools.not_run FILE

Each run of pytest adds its lines to the file that TESTS_NOT_RUN names (`tests/conftest.py`). A reason to skip a test
that begins with `MISSING` names what is missing and, in brackets, how to get it; any other one is a decision, such as
that a test is of the embedded database alone.
"""

import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tools import any_day
from tools.with_postgres import PACKAGE, binaries

MISSING = "missing: "


def add(reasons: Iterable[str], file: Path) -> None:
    """Write down how many tests one run skipped for want of what."""
    counts = Counter(reason.removeprefix(MISSING) for reason in reasons if reason.startswith(MISSING))
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(counts) + "\n")


def summary(file: Path, *, postgresql: bool) -> str:
    """Return the sum of all runs, what most tests wait for first."""
    tests = Counter[str]()
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        tests.update(json.loads(line))
    told = [f"{count:6} tests: {missing}" for missing, count in tests.most_common()]
    if not postgresql:
        told.insert(0, f"   all tests on PostgreSQL: {PACKAGE}")
    if shutil.which("faketime") is None:
        told.append(f"   the time-aware tests at {any_day.PACKAGE}")
    if not told:
        return "Every test was run: nothing is missing here."
    return "\n".join([f"NOT RUN, for want of what follows: {tests.total()} tests", *told])


if __name__ == "__main__":
    print(summary(Path(sys.argv[1]), postgresql=binaries() is not None))
