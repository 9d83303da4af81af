"""The answers of departments with which an edition opens."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from portevoix.journal.editions.answer_sections import Answered, AnsweredRow
from portevoix.journal.editions.edition import read_entry
from portevoix.journal.editions.finding_sections import FindingRow
from portevoix.record.queries.finding_answers import AnsweredFinding, answered_since, dates_passed, last_cut_off
from portevoix.text.privacy import mask

MOST_ANSWERS = 40


def compose_answered(week: str, department: str, *, until: datetime, timezone: str) -> tuple[Answered, ...]:
    """Compose what departments answered since the edition before, and the dates that passed without a word since.

    Return nothing where there is neither. `department` "": of all of them.
    """
    since, zone = last_cut_off(week, department), ZoneInfo(timezone)
    on, after = until.astimezone(zone).date(), since.astimezone(zone).date() if since else None
    answered = answered_since(week, department, since=since, until=until)
    passed = dates_passed(week, department, since=since, until=until, on=on, after=after)
    rows = tuple(_write_rows((*passed, *answered), on=on))
    if not department:  # a department's own edition leaves the places of public equipment, the city's does not
        rows = tuple(replace(row, about=replace(row.about, phrase=mask(row.about.phrase))) for row in rows)
    return (Answered(rows[:MOST_ANSWERS]),) if rows else ()


def _write_rows(found: Iterable[AnsweredFinding], *, on: date) -> Iterable[AnsweredRow]:
    """Yield the rows; a date before `on` has passed, also one that was given and missed within the same week."""
    for each in found:
        answer = each.answer
        yield AnsweredRow(
            week=answer.week,
            about=replace(read_entry(FindingRow, dict(each.finding)), messages=(), voices=()),
            department=answer.department,
            answer=answer.kind,
            text=answer.text,
            signature=answer.signature,
            promised_on=answer.promised_on.isoformat() if answer.promised_on else "",
            at=answer.at,
            passed=answer.promised_on is not None and answer.promised_on < on,
        )
