"""A citizen who asks to be forgotten, on the command line: afterwards no file of the home holds a byte of hers."""

import json
import re
import zipfile

from tests.cli.test_commands import LINE, lines, run

__all__ = ["run"]
ZOE = {"id": "did:plc:zqzoe", "handle": "zqzoe", "name": "Zoé Zqleveque"}
MINE = [
    {**LINE, "external_id": f"zqid{n}", "author": ZOE, "text": f"La zqpiscine{n} est fermée, zqpourquoi ?",
     "sent_at": f"2026-11-18T1{n}:00:00+01:00"}
    for n in range(5)
]  # fmt: skip
REPLY = {
    **LINE, "external_id": "r", "direction": "out", "in_reply_to": "zqid0", "author": {"id": "@v"},
    "sent_at": "2026-11-18T12:00:00+01:00", "text": "Bonjour Madame Zqlévèque, demain.",
}  # fmt: skip
OTHER = {**LINE, "external_id": "other", "text": "Et le stade ? zqstade"}


def test_nobody_by_that_name(run) -> None:
    assert run("person", "find", "Zqleveque").returncode == 2
    assert b"Nothing is held under 7." in run("person", "erase", "7", "--yes").stdout


def test_a_person_is_found_and_erased_and_no_file_holds_a_byte_of_hers(run, tmp_path) -> None:
    assert run("intake", "-", stdin=lines(*MINE, REPLY, OTHER)).returncode == 0
    found = run("person", "find", "zoe zqleveque").stdout.decode()
    assert "Zoé Zqleveque (zqzoe)" in found and "5 messages, the last on 2026-11-18" in found
    number = found.split()[0]
    before = run("measures", "report", "--week", "2026-W47", "--json").stdout
    assert json.loads(before)
    refused = run("person", "erase", number, stdin=b"n\n")
    assert refused.returncode == 130 and b"5 messages are emptied" in refused.stdout
    assert run("person", "find", "zqzoe").returncode == 0
    erased = run("person", "erase", number, stdin=b"y\n")
    assert b"Erased: 5 messages in 5 conversations." in erased.stdout and erased.returncode == 0
    assert b"Still open in the inbox" in erased.stdout
    for file in (path for path in (tmp_path / "home").rglob("*") if path.is_file()):
        assert not re.findall(rb"zqid|zqzoe|zqpis|zqpourq|qpourquoi|Zql", file.read_bytes()), file
    assert run("measures", "report", "--week", "2026-W47", "--json").stdout == before
    again = run("intake", "-", stdin=lines(*MINE, REPLY, OTHER))
    assert json.loads(again.stdout) == {"read": 7, "taken": 0, "already_known": 7, "refused": 0}
    assert "Bonjour Madame [nom], demain." in run("export").stdout.decode()
    assert run("person", "find", "zqzoe").returncode == 2


def test_accounts_that_are_joined_go_together(run) -> None:
    mail = {
        **LINE,
        "channel": "email",
        "account": "c@v.example",
        "external_id": "m",
        "author": {"id": "zoe@zq.example"},
    }
    run("intake", "-", stdin=lines(MINE[0], mail))
    numbers = [run("person", "find", query).stdout.decode().split()[0] for query in ("zqzoe", "zoe@zq.example")]
    assert run("person", "join", numbers[0]).returncode == 2
    assert run("person", "join", *numbers).returncode == 0
    run("person", "erase", numbers[1], "--yes")
    assert b"zq" not in run("export").stdout


def test_what_is_held_is_written_into_a_file_for_its_owner_alone(run, tmp_path) -> None:
    run("intake", "-", stdin=lines(*MINE, REPLY))
    number = run("person", "find", "zqzoe").stdout.decode().split()[0]
    assert run("person", "export", number, "zoe.zip").stdout == b"zoe.zip\n"
    assert (tmp_path / "zoe.zip").stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(tmp_path / "zoe.zip") as file:
        assert file.read("messages.jsonl").count(b"zqpourquoi") == 5
    for arguments in ((number, "zoe.zip"), ("999", "none.zip")):
        refused = run("person", "export", *arguments)
        assert refused.returncode == 2 and not (tmp_path / "none.zip").exists()
