"""`portevoix convert` as its user runs it, and what it writes taken in by `portevoix intake`."""

import gzip
import json
from pathlib import Path

import pytest

from tests.channels.test_importing import CASES, SAMPLES, X
from tests.cli.test_commands import run

__all__ = ["run"]  # a fixture


def copied(sample: str, to: Path) -> str:
    (to / sample).write_bytes((SAMPLES / sample).read_bytes())
    return sample


def test_samples_of_every_format_are_converted_and_taken_in(run, tmp_path) -> None:
    written = b""
    for name, sample, accounts, left, bad in CASES:
        given = [part for account in accounts for part in ("--account", account)]
        done = run("convert", "--from", name, *given, copied(sample, tmp_path))
        assert done.returncode == (3 if bad else 0), done.stderr.decode()
        expected = (SAMPLES / "expected" / f"{sample}.jsonl").read_bytes()
        assert list(map(json.loads, done.stdout.splitlines())) == list(map(json.loads, expected.splitlines()))
        assert all(f"{what} {count}" in done.stderr.decode() for what, count in left.items())
        written += done.stdout
    taken = run("intake", "-", stdin=written)
    told = json.loads(taken.stdout)
    assert taken.returncode == 0 and told["refused"] == 0 and told["taken"] > 20
    known = {(row["channel"], row["account"], row["external_id"]) for row in map(json.loads, written.splitlines())}
    assert told["taken"] == len(known)
    exported = [json.loads(line) for line in run("export").stdout.splitlines()]
    assert {(row["channel"], row["account"], row["external_id"]) for row in exported} == known


def test_convert_reads_standard_input_and_gzip_and_accounts_from_a_file(run, tmp_path) -> None:
    (tmp_path / "accounts.txt").write_text(f"@another\n\n{X}\n", encoding="utf-8-sig")
    raw = (SAMPLES / "twarc.jsonl").read_bytes()
    done = run("convert", "--from", "twarc", "--account-file", "accounts.txt", stdin=gzip.compress(raw))
    assert done.returncode == 0 and done.stderr.decode() == "5 converted, 0 refused; left out: reposts 1.\n"
    assert [json.loads(line)["direction"] for line in done.stdout.splitlines()] == ["in", "out", "in", "in", "in"]
    assert not list(tmp_path.glob("*.rejected.jsonl"))


def test_convert_refuses_by_line_into_the_reject_file(run, tmp_path) -> None:
    raw = (SAMPLES / "twarc.jsonl").read_bytes()
    (tmp_path / "a.jsonl").write_bytes(b"nonsense\n" + raw + b'{"id": "1", "text": "\\ud800", "author_id": "2"}\n')
    (tmp_path / "b.jsonl").write_bytes(raw)
    done = run("convert", "--from", "twarc", "--account", X, "a.jsonl", "b.jsonl")
    assert done.returncode == 3 and len(done.stdout.splitlines()) == 10
    rejected = [json.loads(line) for line in (tmp_path / "a.jsonl.rejected.jsonl").read_text().splitlines()]
    assert [row["line"] for row in rejected] == [1, 6] and "created_at" in rejected[1]["reason"]
    assert not (tmp_path / "b.jsonl.rejected.jsonl").exists()
    again = run("convert", "--from", "interchange", "-", stdin=done.stdout)
    assert again.returncode == 0 and again.stdout == done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--from", "nonsense", "a"), "nonsense"),
        (("a.jsonl",), "--from"),
        (("--from", "twarc", "--account", X, "nowhere.jsonl"), "nowhere.jsonl"),
        (("--from", "twarc", "-"), "--account"),
        (("--from", "interchange", "--account", X, "-"), "Leave --account out"),
        (("--from", "mbox", "--account-file", "nowhere.txt", "-"), "nowhere.txt"),
        (("--from", "twarc", "--account", X), "no line"),
    ],
)
def test_a_mistake_with_convert_gets_words(run, arguments, says) -> None:
    done = run("convert", *arguments)
    assert done.returncode == 2 and not done.stdout
    assert says in done.stderr.decode() and "Traceback" not in done.stderr.decode()


def test_what_converts_to_nothing_says_so(run, tmp_path) -> None:
    done = run("convert", "--from", "minet", "--account", X, stdin=b"a,b\n1,2\n")
    assert done.returncode == 2 and "Nothing could be read" in done.stderr.decode()
    assert "begins with: a, b" in (tmp_path / "standard-input.rejected.jsonl").read_text()


def test_an_account_that_is_nobodys_is_told(run, tmp_path) -> None:
    done = run("convert", "--from", "twarc", "--account", "@VilleDeValmnot", copied("twarc.jsonl", tmp_path))
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 5
    assert "writes its account as you do: it has ana_valmont, VilleDeValmont, bob_l." in done.stderr.decode()
