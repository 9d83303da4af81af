"""Messages taken in per second through the whole door, beside the rate at which SQLite stores the same lines bare.

Prints both rates and their ratio; the machine's own speed cancels out. Needs nothing but the package.
"""

import os
import sqlite3
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

COPIES = 4


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="portevoix-bench-"))
    os.environ["PORTEVOIX_HOME"] = str(home)
    from portevoix.cli.setup import ready

    ready()
    from portevoix.cli.valmont.timeline import timeline
    from portevoix.exchange import receive
    from portevoix.kernel.interchange import write_line

    messages = [
        replace(m, external_id=f"{n}-{m.external_id}", in_reply_to=f"{n}-{m.in_reply_to}" if m.in_reply_to else "")
        for n in range(COPIES)
        for m in timeline(0)
    ]
    start = time.perf_counter()
    for _ in receive.take(messages, now=datetime.now(UTC)):
        pass
    ours = len(messages) / (time.perf_counter() - start)

    lines = [(m.account, m.external_id, m.sent_at.isoformat(), write_line(m)) for m in messages]
    bare = sqlite3.connect(home / "bare.sqlite3")
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("CREATE TABLE line (account, external_id, sent_at, line, UNIQUE (account, external_id))")
    start = time.perf_counter()
    with bare:
        bare.executemany("INSERT INTO line VALUES (?, ?, ?, ?)", lines)
    limit = len(lines) / (time.perf_counter() - start)
    print(f"{len(messages)} messages: intake with all steps {ours:,.0f}/s; bare lines into SQLite {limit:,.0f}/s; ")
    print(f"ratio {ours / limit:.4f}")


if __name__ == "__main__":
    main()
