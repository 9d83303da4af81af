"""Departments' answers: what is stored, who may, what a link does, and what the next edition says of it."""

import json
import re
from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import timezone
from jsonschema import Draft202012Validator

from portevoix.journal.editions.edition import Edition
from portevoix.journal.storage.answer_links import LASTS, answer_address
from portevoix.journal.storage.edition_document import RECORD, write_document
from portevoix.journal.storage.edition_schema import schema
from portevoix.journal.storage.stored_editions import compose_and_store, read_for_file, read_or_compose
from portevoix.kernel.errors import BadInput, NotAllowed, NotThere
from portevoix.kernel.links import LinkPurpose
from portevoix.kernel.matter_codes import MatterEventType, MatterState
from portevoix.kernel.messages import Writer
from portevoix.record.models import (
    Author,
    Contact,
    FindingAnswer,
    JournalReader,
    Matter,
    MatterEvent,
    PublicFinding,
    SignedLink,
)
from portevoix.record.models import Edition as Row
from portevoix.record.operations.answer_findings import answer_finding, publish_answer
from portevoix.record.operations.apply_retention import kinds
from portevoix.record.operations.erase import erase
from portevoix.record.operations.matters import merge_matters, reject_matter, rename_matter
from portevoix.record.operations.signed_links import make_link, revoke_link
from portevoix.record.queries.finding_answers import answers_of, find_answer, promises_due
from portevoix.record.queries.signed_links import sign_link
from portevoix.record.subject_export import write_export
from tests.journal.conftest import AFTER, at
from tests.journal.weeks_of_words import POOL

WEEK, NEXT = "2026-W46", "2026-W47"
LATER = at("2026-11-25 10:00")
"""When the edition of week 47 is final."""
SIGNED = {"text": "Le bassin rouvre lundi.", "signature": "La directrice des sports"}


@pytest.fixture
def edition(strike) -> Edition:
    return compose_and_store(week=WEEK, department="sports", now=AFTER)


@pytest.fixture
def finding(edition) -> str:
    return next(each.id for each in edition.section("findings").findings if each.subject)


@pytest.fixture
def director(contact_of) -> Contact:
    """The head of the sports department, without an account."""
    colleague = contact_of("sports")
    colleague.set_unusable_password()
    colleague.save()
    return colleague


@pytest.fixture
def address(director, edition) -> str:
    return answer_address(director, WEEK, "sports", timezone.now()).removeprefix("http://localhost")


def answer(finding: str, by: Contact, kind: str = "done", *, now=AFTER, department: str = "sports", **more):
    values = {**SIGNED, **more}
    return answer_finding(week=WEEK, department=department, finding=finding, kind=kind, by=by, now=now, **values)


def test_an_answer_confirms_the_matter_and_stands_in_its_history_without_a_person(edition, finding, director):
    row = answer(finding, director)
    matter = Matter.objects.get(pk=row.matter_id)
    assert matter.state == MatterState.CONFIRMED
    told = MatterEvent.objects.filter(matter=matter, what__in=[MatterEventType.CONFIRMED, MatterEventType.ANSWERED])
    assert [(each.what, each.contact, each.data["department"]) for each in told.order_by("pk")] == [
        ("confirmed", None, "sports"),
        ("answered", None, "sports"),
    ]
    assert answers_of(WEEK, "sports")[finding].text == SIGNED["text"]


def test_the_newest_answer_counts_none_is_changed_and_the_same_one_is_stored_once(finding, director):
    first = answer(finding, director, "seen", text="", signature="")
    assert answer(finding, director).pk == answer(finding, director).pk != first.pk
    assert FindingAnswer.objects.count() == 2 and answers_of(WEEK, "sports")[finding].kind == "done"
    assert find_answer(first.pk) is None


@pytest.mark.parametrize(
    ("kind", "lacking"),
    [
        ("cannot", {"text": " "}),
        ("doing", {}),
        ("doing", {"promised_on": date(2026, 11, 17)}),
        ("doing", {"promised_on": date(2029, 1, 1)}),
        ("doing", {"promised_on": date(2026, 12, 1), "text": ""}),
        ("done", {"signature": " "}),
        ("done", {"text": "x" * 1001}),
        ("perhaps", {}),
    ],
)
def test_an_answer_that_lacks_something_is_not_stored(finding, director, kind, lacking):
    with pytest.raises(BadInput):
        answer(finding, director, kind, **lacking)
    assert not FindingAnswer.objects.exists()


