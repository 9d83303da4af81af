"""Runs a command at moments at which programs break, by libfaketime: its processes and their children see them.

    python -m tools.any_day [--at NAME]... COMMAND...

Each moment has the machine's own time zone too. All are tried, whatever became of those before; exit status 1 when a
command failed at one of them. Without `faketime` it says so, which is an error when CI is set.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PACKAGE = "other dates than today's (apt-get install faketime)"
PARIS, REUNION = "Europe/Paris", "Indian/Reunion"
MOMENTS = {
    "monday": ("2026-12-14 00:30", PARIS),
    "sunday": ("2026-12-20 23:50", "UTC"),
    "last-of-year": ("2026-12-31 23:58", PARIS),
    "week-53": ("2027-01-01 10:00", REUNION),
    "into-summer": ("2027-03-28 01:55", PARIS),
    "into-winter": ("2027-10-31 02:55", PARIS),
    "leap-day": ("2028-02-29 23:50", REUNION),
    "years-later": ("2031-06-11 10:00", REUNION),
}
"""Of each moment: the local hour at which the command begins, and the zone."""


def start_at(moment: str, command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start the command at that moment; its clocks run on from there, and those that measure spans are left alone."""
    local, zone = MOMENTS[moment]
    begins = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    ahead = round((begins - datetime.now(UTC)).total_seconds())
    faketime = ["faketime", "-m", "--exclude-monotonic", "--disable-shm", "-f", f"{ahead:+}s"]
    return subprocess.Popen([*faketime, *command], env={**os.environ, "TZ": zone})


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.any_day")
    parser.add_argument("--at", action="append", choices=MOMENTS, help="a moment's name; all of them without it")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if shutil.which("faketime") is None:
        print(f"Not run, missing: {PACKAGE}")
        return 1 if os.environ.get("CI") else 0
    red = []
    for moment in options.at or MOMENTS:
        print(f"== {moment}: {' in '.join(MOMENTS[moment])}", flush=True)
        began = time.monotonic()
        if start_at(moment, options.command).wait():
            red.append(moment)
        print(f"== {moment}: {'RED' if moment in red else 'green'} ({time.monotonic() - began:.0f} s)", flush=True)
    return len(red) > 0


if __name__ == "__main__":
    sys.exit(main())
