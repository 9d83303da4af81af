"""A backup is of one moment, whole, and comes back elsewhere; what is not whole leaves nothing behind."""

import json
import random
import shutil
import signal
import stat
import subprocess
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db.models import FileField

from portevoix.config import env
from portevoix.kernel.errors import BadInput, PortevoixError
from portevoix.record.backup import archive, database_of
from portevoix.record.backup.scratch_dir import scratch_dir
from tests.operate.conftest import SERVER, House, line

LATER = 200  # messages that come when the backup is taken
CONNECT = """
from datetime import UTC, datetime
from portevoix.record.operations import accounts
accounts.connect(channel="email", address="contact@petiteville.example", connector="email",
    settings={"imap_host": "imap.petiteville.example", "password": "chut"}, secret={"password"}, by=None,
    now=datetime.now(UTC))
"""
PASSWORD_OF = """
from portevoix.record.operations.accounts import settings_of
from portevoix.record.queries.city import account_named
print(settings_of(account_named("email", "contact@petiteville.example"))["password"])
"""


@pytest.fixture(scope="module")
def one(house):
    """An installation with a mailbox and some messages: it is read only."""
    one = house("one", made=True)
    one.python(CONNECT)
    one.do("intake", "-", stdin=b"".join(map(line, range(20))))
    return one


@pytest.fixture(scope="module")
def kept(one, tmp_path_factory):
    file = tmp_path_factory.mktemp("kept") / "saved"
    one.do("backup", str(file))
    return file


@pytest.fixture
def saved(kept, tmp_path):
    """A backup of `one`, for each test its own."""
    return Path(shutil.copy2(kept, tmp_path / "saved"))


