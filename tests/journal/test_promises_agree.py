"""Desk, journal and `measures report` say the same of what was promised."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup

from portevoix.journal.composition.compose import compose
from portevoix.kernel.clock import week_bounds
from portevoix.record.models import Conversation
from portevoix.record.reply_facts import reply_report
from tests.journal.conftest import AFTER

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
WEEK = "2026-W46"
WORDS = {"kept": "kept", "kept, but late": "late", "not kept": "broken", "still open": "open"}


def told_by_desk(client) -> Counter[str]:
    """The promises for that week, as the pages of all conversations show them."""
    since, until = week_bounds(WEEK, "Europe/Paris")
    outcomes: Counter[str] = Counter()
    for pk in Conversation.objects.values_list("pk", flat=True):
        page = BeautifulSoup(client.get(f"/inbox/{pk}/", headers={"accept-language": "en"}).content, "html.parser")
        for row in page.select("[aria-labelledby=promises-title] li"):
            if since <= datetime.fromisoformat(row.time["datetime"]) < until:
                outcomes[WORDS[row.select_one(".badge").text.strip()]] += 1
    return outcomes


def test_desk_journal_and_report_count_promises_alike(say, host, client) -> None:
    def ask(promised: str) -> str:
        say("2026-11-06 10:00", replied=HOUR, promised=promised)
        return f"m{Conversation.objects.count()}"

    kept, late, _broken = ask("2026-11-10 12:00"), ask("2026-11-10 12:00"), ask("2026-11-10 12:00")
    say.answer(kept, "2026-11-10 11:00")
    say.answer(late, "2026-11-10 13:00")
    moved, missed, again = ask("2026-11-09 12:00"), ask("2026-11-09 12:00"), ask("2026-11-09 12:00")
    later = ask("2026-11-10 12:00")
    say.hold(moved, "2026-11-09 11:00", "2026-11-12 12:00")
    say.answer(moved, "2026-11-12 11:00")
    say.hold(missed, "2026-11-09 13:00", "2026-11-12 12:00")  # another date does not mend it
    say.answer(missed, "2026-11-12 11:00")
    say("2026-11-08 10:00", in_reply_to=again)  # a second wait, and still one promise
    say.hold(again, "2026-11-08 11:00", "2026-11-11 12:00")
    say.answer(again, "2026-11-13 11:00")
    say.hold(later, "2026-11-10 11:00", "2026-11-20 12:00")  # no longer of this week

    counted = {"kept": 2, "late": 3, "broken": 1, "open": 0}
    assert reply_report(week=WEEK, now=AFTER).promises == counted
    section = compose(week=WEEK, now=AFTER).section("promises")
    assert {row.code: row.count.now for row in section.outcomes} == counted
    assert section.total.now == sum(counted.values())
    with time_machine.travel(AFTER, tick=False):
        client.force_login(host)
        assert told_by_desk(client) == Counter(counted)
    assert reply_report(week="2026-W47", now=AFTER).promises == {"kept": 0, "late": 0, "broken": 0, "open": 1}
