"""Real conversations, built as studies: Boston 311's desk on Twitter, and twenty-five brands as if they were cities.

    python bench/realtalk.py [--data ../shared/data] [--most 1000000]

The data are read in place and nothing of them is kept: brands are numbered, no text and no name is printed. Told are
how many conversations there were, the shares replied to in time, scores, rank sets and tiers, what was called automatic
and how long it all took. The brands' own words are English; their "population" is not known.
"""

import argparse
import csv
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kit.ending import NOT_RUN

from portevoix.barometer.analysis.dataset import code_messages
from portevoix.barometer.results.build import build
from portevoix.barometer.studies.loader import read_study
from portevoix.kernel.errors import BadLine
from portevoix.kernel.interchange import read_lines
from portevoix.kernel.messages import Direction, Incoming, Writer

_ACCOUNTS = "city,network,handle,scope,evidence_url,evidence_date,since,until"
_SHOWN = ("reactivity.f1h", "reactivity.f8h", "reactivity.f24h", "reactivity.answered", "conversation.reply_share")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--data", type=Path, default=Path("../shared/data"))
    arguments.add_argument("--most", type=int, default=1_000_000, help="messages of each that are looked at")
    given = arguments.parse_args()
    if not (given.data / "boston").is_dir():
        print(f"realtalk: NOT RUN, the development data are not in {given.data}")
        sys.exit(NOT_RUN)
    for title, messages in (("Boston 311", boston(given.data)), ("Twenty-five brands", list(brands(given.data)))):
        tell(title, messages[: given.most])


def boston(data: Path) -> list[Incoming]:
    """The desk's own conversations, 2018 and 2019: before, the sample holds a handful."""
    with (data / "boston" / "messages.jsonl").open("rb") as stream:
        read = [line for line in read_lines(stream) if not isinstance(line, BadLine)]
    return [message for message in read if message.sent_at.year >= 2018]


def brands(data: Path) -> Iterator[Incoming]:
    """Each session is a thread that a client opened."""
    with (data / "ibm_twitter_care" / "turns.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Incoming(
                channel="x",
                account=row["company"],
                external_id=f"{row['split']}-{row['session_id']}-{row['turn']}",
                direction=Direction.IN if row["role"] == "client" else Direction.OUT,
                author=Writer(row["author"]),
                sent_at=datetime.fromisoformat(row["created_at_utc"]),
                text=row["text"],
                thread=f"{row['split']}-{row['session_id']}",
                lang="en",
            )


def tell(title: str, messages: list[Incoming]) -> None:
    began = time.perf_counter()
    results = studied(title, messages)
    took = time.perf_counter() - began
    sums = results["messages"]
    print(
        f"\n{title}: {sums['read']} messages, {sums['waits']} first waits, {took:.1f} s ({sums['read'] / took:.0f}/s)"
    )
    print(
        f"{'':<10}{'waits':>6}{'F(1h)':>7}{'F(8h)':>7}{'F(24h)':>7}{'ever':>7}{'replies':>8}{'score':>7}  ranks   tier"
    )
    for city in results["cities"]:
        figures = [city["indicators"].get(code, {"value": None}) for code in _SHOWN]
        shares = "".join("      –" if one["value"] is None else f"{one['value']:7.2f}" for one in figures)
        place = (
            "–"
            if city["rank"] is None
            else f"{city['score']:6.1f}  {city['rank_set'][0]:>2}–{city['rank_set'][1]:<3}{city['tier']:>5}"
        )
        print(f"{city['name']:<10}{figures[0].get('n', 0):>6}{shares} {place}")
    tiers = Counter(city["tier"] for city in results["cities"] if city["tier"])
    print(f"tiers {dict(tiers)}; leader stays under other weights: {results['leader_stays']}")
    automatic = [one for city in results["cities"] for one in city["evidence"]["automation"] if one["agreed"]]
    print(
        f"accounts found automatic: {len(automatic)}; grave remarks: {sum(one['grave'] for one in results['remarks'])}"
    )


def studied(title: str, messages: list[Incoming]) -> dict[str, Any]:
    """Its results, from a folder that is there only meanwhile."""
    accounts = sorted({message.account for message in messages})
    first = min(message.sent_at for message in messages).date()
    last = max(message.sent_at for message in messages).date() + timedelta(days=3)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        settings = f'title = "{title}"\nperiod = ["{first}", "{last}"]\nnetworks = ["x"]\ntimezone = "UTC"\n'
        (folder / "study.toml").write_text(settings + 'languages = ["en"]\n')
        cities = "".join(f"{n:02},no. {n:02},,\n" for n, _ in enumerate(accounts, 1))
        (folder / "cities.csv").write_text(f"code,name,population,agglomeration\n{cities}")
        rows = "".join(f"{n:02},x,{account},city,,,,\n" for n, account in enumerate(accounts, 1))
        (folder / "accounts.csv").write_text(f"{_ACCOUNTS}\n{rows}")
        study = read_study(folder)
        return build(study, code_messages(study, [(title, messages)])).document


if __name__ == "__main__":
    main()