def eventually(true) -> None:
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_backup_taken_while_messages_come_in_is_of_one_moment(house, tmp_path) -> None:
    one = house("one", made=True)
    worker = one.start("work")
    intake = one.start("intake", "-", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    given: list[bytes] = []
    done = threading.Event()

    def feed() -> None:
        while not done.wait(0.002):
            given.append(line(len(given)))
            intake.stdin.write(given[-1])
        given.extend(line(len(given) + number) for number in range(LATER))
        intake.stdin.write(b"".join(given[-LATER:]))
        intake.stdin.close()

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        eventually(lambda: one.ask("SELECT count(*) FROM record_message")[0][0] > 0)
        one.do("backup", str(tmp_path / "saved"))
    finally:
        done.set()
        feeder.join()
    assert intake.wait(60) == 0
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0

    other = house("other")
    other.do("restore", str(tmp_path / "saved"))
    came, back = one.do("export").splitlines(), other.do("export").splitlines()
    assert 0 < len(back) < len(came) == len(given)
    assert back == came[: len(back)], "all that had come by then, and nothing later"
    [[stray]] = other.ask("SELECT count(*) FROM record_envelope WHERE state = 'taken' AND message_id IS NULL")
    assert stray == 0
    assert b"The database is up to date." in other.run("doctor").stdout
    assert one.ask("SELECT count(*) FROM record_lifesign") == [(1,)]
    assert other.ask("SELECT count(*) FROM record_lifesign") == [(0,)], "nobody works there yet"
    [[known]] = other.ask("SELECT count(*) FROM record_envelope")  # also those whose steps were still to come
    again = other.do("intake", "-", stdin=b"".join(given))
    assert json.loads(again)["already_known"] == known, "it goes on from there"
    assert other.do("export").splitlines() == came


def test_everything_comes_along_and_nobody_else_may_read_it(one, saved, house) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    other = house("other")
    other.do("restore", str(saved))
    assert other.python(PASSWORD_OF) == "chut\n", "the key came along"
    assert stat.S_IMODE((other.home / "secret.key").stat().st_mode) == 0o600
    tables = sorted(archive.unpack(saved, saved.parent).rows)
    for table in tables:
        theirs, mine = (sorted(map(repr, here.ask(f"SELECT * FROM {table}"))) for here in (other, one))
        assert theirs == mine, table
    other.do("intake", "-", stdin=line(20))
    assert other.ask("SELECT count(*), count(DISTINCT id) FROM record_message") == [(21, 21)], "numbers go on"


def test_all_that_the_record_keeps_is_in_the_database() -> None:
    """Attachments too. A field that keeps its content in files needs a place in the backup first."""
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    assert [field for field in fields if isinstance(field, FileField)] == []


def test_a_key_that_is_given_stays_outside(house, tmp_path) -> None:
    given = {"PORTEVOIX_SECRET_KEY": "the-key-that-is-given-and-kept-outside-0"}
    one = house("one", made=True, **given)
    one.python(CONNECT)
    assert b"not in it" in one.do("backup", str(tmp_path / "saved"))
    assert "secret.key" not in zipfile.ZipFile(tmp_path / "saved").namelist()
    other = house("other")
    assert "PORTEVOIX_SECRET_KEY" in other.told("restore", str(tmp_path / "saved"), status=2)
    other.more["PORTEVOIX_SECRET_KEY"] = "another-key-than-that-one-wherever-kept-0"
    assert "another secret key" in other.told("restore", str(tmp_path / "saved"), status=2)
    assert other.is_empty()
    other.more.update(given)
    other.do("restore", str(tmp_path / "saved"))
    assert other.python(PASSWORD_OF) == "chut\n"


def test_nothing_is_overwritten(one, saved) -> None:
    before = saved.read_bytes()
    assert "stays as it is" in one.told("backup", str(saved), status=2)
    assert saved.read_bytes() == before
    exported = one.do("export")
    assert "stays as it is" in one.told("restore", str(saved), status=2)
    assert one.do("export") == exported
    assert "no folder" in one.told("backup", str(saved.parent / "none" / "file"), status=2)


def test_a_home_with_another_key_keeps_it(saved, house) -> None:
    other = house("other")
    other.home.mkdir()
    (other.home / "secret.key").write_text(key := "the-key-of-this-home-and-of-no-other-one")
    assert "another secret key" in other.told("restore", str(saved), status=2)
    assert (other.home / "secret.key").read_text() == key and len(list(other.home.iterdir())) == 1


def test_there_has_to_be_something_to_back_up(house, tmp_path) -> None:
    assert "nothing to back up" in house("one").told("backup", str(tmp_path / "saved"), status=2)
    assert not (tmp_path / "saved").exists()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_file_that_was_cut_short_is_refused(saved, house, share) -> None:
    whole = saved.read_bytes()
    saved.write_bytes(whole[: int(len(whole) * share)])
    other = house("other")
    assert "no whole backup" in other.told("restore", str(saved), status=2)
    assert other.is_empty()


@pytest.mark.once
def test_a_file_in_which_anything_changed_is_refused_or_says_the_same(saved, tmp_path) -> None:
    whole, chance = saved.read_bytes(), random.Random(7)
    (tmp_path / "sound").mkdir()
    sound = archive.unpack(saved, tmp_path / "sound")
    refused = 0
    for number, place in enumerate(chance.sample(range(len(whole)), 200)):
        saved.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        folder = tmp_path / str(number)
        folder.mkdir()
        try:
            assert archive.unpack(saved, folder) == sound
        except PortevoixError:
            refused += 1
    assert refused > 190


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"rows": {"record_message": 10**6}}, "as many rows"),
        ({"migrations": ("record.0001_initial", "record.9999_future")}, "record.9999_future"),
        ({"database": "oracle"}, "oracle"),
    ],
)
def test_a_backup_that_does_not_fit_is_refused_with_words(saved, house, tmp_path, change, says) -> None:
    (tmp_path / "open").mkdir()
    manifest = archive.unpack(saved, tmp_path / "open")
    archive.pack(
        tmp_path / "other-file", replace(manifest, **change), {n: tmp_path / "open" / n for n in manifest.sums}
    )
    other = house("other")
    assert says in other.told("restore", str(tmp_path / "other-file"), status=2)
    assert other.is_empty()


@pytest.mark.once
def test_a_backup_of_a_newer_format_is_refused_with_words(saved, house, monkeypatch, tmp_path) -> None:
    manifest = archive.unpack(saved, tmp_path)
    monkeypatch.setattr(archive, "FORMAT", 99)
    archive.pack(tmp_path / "newer", manifest, {name: tmp_path / name for name in manifest.sums})
    assert "format 99" in house("other").told("restore", str(tmp_path / "newer"), status=2)


