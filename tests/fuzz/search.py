"""Search queries: to the index itself, and through the inbox."""

from random import Random
from urllib.parse import quote_plus

from django.db.models import Q
from django.test import Client

from portevoix.exchange.inbound import poller
from portevoix.record.search import matching
from tests.fuzz import nasty
from tests.fuzz.door import REFUSED, TAKEN, Fault
from tests.fuzz.house import check_standing
from tests.fuzz.interchange import SAMPLES
from tests.fuzz.interchange import read_line as read

WORDS = (
    "piscine",
    "Mairie",
    "l'école",
    "rue",
    "a",
    "œuvre",
    "06",
    "NEAR",
    "AND",
    "OR",
    "NOT",
    "search",
    "rowid",
    "*",
    '"',
    "é",
)
JOINS = (
    " ",
    "",
    "*",
    ":*",
    " & ",
    "|",
    "'",
    '"',
    "\\",
    "(",
    ")",
    "<->",
    ":",
    "^",
    "-",
    "+",
    "\t",
    "{",
    "}",
    "~",
    "%",
    "_",
)


class Search:
    """Full-text search over Valmont's messages."""

    def __init__(self, browser: Client) -> None:
        self.browser = browser
        messages = [read(line, 1) for line in SAMPLES[:200]]
        for _ in poller.take_messages(messages, now=max(message.sent_at for message in messages)):
            pass

    @staticmethod
    def case(random: Random, number: int) -> str:
        if random.random() < 0.3:
            return nasty.text(random)
        return "".join(
            random.choice(WORDS if random.random() < 0.5 else JOINS if random.random() < 0.7 else nasty.SHORT)
            for _ in range(random.randrange(1, 12))
        )

    def throw(self, case: str) -> str:
        found = matching(case, within=Q()).conversations
        address = "/inbox/?view=all&q=" + quote_plus(case[:5000], errors="surrogatepass")
        response = self.browser.get(address)
        if response.status_code >= 500:
            raise Fault(f"it answers {response.status_code}")
        if found and len(case) <= 200 and b"data-rows" not in response.content:
            raise Fault("the index finds what the page does not show")
        return TAKEN if response.status_code == 200 else REFUSED

    def look(self) -> None:
        if not matching("rue", within=Q()).conversations:
            raise Fault("nothing is found any more")
        check_standing(self.browser)
