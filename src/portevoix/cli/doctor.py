"""`portevoix doctor`."""

import contextlib
import shlex
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from portevoix.cli import django_setup
from portevoix.cli.database_trouble import damage_error
from portevoix.config import env
from portevoix.kernel.errors import PortevoixError

LEAST_DISK = 1_000_000_000
SAMPLE = 200
QUIET = timedelta(minutes=10)
Finding = tuple[bool, str]


@click.command()
def doctor() -> None:
    """Look at the database, its migrations, the channels, the clock and the disk, and say what to do.

    Exit status: 0 all is well; 1 something needs you.
    """
    django_setup.set_up_django(migrate=False)
    well = True
    for good, text in _look():
        well = well and good
        click.echo(f"{'ok  ' if good else 'MEND'}  {text}")
    sys.exit(0 if well else 1)


def _look() -> Iterator[Finding]:
    yield from _permissions()
    yield _disk()
    try:
        lacking = _set_up()
    except PortevoixError as error:  # what keeps every other command from beginning
        yield False, str(error)
        return
    yield _database()
    if lacking:
        yield False, f"{lacking} migrations are missing. Any other command makes them: portevoix intake, serve…"
        return
    yield True, "The database is up to date."
    yield from _city()
    yield from _channels()
    yield _worker()
    yield from _letters()
    yield from _aside()
    yield from _meaning()
    yield _check_replay()
    yield from _retention()


def _set_up() -> int:
    """Return how many migrations are missing. An empty home is set up; an older database is only looked at."""
    django_setup.check_not_newer()
    lacking = django_setup.pending()
    if django_setup.FIRST not in lacking:
        return len(lacking)
    django_setup.set_up_django()
    return 0


def _permissions() -> Iterator[Finding]:
    """Check the home and the files in it: the database there holds all that citizens wrote."""
    loose = list(_loose(env.home()))
    for path in loose:
        mode, right = path.stat().st_mode & 0o777, 0o700 if path.is_dir() else 0o600
        yield (
            False,
            f"{path} is open to other users of this machine ({mode:o}): chmod {right:o} {shlex.quote(str(path))}",
        )
    if not loose:
        yield True, f"{env.home()} is its owner's alone."


def _loose(home: Path) -> Iterator[Path]:
    file = django_setup.database_file()
    beside = [file.with_name(file.name + end) for end in ("", "-wal", "-shm")] if file else []
    for path in dict.fromkeys((home, *(path for path in sorted(home.iterdir()) if path.is_file()), *beside)):
        with contextlib.suppress(FileNotFoundError):  # the last process that closes the database takes two of them away
            if path.stat().st_mode & env.PRIVATE:
                yield path


def _database() -> Finding:
    from django.db import connection  # noqa: PLC0415 -- Django is ready only now

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT version()")
            return True, f"The database answers: {str(cursor.fetchone()[0]).split(',')[0]}."
        try:
            cursor.execute("PRAGMA quick_check(1)")  # reads all of it
            verdict = str(cursor.fetchone()[0])
        except UnicodeDecodeError as error:  # what SQLite says quotes what stands in the file
            verdict = str(error)
        if verdict != "ok":
            return False, str(damage_error(verdict.replace("\n", " ")))
        cursor.execute("SELECT sqlite_version()")
        return True, f"The database answers, and is whole: SQLite {cursor.fetchone()[0]}."


def _city() -> Iterator[Finding]:
    from portevoix.record.permissions import Capability, can  # noqa: PLC0415 -- Django is ready only now
    from portevoix.record.policies import current_policy  # noqa: PLC0415
    from portevoix.record.queries.city import city, contacts, departments  # noqa: PLC0415

    row = city()
    if row is None or not row.name:
        yield False, "There is no city yet. Found yours with: portevoix init"
        return
    policy = current_policy()
    hours = "within opening hours" if policy.hours else "day and night"
    yield True, f"{row.name}, {row.timezone}: a first reply within {policy.first_contact / 3600:g} h, {hours}."
    if policy.timezone != row.timezone:
        yield False, f"The policy's time zone is {policy.timezone}, the city's {row.timezone}: make them agree."
    people = contacts()
    hosts = [person for person in people if can(person, Capability.REPLY)]
    yield (
        bool(hosts),
        f"{len(hosts)} colleagues may reply, out of {len(people)}."
        if hosts
        else ("Nobody may reply yet. Make an administrator with: portevoix init"),
    )
    count = sum(department.active for department in departments())
    yield bool(count), f"{count} departments." if count else "No department yet. Add them in the settings."