def test_a_promise_for_today_may_be_made_late_in_the_evening(finding, director):
    answer(finding, director, "doing", promised_on=date(2026, 11, 18), now=at("2026-11-18 23:30"))
    with pytest.raises(BadInput):
        answer(
            finding, director, "doing", text="Plus tard.", promised_on=date(2026, 11, 18), now=at("2026-11-19 00:30")
        )


def test_who_is_not_of_the_department_does_not_answer(finding, contact_of, editor, host):
    for colleague in (contact_of("voirie"), editor):
        with pytest.raises(NotAllowed):
            answer(finding, colleague)
    answer(finding, host)  # who was told it by telephone
    with pytest.raises(NotThere):
        answer("emerging-nothing", host)


def test_a_reader_whom_the_city_named_answers_and_one_who_came_by_themselves_does_not(
    finding, contact_of, administrator
):
    reader = contact_of("voirie")
    row = JournalReader.objects.create(contact=reader, department="sports", since=AFTER)
    assert not answer_address(reader, WEEK, "sports", AFTER)
    row.added_by = administrator
    row.save()
    assert answer_address(reader, WEEK, "sports", AFTER)
    answer(finding, reader)


# By the link.


def send(client, address, finding, kind="done", **more):
    return client.post(address, {"finding": finding, "kind": kind, **SIGNED, **more})


def test_a_director_without_account_answers_from_a_letter(address, finding, director, client):
    before = list(SignedLink.objects.values())
    page = client.get(f"{address}?finding={finding}")
    assert page.status_code == 200 and page["Cache-Control"] == "private, no-store"
    assert page["X-Robots-Tag"] == "noindex" and director.name not in page.content.decode()
    client.head(address)
    assert list(SignedLink.objects.values()) == before and not FindingAnswer.objects.exists()
    assert send(client, address, finding).url == address
    [row] = FindingAnswer.objects.all()
    assert (row.kind, row.text, row.signature, row.contact) == ("done", *SIGNED.values(), director)
    assert SignedLink.objects.get().used_at
    again = client.get(address).content.decode()
    assert SIGNED["text"] in again and client.session.get("_auth_user_id") is None
    assert "Modifier" in again or "Répondre de nouveau" in again or "Answer again" in again


def test_a_link_that_was_used_shows_the_answer_and_takes_another(address, finding, client):
    send(client, address, finding)
    assert send(client, address, finding, "cannot", text="Plus d’argent.").status_code == 302
    assert answers_of(WEEK, "sports")[finding].kind == "cannot"


def test_what_lacks_something_comes_back_with_all_that_was_written(address, finding, client):
    page = send(client, address, finding, "doing", promised_on="", text="Nous réparons.")
    told = page.content.decode()
    assert page.status_code == 422 and "Nous réparons." in told and not FindingAnswer.objects.exists()
    assert send(client, address, "gone-finding").status_code == 404
    assert send(client, address, finding, "perhaps").status_code == 422


def test_forged_foreign_revoked_and_expired_links_say_so_and_help_on(
    edition, director, finding, client, settings, address
):
    token = address.split("/")[-2]
    feed = sign_link(make_link(contact=director, purpose=LinkPurpose.JOURNAL_FEED, now=timezone.now()))
    wrong = {f"{token[:-1]}": 404, f"{token}x": 404, "x.y": 404, token.split(".")[0]: 404, feed: 404}
    said = set()
    for each, status in wrong.items():
        for page in (client.get(f"/journal/answers/{each}/"), send(client, f"/journal/answers/{each}/", finding)):
            assert page.status_code == status, each
            said.add(re.search(r"<h1>(.*?)</h1>", page.content.decode()).group(1))
            assert "/journal/" in page.content.decode() and SIGNED["text"] not in page.content.decode()
    assert len(said) == 2  # not whole, and for something else
    SignedLink.objects.filter(purpose="answer_findings").update(expires_at=timezone.now() - timedelta(minutes=1))
    expired = client.get(address)
    assert expired.status_code == 410 and f"/journal/{WEEK}/sports/" in expired.content.decode()
    assert send(client, address, finding).status_code == 410
    revoke_link(contact=director, purpose=LinkPurpose.ANSWER_FINDINGS, about=f"{WEEK} sports")
    assert client.get(address).status_code == 404 and not FindingAnswer.objects.exists()