def repacked(saved: Path, to: Path, *, more: dict[str, int] | None = None, **change) -> Path:
    """The backup with members that hold so many zeros, and another manifest; None takes an entry out of it."""
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name != archive.MANIFEST:
                target.writestr(name, source.read(name))
        for name, size in (more or {}).items():
            with target.open(name, "w") as member:
                for _ in range(size // 1_000_000):
                    member.write(bytes(1_000_000))
        told = json.loads(source.read(archive.MANIFEST)) | change
        told = {name: value for name, value in told.items() if value is not None}
        target.writestr(archive.MANIFEST, json.dumps(told))
    return to


@pytest.mark.once
@pytest.mark.parametrize(
    ("more", "change", "says"),
    [
        ({"bomb": 400_000_000}, {}, "the members that its manifest declares"),
        ({"bomb": 400_000_000}, {"sums": {"bomb": "0" * 64}}, "the members that its manifest declares"),
        ({}, {"sizes": {"secret.key": 1}}, "the size that the manifest declares"),
        ({"../bomb": 0}, {"sums": "more"}, "the name of a path"),
        ({"bomb": 400_000_000}, {"sums": "more", "sizes": None, "format": 1}, "too large for what it is"),
        ({"bomb": 1_000_000_000}, {"sums": "more", "sizes": "more"}, "make room first"),
    ],
)
def test_a_backup_that_holds_more_than_it_declares_unpacks_nothing(
    saved, monkeypatch, tmp_path, more, change, says
) -> None:
    manifest = archive.unpack(saved, tmp_path)
    declared = {"sums": dict.fromkeys(more, "0" * 64), "sizes": more}
    change = {
        name: {**getattr(manifest, name), **declared[name]} if value == "more" else value
        for name, value in change.items()
    }
    bomb = repacked(saved, tmp_path / "bomb", more=more, **change)
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr(archive.shutil, "disk_usage", lambda folder: SimpleNamespace(free=900_000_000))
    with pytest.raises(BadInput, match=says):
        archive.unpack(bomb, tmp_path / "empty")
    assert not list((tmp_path / "empty").iterdir())


def test_a_backup_of_the_first_format_comes_back(saved, house, tmp_path) -> None:
    other = house("other")
    other.do("restore", str(repacked(saved, tmp_path / "first", sizes=None, format=1)))
    assert other.ask("SELECT count(*) FROM record_message") == [(20,)]


def test_an_older_backup_is_brought_up_to_date(house, tmp_path) -> None:
    one = house("one", made=True)
    one.do("intake", "-", stdin=line(1))
    one.python('from django.core.management import call_command; call_command("migrate", "desk", "zero", verbosity=0)')
    one.do("backup", str(tmp_path / "older"))
    assert "desk.0001_initial" not in archive.unpack(tmp_path / "older", tmp_path).migrations, "as it was"
    other = house("other")
    other.do("restore", str(tmp_path / "older"))
    assert other.ask("SELECT count(*) FROM record_message") == [(1,)]
    assert other.ask("SELECT count(*) FROM desk_draft") == [(0,)]
    assert b"The database is up to date." in other.run("doctor").stdout


def test_whatever_breaks_while_it_comes_back_nothing_stays(saved, house, monkeypatch, tmp_path) -> None:
    other = house("other")
    other.home.mkdir()
    for name in ("PORTEVOIX_HOME", "PORTEVOIX_DATABASE_URL"):
        monkeypatch.setenv(name, other.environment.get(name, ""))
    database = database_of(env.database(), env.database_address())
    archive.unpack(saved, tmp_path)
    with pytest.raises(KeyboardInterrupt), database.restoring(tmp_path / database.member):
        raise KeyboardInterrupt
    assert other.is_empty()
    other.do("restore", str(saved))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_backup_that_is_stopped_leaves_no_drafts(one, tmp_path, number) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    with one.start("backup", str(folder / "saved"), stdout=subprocess.DEVNULL) as process:
        eventually(lambda: any(folder.iterdir()))
        process.send_signal(number)
    if number == signal.SIGTERM:
        assert not list(folder.glob(".*")), "cleared by itself"
    one.do("backup", str(folder / "next"))
    assert not list(folder.glob(".*")), "cleared by the next"
    assert (folder / "next").exists()


def test_a_folder_of_drafts_goes_also_when_the_signal_comes_as_it_is_made(tmp_path, monkeypatch) -> None:
    make = Path.mkdir

    def stopped(folder: Path, **mode: int) -> None:
        make(folder, **mode)
        raise SystemExit(143)

    monkeypatch.setattr(Path, "mkdir", stopped)
    with pytest.raises(SystemExit), scratch_dir(tmp_path, ".drafts-"):
        pass
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not SERVER, reason="PostgreSQL's tools are for PostgreSQL")
def test_tools_that_are_missing_or_too_old_are_named(one, tmp_path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    one = House(one.home, one.address, {"PATH": str(tools)})
    told = one.told("backup", str(tmp_path / "more"), status=1)
    assert "pg_dump is not installed" in told and "postgresql-client" in told
    for name in ("pg_dump", "pg_restore"):
        (tools / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) 9.6.1'\n")
        (tools / name).chmod(0o755)
    assert "of version 9" in one.told("backup", str(tmp_path / "more"), status=1)
    assert not (tmp_path / "more").exists() and not list(tmp_path.glob(".*"))
