"""Runs each bench at its smallest size: whether it still works, which nobody else would notice for months.

    python bench/smoke.py [NAME...]

Two more than there are cores run at a time, since some wait for clocks. What is measured at this size says nothing, so
that a goal may be missed; a bench for which something is missing here is named, with what it said. Exits with 1 when
one ended in an error, or was cut off.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from kit.ending import GOAL_MISSED, NOT_RUN
from kit.seed import kept

BENCH = Path(__file__).parent
LONGEST_S = 300
AT_A_TIME = (os.cpu_count() or 1) + 2
SMALLEST = {
    "crowd": "1",
    "barometer": "--rows 40000 --beside 10000 --chunk 10000",
    "faults": "--kills 1 --door form",
    "channels": "--mentions 100 --network x",
    "text": "--most 200 --draws 1 --without-embeddings",
    "hosts": "--hosts 3 --seconds 8 --pace 0.05 --alone 3 --conversations 1500",
    "slow": "--connections 10 --tries 5 --seconds 0.6 --conversations 300",
    "inbox": "--small 300 --large 600 --rounds 2 --readers 2 --each 1",
    "live": "--pages 5",
    "fuzz": "--door interchange --cases 10",
    "footprint": "--without-demo",
    "coders": "--posts 600 --accounts 2",
    "intake": "--copies 1",
    "flood": "--posts 20 --seconds 2 --idle 1.5 --conversations 300",
    "rules": "--rules 5 --copies 1",
    "mails": "--mails 60",
    "ranks": "--runs 4 --replicates 60 --jobs 1",
    "realtalk": "--most 400",
    "peers": "",
    "bursts": "--smoke",
    "letters": "--recipients 40 --kills 3",
}
"""The arguments of each: first the one whose record others begin with, some that need none, then what takes longest."""
NEED_NO_RECORD = {
    "barometer",
    "faults",
    "channels",
    "text",
    "coders",
    "rules",
    "mails",
    "ranks",
    "realtalk",
    "bursts",
    "letters",
}
"""The others would copy the first one's record while it is made: they wait until it is there."""
_settled = threading.Event()


@dataclass(frozen=True, slots=True)
class Ending:
    name: str
    status: int
    seconds: float
    said: str

    @property
    def works(self) -> bool:
        return self.status in (0, GOAL_MISSED, NOT_RUN)

    def __str__(self) -> str:
        how = {0: "works", GOAL_MISSED: "works", NOT_RUN: "not run"}.get(self.status, f"FAILED with {self.status}")
        last = self.said.strip().rpartition("\n")[2] if self.status == NOT_RUN else ""
        return f"{self.name:10} {how} ({self.seconds:.0f} s) {last}".rstrip()


def run(name: str) -> Ending:
    if name != "crowd" and name not in NEED_NO_RECORD:
        _settled.wait(LONGEST_S)
    began = time.perf_counter()
    command = [sys.executable, str(BENCH / f"{name}.py"), *SMALLEST[name].split()]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    if name == "crowd":
        environment["PORTEVOIX_HOME"] = str(kept())
    with subprocess.Popen(
        command, env=environment, stdout=-1, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        try:
            said, _ = process.communicate(timeout=LONGEST_S)
            status = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # the servers that it has started too
            status, said = 1, f"{process.communicate()[0]}\ncut off after {LONGEST_S} s"
    if name == "crowd":
        _settled.set()
    ending = Ending(name, status, time.perf_counter() - began, said)
    print(ending, flush=True)
    return ending


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="portevoix-smoke-") as home, ThreadPoolExecutor(AT_A_TIME) as pool:
        if "crowd" not in (sys.argv[1:] or SMALLEST):
            _settled.set()
        Path(home).chmod(0o711)  # the mail server's user reaches its mailboxes through it
        os.environ["PORTEVOIX_BENCH_HOME"] = os.environ["TMPDIR"] = home  # what benches leave goes with it
        endings = list(pool.map(run, sys.argv[1:] or SMALLEST))
    failed = [ending for ending in endings if not ending.works]
    for ending in failed:
        print(f"\n== {ending.name}\n{ending.said[-3000:]}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