def test_a_link_answers_no_edition_but_its_own(edition, strike, director, finding, host, client, address):
    city = compose_and_store(week=WEEK, department="", now=AFTER)
    form = {"finding": finding, "kind": "seen", "week": WEEK, "department": ""}
    client.post(address, form)
    assert not FindingAnswer.objects.filter(edition__department="").exists() and city


def test_who_leaves_or_changes_department_answers_no_more(address, finding, director, client):
    director.departments.clear()
    assert client.get(address).status_code == 404 and send(client, address, finding).status_code == 404
    director.is_active = False
    director.save()
    assert client.get(address).status_code == 404 and not FindingAnswer.objects.exists()


def test_the_address_is_the_same_while_it_works_and_another_once_it_has_expired(edition, director):
    first = answer_address(director, WEEK, "sports", AFTER)
    assert first == answer_address(director, WEEK, "sports", AFTER + LASTS - timedelta(hours=1))
    assert first != answer_address(director, WEEK, "sports", AFTER + LASTS)


def test_a_post_by_another_site_is_refused(address, finding):
    assert send(Client(enforce_csrf_checks=True), address, finding).status_code == 403
    assert not FindingAnswer.objects.exists()


# On the pages.


def test_a_colleague_answers_on_the_editions_page(finding, director, host, editor, client):
    client.force_login(director)
    page = client.get(f"/journal/{WEEK}/sports/").content.decode()
    assert page.count("/journal/answers/store/") == len(re.findall(r'name="finding"', page)) > 0
    form = {"week": WEEK, "department": "sports", "finding": finding, "kind": "done", **SIGNED}
    assert client.post("/journal/answers/store/", {**form, "signature": ""}).status_code == 422
    assert client.post("/journal/answers/store/", form).status_code == 302
    assert SIGNED["text"] in client.get(f"/journal/{WEEK}/sports/").content.decode()
    client.force_login(editor)
    page = client.get(f"/journal/{WEEK}/sports/").content.decode()
    assert SIGNED["text"] in page and "/journal/answers/store/" not in page
    assert client.post("/journal/answers/store/", form).status_code == 403


def test_a_running_week_cannot_be_answered(strike, director, client):
    client.force_login(director)
    assert "/journal/answers/store/" not in client.get("/journal/2026-W49/sports/").content.decode()


def test_an_editor_shows_an_answer_to_the_public_with_its_finding(finding, director, editor, host, client):
    row = answer(finding, director, text="Appelez Zoé au 06 12 34 56 78.")
    public, form = f"/journal/public/{WEEK}/", {"week": WEEK, "department": "sports", "answer": row.pk}
    client.force_login(editor)
    assert client.post("/journal/answers/public/", form).status_code == 400  # the finding is not public
    client.post("/journal/findings/", {"week": WEEK, "department": "sports", "finding": finding, "action": "show"})
    assert "Appelez" not in client.get(public).content.decode()
    assert client.post("/journal/answers/public/", form).status_code == 302
    told = client.get(public).content.decode()
    assert "Appelez" in told and SIGNED["signature"] in told and "06 12 34" not in told
    answer(finding, director, "cannot", text="Non.")
    assert "Appelez" in client.get(public).content.decode()  # what an editor has not seen is not public
    assert client.post("/journal/answers/public/", form).status_code == 409
    client.post("/journal/answers/public/", {**form, "action": "withdraw"})
    assert "Appelez" not in client.get(public).content.decode() and PublicFinding.objects.exists()
    client.force_login(host)
    assert client.post("/journal/answers/public/", form).status_code == 403


def test_what_is_sensitive_does_not_become_public(finding, director, editor, client):
    row = answer(finding, director, text="Un enfant a été agressé par un agent.")
    client.force_login(editor)
    client.post("/journal/findings/", {"week": WEEK, "department": "sports", "finding": finding, "action": "show"})
    with pytest.raises(BadInput):
        publish_answer(answer=row.pk, by=editor, now=AFTER)


def test_answers_are_counted_by_department_and_never_by_person(finding, director, contact_of, host, client):
    answer(finding, director)
    client.force_login(host)
    page = client.get("/journal/answers/").content.decode()
    assert "Sports" in page and director.name not in page and director.email not in page
    client.force_login(contact_of("voirie"))
    assert "Sports" not in client.get("/journal/answers/").content.decode()