def _channels() -> Iterator[Finding]:
    from portevoix.exchange.connectors import missing_reply_account  # noqa: PLC0415 -- Django is ready only now
    from portevoix.record.queries.city import accounts  # noqa: PLC0415

    now = datetime.now(UTC)
    rows = [row for row in accounts() if row.state != "unconnected"]
    if not rows:
        yield False, "No account is connected. Connect your mailbox in the settings, under Channels."
    for row in rows:
        name = f"{row.channel} {row.address}"
        if row.trouble:
            trouble = row.trouble["text"].format(**row.trouble["values"])
            yield False, f"{name}: {trouble} {'Mend it in the settings.' if row.state == 'paused' else ''}".rstrip()
        elif (lacking := missing_reply_account(row)) is not None:
            mailbox = f"The mailbox {lacking} is not connected" if lacking else "No mailbox is named"
            yield (
                False,
                f"{name}: no reply can leave. {mailbox}: connect one in the settings, and choose it for the form.",
            )
        elif row.received_at and row.received_at - now > QUIET:
            yield (
                False,
                f"{name} was last asked at {row.received_at:%Y-%m-%d %H:%M} UTC, which is to come. "
                "Set this machine's clock.",
            )
        elif row.received_at and now - row.received_at > QUIET:
            yield False, f"{name} was last asked at {row.received_at:%Y-%m-%d %H:%M} UTC. Is portevoix work running?"
        else:
            yield True, f"{name} is well."


def _worker() -> Finding:
    from portevoix.record.queries.monitoring import counts, liveness  # noqa: PLC0415 -- Django is ready only now

    now = datetime.now(UTC)
    worker_seen_at = liveness(now).worker_seen_at
    if worker_seen_at is None:
        return False, "No worker has run yet: nothing comes in and no reply leaves until portevoix work runs."
    if now - worker_seen_at > QUIET:
        return False, f"No worker has been seen since {worker_seen_at:%Y-%m-%d %H:%M} UTC. Start portevoix work."
    return True, f"Workers seen within the last minute: {counts(now).workers}."


def _retention() -> Iterator[Finding]:
    """Name the day until which retention waits, because its runs were far apart."""
    from portevoix.record.retention_preview import waits_until  # noqa: PLC0415 -- Django is ready only now

    if until := waits_until(now=datetime.now(UTC)):
        yield (
            False,
            f"Nothing is deleted before {until:%Y-%m-%d}: no worker ran for days, or the clock was set. "
            "See whether this machine's clock is right.",
        )


def _letters() -> Iterator[Finding]:
    """Look at the letters of the house: those that wait for a person, or for a mailbox."""
    from portevoix.exchange.outbound.letter_delivery import find_mailbox  # noqa: PLC0415 -- Django is ready only now
    from portevoix.record.queries.dispatches import count_waiting_letters, suppressed_addresses  # noqa: PLC0415
    from portevoix.record.queries.monitoring import counts  # noqa: PLC0415

    if count := sum(count_waiting_letters().values()):
        yield False, f"{count} letters did not leave, or came back: decide on them under Journal, Letters."
    due = counts(datetime.now(UTC)).letters["due"]
    if due and find_mailbox() is None:
        yield (
            False,
            f"{due} letters wait for a mailbox that sends. Connect the city's in the settings, under Channels.",
        )
    if count := len(suppressed_addresses()):
        yield True, f"{count} addresses get no letter any more, as mail to them came back: Journal, Letters."


def _aside() -> Iterator[Finding]:
    from portevoix.record.queries.attention import totals  # noqa: PLC0415 -- Django is ready only now

    backlog = totals()
    for count, text in (
        (backlog.quarantined, "messages are in quarantine"),
        (backlog.held, "messages wait to be let in"),
        (backlog.stuck, "replies did not arrive"),
    ):
        if count:
            yield False, f"{count} {text}. They are listed in the desk, under Set aside."
    if backlog.waiting:
        yield False, f"{backlog.waiting} messages wait for a worker. Is portevoix work running?"


def _meaning() -> Iterator[Finding]:
    from portevoix.exchange.prediction.embedding_config import NOBODY, source  # noqa: PLC0415 -- Django is ready only now

    reading = source()
    if not reading.encoders:
        why = "PORTEVOIX_EMBEDDINGS is no" if reading.name == NOBODY else "no sentence encoder is installed here"
        yield True, f"Messages are understood by their words alone: {why}."
        return
    from portevoix.exchange.prediction.message_vectors import probe_encoders  # noqa: PLC0415 -- loads what reads, which takes a while
    from portevoix.record.queries.embeddings import number_read, state  # noqa: PLC0415

    for name, outcome in probe_encoders():
        if isinstance(outcome, int):
            yield True, f"What messages mean is read by {name}: {outcome} numbers each."
        else:
            yield False, f"What messages mean cannot be read by {name}: {outcome}"
    waiting = state(reading.name, reading.encoders).waiting
    yield True, f"{number_read(reading.encoders)} messages have been read so; {waiting} wait."


def _check_replay() -> Finding:
    from portevoix.record.replay_differences import differences, latest_conversations  # noqa: PLC0415 -- Django is ready only now

    some = latest_conversations(SAMPLE)
    wrong = {one.conversation for one in differences(some)}
    if wrong:
        few = f"{len(wrong)} of the {len(some)} latest conversations stand otherwise than their history says."
        return False, f"{few} Reckon them again with: portevoix replay"
    return True, f"The {len(some)} latest conversations stand where their history brings them."


def _disk() -> Finding:
    file = django_setup.database_file()
    free, place = min(
        (shutil.disk_usage(place).free, place) for place in {env.home(), file.parent if file else env.home()}
    )
    return free > LEAST_DISK, f"{free / 1e9:.0f} GB are free in {place}." if free > LEAST_DISK else (
        f"Only {free / 1e6:.0f} MB are free in {place}: make room."
    )
