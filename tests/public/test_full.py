"""A disk that is full: whoever writes keeps what they wrote, and the log says what it was."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from portevoix.config import logs
from tests.servers.outage import check_outage

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="of the embedded database")
MESSAGE = "La piscine <est> fermée" * 100


@pytest.fixture
def full(transactional_db) -> Iterator[None]:
    """A disk without room for one more page."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")


def test_a_full_disk_is_told_to_whoever_sends_and_named_in_the_log(city, form, full, caplog) -> None:
    client = Client(raise_request_exception=False)
    for number in range(200):  # until what is free inside of the pages is used up
        typed = {"message": MESSAGE, "form_token": f"token-of-page-view-{number}", "altcha": ""}
        answer = client.post(
            "/form/",
            urlencode(typed),
            content_type="application/x-www-form-urlencoded",
            REMOTE_ADDR=f"127.1.0.{number}",
        )
        if answer.status_code == 503:
            break
    soup = check_outage(answer.status_code, answer.headers, answer.content)
    assert soup.select_one("textarea").text.strip() == MESSAGE, "it can be copied"
    assert soup.select_one("a.button")["href"] == "/inbox/" or soup.select_one("a.button")["href"] == "/"
    [record] = [record for record in caplog.records if record.getMessage() == "Service Unavailable: /form/"]
    told = logs.formatter().format(record)
    assert 'why="database or disk is full"' in told and "piscine" not in told
