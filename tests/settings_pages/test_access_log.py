"""Who saw what: what is noted, and what the page shows of it."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portevoix.kernel.messages import File, Writer
from portevoix.record.models import Access, Attachment
from portevoix.record.operations import access_log
from portevoix.record.queries import access_log as accesses
from tests.conftest import NOW, incoming

PAGE = "/settings/privacy/access/"


@pytest.fixture(autouse=True)
def at_ten():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def shown(admin, **asked) -> list[list[str]]:
    soup = BeautifulSoup(admin.get(PAGE, asked, headers={"accept-language": "en"}).content, "html.parser")
    return [[" ".join(cell.text.split()) for cell in row.select("td")] for row in soup.select("tbody tr")]


def test_opening_searching_and_downloading_are_noted_once_an_hour(client, host, take, at_ten):
    [pk] = take(incoming(files=(File("plan.txt", "text/plain", 1, b"a"), File("b.txt", "text/plain", 1, b"b"))))
    client.force_login(host)
    for _ in range(3):
        client.get(f"/inbox/{pk}/")
        client.get("/inbox/", {"q": "Citoyenne", "view": "all"})
        for file in Attachment.objects.all():
            client.get(f"/file/{file.pk}/")
    client.get("/inbox/")
    told = [(line.contact, line.role, line.what, line.conversation_id) for line in Access.objects.order_by("pk")]
    assert sorted(told, key=str) == sorted(
        [(host, "host", "read", pk), (host, "host", "searched", None), *[(host, "host", "file", pk)] * 2], key=str
    )
    at_ten.shift(timedelta(hours=1))
    client.get(f"/inbox/{pk}/")
    assert Access.objects.filter(what="read").count() == 2


def test_what_one_may_not_see_leaves_no_line(client, contact_of, take):
    [pk] = take(incoming(), department="sports")
    client.force_login(contact_of("voirie"))
    assert client.get(f"/inbox/{pk}/").status_code == 404
    assert not Access.objects.exists()


def test_what_was_searched_for_is_not_kept(client, host, take):
    take(incoming())
    client.force_login(host)
    client.get("/inbox/", {"q": "Zorglub", "view": "all"})
    [line] = Access.objects.values_list()
    assert "Zorglub" not in str(line)


def test_a_page_pays_one_insert_for_its_line(client, host, take):
    [pk] = take(incoming())
    client.force_login(host)
    for address in (f"/inbox/{pk}/", f"/inbox/{pk}/?q=piscine&view=all", "/inbox/?q=piscine&view=all"):
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        assert sum("record_access" in query["sql"] for query in captured) == 1, address


def test_the_page_tells_who_did_what_with_whose_data(admin, host, administrator, take):
    [pk] = take(incoming())
    admin.get(f"/inbox/{pk}/")
    access_log.log(access_log.What.SEARCHED, by=host, now=NOW)
    access_log.log(access_log.What.EXPORTED, by=None, now=NOW)
    assert shown(admin) == [
        ["command line", "exported", "all messages"],
        ["Claire Conversation host", "searched all conversations", "–"],
        ["Helene Administrator", "opened a conversation", f"Ana Citoyenne, conversation {pk}"],
    ]


def test_the_log_is_narrowed_by_who_what_whose_and_when(admin, host, other_host, take):
    one, other = take(incoming("1"), incoming("2", author=Writer("citizen-2", "", "Luc")))
    for by, conversation, days in ((host, one, 0), (host, other, 1), (other_host, one, 2)):
        access_log.log(access_log.What.READ, by=by, now=NOW - timedelta(days=days), conversation=conversation)
    access_log.log(access_log.What.SEARCHED, by=host, now=NOW)
    assert len(shown(admin)) == 4
    assert len(shown(admin, contact=host.pk)) == 3
    assert len(shown(admin, contact=host.pk, what="read")) == 2
    assert [row[0] for row in shown(admin, conversation=one)] == ["Mehdi Conversation host", "Claire Conversation host"]
    days = {"since": f"{NOW - timedelta(days=1):%Y-%m-%d}", "until": f"{NOW - timedelta(days=1):%Y-%m-%d}"}
    assert [row[2] for row in shown(admin, **days)] == [f"Luc, conversation {other}"]
    assert admin.get(PAGE, {"since": "yesterday"}).status_code == 422
    for name in ("conversation", "after", "before"):
        assert admin.get(PAGE, {name: "9" * 23}).status_code == 422, "no database has a row of that number"
    for wrong in ({"since": "0001-01-01"}, {"until": "9999-12-31"}):
        assert admin.get(PAGE, wrong).status_code == 422, "the day before or after it is in no calendar"


def test_a_long_log_has_pages_both_ways(admin, host, take, monkeypatch):
    monkeypatch.setattr(accesses, "SIZE", 2)
    for _ in range(5):
        access_log.log(access_log.What.EXPORTED, by=host, now=NOW)
    newest = list(Access.objects.order_by("-pk").values_list("pk", flat=True))
    pages = [accesses.log_page(accesses.LogFilter())]
    while pages[-1].after:
        pages.append(accesses.log_page(accesses.LogFilter(), after=pages[-1].after))
    assert [[row.pk for row in page.rows] for page in pages] == [newest[:2], newest[2:4], newest[4:]]
    back = accesses.log_page(accesses.LogFilter(), before=pages[2].before)
    assert [row.pk for row in back.rows] == newest[2:4]
    assert accesses.log_page(accesses.LogFilter(), before=back.before).before is None
    assert "Next" in admin.get(PAGE, headers={"accept-language": "en"}).content.decode()
