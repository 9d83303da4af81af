"""`portevoix text similar`, as its user runs it."""

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from portevoix.cli.text.similar import similar
from portevoix.kernel.errors import BadInput


def line(number: str, text: str, **more: object) -> dict:
    common = {"channel": "x", "account": "@v", "external_id": number, "direction": "in", "author": {"id": number}}
    return common | {"sent_at": "2026-11-10T12:00:00+01:00", "text": text} | more


KNOWN = [
    line("1", "La piscine des Trois-Îles est en grève."),
    line("2", "La piscine des Trois-Îles est en grève ?" + " !" * 200, sent_at="2026-11-12T12:00:00+01:00"),
    line("3", "Un lampadaire clignote rue des Lilas.", sent_at="hier"),
]
REPLY = line("9", "Elle rouvre lundi.", direction="out", in_reply_to="1")


def run(folder: Path, known: list[dict | str], *asked: dict, arguments: tuple[str, ...] = ()) -> tuple[int, list[dict]]:
    file = folder / "index.jsonl.gz"
    file.write_bytes(gzip.compress("".join(json.dumps(each) + "\n" for each in known).encode()))
    given = "".join(json.dumps(each) + "\n" for each in asked).encode()
    done = CliRunner().invoke(similar, ["--index", str(file), *arguments], input=given)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, [json.loads(each) for each in done.stdout.splitlines()]


def test_messages_about_the_same_thing_come_with_their_beginning(tmp_path: Path) -> None:
    code, (told, same, none) = run(
        tmp_path, KNOWN, {"text": "Grève à la piscine des Trois-Îles"}, KNOWN[0], {"text": "Passeport ?"}
    )
    assert code == 0 and {each["external_id"] for each in told["similar"]} == {"1", "2"}
    assert max(len(each["text"]) for each in told["similar"]) == 200 and "answers" not in told
    assert [each["external_id"] for each in same["similar"]] == ["2"] and same["author"] == {"id": "1"}
    assert none["similar"] == []


def test_answers_that_were_given_to_what_came_before(tmp_path: Path) -> None:
    later = line("10", "piscine des Trois-Îles en grève", sent_at="2026-11-13T12:00:00+01:00")
    earlier = line("11", "piscine des Trois-Îles en grève", sent_at="2026-11-09T12:00:00+01:00")
    _, (told, before) = run(tmp_path, [*KNOWN, REPLY], later, earlier, arguments=("--most", "1"))
    assert len(told["similar"]) == 1
    assert [(each["to"], each["text"]) for each in told["answers"]] == [("1", "Elle rouvre lundi.")]
    assert before["answers"] == []


def test_bad_lines_of_the_index_are_told_but_not_all(tmp_path: Path) -> None:
    file = tmp_path / "index.jsonl"
    file.write_text(json.dumps(KNOWN[0]) + "\n" + "nonsense\n" * 9)
    done = CliRunner().invoke(similar, ["--index", str(file)], input=b'{"text": "piscine"}\n')
    assert done.exit_code == 3 and done.stderr.count("not JSON") == 5 and "and 4 more" in done.stderr


def test_bad_files_say_so(tmp_path: Path) -> None:
    assert run(tmp_path, [*KNOWN, "nonsense"], {"text": "x"})[0] == 3
    with pytest.raises(BadInput, match="no message from a citizen"):
        run(tmp_path, [REPLY], {"text": "x"})
    with pytest.raises(BadInput, match="cannot be read"):
        raise CliRunner().invoke(similar, ["--index", str(tmp_path / "nowhere")]).exception or AssertionError
