"""All indicators of a nation's communes from coded posts in Parquet, beside pandas, and as the posts grow.

    python bench/barometer.py [--rows 100000000] [--beside 5000000] [--chunk 2500000] [--data DIR]

The posts are generated (`kit/nation.py`) into a folder that is removed; `--data` takes those that are there. Each
figure comes from a process of its own, whose largest memory is told; the time of the processor beside the time that
passed says how much else the machine did. Goals: all of them within five minutes and 4 GB, at five times the rate of
pandas, in a time that grows as the posts do. Exits with 3 when one is missed, with 1 when pandas counts anything else.
"""

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from kit.ending import GOAL_MISSED
from kit.nation import CHUNK, FIRST_DAY, LAST_DAY, write_nation

from portevoix.measures.engines import engine
from portevoix.measures.indicator_values import compute_indicators, count_cities

MOST_SECONDS, MOST_GIGABYTES, TIMES, GROWTH = 300, 4.0, 5.0, 1.25


def count(who: str, directory: Path) -> dict:
    """What a child prints: seconds of the counting and of the values, its largest memory, and a mark of the figures."""
    begun, used = time.perf_counter(), time.process_time()
    if who == "pandas":
        from kit import pandas_peer

        counts = pandas_peer.count(directory, first_day=FIRST_DAY, last_day=LAST_DAY)
    else:
        counts = count_cities(engine(who).read(directory), first_day=FIRST_DAY, last_day=LAST_DAY, by_day=False)
    counted, computed = time.perf_counter() - begun, time.process_time() - used
    mark = hashlib.sha256()
    for city, one in counts.items():
        told = {code: measured.value for code, measured in compute_indicators(one).items()}
        mark.update(
            json.dumps([city, {code: told[code] and float(f"{told[code]:.9g}") for code in sorted(told)}]).encode()
        )
    return {
        "cities": len(counts),
        "counting_s": round(counted, 1),
        "counting_cpu_s": round(computed, 1),
        "all_s": round(time.perf_counter() - begun, 1),
        "all_cpu_s": round(time.process_time() - used, 1),
        "gigabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
        "mark": mark.hexdigest()[:12],
    }


def in_a_child(who: str, files: list[Path]) -> dict:
    with tempfile.TemporaryDirectory() as place:
        for number, file in enumerate(files):
            (Path(place) / f"{number:04}.parquet").symlink_to(file)
        command = [sys.executable, __file__, "--count", who, "--data", place]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def told(name: str, rows: int, figures: dict) -> dict:
    print(
        f"{name:>8} {rows / 1e6:5.1f} million: {figures['all_s']:5.1f} s, {figures['counting_s']:.1f} of it counting; "
        f"of the processor {figures['all_cpu_s']:.1f} s, {figures['counting_cpu_s']:.1f} of it counting; "
        f"{figures['gigabytes']:.2f} GB; {figures['cities']} communes",
        flush=True,
    )
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--beside", type=int, default=5_000_000)
    parser.add_argument("--chunk", type=int, default=CHUNK, help="posts in a file; of --data too")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--count", choices=("polars", "pandas"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.count:
        print(json.dumps(count(asked.count, asked.data)))
        return 0
    with ExitStack() as stack:
        place = asked.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        files = sorted(place.rglob("*.parquet")) or write_nation(place, rows=asked.rows, chunk=asked.chunk)
        return measure([file.resolve() for file in files], asked.chunk, asked.beside)


def measure(files: list[Path], chunk: int, beside: int) -> int:
    all_rows = len(files) * chunk
    grown = {
        share: told("Polars", share * chunk, in_a_child("polars", files[:share]))
        for share in (len(files) // 4, len(files) // 2, len(files))
    }
    few = files[: beside // chunk]
    ours, pandas = (told(name, beside, in_a_child(name.lower(), few)) for name in ("Polars", "pandas"))
    quarter, whole = grown[len(files) // 4], grown[len(files)]
    rates = {
        "of all, ours at full size": all_rows / whole["all_s"] * pandas["all_s"] / beside,
        "of the counting": all_rows / whole["counting_s"] * pandas["counting_s"] / beside,
        "of the counting, in processor time": all_rows / whole["counting_cpu_s"] * pandas["counting_cpu_s"] / beside,
    }
    growth = whole["counting_cpu_s"] / quarter["counting_cpu_s"] / (len(files) / (len(files) // 4))
    print("times the rate of pandas: " + ", ".join(f"{ratio:.1f} {name}" for name, ratio in rates.items()))
    print(f"time for four times the posts, beside four times the time: {growth:.2f}; at most {GROWTH}")
    goals = {
        f"within {MOST_SECONDS} s": whole["all_s"] <= MOST_SECONDS,
        f"within {MOST_GIGABYTES} GB": whole["gigabytes"] <= MOST_GIGABYTES,
        f"{TIMES} times pandas": min(rates.values()) >= TIMES,
        "in proportion": growth <= GROWTH,
    }
    same = ours["mark"] == pandas["mark"]
    print(f"the same figures as pandas: {'yes' if same else 'NO'}")
    for goal, met in goals.items():
        print(f"{goal}: {'met' if met else 'MISSED'}")
    print(json.dumps({"rows": all_rows, "polars": whole, "quarter": quarter, "pandas": pandas, "rates": rates}))
    if not same:
        return 1
    return 0 if all(goals.values()) else GOAL_MISSED


if __name__ == "__main__":
    sys.exit(main())
