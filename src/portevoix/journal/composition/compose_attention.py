"""What is to be treated, and what was repaired: lists of conversations in an edition."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from portevoix.journal.composition.compose_findings import is_thanks
from portevoix.journal.composition.quotations import LONGEST, shorten
from portevoix.journal.composition.week_reading import WeekReading
from portevoix.journal.editions.finding_sections import Attention, AttentionList, AttentionRow, Repaired, RepairedRow
from portevoix.kernel.promises import Outcome
from portevoix.record.queries.journal import CitizenMessage
from portevoix.record.queries.journal_lists import OpenWait, ThreadMessage
from portevoix.text.urgency.detector import Urgency, urgencies

MOST_ROWS = 5
GIST_CHARACTERS = 90


def compose_attention(reading: WeekReading) -> Attention:
    """List dangers, broken promises, reminders after a missed date, and those who wait longest."""
    waits = reading.conversations.open_waits()
    lists = (
        ("danger", _dangers(reading)),
        ("broken", _broken(reading)),
        ("reminder", _reminders(reading)),
        ("longest", [_wait_row(reading, each) for each in waits.rows]),
    )
    totals = {"longest": waits.total}
    return Attention(
        tuple(
            AttentionList(
                code,
                totals.get(code, len(rows)),
                tuple(rows[:MOST_ROWS]),
                waits.conversations if code == "longest" else tuple(row.conversation for row in rows),
                sum(row.likely for row in rows),
            )
            for code, rows in lists
            if rows
        ),
        *_count_unrouted(reading),
    )


def _count_unrouted(reading: WeekReading) -> tuple[int, int]:
    """Return how many messages no department has yet, and how many of them say that somebody may get hurt."""
    if not reading.department:
        return 0, 0
    unrouted = [each for each in reading.every if not each.department]
    return len(unrouted), sum(each.level > 0 for each in urgencies([each.text for each in unrouted]))


def _dangers(reading: WeekReading) -> list[AttentionRow]:
    """Return the messages by which somebody is or may get hurt, the gravest first, with when each was replied to."""
    asking = [each for each in reading.messages if not is_thanks(each)]
    found = zip(urgencies([each.text for each in asking]), asking, strict=True)
    dangers = sorted((pair for pair in found if pair[0].level), key=_gravest_first)
    return [
        replace(_row(reading, each, reading.states.first_reply(each.conversation, each.sent_at)), likely=urgency.likely)
        for urgency, each in dangers
    ]


def _gravest_first(danger: tuple[Urgency, CitizenMessage]) -> tuple[int, bool, datetime]:
    urgency, message = danger
    return -urgency.level, urgency.likely, message.sent_at


def _broken(reading: WeekReading) -> list[AttentionRow]:
    broken = [each for each in reading.promises if each.outcome == Outcome.BROKEN]
    return [
        AttentionRow(
            each.conversation,
            gist_of(reading, each.conversation, each.subject, each.names, each.lang, beginning=each.beginning),
            each.department,
            each.promised_at,
        )
        for each in broken
    ]


def _reminders(reading: WeekReading) -> list[AttentionRow]:
    """Return who wrote again after a promised date had passed and still waits, once each, by the last message."""
    later = {each.conversation: each for each in reading.messages if not each.begins and not is_thanks(each)}
    missed = reading.conversations.missed_dates(set(later))
    return [
        _row(reading, each)
        for pk, each in later.items()
        if any(since < each.sent_at and until >= reading.cut_off for since, until in missed.get(pk, ()))
    ]


def _row(reading: WeekReading, message: CitizenMessage, until: datetime | None = None) -> AttentionRow:
    gist = gist_of(reading, message.conversation, message.text, message.names, message.lang)
    return AttentionRow(message.conversation, gist, message.department, message.sent_at, until)


def _wait_row(reading: WeekReading, wait: OpenWait) -> AttentionRow:
    gist = gist_of(reading, wait.conversation, wait.subject, wait.names, wait.lang, beginning=wait.beginning)
    return AttentionRow(wait.conversation, gist, wait.department, wait.since)


def gist_of(
    reading: WeekReading, conversation: int, text: str, names: tuple[str, ...], lang: str, *, beginning: str = ""
) -> str:
    """Return the masked beginning of a text of a conversation, for a line; "" where it may not be quoted.

    `beginning`: the message that the text is the title of, which may be sensitive where its title is not.
    """
    if not reading.may_quote(conversation, text, beginning):
        return ""
    gist, cut = shorten(reading.mask(text, names, lang), GIST_CHARACTERS)
    return f"{gist} …" if cut else gist


def compose_repaired(reading: WeekReading) -> Repaired:
    """Pair the week's thanks with the complaint before them in the conversation, and the city's reply between them."""
    thanks = [each for each in reading.messages if is_thanks(each) and reading.may_quote(each.conversation)]
    threads = reading.conversations.threads({each.conversation for each in thanks})
    found: dict[int, RepairedRow] = {}
    for message in thanks:
        row = _pair(reading, message, threads.get(message.conversation, ()))
        if row and row.conversation not in found:
            found[row.conversation] = row
    rows = tuple(found.values())
    return Repaired(rows[:MOST_ROWS], len(rows))


def _pair(reading: WeekReading, thanks: CitizenMessage, thread: Sequence[ThreadMessage]) -> RepairedRow | None:
    """Return the last complaint before the thanks, with the last reply between the two; None without both.

    None, too, where either is sensitive.
    """
    before = [each for each in thread if each.sent_at < thanks.sent_at]
    complaint = next((each for each in reversed(before) if each.is_wrong and not each.is_reply), None)
    if complaint is None or not reading.may_quote(thanks.conversation, complaint.text):
        return None
    reply = next((each for each in reversed(before) if each.is_reply and each.sent_at > complaint.sent_at), None)
    if reply is None or not reading.may_quote(thanks.conversation, reply.text):
        return None
    return RepairedRow(
        conversation=thanks.conversation,
        text=_excerpt(reading, complaint.text, complaint.names, complaint.lang),
        reply=_excerpt(reading, reply.text, thanks.names, thanks.lang),
        thanks=_excerpt(reading, thanks.text, thanks.names, thanks.lang),
        department=thanks.department,
        sent_at=complaint.sent_at,
        replied_at=reply.sent_at,
        thanked_at=thanks.sent_at,
    )


def _excerpt(reading: WeekReading, text: str, names: tuple[str, ...], lang: str) -> str:
    excerpt, cut = shorten(reading.mask(text, names, lang), LONGEST)
    return f"{excerpt} …" if cut else excerpt
