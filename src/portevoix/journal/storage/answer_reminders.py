"""Reminders of the dates that departments promised: planned in the ledger of letters on the day, and written."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from portevoix.exchange.jobs import Job
from portevoix.journal.edition_addresses import department_names, edition_address
from portevoix.journal.editions.edition import read_entry
from portevoix.journal.editions.finding_sections import FindingRow
from portevoix.journal.storage.answer_links import answer_address
from portevoix.journal.words.answer_words import name_answer
from portevoix.journal.words.wording import describe_finding, plain
from portevoix.kernel.letters import DispatchKind, DispatchToSend, Letter, Recipient
from portevoix.kernel.messages import Writer
from portevoix.record.operations.dispatches import plan_letters
from portevoix.record.permissions import JournalRight, journal_rights
from portevoix.record.queries import city as houses
from portevoix.record.queries.city import Contact
from portevoix.record.queries.finding_answers import (
    AnsweredFinding,
    AnswerRow,
    author_of_answer,
    find_answer,
    promises_due,
)
from portevoix.record.queries.journal_readers import journal_recipients
from portevoix.web.formatting import format_date
from portevoix.web.site_address import absolute_address

HOUR = time(8)
"""When a reminder is to leave, on the day itself, in the city's time zone."""
CATCH_UP = timedelta(days=7)
"""How long after its day a reminder is still planned; the ledger asks before it sends one that is late."""


def plan_reminders(now: datetime) -> int | None:
    """Plan the reminders of today, and of days that no worker saw; return how many letters are new, None for none.

    They go to the department's readers and to whoever gave the date, unless it was given on that day. Each is planned
    once.
    """
    city = houses.city()
    if city is None:
        return None
    zone = ZoneInfo(city.timezone)
    today = now.astimezone(zone).date()
    due = promises_due(on=today, after=today - CATCH_UP)
    given_before = [each for each in due if each.at.astimezone(zone).date() != each.promised_on]
    return sum(_plan(answer, zone, now) for answer in given_before) or None


def _plan(answer: AnswerRow, zone: ZoneInfo, now: datetime) -> int:
    recipients = {each.key: each for each in journal_recipients(answer.department)} if answer.department else {}
    author = author_of_answer(answer.number)
    if author and JournalRight.ANSWER in journal_rights(author, answer.department):
        recipients.setdefault(f"contact {author.pk}", Recipient(f"contact {author.pk}", author.pk, author.email))
    return plan_letters(
        kind=DispatchKind.REMINDER,
        what=f"reminder {answer.number}",
        about={"answer": answer.number},
        recipients=tuple(recipients.values()),
        due_at=datetime.combine(answer.promised_on or now.date(), HOUR, tzinfo=zone),
        now=now,
    )


PLAN_REMINDERS = Job("plan_reminders", plan_reminders, every=timedelta(minutes=15))


def write_reminder_letter(dispatch: DispatchToSend) -> Letter | None:
    """Write the letter of a reminder; None where the department has said something since, or the reader has left."""
    found = find_answer(dispatch.about["answer"])
    reader = houses.contact(dispatch.contact) if dispatch.contact else None
    city = houses.city()
    if found is None or reader is None or city is None or not reader.is_active:
        return None
    language = reader.language or city.language
    with override(language):
        context = _context(found, reader, city=city.name, now=dispatch.due_at)
        return Letter(
            key=dispatch.key,
            to=Writer(dispatch.address, dispatch.address, reader.name),
            subject=_("Reminder, {department}: promised for {date}").format(
                date=context["date"], department=context["department"]
            ),
            text=render_to_string("journal/mails/reminder.txt", context),
            html=render_to_string("journal/mails/reminder.html", context),
            lang=language,
        )


def _context(found: AnsweredFinding, reader: Contact, *, city: str, now: datetime) -> dict[str, Any]:
    answer = found.answer
    address = answer_address(reader, answer.week, answer.department, now)
    page = absolute_address(edition_address(answer.week, answer.department))
    return {
        "city": city,
        "week": answer.week[6:].lstrip("0"),
        "department": department_names().get(answer.department, answer.department),
        "date": format_date(answer.promised_on or date.min),
        "sentence": plain(describe_finding(read_entry(FindingRow, dict(found.finding)))),
        "promise": name_answer(answer.kind, answer.promised_on),
        "text": answer.text,
        "signature": answer.signature,
        "by_link": bool(address),
        "address": f"{address}?{urlencode({'finding': answer.finding})}" if address else page,
    }
