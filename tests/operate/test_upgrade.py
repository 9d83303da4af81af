"""Whatever version a city comes from, from the first schema on, the newest one finds its data as they were."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.operate.conftest import House

pytestmark = pytest.mark.servers

ROOT = Path(__file__).resolve().parents[2]
CHANGED: dict[str, str] = {
    "record_conversation.queue_at": "what is answered or closed has left the queue since 0005",
    "record_fact.promised_at": "a promise is told by itself since 0021, with the wait to which it was made",
    "record_fact.kind": "a wait has the kind of the message that opened it since 0022",
    "record_fact.valence": "as its kind",
    "record_message.labels": "what a colleague decided is known of the message since 0022",
    "record_promise.renewed_at": "a promise keeps its row when another date is given, since 0021",
}
"""Columns whose values a migration changes on purpose, or that it takes away, with the reason."""
DIFFERENT = {"django_migrations", "django_content_type", "auth_permission", "sqlite_sequence"}
"""What Django keeps for itself, or grows with the schema."""
POSTGRESQL_SCHEMA = (
    """SELECT table_name, column_name, column_default, is_nullable, data_type, character_maximum_length, is_identity,
        identity_generation, is_generated, generation_expression FROM information_schema.columns
        WHERE table_schema = 'public'""",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    """SELECT conrelid::regclass, conname, pg_get_constraintdef(oid), condeferrable, condeferred FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    "SELECT tgrelid::regclass, tgname, pg_get_triggerdef(oid), tgenabled FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "SELECT relname, relkind, relpersistence, reloptions FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    "SELECT extname, extversion FROM pg_extension",
)
KEYS = ("id", "version", "week", "session_key")
Columns = dict[str, list[str]]
Rows = dict[str, list[dict[str, object]]]


@dataclass(frozen=True)
class Upgraded:
    """An installation that had the first schema, and what it held then."""

    house: House
    columns: Columns
    rows: Rows
    told: str  # by `portevoix doctor`, before
    exported: list[bytes]  # by the command that brought it up to date


