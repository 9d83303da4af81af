"""`portevoix journal build --messages`: an edition of a file alone, without any record."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from portevoix.cli.journal import journal
from portevoix.journal.composition.compose_file import compose_file
from portevoix.journal.storage.edition_schema import schema
from portevoix.kernel.errors import BadInput
from portevoix.kernel.interchange import read_line
from tests.journal.messages_file import BEGIN, WEEK, lines_of, reply_to, town, write_lines
from tests.journal.weeks_of_words import POOL, pool

LATER = datetime(2027, 1, 1, tzinfo=UTC)


def build(out: Path, *arguments: str, **more: Any):
    return CliRunner().invoke(journal, ["build", "--out", str(out), *arguments], **more)


def document_of(out: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((out / "edition.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema()).validate(document)
    return document


def built(tmp_path: Path, lines: list[dict[str, Any]], *arguments: str) -> dict[str, Any]:
    file = write_lines(tmp_path / "messages.jsonl", lines)
    done = build(tmp_path / "out", "--messages", str(file), "--week", WEEK, *arguments)
    assert done.exit_code == 0, done.output
    return document_of(tmp_path / "out")


def composed(lines: list[dict[str, Any]], **more: Any):
    messages = [read_line(json.dumps(line), 1) for line in lines]
    return compose_file(messages, **{"week": WEEK, "now": LATER, **more})


def test_an_event_comes_first_with_the_ids_of_the_file(tmp_path):
    document = built(tmp_path, town(), "--department", "sports", "--language", "en")
    subject, finding = document["subjects"][0], document["findings"][0]
    pool_ids = {each.id for each in pool()}
    assert (document["week"], document["department"]) == (WEEK, "sports")
    assert (finding["kind"], finding["subject"]) == ("emerging", subject["id"])
    assert pool_ids == set(subject["message_ids"]) == set(finding["message_ids"])
    assert finding["people"] == finding["messages"] == len(POOL)
    assert finding["ratio"] > 1 and finding["q_value"] <= 0.05
    assert f"{len(POOL)} people" in finding["sentence"]
    assert set(finding["quotes"]) <= set(POOL) and len(finding["quotes"]) == 3
    assert document["model"]["predicted"] == []
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "Composed from a file of messages." in page and 'href="/' not in page


def test_no_database_is_asked(tmp_path, monkeypatch):
    """Neither a city nor a table is there: pytest-django refuses whatever asks the database."""
    assert built(tmp_path, town())["figures"]["messages"] == 20


def test_the_whole_city_has_its_departments_and_its_figures_add_up(tmp_path):
    figures = built(tmp_path, town())["figures"]
    assert figures["messages"] == figures["new_requests"] + figures["reminders"] + figures["thanks"]
    assert figures["weeks_compared"] == 8 and figures["messages_usual"] == 12
    assert figures["states"] is None and figures["first_reply_within_8h"] is None
    assert "Service par service" in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")


def test_what_was_not_tested_is_null(tmp_path):
    document = built(tmp_path, town(past=1))
    assert document["figures"]["unusual_findings"] is None
    assert {each["kind"] for each in document["findings"]}.isdisjoint({"emerging", "gone"})
    assert all(each["expected"] is each["ratio"] is each["q_value"] is None for each in document["findings"])


def test_labels_are_predicted_where_the_file_has_none(tmp_path):
    document = built(tmp_path, town(labels=False))
    assert document["model"]["predicted"] == ["department", "kind", "valence"]
    assert document["figures"]["wrong"] > 0
    mixed = [
        {**line, "labels": {"department": "lune"}} if n == 0 else line for n, line in enumerate(town(labels=False))
    ]
    assert built(tmp_path, mixed)["model"]["predicted"] == ["kind", "valence"], "departments of its own are not guessed"


def test_everything_that_is_written_is_masked(tmp_path):
    lines = town()
    for line in lines:
        line["text"] += " Zoé Quelquune, 06 12 34 56 78, 12 rue Haute, zoe@quelquune.fr"
    built(tmp_path, lines, "--department", "sports")
    for name in ("index.html", "edition.json"):
        written = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert not [word for word in ("Quelquune", "quelquun", "06 12", "12 rue", "zoe@") if word in written], name


def test_a_week_is_that_of_each_messages_own_offset():
    [one, *_] = lines_of(pool())
    sunday, monday = "2025-11-16T23:30:00-05:00", "2025-11-10T00:30:00+14:00"
    other = [{**one, "external_id": "a", "sent_at": sunday}, {**one, "external_id": "b", "sent_at": monday}]
    outside = {**one, "external_id": "c", "sent_at": "2025-11-17T00:30:00+14:00"}
    edition = composed([*other, outside]).edition
    assert edition.section("volume").total.now == 2
    assert {edition.since.isoformat(), edition.until.isoformat()} <= {
        f"2025-11-{day}T00:00:00{offset}" for day in ("10", "17") for offset in ("-05:00", "+14:00")
    }


def test_replies_tell_who_was_answered_and_who_waits():
    lines = town()
    strike = [line for line in lines if line["external_id"].startswith("p")]
    replies = [reply_to(line) for line in strike[:5]]
    date = (BEGIN + timedelta(days=5)).isoformat()
    replies.append(reply_to(strike[5], reply_kind="holding", promised_at=date))
    edition = composed([*lines, *replies], department="sports").edition
    states = {row.code: row.count.now for row in edition.section("findings").subjects[0].states}
    assert states == {"answered": 5, "holding": 1, "waiting": 2}
    assert [row.outcome for row in edition.section("promises").listed] == ["broken"]
    first, answer = edition.section("replies").measures
    assert (first.reply, answer.reply) == ("first", "answer")
    assert first.now.answered == answer.now.answered + 1 == 6
    assert {each.code for each in edition.section("attention").lists} == {"broken", "longest"}
    assert composed(lines, department="sports").edition.section("replies") is None


def test_a_later_reply_or_one_to_nobody_answers_nobody():
    [line, *rest] = lines_of(pool())
    late = reply_to(line, after=timedelta(days=9))
    post = {**reply_to(line), "external_id": "post", "in_reply_to": ""}
    edition = composed([line, *rest, late, {key: value for key, value in post.items() if value}]).edition
    assert edition.section("replies") is None


def test_a_message_that_comes_twice_counts_once_and_the_order_of_lines_does_not_matter():
    lines = [*town(), *(reply_to(line) for line in town() if line["external_id"].startswith("p"))]
    assert composed([*lines, *lines]).edition == composed(lines[::-1]).edition == composed(lines).edition


def test_a_running_week_stops_now_and_so_do_those_before():
    now = (BEGIN + timedelta(days=2, hours=12)).astimezone(UTC)
    lines = [line for line in town() if datetime.fromisoformat(line["sent_at"]) <= now]
    edition = composed(lines, now=now).edition
    assert edition.running and not edition.final and edition.cut_off == now
    whole = {row.code: row.count.now for row in edition.section("volume").weeks}
    assert max(edition.section("volume").total.past) < max(whole.values())


def test_a_subject_keeps_its_id_from_the_edition_before(tmp_path):
    first = built(tmp_path, town(), "--department", "sports")
    previous = tmp_path / "before.json"
    first["subjects"][0]["id"] = "piscine"
    first["week"] = "2025-W45"
    previous.write_text(json.dumps(first))
    again = built(tmp_path, town(), "--department", "sports", "--previous", str(previous))
    assert again["subjects"][0]["id"] == "piscine"
    assert again["findings"][0]["id"] == "emerging-piscine"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"week": "2025-W47"}, "comes after"),
        ({"department": "voirie"}, "edition of “voirie”"),
        ({"subjects": 3}, "$.subjects"),
        ({"subjects": [{"id": "a b"}]}, "$.subjects[0]"),
        ({"week": "x"}, "$.week"),
    ],
)
def test_a_wrong_previous_edition_is_refused_in_a_line(tmp_path, change, says):
    document = {**built(tmp_path, town(), "--department", "sports"), **change}
    file = tmp_path / "before.json"
    file.write_text(json.dumps(document))
    messages = str(tmp_path / "messages.jsonl")
    again = build(tmp_path, "--messages", messages, "--week", WEEK, "--department", "sports", "--previous", str(file))
    assert isinstance(again.exception, BadInput)
    assert says in str(again.exception) and "\n" not in str(again.exception)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"week": NaN}', b"[" * 100_000])
def test_any_other_file_is_no_previous_edition(tmp_path, content):
    messages = write_lines(tmp_path / "messages.jsonl", town())
    (tmp_path / "before.json").write_bytes(content)
    again = build(tmp_path, "--messages", str(messages), "--week", WEEK, "--previous", str(tmp_path / "before.json"))
    assert isinstance(again.exception, BadInput) and "\n" not in str(again.exception)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--week", "2025-W20"), "from 2025-W38 to 2025-W46"),
        (("--week", "2099-W01"), "has not begun"),
        (("--week", "2025-W99"), "is not a week"),
        (("--week", WEEK, "--department", "piscines"), "proprete, sports, voirie"),
        (("--week", WEEK, "--format", "odt"), "html,json,email,pdf"),
        (("--week", WEEK, "--previous", "nowhere.json"), "cannot be read"),
    ],
)
def test_a_mistake_gets_one_line_and_nothing_is_written(tmp_path, arguments, says):
    file = write_lines(tmp_path / "messages.jsonl", town())
    done = build(tmp_path / "out", "--messages", str(file), *arguments)
    assert isinstance(done.exception, BadInput)
    assert says in str(done.exception) and "\n" not in str(done.exception)
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_or_empty_and_a_previous_edition_without_messages(tmp_path):
    for content in (None, "", "\n\n"):
        if content is not None:
            (tmp_path / "none.jsonl").write_text(content)
        done = build(tmp_path / "out", "--messages", str(tmp_path / "none.jsonl"), "--week", WEEK)
        assert isinstance(done.exception, BadInput) and "\n" not in str(done.exception)
    done = build(tmp_path / "out", "--week", WEEK, "--previous", "edition.json")
    assert isinstance(done.exception, BadInput) and "--messages" in str(done.exception)


def test_bad_lines_are_told_and_the_rest_is_built(tmp_path):
    file = write_lines(tmp_path / "messages.jsonl", town())
    file.write_text("{}\nno line\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    done = build(tmp_path / "out", "--messages", str(file), "--week", WEEK)
    assert done.exit_code == 3
    assert "2 lines refused" in done.stderr and "line 1: " in done.stderr
    assert document_of(tmp_path / "out")["figures"]["messages"] == 20
    file.write_text("{}\n", encoding="utf-8")
    done = build(tmp_path / "out", "--messages", str(file), "--week", WEEK)
    assert isinstance(done.exception, BadInput) and "1 line refused" in done.stderr


def test_one_message_makes_an_edition_without_subjects(tmp_path):
    document = built(tmp_path, lines_of(pool())[:1])
    assert (document["figures"]["messages"], document["subjects"], document["findings"]) == (1, [], [])
    assert POOL[0][:40] in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")


def test_a_department_that_is_quiet_this_week_has_an_edition_that_says_so(tmp_path):
    lines = [line for line in town() if line["labels"]["department"] != "voirie" or line["sent_at"] < BEGIN.isoformat()]
    file = write_lines(tmp_path / "messages.jsonl", lines)
    done = build(tmp_path / "out", "--messages", str(file), "--week", WEEK, "--department", "voirie")
    assert (done.exit_code, done.stderr) == (0, f"There is no message of {WEEK}: the edition says so.\n")
    document = document_of(tmp_path / "out")
    assert (document["figures"]["messages"], document["figures"]["messages_usual"]) == (0, 4)


def test_standard_input_and_one_format_alone(tmp_path):
    file = write_lines(tmp_path / "messages.jsonl", town())
    done = build(tmp_path / "out", "--messages", "-", "--week", WEEK, "--format", "json", input=file.read_bytes())
    assert (done.exit_code, done.output.strip()) == (0, str(tmp_path / "out" / "edition.json"))
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["edition.json"]


@pytest.mark.parametrize(
    "labels", [{"department": 7, "kind": ["x"], "valence": {}}, {"district": "x" * 9000}, {"kind": ""}]
)
def test_labels_of_any_shape_do_no_harm(labels):
    lines = [{**line, "labels": labels} for line in town()]
    assert composed(lines).edition.section("volume").total.now == 20


def test_a_thread_that_began_before_what_is_read_begins_nothing_now():
    [one, *rest] = lines_of(pool())
    old = {**one, "external_id": "old", "sent_at": "2025-01-06T10:00:00+01:00"}
    edition = composed([{**one, "in_reply_to": "old"}, *rest, old]).edition
    roles = {row.code: row.count.now for row in edition.section("volume").roles}
    assert roles == {"request": len(POOL) - 1, "reminder": 1, "thanks": 0}
