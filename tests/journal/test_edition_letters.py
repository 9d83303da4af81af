"""The letters that carry an edition: to whom they still go, what they link to, and what they mask."""

from dataclasses import replace

import pytest

from portevoix.config.product_letters import register_writers
from portevoix.exchange.outbound import letter_delivery
from portevoix.journal.editions.edition import Edition
from portevoix.journal.storage.edition_letters import write_correction_letter, write_edition_letter
from portevoix.journal.storage.stored_editions import compose_and_store
from portevoix.kernel.answers import AnswerKind
from portevoix.kernel.letters import DispatchKind, DispatchState, DispatchToSend
from portevoix.record.models import Contact, Dispatch
from portevoix.record.models import Edition as Row
from portevoix.record.operations.answer_findings import answer_finding
from tests.journal.conftest import AFTER

WEEK = "2026-W46"
FIRST = f"edition {WEEK} sports 1"


@pytest.fixture
def edition(strike) -> Edition:
    return compose_and_store(week=WEEK, department="sports", now=AFTER)


@pytest.fixture
def director(contact_of) -> Contact:
    """The head of the sports department, without an account."""
    colleague = contact_of("sports")
    colleague.set_unusable_password()
    colleague.save()
    return colleague


def dispatch(contact: Contact, department: str = "sports", version: int = 1, **more) -> DispatchToSend:
    about = {"week": WEEK, "department": department, "version": version}
    what = f"edition {WEEK} {department or '-'} {version}"
    values = {"kind": DispatchKind.EDITION, "contact": contact.pk, "about": about} | more
    return DispatchToSend(
        number=1, what=what, recipient=f"contact {contact.pk}", address=contact.email, key="k1", due_at=AFTER, **values
    )


def test_the_letter_is_the_same_each_time_and_its_links_answer_findings(edition, director, settings):
    settings.SITE_ADDRESS = "https://ville.test"
    letter = write_edition_letter(dispatch(director))
    assert letter == write_edition_letter(dispatch(director))
    assert (letter.key, letter.to.id, letter.to.name, letter.lang) == ("k1", director.email, director.name, "fr")
    assert "https://ville.test/journal/answers/" in letter.text
    assert "https://ville.test/journal/answers/" in letter.html
    assert f"https://ville.test/journal/{WEEK}/" not in letter.text, "a page that asks for an account they do not have"


def test_who_has_an_account_finds_the_page(edition, director, settings):
    settings.SITE_ADDRESS = "https://ville.test"
    director.set_password("a long one with words")
    director.language = "en"
    director.save()
    letter = write_edition_letter(dispatch(director))
    assert f"https://ville.test/journal/{WEEK}/sports/" in letter.text
    assert letter.lang == "en"
    assert letter.subject.startswith("The citizens’ journal")


def test_what_was_answered_meanwhile_stands_in_the_letter(edition, director):
    finding = next(each.id for each in edition.section("findings").findings if each.subject)
    answer_finding(
        week=WEEK, department="sports", finding=finding, kind=AnswerKind.DONE, text="Le bassin est rouvert.",
        signature="La directrice des sports", promised_on=None, by=director, now=AFTER,
    )  # fmt: skip
    text = " ".join(write_edition_letter(dispatch(director)).text.split())
    assert "Fait — Le bassin est rouvert. — La directrice des sports" in text


def test_a_letter_no_longer_goes_where_it_may_not(edition, director, contact_of):
    assert write_edition_letter(dispatch(director, version=2)) is None
    assert write_edition_letter(dispatch(director, department="voirie")) is None, "no such edition"
    compose_and_store(week=WEEK, department="", now=AFTER)
    assert write_edition_letter(dispatch(director, department="")) is None, "not theirs to read"
    Row.objects.filter(department="sports").update(version=2)
    assert write_edition_letter(dispatch(director)) is None, "another version replaced it"
    Row.objects.filter(department="sports").update(version=1)
    director.is_active = False
    director.save()
    assert write_edition_letter(dispatch(director)) is None, "they left"
    assert write_edition_letter(replace(dispatch(director), contact=10**6)) is None


def test_a_correction_joins_the_thread_of_what_left_and_says_what_was_wrong(edition, director):
    Dispatch.objects.create(
        kind=DispatchKind.EDITION, what=FIRST, recipient=f"contact {director.pk}", address=director.email, key="before",
        state=DispatchState.SENT, due_at=AFTER, next_attempt_at=AFTER, sent_at=AFTER, made_at=AFTER,
    )  # fmt: skip
    Row.objects.filter(department="sports").update(version=2, correction="Deux messages étaient comptés deux fois.")
    letter = write_correction_letter(dispatch(director, version=2, kind=DispatchKind.CORRECTION))
    assert letter.thread == ("before",)
    assert "Deux messages étaient comptés deux fois." in " ".join(letter.text.split())


def test_only_a_department_s_own_letter_reads_as_its_page_does(edition, director, contact_of):
    place = "la plaque devant le 9 rue Saint-Aubin"
    for department in ("sports", ""):
        compose_and_store(week=WEEK, department=department, now=AFTER)
        row = Row.objects.get(week=WEEK, department=department)
        findings = next(each for each in row.content["sections"] if each["kind"] == "findings")
        findings["subjects"][0]["voices"][0]["text"] = place
        row.save()
    mayor = contact_of("")
    mayor.departments.clear()
    mayor.role = "editor"
    mayor.save()
    own = write_edition_letter(dispatch(director))
    whole = write_edition_letter(dispatch(mayor, department=""))
    assert place in own.text
    assert place not in whole.text
    assert "9 rue" not in whole.html


def test_the_worker_knows_who_writes_editions_and_corrections(monkeypatch):
    monkeypatch.setattr(letter_delivery, "_writers", {})
    register_writers()
    assert {DispatchKind.EDITION, DispatchKind.CORRECTION} <= letter_delivery._writers.keys()