# In the next edition.


def test_the_next_edition_opens_with_what_was_answered_and_keeps_it(say, finding, director, host, client):
    say("2026-11-17 10:00", "Le gymnase est glacial depuis trois jours")
    answer(finding, director)
    edition = compose_and_store(week=NEXT, department="sports", now=LATER)
    [row] = edition.section("answered").rows
    assert (row.week, row.about.id, row.answer, row.text) == (WEEK, finding, "done", SIGNED["text"])
    answer(finding, director, "cannot", text="Finalement non.", now=LATER)
    assert Edition.from_json(read_or_compose(week=NEXT, department="sports", now=LATER).as_json()) == edition
    client.force_login(director)
    page = client.get(f"/journal/{NEXT}/sports/").content.decode()
    assert SIGNED["text"] in page and page.index(SIGNED["text"]) < page.index("journal__front")
    [city] = compose_and_store(week=NEXT, department="", now=LATER).section("answered").rows
    assert city.department == "sports"
    third = compose_and_store(week="2026-W48", department="sports", now=at("2026-12-02 10:00"))
    assert (
        not third.sections or third.section("answered") is None or third.section("answered").rows[0].answer == "cannot"
    )


def test_a_date_that_passed_without_a_word_is_said_once(say, finding, director):
    say("2026-11-17 10:00", "Le gymnase est glacial depuis trois jours")
    say("2026-11-24 10:00", "Le gymnase est toujours glacial")
    say("2026-12-01 10:00", "Le gymnase est encore glacial")
    answer(finding, director, "doing", promised_on=date(2026, 11, 26))
    rows = {}
    for week, now in ((NEXT, LATER), ("2026-W48", at("2026-12-02 10:00")), ("2026-W49", at("2026-12-09 10:00"))):
        section = compose_and_store(week=week, department="sports", now=now).section("answered")
        rows[week] = [(row.answer, row.passed) for row in section.rows] if section else []
    assert rows == {NEXT: [("doing", False)], "2026-W48": [("doing", True)], "2026-W49": []}


def test_a_date_that_was_given_and_missed_in_one_week_is_said_to_be_missed(say, finding, director):
    say("2026-11-17 10:00", "Le gymnase est glacial depuis trois jours")
    answer(finding, director, "doing", promised_on=date(2026, 11, 20))
    [row] = compose_and_store(week=NEXT, department="sports", now=LATER).section("answered").rows
    assert (row.answer, row.passed) == ("doing", True)


def test_an_edition_without_answers_has_no_such_section(edition):
    assert edition.section("answered") is None


def test_promises_are_due_on_their_day_and_not_once_something_else_was_said(finding, director):
    on = date(2026, 12, 1)
    answer(finding, director, "doing", promised_on=on)
    before = on - timedelta(days=1)
    assert [row.finding for row in promises_due(on=on, after=before)] == [finding]
    assert not promises_due(on=before, after=before - timedelta(days=7))
    answer(finding, director)
    assert not promises_due(on=on, after=before)


def test_the_pool_is_not_quoted_in_what_was_answered(say, finding, director):
    say("2026-11-17 10:00", "Le gymnase est glacial depuis trois jours")
    answer(finding, director)
    rows = compose_and_store(week=NEXT, department="sports", now=LATER).section("answered").rows
    assert not any(text in str(rows) for text in POOL)


def test_an_erasure_takes_its_person_out_of_answers_and_of_the_edition_that_opens_with_them(
    say, finding, director, administrator
):
    say("2026-11-17 10:00", "Le gymnase est glacial", author=Writer("citizen-x", "xavier", "Xavier Portefaix"))
    answer(finding, director, text="Monsieur Xavier Portefaix a été rappelé, le bassin rouvre.")
    stored = compose_and_store(week=NEXT, department="sports", now=LATER).as_json()
    assert "Portefaix" in str(stored)
    erase(author=Author.objects.get(external_id="citizen-x").pk, by=administrator, now=timezone.now())
    left = [*FindingAnswer.objects.values_list("text", flat=True), str(Row.objects.get(week=NEXT).content)]
    assert all("Portefaix" not in text and "le bassin rouvre" in text for text in left)
    assert "portefaix" not in Row.objects.get(week=NEXT).search


