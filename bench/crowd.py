"""Fills the configured database with as many conversations as asked: Valmont's own, cloned by the database itself.

    PORTEVOIX_HOME=DIR python bench/crowd.py 100000

Texts, authors, events and facts are those of the demonstration, taken in through the real door once and then copied
with ids, references and dates of their own over three years; one conversation in fifty is open, its deadline spread
over the last ten days and the next four. The indexes and triggers are those of the product.
"""

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit import seed

OPEN = 50
HOURS = 3 * 365 * 24
TABLES = {
    "author": {"id": "author"},
    "conversation": {"id": "conversation", "author_id": "author"},
    "message": {"id": "message", "conversation_id": "conversation", "author_id": "author"},
    "event": {"id": "event", "conversation_id": "conversation", "message_id": "message"},
    "fact": {"id": "fact", "conversation_id": "conversation", "message_id": "message"},
}


@dataclass(frozen=True)
class Clones:
    """Writes the statements that copy the rows of one table `k` times over, in the words of one database."""

    vendor: str
    steps: dict[str, int]
    one_in: int

    def statement(self, table: str, columns: list[str]) -> str:
        values = ", ".join(self._value(table, column) for column in columns)
        names = ", ".join(f'"{column}"' for column in columns)
        series = "generate_series(%s::bigint, %s::bigint) AS clone(k)"
        if self.vendor == "sqlite":
            series = "(WITH RECURSIVE c(k) AS (SELECT %s UNION ALL SELECT k + 1 FROM c WHERE k < %s) SELECT k FROM c)"
        source = f"(SELECT * FROM record_{table} WHERE id <= {self.steps[table]}) AS seed"
        return f"INSERT INTO record_{table} ({names}) SELECT {values} FROM {series}, {source}"

    def _value(self, table: str, column: str) -> str:
        if column in (moved := TABLES[table]):
            return f"seed.{column} + k * {self.steps[moved[column]]}"
        if column == "reference":
            return f"substr(seed.reference, 1, 10) || '-' || {self._text('k')}"
        if column in ("thread", "external_id") or (table, column) == ("message", "in_reply_to"):
            return f"CASE WHEN seed.{column} = '' THEN '' ELSE seed.{column} || '-' || {self._text('k')} END"
        if table == "conversation" and (special := self._standing(column)):
            return special
        if column.endswith("_at"):
            return self._earlier(f"seed.{column}", "k * (%(hours)s)")
        return f'seed."{column}"'

    def _standing(self, column: str) -> str:
        number = f"(seed.id + k * {self.steps['conversation']})"
        is_open = f"{number} %% {self.one_in} = 0"
        spread = f"(({number} / {self.one_in} * 7919) %% 20160) / 60.0 - 96"
        now = "CURRENT_TIMESTAMP" if self.vendor == "postgresql" else "'now'"
        due = self._earlier(now, spread)
        promised = f"{is_open} AND ({number} / {self.one_in}) %% 9 = 0"
        states = f"CASE ({number} / {self.one_in}) %% 10 WHEN 0 THEN 'awaiting' WHEN 1 THEN 'assigned' ELSE 'open' END"
        closed = f"CASE {number} %% 3 WHEN 0 THEN 'closed' ELSE 'answered' END"
        return {
            "state": f"CASE WHEN {is_open} THEN {states} ELSE {closed} END",
            "queue_at": f"CASE WHEN {is_open} THEN {due} END",
            "due_at": f"CASE WHEN {is_open} THEN {due} END",
            "promised_at": f"CASE WHEN {promised} THEN {due} END",
            "assignee_id": f"CASE WHEN {is_open} AND ({number} / {self.one_in}) %% 10 = 1 THEN "
            f"(SELECT id FROM record_contact WHERE role = 'host' ORDER BY id LIMIT 1) END",
        }.get(column, "")

    def _earlier(self, when: str, hours: str) -> str:
        if self.vendor == "sqlite":
            return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', {when}, (-({hours})) || ' hours')"
        return f"{when} - ({hours}) * interval '1 hour'"

    def _text(self, number: str) -> str:
        return f"CAST({number} AS text)"


def fill(conversations: int, one_in: int = OPEN) -> int:
    """Makes the record hold about so many conversations, one in `one_in` of them open; how many it holds now.

    The record has to be empty.
    """
    seed.settle(Path(os.environ["PORTEVOIX_HOME"]))
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        steps = {table: _one(cursor, f"SELECT max(id) FROM record_{table}") for table in TABLES}
        seeded = _one(cursor, "SELECT count(*) FROM record_conversation")
        clones = Clones(connection.vendor, steps, one_in)
        copies = max(0, round(conversations / seeded) - 1)
        hours = str(round(HOURS / max(copies, 1), 4))
        for first in range(1, copies + 1, 200):
            last = min(first + 199, copies)
            with transaction.atomic():
                for table in TABLES:
                    statement = clones.statement(table, columns_of(table))
                    cursor.execute(statement.replace("%(hours)s", hours), [first, last])
        _finish(cursor)
        return _one(cursor, "SELECT count(*) FROM record_conversation")


def columns_of(table: str) -> list[str]:
    """Those that are written; what the database makes of them itself is left out."""
    from django.apps import apps

    return [field.column for field in apps.get_model("record", table)._meta.concrete_fields]


def _finish(cursor: Any) -> None:
    """The ids go on after the clones, and the planner knows how much there is."""
    if cursor.db.vendor == "postgresql":
        for table in TABLES:
            serial = f"pg_get_serial_sequence('record_{table}', 'id')"
            cursor.execute(f"SELECT setval({serial}, (SELECT max(id) FROM record_{table}))")
        cursor.execute("VACUUM ANALYZE")
    else:
        cursor.execute("ANALYZE")


def _one(cursor: Any, statement: str) -> int:
    cursor.execute(statement)
    return int(cursor.fetchone()[0])


def main() -> None:
    os.environ.setdefault("PORTEVOIX_HOME", tempfile.mkdtemp(prefix="portevoix-crowd-"))
    from portevoix.cli.django_setup import set_up_django

    set_up_django()
    print(f"{fill(int(sys.argv[1])):,} conversations in {os.environ['PORTEVOIX_HOME']}")


if __name__ == "__main__":
    main()
