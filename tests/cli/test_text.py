"""The commands on texts keep their contract: a line out for each line in, in order, whatever is in it."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portevoix.cli.text import text
from portevoix.text import starter

VALENCES = starter.examples("valence")[:240]
DEPARTMENTS = """
[[department]]
slug = "eau"
name = "Eau"
description = "Eau potable, fuites, compteurs."
competences = ["facture d'eau", "robinet"]
[[department]]
slug = "sport"
name = "Sports"
description = "Piscines et gymnases."
competences = ["maître-nageur", "vestiaires"]
"""


@pytest.fixture(autouse=True)
def words_alone(monkeypatch) -> None:
    """What sentences mean takes seconds; tests/text/test_classifier.py tries it."""
    monkeypatch.setattr("portevoix.text.training.city_labels.encoders", lambda: ())
    monkeypatch.setattr("portevoix.text.labels.embedding_model.encoders", lambda: ())


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl.gz"
    rows = [{"text": said, "labels": {"valence": label}} for said, label in VALENCES]
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    return path


def run(*arguments: object, given: str = "") -> Result:
    return CliRunner().invoke(text, [str(one) for one in arguments], input=given)


def told(result: Result) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_model_is_learnt_and_labels_every_line_in_order(labelled: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    learnt = run("train", "--task", "valence", "--data", labelled, "--out", model)
    assert learnt.exit_code == 0, learnt.output
    lines = ['{"text": "Bravo, la piscine est magnifique !", "id": 7}', "nonsense", '{"text": ""}', '{"subject": "x"}']
    found = run("predict", "--model", model, given="\n".join(lines))
    assert found.exit_code == 3
    praise, broken, empty, without = told(found)
    assert praise["id"] == 7 and next(p for p in praise["predicted"] if p["label"])["label"] == "well"
    assert sum(p["probability"] for p in praise["predicted"] if p["label"]) == pytest.approx(1, abs=0.001)
    assert "line 2" in broken["error"] and "line 4" in without["error"]
    assert empty["predicted"][0]["label"] is None, "nobody can tell of nothing"


def test_evaluate_says_all_that_was_promised(labelled: Path) -> None:
    found = run("evaluate", "--task", "valence", "--train", labelled, "--test", labelled, "--json")
    assert found.exit_code == 0, found.output
    report = json.loads(found.stdout)
    assert report.keys() == {"accuracy", "macro_f1", "coverage", "accuracy_when_sure", "ece", "texts_per_s", "n"}
    assert report["n"] == len(VALENCES) and 0.8 < report["accuracy"] <= 1


@pytest.mark.parametrize("dated", [True, False])
def test_what_was_asked_lately_counts_for_more_where_messages_say_when_they_were_sent(dated: bool, tmp_path) -> None:
    """The file's own order says nothing: these come shuffled."""
    said = [(f"Ma rue est bloquée, {n % 50}", "works" if n < 200 else "snow", n) for n in range(400)]
    rows = [
        {"text": told, "labels": {"department": label}}
        | ({"sent_at": f"2026-{1 + n // 40:02}-{1 + n % 28:02}T10:00:00+01:00"} if dated else {})
        for told, label, n in sorted(said, key=lambda row: row[2] * 7919 % 400)
    ]
    data, model = tmp_path / "dated.jsonl", tmp_path / "model"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert run("train", "--task", "department", "--data", data, "--out", model).exit_code == 0
    [answer] = told(run("predict", "--model", model, given='{"text": "Ma rue est bloquée"}'))
    snow = next(one["probability"] for one in answer["predicted"] if one["label"] == "snow")
    assert (snow > 0.6) is dated


