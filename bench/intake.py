"""Messages taken in per second through the whole door, beside bare bulk inserts of the very rows that it leaves behind.

    python bench/intake.py [--copies 20]
    python tools/with_postgres.py --durable python bench/intake.py

Three figures of one run: all steps; all steps but the text models; and the rows of the second, read back and put into
the same tables again, 500 a transaction, with their indexes, keys and triggers. Their ratio is what counts.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from crowd import columns_of
from kit import seed, town

CLOCK = time.perf_counter
BATCH = 500
LEAST = 0.25
TABLES = ("author", "conversation", "message", "event", "fact", "promise", "envelope")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--copies", type=int, default=20, help="how often Valmont's messages and replies are taken in")
    copies = asked.parse_args().copies
    home = seed.make_home()
    os.environ["PORTEVOIX_HOME"] = str(home)
    os.environ.setdefault("PORTEVOIX_EMBEDDINGS", "no")
    from portevoix.cli.django_setup import set_up_django

    set_up_django()
    from django.db import connection

    seed.settle(home)
    whole = _rate("a", copies)
    town.without_text_models()
    before = {table: _last(table) for table in TABLES}
    plain = _rate("b", copies)
    limit, rows = _limit(before)
    print(f"{connection.vendor}: all steps {whole:,.0f} messages/s; but the text models {plain:,.0f}/s; ", end="")
    print(f"bare inserts of the same {rows:,} rows {limit:,.0f}/s; ratio {plain / limit:.3f} (at least {LEAST})")
    result = {"database": connection.vendor, "all_steps_per_s": round(whole), "no_text_models_per_s": round(plain)}
    print(json.dumps({**result, "bulk_inserts_per_s": round(limit), "ratio": round(plain / limit, 3)}))


def _messages(copies: int, prefix: str) -> Iterator[Any]:
    from portevoix.demo.timeline import timeline

    once = list(timeline(0))
    for n in range(copies):
        mark = f"{prefix}{n}-"
        for m in once:
            yield replace(
                m,
                external_id=mark + m.external_id,
                thread=m.thread and mark + m.thread,
                in_reply_to=m.in_reply_to and mark + m.in_reply_to,
                author=replace(m.author, id=mark + m.author.id),
            )


def _rate(prefix: str, copies: int) -> float:
    from portevoix.exchange.inbound import poller

    messages = list(_messages(copies, prefix))
    start = CLOCK()
    new = sum(taken.new for taken in poller.take_messages(messages, now=datetime.now(UTC)))
    assert new == len(messages)
    return new / (CLOCK() - start)


def _limit(before: dict[str, int]) -> tuple[float, int]:
    """Messages per second when the rows after `before` are taken away and put back, and the number of rows."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        kept = {}
        for table in TABLES:
            columns = columns_of(table)
            names = ", ".join(f'"{column}"' for column in columns)
            cursor.execute(f"SELECT {names} FROM record_{table} WHERE id > %s ORDER BY id", [before[table]])
            kept[table] = (columns, cursor.fetchall())
        with transaction.atomic():
            for table in reversed(TABLES):
                cursor.execute(f"DELETE FROM record_{table} WHERE id > %s", [before[table]])
        start = CLOCK()
        for table, (columns, rows) in kept.items():
            for at in range(0, len(rows), BATCH):
                with transaction.atomic():
                    _insert(cursor, table, columns, rows[at : at + BATCH])
        took = CLOCK() - start
    return len(kept["message"][1]) / took, sum(len(rows) for _, rows in kept.values())


def _insert(cursor: Any, table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    names = ",".join(f'"{column}"' for column in columns)
    one = f"({','.join(['%s'] * len(columns))})"
    if cursor.db.vendor == "sqlite":
        cursor.executemany(f"INSERT INTO record_{table} ({names}) VALUES {one}", rows)
    else:
        many = ",".join([one] * len(rows))
        cursor.execute(f"INSERT INTO record_{table} ({names}) VALUES {many}", [v for row in rows for v in row])


def _last(table: str) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM record_{table}")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