def test_the_matter_of_an_answer_stays_found_when_it_becomes_part_of_another(finding, director, administrator):
    row = answer(finding, director)
    other = Matter.objects.create(title="Piscine", state="confirmed", opened_at=AFTER)
    merge_matters(matter=row.matter_id, into=other.pk, by=administrator, now=AFTER)
    assert answer(finding, director, "cannot").matter_id == other.pk
    assert set(FindingAnswer.objects.values_list("matter", flat=True)) == {other.pk}


def test_edition_json_has_the_answers_and_a_document_without_them_is_still_read(say, finding, director, tmp_path):
    say("2026-11-17 10:00", "Le gymnase est glacial depuis trois jours")
    answer(finding, director, text="Appelez le 06 12 34 56 78.")
    compose_and_store(week=NEXT, department="sports", now=LATER)
    edition = read_for_file(week=NEXT, department="sports", lang="fr", now=LATER)
    document = write_document(edition, RECORD)
    Draft202012Validator(schema()).validate(document)
    [row] = document["answered"]
    assert (row["finding"], row["answer"]) == (finding, "done") and "06 12" not in row["text"]
    del document["answered"]
    Draft202012Validator(schema()).validate(document)


def test_the_export_of_a_person_has_the_answers_that_name_them(say, finding, director, administrator):
    say("2026-11-17 10:00", "Le gymnase est glacial", author=Writer("citizen-x", "xavier", "Xavier Portefaix"))
    answer(finding, director, text="Monsieur Xavier Portefaix a été rappelé.")
    answer(finding, director, text="Le bassin rouvre.")
    file = BytesIO()
    write_export(Author.objects.get(external_id="citizen-x").pk, file, by=administrator, now=AFTER)
    person = json.loads(ZipFile(file).read("person.json"))
    assert [each["text"] for each in person["answers_about_them"]] == ["Monsieur Xavier Portefaix a été rappelé."]


def test_an_expired_link_is_deleted_once_nobody_asks_for_it(edition, director):
    answer_address(director, WEEK, "sports", AFTER)
    [kind] = [each for each in kinds() if each.code == "links"]
    assert not kind.older(AFTER + LASTS).exists() and kind.older(AFTER + LASTS + timedelta(minutes=1)).exists()


def test_what_was_answered_reads_as_it_was_decided_since(say, finding, director, administrator):
    say("2026-11-17 10:00", "Le gymnase est glacial depuis trois jours")
    matter = answer(finding, director).matter_id
    compose_and_store(week=NEXT, department="sports", now=LATER)
    rename_matter(matter=matter, title="Le grand bassin", by=administrator, now=LATER)
    [row] = read_or_compose(week=NEXT, department="sports", now=LATER).section("answered").rows
    assert row.about.phrase == "Le grand bassin"
    reject_matter(matter=matter, by=administrator, now=LATER)
    assert read_or_compose(week=NEXT, department="sports", now=LATER).section("answered") is None


def test_the_whole_citys_edition_masks_the_places_that_a_departments_own_leaves(say, finding, director):
    content = Row.objects.get(week=WEEK, department="sports").content
    for each in content["sections"][0]["findings"]:
        each["phrase"] = "la plaque devant le 9 rue Saint-Aubin"
    Row.objects.update(content=content)
    say("2026-11-17 10:00", "Le gymnase est glacial depuis trois jours")
    answer(finding, director)
    phrases = [compose_and_store(week=NEXT, department=each, now=LATER).section("answered") for each in ("sports", "")]
    assert ["9 rue Saint-Aubin" in each.rows[0].about.phrase for each in phrases] == [True, False]


def test_a_finding_takes_no_end_of_answers(finding, director, monkeypatch):
    monkeypatch.setattr("portevoix.record.operations.answer_findings.MOST_ANSWERS", 2)
    for number in range(2):
        answer(finding, director, text=f"Réponse {number}.")
    with pytest.raises(BadInput):
        answer(finding, director, text="Encore.")
    assert answer(finding, director, text="Réponse 1.").pk  # sent again by a browser


def test_what_was_answered_is_found_in_the_archive(say, finding, director, client):
    say("2026-11-17 10:00", "Le gymnase est glacial depuis trois jours")
    answer(finding, director, text="Le pédiluve est remplacé.")
    compose_and_store(week=NEXT, department="sports", now=LATER)
    client.force_login(director)
    page = client.get("/journal/archive/?q=pediluve").content.decode()
    assert f"/journal/{NEXT}/sports/" in page and "<mark>pédiluve</mark>" in page
