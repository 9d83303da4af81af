"""`edition.json`: an edition as data for other programs, from a record or a file, as `edition.schema.json` has it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from portevoix.journal.editions.answer_sections import AnsweredRow
from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.finding_sections import FindingRow, Findings, SubjectRow
from portevoix.journal.editions.sections import Replies, Voice
from portevoix.journal.findings.contents import Subject
from portevoix.journal.storage.edition_schema import schema
from portevoix.journal.words.answer_words import describe_row
from portevoix.journal.words.wording import describe_finding, plain
from portevoix.kernel.clock import parse_week
from portevoix.kernel.errors import BadInput, BadLine
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.interchange import check_storable, read_json
from portevoix.record.queries.wait_states import WaitState

MOST_BYTES = 20_000_000
_LONGEST_PATH = 120

type Document = dict[str, Any]
type NameMessage = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Method:
    """How an edition was made. `predicted`: the labels that the program gave to messages without one."""

    predicted: tuple[str, ...]

    def as_json(self, findings: Findings) -> Document:
        has_meaning = any(each.centre for each in findings.subjects)
        return {
            "portevoix": version("portevoix"),
            "grouped_by": "words and meaning" if has_meaning else "words",
            "predicted": list(self.predicted),
        }


RECORD = Method(("department", "kind", "valence"))
"""A record's messages have the labels of colleagues, and the program's where no colleague gave one."""


def write_document(edition: Edition, method: Method, name_message: NameMessage = str) -> Document:
    """Return the document, its sentences in the language that is active.

    `name_message` gives a message's id outside: of a record's edition it is the record's number.
    """
    findings = edition.section("findings") or Findings((), (), 0, 0, 0, tested=False)
    is_known = edition.section("replies") is not None
    answered = edition.section("answered")
    return {
        "week": edition.week,
        "department": edition.department,
        "model": method.as_json(findings),
        "answered": [_answered(each) for each in answered.rows] if answered else [],
        "findings": [_finding(each, findings, name_message) for each in findings.findings],
        "subjects": [_subject(each, name_message, is_known=is_known) for each in findings.subjects],
        "figures": _figures(edition, findings),
    }


def _answered(row: AnsweredRow) -> Document:
    return {
        "week": row.week,
        "finding": row.about.id,
        "sentence": describe_row(row),
        "department": row.department,
        "answer": row.answer,
        "text": row.text,
        "signature": row.signature,
        "promised_on": row.promised_on or None,
        "passed": row.passed,
    }


def _finding(row: FindingRow, findings: Findings, name_message: NameMessage) -> Document:
    subject = next((each for each in findings.subjects if each.id == row.subject), None)
    return {
        "id": row.id,
        "kind": row.finding,
        "subject": row.subject,
        "sentence": plain(describe_finding(row)),
        "people": row.people,
        "messages": len(row.messages),
        "expected": _round(row.expected),
        "ratio": _round(row.ratio),
        "q_value": None if row.q_value is None else float(f"{row.q_value:.4g}"),
        "message_ids": list(map(name_message, row.messages)),
        "quotes": _quotes(subject.voices if subject else row.voices),
    }


def _subject(row: SubjectRow, name_message: NameMessage, *, is_known: bool) -> Document:
    states = {each.code: each.count.now for each in row.states}
    return {
        "id": row.id,
        "title": row.phrase,
        "message_ids": list(map(name_message, row.messages)),
        "people": row.people,
        "state": {str(state): states.get(state, 0) for state in WaitState} if is_known else None,
        "demands": [
            {"phrase": each.phrase, "people": each.people, "message_ids": list(map(name_message, each.messages))}
            for each in row.demands
            if each.phrase
        ],
        "quotes": _quotes(row.voices),
        "sensitive": row.sensitive,
        "curve": [{"week": each.code, "people": each.count.now} for each in row.curve],
        "terms": list(row.terms),
        "centre": list(row.centre),
    }


def _quotes(voices: Iterable[Voice]) -> list[str]:
    return [f"{voice.text} […]" if voice.cut else voice.text for voice in voices]


def _figures(edition: Edition, findings: Findings) -> Document:
    volume, voices, replies = edition.section("volume"), edition.section("voices"), edition.section("replies")
    roles = {row.code: row.count.now for row in volume.roles}
    return {
        "messages": volume.total.now,
        "people": findings.people,
        "single_messages": findings.single,
        "new_requests": roles.get("request", 0),
        "reminders": roles.get("reminder", 0),
        "thanks": roles.get("thanks", 0),
        "wrong": voices.wrong.count.now,
        "well": voices.well.count.now,
        "weeks_compared": edition.compared,
        "messages_usual": _round(volume.total.mean),
        "unusual_findings": sum(row.finding == "emerging" for row in findings.findings) if findings.tested else None,
        "states": {str(state): findings.count(f"state-{state}") for state in WaitState} if replies else None,
        "first_reply_within_8h": _share_of_8h(replies) if replies else None,
    }


def _share_of_8h(replies: Replies) -> float | None:
    first = replies.measures[0]
    if any(each.horizon == "8h" for each in first.earlier_weeks):
        return None  # that share is of another week
    return next((_round(share.value) for share in first.now.shares if share.horizon == "8h"), None)


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def read_previous(file: Path, *, week: str, department: str) -> list[Subject]:
    """Return the subjects of the edition before. Raise BadInput for a file that is none, or of other messages."""
    document = _read_document(file)
    if document["department"] != department:
        message = gettext_noop("{file} is the edition of “{other}”, not of “{slug}”: subjects do not go on from it.")
        raise BadInput(message, file=str(file), other=document["department"] or "–", slug=department or "–")
    if parse_week(document["week"]) > parse_week(week):
        message = gettext_noop("{file} is the edition of {other}, which comes after {week}.")
        raise BadInput(message, file=str(file), other=document["week"], week=week)
    return [_read_subject(each) for each in document["subjects"]]


def _read_document(file: Path) -> Document:
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
        document = read_json(content) if len(content) <= MOST_BYTES else None
        wrong = best_match(Draft202012Validator(schema()).iter_errors(document))
        for name, value in document.items() if isinstance(document, dict) and not wrong else ():
            check_storable(value, name)
    except OSError as error:
        why = error.strerror or str(error)
        raise BadInput(gettext_noop("{file} cannot be read: {why}."), file=str(file), why=why) from None
    except BadLine as error:
        raise BadInput(gettext_noop("{file}: {why}"), file=str(file), why=str(error)) from None
    if wrong is not None or not isinstance(document, dict):
        message = gettext_noop("{file} is not the edition.json of a journal: {where} is not what it should be.")
        raise BadInput(message, file=str(file), where=wrong.json_path[:_LONGEST_PATH] if wrong else "$")
    return document


def _read_subject(document: Document) -> Subject:
    return Subject(
        id=document["id"],
        title=document["title"],
        message_ids=tuple(document["message_ids"]),
        people=document["people"],
        typical="",
        voices=(),
        demands=(),
        districts={},
        departments={},
        answered=0,
        waiting=0,
        terms=tuple(document["terms"]),
        centre=tuple(document["centre"]),
    )