@pytest.fixture(scope="module")
def upgraded(house) -> Upgraded:
    one = house("first", PORTEVOIX_SECRET_KEY="-".join(["first-schema"] * 4))
    made = subprocess.run(
        [sys.executable, "-m", "tests.operate.first_schema"], cwd=ROOT, env=one.environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    had = {table: sorted(columns(one, table), key=lambda name: (name not in KEYS, name)) for table in tables(one)}
    before, told = rows(one, had), one.run("doctor").stdout.decode()
    return Upgraded(one, had, before, told, one.do("export").splitlines())


def tables(one: House) -> list[str]:
    """Not those of an index."""
    ours = "SELECT {} WHERE {} = '{}' AND ({} LIKE 'record\\_%' ESCAPE '\\' OR {} LIKE 'd%' OR {} LIKE 'auth%')"
    if one.address:
        question = ours.format("tablename FROM pg_tables", "schemaname", "public", *["tablename"] * 3)
    else:
        question = ours.format("name FROM pragma_table_list", "type", "table", *["name"] * 3)
    return sorted(row[0] for row in one.ask(question) if row[0] not in DIFFERENT)


def columns(one: House, table: str) -> list[str]:
    if one.address:
        place = f"table_schema = 'public' AND table_name = '{table}'"
        return [r[0] for r in one.ask(f"SELECT column_name FROM information_schema.columns WHERE {place}")]
    return [row[0] for row in one.ask(f"SELECT name FROM pragma_table_info('{table}')")]


def rows(one: House, of: dict[str, list[str]]) -> Rows:
    """All rows of these tables and columns, in the order of their first column's values."""
    found = {}
    for table, names in of.items():
        listed = ", ".join(f'"{name}"' for name in names)
        found[table] = [dict(zip(names, row, strict=True)) for row in one.ask(f"SELECT {listed} FROM {table}")]
        found[table].sort(key=lambda row: repr(next(iter(row.values()))))
    return found


def test_the_data_of_the_first_schema_are_there_in_the_newest(upgraded) -> None:
    assert {table for table, found in upgraded.rows.items() if not found} <= {"auth_group", "auth_group_permissions"}
    have = {table: columns(upgraded.house, table) for table in tables(upgraded.house)}
    lost = {f"{t}.{name}" for t, names in upgraded.columns.items() for name in names if name not in have.get(t, ())}
    assert lost <= CHANGED.keys(), "say in CHANGED why a migration takes it away"
    kept = {
        table: [name for name in names if f"{table}.{name}" not in CHANGED]
        for table, names in upgraded.columns.items()
        if table in have
    }
    after = rows(upgraded.house, kept)
    for table, names in kept.items():
        assert after[table] == [{name: row[name] for name in names} for row in upgraded.rows[table]], table
    said = [row for row in upgraded.rows["record_message"] if row["external_id"]]  # no notes, nothing that has not left
    assert len(upgraded.exported) == len(said)


def test_what_came_step_by_step_has_the_schema_of_what_was_made_at_once(upgraded, house) -> None:
    """An empty database is made by the migration that replaces most others; who was there before took each of them."""
    new = house("new", made=True)
    assert schema(upgraded.house) == schema(new)
    assert migrations(upgraded.house) == migrations(new)
    new.change("DELETE FROM django_migrations WHERE name LIKE '%squashed%'")  # as of whoever had the newest of before
    assert "migrations are missing" in new.run("doctor").stdout.decode()
    new.do("export")
    assert migrations(upgraded.house) == migrations(new)


def schema(one: House) -> set[tuple[str, ...]]:
    """All that the database says of itself, but for the order of columns, which tells when each of them came."""
    if one.address:
        return {tuple(map(str, row)) for question in POSTGRESQL_SCHEMA for row in one.ask(question)}
    told = set()
    for name, statement in one.ask("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"):
        words = " ".join(statement.split())
        table = re.fullmatch(r"(CREATE TABLE [^(]+)\((.*)\)(.*)", words)
        told |= {(name, table[1] + table[3])} | {(name, part) for part in parts(table[2])} if table else {(name, words)}
    kept = one.ask("SELECT k, v FROM record_message_fts_config")
    return told | {("record_message_fts", f"{key} = {value}") for key, value in kept}


def parts(listed: str) -> list[str]:
    """What commas outside of parentheses and quotes separate."""
    found, depth, quoted = [""], 0, ""
    for letter in listed:
        if quoted or letter in "\"'":
            quoted = "" if letter == quoted else quoted or letter
        depth += 0 if quoted else {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and not depth and not quoted:
            found.append("")
        else:
            found[-1] += letter
    return [part.strip() for part in found]


def migrations(one: House) -> set[tuple]:
    return set(one.ask("SELECT app, name FROM django_migrations"))


def test_the_installation_is_well_after_it(upgraded) -> None:
    assert "migrations are missing" in upgraded.told, "a look alone changes nothing"
    told = upgraded.house.run("doctor").stdout.decode()
    assert "The database is up to date." in told
    mend = [line.removeprefix("MEND  ") for line in told.splitlines() if line.startswith("MEND")]
    assert sum(line.startswith("Nothing is deleted before ") for line in mend) == 1, "its last message is weeks old"
    others = [line for line in mend if not line.startswith("Nothing is deleted before ")]
    assert {line.split(":")[0].split(".")[0] for line in others} == {
        "email contact@petiteville", "x @petiteville was last asked at 2026-11-09 19", "1 messages are in quarantine",
        "1 messages wait to be let in", "2 replies did not arrive", "1 messages wait for a worker",
        "webform petiteville", "No worker has run yet",
    }, told  # fmt: skip


def test_work_goes_on_after_it(upgraded) -> None:
    """What was in hand, new rows, the full-text index, the secrets."""
    told = upgraded.house.python("""
from datetime import UTC, datetime
from portevoix.exchange.worker import Worker
from portevoix.record import operations as do
from portevoix.record.models import Contact, Conversation, Envelope
from portevoix.record.operations.accounts import settings_of
from portevoix.record.queries.city import account_named
from portevoix.record.search import matching
from django.db.models import Q
host = Contact.objects.get(name="Claire")
Worker().once()
print(Envelope.objects.get(external_id="w1").state)
row = Conversation.objects.get(messages__external_id="m2")
do.answer(conversation=row.pk, text="Le trou est comblé.", by=host, now=datetime.now(UTC), seen=row.version)
print(matching("trou comble", within=Q()).conversations == {row.pk})
other = Conversation.objects.get(messages__external_id="m1")
print(matching("piscine dimanche", within=Q()).conversations == {other.pk})
print(settings_of(account_named("email", "contact@petiteville.example"))["password"])
""")
    assert told.split() == ["taken", "True", "True", "chut"]


@pytest.mark.django_db
def test_no_change_of_a_model_lacks_its_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=1)
