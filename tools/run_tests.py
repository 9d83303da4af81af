"""Runs pytest, and what failed once more alone: a test that passes then is named as flaky, one that fails twice is red.

    python -m tools.run_tests ARGUMENTS...    one run, with pytest's own arguments
    python -m tools.run_tests --again         what failed in all of them, when nothing else runs

Where FAILED_TESTS names a folder, a run whose tests fail ends well and leaves them there for `--again`, which decides;
elsewhere its own exit status stands. More than MOST failures are no accident, and are not tried again.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

FAILED = 1
"""Pytest's exit status when tests were run and some failed."""
MOST = 20
_SHARED_OUT = {"-n": 2, "--dist": 2, "--no-loadscope-reorder": 1}
"""Arguments, with what follows them, that share a run out among workers."""
_DATABASE = "PORTEVOIX_DATABASE_URL"


def run(arguments: Sequence[str]) -> int:
    """Run pytest; return 0 too where only tests failed and a folder takes them for `run_again`."""
    folder = os.environ.get("FAILED_TESTS", "")
    if not folder:
        return _pytest(arguments)
    Path(folder).mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(dir=folder))
    status = _pytest([*arguments, "-o", f"cache_dir={place}"])
    failed = last_failed(place)
    if status != FAILED or not 0 < len(failed) <= MOST:
        return status
    left = {"arguments": unshared(arguments), "postgresql": _DATABASE in os.environ}
    (place / "run.json").write_text(json.dumps(left), encoding="utf-8")
    return 0


def run_again(folder: Path) -> int:
    """Run alone what failed, run by run; tell which were flaky. Return 1 where a test fails twice."""
    flaky, red = list[str](), False
    for file in sorted(folder.glob("*/run.json")):
        left, before = json.loads(file.read_text(encoding="utf-8")), last_failed(file.parent)
        database = ["tools/with_postgres.py", sys.executable] if left["postgresql"] else []
        print(f"== Once more, alone: {len(before)} tests", flush=True)
        again = [*left["arguments"], "--last-failed", "--last-failed-no-failures", "none"]
        command = [sys.executable, *database, "-m", "pytest", *again, "-o", f"cache_dir={file.parent}"]
        status = subprocess.run(command, check=False).returncode
        red = red or status != 0
        flaky += [] if status not in (0, FAILED) else sorted(set(before) - set(last_failed(file.parent)))
    for test in flaky:
        print(f"FLAKY, passed when it was run alone: {test}")
    return int(red)


def last_failed(cache: Path) -> list[str]:
    """The tests that failed in the last run with this cache."""
    file = cache / "v/cache/lastfailed"
    return list(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else []


def unshared(arguments: Sequence[str]) -> list[str]:
    """The arguments without those that share the tests out among workers."""
    kept, rest = list[str](), list(arguments)
    while rest:
        count = _SHARED_OUT.get(rest[0], 0)
        if not count:
            kept.append(rest[0])
        del rest[: count or 1]
    return kept


def _pytest(arguments: Sequence[str]) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False).returncode


if __name__ == "__main__":
    if sys.argv[1:] == ["--again"]:
        sys.exit(run_again(Path(os.environ["FAILED_TESTS"])))
    sys.exit(run(sys.argv[1:]))
