"""What is asked while messages come in goes by an index, however large the record is and however many come at once."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portevoix.exchange.inbound import news_feed, poller
from portevoix.kernel.messages import Change, Incoming
from portevoix.record.operations import feeds as operations
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db
GROWS = r"record_(attachment|author|conversation|delivery|envelope|event|fact|mark|message|promise)\b"
"""Tables that hold more with every message."""
READ_WHOLE = {
    "sqlite": re.compile(
        rf"^SCAN (?:{GROWS}|[TU]\d+\b(?!.* sqlite_autoindex_record_account))|^SEARCH .*\(account_id=\?\)$"
    ),
    "postgresql": re.compile(rf"Seq Scan on {GROWS}"),
}
"""All of a table; on the embedded database all of it that is of one account, too (PostgreSQL does so with few rows)."""
FEED = b"""<rss><channel><item><title>La piscine rouvre</title><link>https://www.valmont.example/piscine</link>
<pubDate>Mon, 16 Nov 2026 09:00:00 +0100</pubDate></item></channel></rss>"""
MANY = 150  # PostgreSQL sees through fewer than a hundred values


def plans(statements: list[str]) -> list[tuple[str, str]]:
    """Each line of the plan of each statement that reads, with the statement."""
    asked = [one for one in statements if one.startswith(("SELECT", "UPDATE", "DELETE"))]
    found = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # then a table is read whole only where no index serves
        for one in asked:
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{one}")
            found += [(str(line[-1]), one) for line in cursor.fetchall()]
    return found


@pytest.mark.parametrize("count", [1, MANY])
def test_no_table_that_grows_is_read_whole(city, administrator, count):
    operations.set_address(address="https://www.valmont.example/rss", by=administrator, now=NOW)
    operations.store_articles(feed=operations.claim(now=NOW), articles=news_feed.read_articles(FEED), now=NOW)
    later = NOW + timedelta(minutes=1)
    told = [incoming(f"m{number}", in_reply_to=f"unknown{number}") for number in range(count)]
    list(poller.take_messages(told, now=NOW))
    answers = [incoming(f"r{number}", in_reply_to=f"m{number}") for number in range(count)]
    edits = [incoming(f"m{number}", "Autrement dit.", change=Change.AMEND, revision=1) for number in range(count)]
    with CaptureQueriesContext(connection) as asked:
        for several in (_new(count), answers, edits):
            list(poller.take_messages(several, now=later))
    read = READ_WHOLE[connection.vendor]
    whole = [(line, one) for line, one in plans([one["sql"] for one in asked]) if read.search(line)]
    assert not whole, whole[0]


def _new(count: int) -> list[Incoming]:
    return [incoming(f"n{number}", references=(f"u{number}",)) for number in range(count)]
