"""`edition.json` of the record's editions, and the subjects of the editions that are stored."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from portevoix.cli.journal import journal
from portevoix.journal.composition.compose import compose
from portevoix.journal.composition.compose_file import compose_file
from portevoix.journal.editions.edition import Edition
from portevoix.journal.storage.built_files import build_from_record
from portevoix.journal.storage.edition_document import RECORD, Method, write_document
from portevoix.journal.storage.edition_schema import schema
from portevoix.journal.storage.stored_editions import compose_and_store
from portevoix.kernel.errors import BadInput
from portevoix.kernel.matter_codes import MatterState
from portevoix.kernel.messages import Direction, Incoming, Writer
from portevoix.record.models import Edition as StoredEdition
from portevoix.record.models import Matter, Message
from portevoix.record.operations import matters
from tests.journal.conftest import AFTER, at
from tests.journal.weeks_of_words import MONDAY, pool, week

WEEK = "2026-W46"


def document_of(department: str = ""):
    built = build_from_record(week=WEEK, department=department, language="fr", now=AFTER)
    document = json.loads(built.render(["json"], language="en")["edition.json"])
    Draft202012Validator(schema()).validate(document)
    return document


def test_the_record_s_document_has_the_numbers_of_its_messages(strike):
    document = document_of("sports")
    numbers = {str(pk) for pk in Message.objects.filter(external_id__startswith="p").values_list("pk", flat=True)}
    assert set(document["subjects"][0]["message_ids"]) == numbers
    assert document["findings"][0]["kind"] == "emerging"
    assert document["subjects"][0]["state"] == {"answered": 0, "holding": 0, "closed": 0, "waiting": len(numbers)}
    assert document_of()["figures"]["messages"] == len(strike)


def test_what_is_built_has_its_findings_however_many_messages_there_are(strike, monkeypatch):
    monkeypatch.setattr("portevoix.journal.composition.compose.MOST_ON_REQUEST", 0)
    assert document_of("sports")["findings"]


def test_a_file_of_the_same_messages_says_the_same(strike):
    told, begins = week(pool()), at("2026-11-09 00:00") - MONDAY
    messages = [
        Incoming(
            each.channel,
            "@testville",
            each.id,
            Direction.IN,
            Writer(each.author, each.author),
            each.sent_at + begins,
            each.text,
            lang="fr",
            labels={"department": each.department, "kind": each.kind, "valence": each.valence},
        )
        for each in [*told.messages, *(each for past in told.past for each in past)]
    ]
    names = {str(pk): id for pk, id in Message.objects.values_list("pk", "external_id")}
    for department in ("sports", ""):
        read = compose_file(messages, week=WEEK, department=department, now=AFTER)
        mine = write_document(compose(week=WEEK, department=department, now=AFTER), RECORD, names.__getitem__)
        theirs = write_document(read.edition, Method(()), read.external_ids.__getitem__)
        assert [each["title"] for each in mine["subjects"]] == [each["title"] for each in theirs["subjects"]]
        tested = [[each for each in some["findings"] if each["kind"] != "unanswered"] for some in (mine, theirs)]
        assert [(f["kind"], f["q_value"], sorted(f["message_ids"])) for f in tested[0]] == [
            (f["kind"], f["q_value"], sorted(f["message_ids"])) for f in tested[1]
        ]


def test_an_edition_of_before_there_were_subjects_has_none_in_its_document(say):
    say("2026-11-09 10:00")
    edition = compose(week=WEEK, now=AFTER)
    older = replace(edition, sections=tuple(each for each in edition.sections if each.kind != "findings"))
    document = write_document(Edition.from_json(older.as_json()), RECORD)
    Draft202012Validator(schema()).validate(document)
    assert (document["subjects"], document["findings"], document["figures"]["messages"]) == ([], [], 1)


def subjects(*arguments: str):
    return CliRunner().invoke(journal, ["subjects", *arguments])


def test_subjects_are_told_with_their_matter_and_their_people_by_week(strike, administrator):
    for department in ("sports", ""):
        compose_and_store(week=WEEK, department=department, now=AFTER)
    [matter] = Matter.objects.filter(title__icontains="piscine")
    matters.rename_matter(matter=matter.pk, title="Piscine fermée", by=administrator, now=AFTER)
    done = subjects("--since", "2026-W44", "--json")
    told = json.loads(done.stdout)
    first = told["subjects"][0]
    assert (told["since"], first["matter"], first["title"]) == ("2026-W44", matter.pk, "Piscine fermée")
    assert (first["id"], first["department"]) == (f"matter-{matter.pk}", "sports")
    assert first["state"] in set(MatterState)
    people = {each["week"]: each["people"] for each in first["weeks"]}
    assert list(people) == ["2026-W44", "2026-W45", "2026-W46"] and people["2026-W46"] == len(pool())
    table = subjects("--since", WEEK, "--department", "sports").stdout
    assert "Piscine fermée" in table and str(matter.pk) in table


def test_a_matter_that_became_part_of_another_is_told_as_that_one(strike, administrator):
    compose_and_store(week=WEEK, department="sports", now=AFTER)
    [matter] = Matter.objects.filter(title__icontains="piscine")
    other = Matter.objects.create(title="Grève", state=MatterState.CONFIRMED, opened_at=AFTER)
    matters.merge_matters(matter=matter.pk, into=other.pk, by=administrator, now=AFTER)
    [told, *_] = json.loads(subjects("--since", WEEK, "--json").stdout)["subjects"]
    assert (told["matter"], told["title"], told["state"]) == (other.pk, "Grève", "confirmed")


def test_without_stored_editions_there_are_no_subjects(city):
    assert json.loads(subjects("--since", WEEK, "--json").stdout)["subjects"] == []
    assert "No stored edition" in subjects("--since", WEEK).stdout
    assert not StoredEdition.objects.exists()


@pytest.mark.parametrize("arguments", [("--since", "2026-W60"), ("--since", WEEK, "--department", "lune")])
def test_a_wrong_week_or_department_is_refused_in_a_line(city, arguments):
    done = subjects(*arguments)
    assert isinstance(done.exception, BadInput) and "\n" not in str(done.exception)
