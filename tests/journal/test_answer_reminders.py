"""Reminders of promised dates: to whom they go, once, in their language, and not once something else was said."""

import email
import email.policy
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from django.test import Client

from portevoix.config.product_letters import register_writers
from portevoix.exchange.outbound import letter_delivery
from portevoix.exchange.outbound.letter_delivery import LetterRunner
from portevoix.journal.composition.compose import compose
from portevoix.journal.storage.answer_reminders import plan_reminders, write_reminder_letter
from portevoix.journal.storage.stored_editions import compose_and_store
from portevoix.kernel.clock import week_of
from portevoix.kernel.letters import DispatchKind, Letter
from portevoix.record.models import Contact, Dispatch, FindingAnswer, JournalReader, Matter, SignedLink
from portevoix.record.operations import accounts
from portevoix.record.operations.answer_findings import answer_finding
from portevoix.record.queries.dispatches import due_letters
from tests.journal.conftest import AFTER, at
from tests.servers.mail import mail, wait_for  # noqa: F401 -- a fixture

CITY = "contact@ville.test"
WEEK, DAY = "2026-W46", "2026-12-01"
MORNING = at(f"{DAY} 08:00")


class Words(HTMLParser):
    """The words of a page, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.links = "", list[str]()
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name == "href"]


@pytest.fixture
def director(contact_of) -> Contact:
    return contact_of("sports")


@pytest.fixture
def promise(strike, director):
    """A promise for the first of December; returns the finding's id."""
    edition = compose_and_store(week=WEEK, department="sports", now=AFTER)
    finding = next(each.id for each in edition.section("findings").findings if each.subject)
    say_again("doing", director, finding, promised_on=date.fromisoformat(DAY))
    return finding


def say_again(kind: str, by: Contact, finding: str, **more) -> None:
    values = {"text": "Nous changeons la <pompe>.", "signature": "La directrice", "now": AFTER, **more}
    answer_finding(week=WEEK, department="sports", finding=finding, kind=kind, by=by, **values)


def letters(now=MORNING) -> list[Letter | None]:
    kinds = [DispatchKind.REMINDER]
    return [write_reminder_letter(each) for each in due_letters(kinds=kinds, now=now, limit=10)]


def test_it_goes_on_the_day_to_who_promised_and_to_the_departments_readers_once(promise, director, contact_of, host):
    stopped, reader = contact_of("voirie"), host
    for contact, ends in ((reader, None), (stopped, AFTER), (director, None)):
        JournalReader.objects.create(contact=contact, department="sports", since=AFTER, stopped_at=ends)
    assert plan_reminders(MORNING - timedelta(hours=9)) is None  # the day before, late in the evening
    assert plan_reminders(MORNING - timedelta(hours=7)) == 2
    assert plan_reminders(MORNING) is None
    assert set(Dispatch.objects.values_list("contact", "due_at")) == {(each.pk, MORNING) for each in (director, reader)}
    assert not letters(MORNING - timedelta(minutes=1)) and len(letters()) == 2


def test_days_that_no_worker_saw_are_caught_up_for_a_week(promise):
    assert plan_reminders(MORNING + timedelta(days=7)) is None
    assert plan_reminders(MORNING + timedelta(days=6)) == 1


def test_the_letter_says_what_was_promised_and_leads_to_the_answer_in_text_as_in_html(promise, director, client):
    plan_reminders(MORNING)
    [letter] = letters()
    page = Words(letter.html)
    assert letter.to.id == director.email and letter.lang == "fr" and "1er décembre 2026" in letter.subject
    for text in (letter.text, page.text):
        assert "Nous changeons la <pompe>." in text and "La directrice" in text and "Sports" in text
    [address] = page.links
    assert address in letter.text and letters() == [letter]  # it is written again where nobody knows whether it left
    with time_machine.travel(MORNING):
        shown = client.get(address.removeprefix("http://localhost"))
    assert shown.status_code == 200 and "Nous changeons" in shown.content.decode()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_is_in_the_readers_language_and_short(promise, director, language):
    director.language = language
    director.save()
    plan_reminders(MORNING)
    [letter] = letters()
    assert letter.lang == language and {"fr": "aujourd’hui", "en": "today"}[language] in letter.text
    assert len(letter.html.encode()) < 102_000 and f'lang="{language}"' in letter.html


def test_nothing_goes_once_something_else_was_said_or_the_reader_left(promise, director):
    plan_reminders(MORNING)
    say_again("done", director, promise, text="Fait.")
    assert letters() == [None]
    Dispatch.objects.all().delete()
    assert plan_reminders(MORNING) is None


def test_who_lost_the_department_is_not_reminded_of_what_they_promised(promise, director):
    director.departments.clear()
    assert plan_reminders(MORNING) is None and not SignedLink.objects.exists()


def test_a_date_that_was_given_on_the_day_itself_is_no_reminder(promise, director):
    say_again("doing", director, promise, text="Ce soir.", promised_on=date.fromisoformat(DAY), now=MORNING)
    assert plan_reminders(MORNING + timedelta(hours=1)) is None


def test_a_reader_who_may_not_answer_is_led_to_the_page(promise, editor):
    JournalReader.objects.create(contact=editor, department="sports", since=AFTER)
    plan_reminders(MORNING)
    [letter] = [each for each in letters() if each.to.id == editor.email]
    assert Words(letter.html).links == [f"http://localhost/journal/{WEEK}/sports/"]


def test_from_the_mail_on_a_telephone_to_the_next_edition(promise, director, client, mail, monkeypatch):  # noqa: F811
    """By a real mail server: a scanner follows every link of the letter first, then the director answers."""
    accounts.connect(
        channel="email", address=CITY, connector="email", settings=mail.settings(CITY),
        secret={"imap_password", "smtp_password"}, by=None, now=AFTER,
    )  # fmt: skip
    monkeypatch.setattr(letter_delivery, "_writers", {})
    register_writers()
    director.email = "directrice@citoyen.test"
    director.save()
    plan_reminders(MORNING)
    runner = LetterRunner()
    assert runner.turn(MORNING, within=30) + runner.finish(MORNING) == 1
    wait_for(lambda: bool(mail.mailbox(director.email)), "No letter.")
    (raw,) = mail.mailbox(director.email)
    got = email.message_from_bytes(raw, policy=email.policy.default)
    [address] = Words(got.get_body(("html",)).get_content()).links
    assert address in got.get_body(("plain",)).get_content()
    before = list(FindingAnswer.objects.values()), list(SignedLink.objects.values()), Matter.objects.count()
    with time_machine.travel(MORNING):
        for method in (client.get, client.head, client.options):
            method(address.removeprefix("http://localhost"))
    assert (list(FindingAnswer.objects.values()), list(SignedLink.objects.values()), Matter.objects.count()) == before
    telephone = Client()
    form = {"finding": promise, "kind": "done", "text": "La pompe est changée.", "signature": "La directrice"}
    with time_machine.travel(MORNING):
        answered = telephone.post(address.removeprefix("http://localhost"), form)
        assert answered.status_code == 302 and "La pompe est changée." in telephone.get(answered.url).content.decode()
    newest = FindingAnswer.objects.latest("pk")
    edition = compose(week=week_of(newest.at, "Europe/Paris"), department="sports", now=newest.at + timedelta(days=1))
    assert [row.text for row in edition.section("answered").rows] == ["La pompe est changée."]


def test_no_city_plans_nothing(db):
    assert plan_reminders(MORNING) is None
