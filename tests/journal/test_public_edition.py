"""The public edition: what an editor chose, and nothing else."""

import pytest
from django.utils import timezone

from portevoix.journal.editions.edition import Edition
from portevoix.journal.pages.public_edition import choosable_findings
from portevoix.journal.storage.stored_editions import compose_and_store
from portevoix.record.models import Author, PublicFinding
from portevoix.record.models import Edition as StoredEdition
from portevoix.record.operations.erase import erase
from tests.journal.conftest import AFTER
from tests.journal.weeks_of_words import POOL

WEEK = "2026-W46"
PUBLIC = f"/journal/public/{WEEK}/"


@pytest.fixture
def edition(strike) -> Edition:
    return compose_and_store(week=WEEK, department="sports", now=AFTER)


def choose(client, finding: str, action: str = "show", department: str = "sports"):
    form = {"week": WEEK, "department": department, "finding": finding, "action": action}
    return client.post("/journal/findings/", form)


def test_the_public_reads_what_an_editor_chose_without_quotations_and_links(edition, client, editor):
    assert client.get(PUBLIC).status_code == 404
    assert "2026-W46" not in client.get("/journal/public/").content.decode()
    first = edition.section("findings").findings[0]
    client.force_login(editor)
    assert choose(client, first.id).status_code == 302
    assert choose(client, first.id).status_code == 302 and PublicFinding.objects.count() == 1
    client.logout()
    page = client.get(PUBLIC, HTTP_ACCEPT_LANGUAGE="en")
    assert page.status_code == 200
    told = page.content.decode()
    assert f"{len(POOL)} people wrote about it this week" in told or f"{len(POOL)} personnes" in told
    assert not [text for text in POOL if text in told] and "/inbox/" not in told and "messages/" not in told
    assert PUBLIC in client.get("/journal/public/").content.decode()
    client.force_login(editor)
    choose(client, first.id, "hide")
    client.logout()
    assert client.get(PUBLIC).status_code == 404


def test_few_people_and_sensitive_subjects_cannot_be_chosen(edition, client, editor):
    content = StoredEdition.objects.get().content
    [findings] = [each for each in content["sections"] if each["kind"] == "findings"]
    subject = findings["subjects"][0]
    about, loose = ([each for each in findings["findings"] if bool(each["subject"]) is own] for own in (True, False))
    subject["sensitive"] = True
    loose[0]["people"] = 2
    StoredEdition.objects.update(content=content)
    changed = Edition.from_json(content)
    assert not choosable_findings(changed) & {*(each["id"] for each in about), loose[0]["id"]}
    client.force_login(editor)
    assert choose(client, about[0]["id"]).status_code == 400 and not PublicFinding.objects.exists()


def test_a_host_and_a_contact_choose_nothing(edition, client, host, contact_of):
    for colleague in (host, contact_of("sports")):
        client.force_login(colleague)
        assert choose(client, edition.section("findings").findings[0].id).status_code == 403


def test_a_finding_that_lost_its_name_to_an_erasure_is_gone(edition, client, editor, administrator):
    first = edition.section("findings").findings[0]
    client.force_login(editor)
    choose(client, first.id)
    for author in Author.objects.filter(messages__text__in=POOL).distinct():
        erase(author=author.pk, by=administrator, now=timezone.now())
    client.logout()
    assert client.get(PUBLIC).status_code == 404


def test_nothing_of_a_running_week_can_be_chosen(strike, client, editor):
    client.force_login(editor)
    assert choose(client, "emerging-2026-w46-sports-1").status_code == 400