def test_departments_are_found_by_what_they_say_of_themselves(tmp_path: Path) -> None:
    path = tmp_path / "d.toml"
    path.write_text(DEPARTMENTS, encoding="utf-8")
    found = run("route", "--departments", path, given='{"text": "Mon robinet fuit"}\n{"text": "Le maître-nageur"}\n')
    assert found.exit_code == 0, found.output
    firsts = [next(p for p in line["predicted"] if p["label"]) for line in told(found)]
    assert [first["label"] for first in firsts] == ["eau", "sport"]
    assert "robinet" in firsts[0]["words"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("[[department]]\nname = 'a'", "needs a slug"),
        ("department = 1", "no [[department]]"),
        ("[[department", "is not TOML"),
        ("[[department]]\nslug='a'\ncompetences='b'", "list of competences"),
        ("[[department]]\nslug='a'\n[[department]]\nslug='a'", "twice"),
    ],
)
def test_departments_that_cannot_be_read_are_refused_with_what_is_wrong(given: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "d.toml"
    path.write_text(given, encoding="utf-8")
    assert why in str(run("route", "--departments", path, given='{"text": "a"}').exception)
    assert "cannot be read" in str(run("route", "--departments", tmp_path / "none.toml").exception)


def test_nothing_to_learn_from_is_said(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_text('{"text": "a", "labels": {"kind": "question"}}\n')
    out = tmp_path / "m"
    assert "has a label for valence" in str(run("train", "--task", "valence", "--data", path, "--out", out).exception)
    assert "two labels" in str(run("train", "--task", "kind", "--data", path, "--out", out).exception)
    path.write_text("".join(json.dumps({"text": text, "labels": {"kind": text}}) + "\n" for text in ("un", "deux")))
    assert "two examples" in str(run("train", "--task", "kind", "--data", path, "--out", out).exception)
    assert not out.exists()
    assert "no model at" in str(run("predict", "--model", out, given="{}").exception)


def test_messages_are_read_whole(tmp_path: Path) -> None:
    two = "Bravo pour la piscine, les vestiaires sont superbes. Par contre les poubelles de la rue débordent !"
    lines = [{"text": two, "id": 3}, {"text": "Ça sent le gaz à l'école"}, {"text": ""}, {"text": "Hi", "lang": "de"}]
    found = run("read", given="".join(json.dumps(line) + "\n" for line in lines))
    assert found.exit_code == 0, found.output
    both, danger, empty, foreign = told(found)
    assert both["id"] == 3 and both["lang"] == "fr"
    assert [two[topic["start"] : topic["end"]][:5] for topic in both["topics"]] == ["Bravo", "Par c"]
    assert [topic["valence"] for topic in both["topics"]] == ["well", "wrong"]
    assert danger["urgency"] == {"level": 2, "words": ["sent le gaz"]}
    assert len(danger["topics"]) == 1 and danger["topics"][0]["end"] == len(danger["text"])
    assert empty["topics"] == [] and empty["lang"] == "" and foreign["lang"] == "de"
    path = tmp_path / "d.toml"
    path.write_text(DEPARTMENTS, encoding="utf-8")
    mine = told(run("read", "--departments", path, given='{"text": "Le maître-nageur est absent"}\n'))
    assert mine[0]["topics"][0]["department"] == "sport"


def test_a_language_that_cannot_be_told_is_refused() -> None:
    why = str(run("read", "--lang", "fr", "--lang", "xx", given='{"text": "Bonjour"}').exception)
    assert "“xx” is no language" in why and " br " in why


def rows(count: int, *more: str) -> bytes:
    """With labels of their own, so that what ships is not learnt from too, which takes seconds."""
    told = [
        json.dumps({"text": said, "labels": {"valence": label.upper()}})
        for said, label in VALENCES[:: len(VALENCES) // count][:count]
    ]
    return "".join(f"{line}\n" for line in (*told, *more)).encode()


def test_a_compressed_file_that_breaks_off_is_not_learnt_from(labelled: Path, tmp_path: Path) -> None:
    packed, out = labelled.read_bytes(), tmp_path / "model"
    flipped = bytearray(packed)
    flipped[len(packed) // 2] ^= 1
    for name, damaged in (("short.gz", packed[: len(packed) // 2]), ("flipped.gz", bytes(flipped))):
        (tmp_path / name).write_bytes(damaged)
        why = "damaged at line"
        assert why in str(run("train", "--task", "valence", "--data", tmp_path / name, "--out", out).exception)
        assert not out.exists()
        for learn, tried in ((labelled, tmp_path / name), (tmp_path / name, labelled)):
            found = run("evaluate", "--task", "valence", "--train", learn, "--test", tried)
            assert why in str(found.exception) and not found.stdout


def test_what_is_learnt_or_tried_on_part_of_a_file_is_no_success(tmp_path: Path) -> None:
    whole, part, out = tmp_path / "whole.jsonl", tmp_path / "part.jsonl", tmp_path / "model"
    whole.write_bytes(rows(120))
    part.write_bytes(rows(80, *["nonsense"] * 9))
    learnt = run("train", "--task", "valence", "--data", part, "--out", out)
    assert learnt.exit_code == 3 and out.exists()
    assert "9 lines refused" in learnt.stderr and learnt.stderr.count("not JSON") == 5 and "and 4 more" in learnt.stderr
    for learn, tried in ((whole, part), (part, whole)):
        found = run("evaluate", "--task", "valence", "--train", learn, "--test", tried, "--json")
        assert found.exit_code == 3 and json.loads(found.stdout)["n"] and "and 4 more" in found.stderr


def test_the_place_of_a_model_is_tried_before_learning(labelled: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("portevoix.text.training.city_labels.train", lambda *_, **__: pytest.fail("it learnt"))
    (tmp_path / "file").touch()
    for out, why in (("nodir/x.model", "There is no folder"), ("file/x.model", "There is no folder")):
        tried = run("train", "--task", "valence", "--data", labelled, "--out", tmp_path / out)
        assert why in str(tried.exception) and "Errno" not in str(tried.exception)
    assert {path.name for path in tmp_path.iterdir()} == {"file", labelled.name}


def test_too_few_examples_are_warned_of(tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_bytes(rows(12))
    learnt = run("train", "--task", "valence", "--data", few, "--out", tmp_path / "model")
    assert learnt.exit_code == 0 and "12 examples. At least 60 are needed" in learnt.stderr
    few.write_bytes(rows(100))
    learnt = run("train", "--task", "valence", "--data", few, "--out", tmp_path / "model")
    assert "Warning" not in learnt.stderr


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("[[department]]\nslug='a'\nname='Eau'", "one department"),
        ("[[department]]\nslug='a'\nname='Eau'\n[[department]]\nslug='b'\nname=' '", "Department 2 in"),
        ("[[department]]\nslug='a'\nname='Eau'\n[[department]]\nslug='b'\nname='?'", "Fewer than two"),
    ],
)
def test_departments_between_which_nothing_is_to_choose_are_refused(given: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "d.toml"
    path.write_text(given, encoding="utf-8")
    assert why in str(run("route", "--departments", path, given='{"text": "a"}').exception)


def test_languages_in_one_word_are_told_to_be_said_one_by_one() -> None:
    assert "--lang fr --lang en" in str(run("read", "--lang", "fr,en", given='{"text": "Bonjour"}').exception)


def test_reading_says_of_departments_what_nobody_can_tell() -> None:
    said = ["Merci !", "ok", "https://valmont.example", "👍👍", "À quelle heure ouvre la piscine ?"]
    found = told(run("read", given="".join(json.dumps({"text": each}) + "\n" for each in said)))
    assert [line["department"] for line in found] == [None, None, None, None, "sports"]


@pytest.mark.parametrize(
    ("redirected", "why", "status"),
    [
        ("<&-", "Standard input is closed", 2),
        ("</dev/null >&-", "Standard output is closed", 2),
        (">/dev/full", "Standard output cannot be written: No space left", 1),
    ],
)
def test_closed_and_full_streams_are_told_in_one_line(redirected: str, why: str, status: int) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"$0" -c "from portevoix.cli.main import main; main()" text mask {redirected}', sys.executable],
        input=b'{"text": "Merci"}\n', capture_output=True, check=False,
    )  # fmt: skip
    [line] = done.stderr.decode().splitlines()
    assert why in line and "kept" not in line and done.returncode == status
