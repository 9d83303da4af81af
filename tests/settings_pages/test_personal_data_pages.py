"""Somebody asks what is held on them, or to be forgotten: the pages from which they are answered."""

import io
import zipfile
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from portevoix.kernel.messages import File, Writer
from portevoix.record import operations as do
from portevoix.record.models import Access, Attachment, Author, Message
from portevoix.record.operations import deliveries
from portevoix.record.queries import persons
from tests.conftest import NOW, incoming
from tests.dump import found

ANA = Writer("citizen-1", "citoyenne", "Ana Zqléveque")
PERSONS = "/settings/privacy/persons/"


@pytest.fixture
def ana(take, host) -> str:
    """The address of Ana's page."""
    [pk] = take(incoming(author=ANA, files=(File("plan.pdf", "application/pdf", 4, b"%PDF"),)))
    take(
        incoming(
            "mail", channel="email", account="contact@testville.example", author=Writer("zq@a.example", "", ANA.name)
        )
    )
    do.note(conversation=pk, text="Pressée", by=host, now=NOW)
    do.answer(conversation=pk, text="Bonjour Madame Zqleveque, lundi.", by=host, now=NOW, seen=99)
    do.reopen(conversation=pk, by=host, now=NOW)
    return f"{PERSONS}{Author.objects.get(external_id='citizen-1').pk}/"


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def text(response) -> str:
    return " ".join(soup(response).get_text(" ").split())


@pytest.fixture
def english(admin):
    admin.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return admin


@pytest.mark.parametrize("query", ["Ana Zqleveque", "zqlév", "@citoyenne", "ANA", "citizen-1"])
def test_a_person_is_found_by_name_account_or_address(english, ana, query):
    page = soup(english.get(PERSONS, {"q": query}))
    assert ana in [link["href"] for link in page.select("tbody a")]
    assert Access.objects.latest("pk").what == "found"


def test_what_people_wrote_about_finds_nobody_nor_does_the_city(english, ana, host):
    for query in ("piscine", "lundi", "Claire", "testville", "", " ! "):
        assert not soup(english.get(PERSONS, {"q": query})).select("tbody a"), query


def test_the_page_says_what_is_held_and_who_has_seen_it(english, ana, host):
    told = text(english.get(ana))
    for part in ("Ana Zqléveque", "Messages 1", "Attached files 1", "Conversations 1, 1 of them open",
                 "Replies of the city 1, 1 has not left", "Notes of colleagues 1"):  # fmt: skip
        assert part in told, part
    assert "Helene · looked at what is held on a person" in text(english.get(ana))
    assert english.get(f"{PERSONS}99999/").status_code == 404


def test_accounts_that_look_alike_are_offered_to_be_joined_and_can_be_parted(english, ana):
    page = soup(english.get(ana))
    form = page.select_one("form.notice")
    assert "may be the same person" in form.text
    chosen = [field["value"] for field in form.select("[name=account]")]
    assert english.post(form["action"], {"account": chosen}).status_code == 302
    page = soup(english.get(ana))
    assert len(page.select("form[action$='part/']")) == 2 and not page.select("form.notice")
    english.post(page.select("form[action$='part/']")[1]["action"])
    assert soup(english.get(ana)).select_one("form.notice")
    assert "Choose at least two accounts" in text(
        english.post(f"{PERSONS}join/", {"account": ["x", "9" * 40]}, follow=True)
    )


def test_the_export_is_a_file_to_be_saved_and_kept_by_nobody(english, ana):
    answer = english.post(f"{ana}export/")
    content = b"".join(answer.streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert {"person.json", "messages.jsonl"} < set(file.namelist())
    assert answer["Content-Disposition"].startswith("attachment") and "no-store" in answer["Cache-Control"]
    assert english.get(f"{ana}export/").status_code == 405
    Attachment.objects.update(content=b"x", size=300_000_000)
    answer = english.post(f"{ana}export/", follow=True)
    assert "portevoix person export" in soup(answer).text and answer["Content-Type"].startswith("text/html")


def test_erasing_says_what_goes_and_what_stays_and_asks(english, ana):
    told = text(english.get(f"{ana}erase/"))
    assert "1 reply that has not left: it is cancelled" in told and "1 open conversation, emptied" in told
    assert "Other accounts may be the same person, and stay:" in told
    refused = english.post(f"{ana}erase/", {"replies": "on"})
    assert refused.status_code == 422 and "nothing was erased" in text(refused)
    assert persons.find_citizens("Zqleveque")


def test_erased_is_erased_and_what_is_still_open_is_said(english, ana):
    done = english.post(f"{ana}erase/", {"sure": "on"}, follow=True)
    assert "The person is erased, for good." in text(done) and "Still open in the inbox" in text(done)
    assert english.get(ana).status_code == 404
    assert [author.external_id for author in persons.find_citizens("Zqleveque")] == ["zq@a.example"]
    assert Message.objects.get(direction="out").text == "Bonjour Madame [nom], lundi."
    english.post(f"{PERSONS}{persons.find_citizens('Zqleveque')[0].pk}/erase/", {"sure": "on"})
    assert found(["zqleveque", "citoyenne"]) == []


def test_what_cannot_be_erased_now_is_said_beside_the_form(english, ana):
    deliveries.claim(now=NOW + timedelta(days=3000))  # being sent, far into the future
    answer = english.post(f"{ana}erase/", {"sure": "on"})
    assert answer.status_code == 422 and "leaving right now" in text(answer)


def test_how_long_is_shown_changed_and_refused_where_it_cannot_be(english, take):
    address = "/settings/privacy/retention/"
    told = text(english.get(address))
    assert "Conversations that are over, in months" in told and "There has been none yet" in told
    given = {field["name"]: field.get("value", "") for field in soup(english.get(address)).select("input[type=number]")}
    assert english.post(address, given | {"access": "3"}).status_code == 422
    assert english.post(address, given | {"messages": ""}).status_code == 302
    field = soup(english.get(address)).select_one("[name=messages]")
    assert not field.get("value") and Access.objects.filter(what="ruled").count() == 1
