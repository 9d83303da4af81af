"""What holds for the house whatever was thrown at it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bs4 import BeautifulSoup
from django.test import Client
from django.utils.translation import override

from portevoix.exchange.worker import Worker
from portevoix.journal.composition.compose import compose
from portevoix.record.queries.inbox import VIEWS
from portevoix.web.templatetags.shell import to_sentence
from tests.fuzz.door import Fault

MOST_REASON = 2000
PAGES = 30


def check_reason(reason: Mapping[str, Any] | None) -> None:
    """A reason is a sentence that can be shown in both languages, of a length that somebody reads."""
    if not reason or not reason["text"].strip():
        raise Fault("there is no reason")
    if "A fault of Portevoix itself" in reason["text"]:
        raise Fault(f"{reason}")
    for language in ("fr", "en"):
        with override(language):
            sentence = to_sentence(reason)
        sentence.encode()
        if len(sentence) > MOST_REASON:
            raise Fault(f"the reason has {len(sentence)} characters")


def check_standing(browser: Client) -> None:
    """The worker goes on; every list opens, page after page; the journal of this week is composed."""
    Worker().once()
    for view in VIEWS:
        address = f"/inbox/?view={view}"
        for _ in range(PAGES):
            page = browser.get(address)
            if page.status_code != 200:
                raise Fault(f"{address} answers {page.status_code}")
            after = BeautifulSoup(page.content, "html.parser").select_one("a[rel=next]")
            if after is None:
                break
            address = f"/inbox/{after['href']}"
    if browser.get("/inbox/aside/").status_code != 200:
        raise Fault("what is set aside cannot be seen")
    year, week, _ = datetime.now(UTC).isocalendar()
    compose(week=f"{year}-W{week:02}", now=datetime.now(UTC))
