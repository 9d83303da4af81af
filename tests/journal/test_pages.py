"""The pages: who reads which edition, and the way from one to the other."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portevoix.journal.storage.stored_editions import compose_and_store
from portevoix.record.operations import city as operations
from portevoix.record.operations import route
from portevoix.record.queries.journal import edition as kept
from tests.journal.conftest import monday, week_ago

WEEK = "2026-W46"


@pytest.fixture
def read_by(client, settings):
    """Signs a colleague in, in English; returns a function that gets a page."""
    settings.LANGUAGE_CODE = "en"

    def reader(contact):
        client.force_login(contact)
        return lambda path, **more: client.get(path, HTTP_ACCEPT_LANGUAGE="en", **more)

    return reader


def test_the_journal_opens_on_the_last_week_that_is_over(say, host, read_by):
    say(monday(week_ago(1)), "La piscine est-elle ouverte le jeudi soir ?")
    page = read_by(host)("/journal/", follow=True)
    assert page.redirect_chain == [(f"/journal/{week_ago(1)}/", 302)]
    assert page.status_code == 200
    assert "What came in" in page.content.decode()


def test_a_contact_reads_the_own_department_and_no_other(say, contact_of, read_by):
    get = read_by(contact_of("sports"))
    say(monday(week_ago(1)), "Le bassin est froid, vraiment très froid ce matin", valence="wrong")
    say(monday(week_ago(1)), "Un nid-de-poule rue Haute devant la boulangerie", valence="wrong", department="voirie")
    page = get("/journal/", follow=True)
    assert page.redirect_chain == [(f"/journal/{week_ago(1)}/sports/", 302)]
    assert "bassin" in page.content.decode()
    assert "nid-de-poule" not in page.content.decode()
    assert 'name="department"' not in page.content.decode(), "there is nothing to choose from"
    for path, status in ((f"/journal/{week_ago(1)}/", 403), (f"/journal/{week_ago(1)}/voirie/", 404)):
        refused = get(path)
        assert refused.status_code == status
        assert "nid-de-poule" not in refused.content.decode()
    assert kept(week_ago(1), "voirie") is None


def test_a_contact_of_no_department_is_told_what_to_do(city, read_by):
    nobody = operations.save_contact(email="n@testville.example", name="Nadia", role="contact", by=None)
    assert "Ask an administrator" in read_by(nobody)("/journal/").content.decode()


def test_conversations_are_linked_for_those_who_may_open_them(say, host, editor, read_by):
    number = say(
        monday(week_ago(1)), "Le bassin est froid, vraiment très froid ce matin, et les douches aussi", valence="wrong"
    )
    address = f"/inbox/{number}/"
    assert address in read_by(host)(f"/journal/{week_ago(1)}/").content.decode()
    assert address in read_by(editor)(f"/journal/{week_ago(1)}/sports/").content.decode()


def test_a_contact_gets_no_link_to_what_has_moved_to_another_department(say, contact_of, host, read_by):
    number = say(monday(week_ago(2)), "Le bassin est froid, vraiment très froid ce matin", valence="wrong")
    get = read_by(contact_of("sports"))
    path = f"/journal/{week_ago(2)}/sports/"
    compose_and_store(week=week_ago(2), department="sports", now=timezone.now())
    assert f"/inbox/{number}/" in get(path).content.decode()
    route(conversation=number, department="voirie", by=host, now=timezone.now())
    again = get(path).content.decode()
    assert "Le bassin est froid" in again, "the edition says the same"
    assert f"/inbox/{number}/" not in again


def test_one_goes_back_to_the_first_week_and_forth_to_the_running_one(say, host, read_by):
    get = read_by(host)
    say(monday(week_ago(1)))
    shown = get(f"/journal/{week_ago(1)}/").content.decode()
    assert 'rel="prev"' not in shown
    assert 'rel="next"' in shown
    running = week_ago(0)
    shown = get(f"/journal/{running}/").content.decode()
    assert 'rel="prev"' in shown
    assert 'rel="next"' not in shown


def test_the_form_leads_to_a_department_of_that_week(say, host, read_by):
    page = read_by(host)("/journal/", data={"week": WEEK, "department": "voirie"})
    assert (page.status_code, page["Location"]) == (302, f"/journal/{WEEK}/voirie/")


@pytest.mark.parametrize("path", ["/journal/2026-W99/", "/journal/2099-W01/", f"/journal/{WEEK}/piscines/"])
def test_what_does_not_exist_is_said_in_a_page(city, host, read_by, path):
    page = read_by(host)(path)
    assert 400 <= page.status_code < 500
    assert "<h1" in page.content.decode()


def test_a_bad_week_in_the_form_is_said_too(city, host, read_by):
    assert 400 <= read_by(host)("/journal/", data={"week": "../x"}).status_code < 500


def test_strangers_are_asked_to_sign_in(city, client):
    assert client.get(f"/journal/{WEEK}/")["Location"].startswith("/sign-in/")


def test_nothing_in_the_page_needs_an_inline_style_or_script(say, host, read_by):
    for minute in range(12):
        say(monday(week_ago(1), hours=10 + minute), replied=timedelta(hours=1))
    shown = read_by(host)(f"/journal/{week_ago(1)}/").content.decode()
    article = shown[shown.index("<article") : shown.index("</article>")]
    assert "style=" not in article
    assert "<style" not in article
    assert "<script" not in article
