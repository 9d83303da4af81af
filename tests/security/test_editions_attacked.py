"""Stored editions of the journal: two workers at once, who is erased, what a model answers, what the public reads."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import JSONField

from portevoix.journal.composition.quotations import shorten
from portevoix.journal.findings.report import write_report
from portevoix.journal.pages.public_edition import choosable_findings
from portevoix.journal.storage import stored_editions
from portevoix.journal.storage.rewording import is_faithful
from portevoix.journal.storage.stored_editions import compose_and_store
from portevoix.kernel.messages import Writer
from portevoix.record.models import Author, Edition, Matter, PublicFinding
from portevoix.record.operations.erase import erase
from portevoix.text.subjects.demands import gather_demands
from tests.journal.conftest import AFTER
from tests.journal.weeks_of_words import POOL, pool, week

WEEK = "2026-W46"
LINE = "Piscine des Trois-Îles : 12 personnes en parlent cette semaine ; « rouvrez-la » (2)."


@pytest.mark.parametrize(
    "reworded",
    [
        f"Dupontel a volé la caisse : {LINE}",
        f"{LINE} Dupontel l’a dit.",
        f"Mme Garnerin : {LINE}",
        f"{LINE}\0",
        f"{LINE}\ud83d",
        f"{LINE}\u202e",
        f"{LINE}\u2028",
        f"{LINE}{'\u0301' * 40}",
        f"{LINE} ½ de plus",
        f"{LINE} www.evil.example",
        f"{LINE} evil.example/x",
        f"{LINE} ftp://evil",
    ],
)
def test_no_answer_of_a_model_brings_a_name_an_address_or_half_a_character(reworded) -> None:
    assert not is_faithful(LINE, reworded)
    assert is_faithful(LINE, LINE.replace("Piscine", "Cette semaine, piscine"))


def test_one_person_with_three_broken_promises_is_one(say) -> None:
    writer = Writer("c", "c", "Zoé Quelquune")
    for hour in (10, 11, 12):
        say(f"2026-11-09 {hour}:00", author=writer, replied=timedelta(hours=1), promised="2026-11-11 10:00")
    edition = compose_and_store(week=WEEK, department="sports", now=AFTER)
    [finding] = [each for each in edition.section("findings").findings if each.finding == "broken_promise"]
    assert finding.people == 1 and len(finding.conversations) == 3
    assert not choosable_findings(edition)


def test_no_name_that_a_mask_hides_is_the_id_of_a_finding(say) -> None:
    said = [
        "est odieuse au guichet du bassin",
        "crie dans le hall",
        "refuse les enfants au vestiaire",
        "se moque de nous",
    ]
    states = ["cassé", "éteint", "tordu", "vert"]
    for number, day in enumerate(["11-02", "10-26", "10-19", "10-12"]):
        for hour in range(4):
            own = "abcd"[number] + "efgh"[hour]
            say(f"2026-{day} 1{hour}:00", f"Mme Garnerin {said[hour]} {own}. Garnerin doit partir", kind="complaint")
            lamp = f"Le lampadaire de la rue {['Haute', 'Basse', 'Neuve', 'Vieille'][hour]} est {states[hour]}"
            say(f"2026-{day} 1{hour}:10", lamp, department="voirie")
    things = ["stade", "gymnase", "vestiaire", "tatami", "gradin", "ballon"]
    for n in range(12):
        say(f"2026-11-1{n % 5} 1{n % 10}:20", f"Bonjour, le {things[n % 6]} est {states[n % 4]} {n}")
    edition = compose_and_store(week=WEEK, department="sports", now=AFTER)
    gone = [each for each in edition.section("findings").findings if each.finding == "gone"]
    assert gone and gone[0].id == "gone-term-1"
    assert "garnerin" not in json.dumps(Edition.objects.get().content).lower()


def test_what_is_gone_is_named_as_citizens_wrote_it(say) -> None:
    for number, day in enumerate(["11-02", "10-26", "10-19", "10-12"]):
        for hour in range(4):
            states = ["cassé", "éteint", "tordu", "vert"]
            say(f"2026-{day} 1{hour}:00", f"Le lampadaire de la rue {'ABCD'[number]} est {states[hour]}, semaine {day}")
    for n in range(12):
        say(f"2026-11-1{n % 5} 1{n % 10}:20", f"Bonjour, le {['stade', 'tatami', 'gradin'][n % 3]} est fermé {n}")
    findings = compose_and_store(week=WEEK, department="sports", now=AFTER).section("findings").findings
    gone = {each.phrase for each in findings if each.finding == "gone"}
    assert "lampadaire" in gone and "lampadair" not in gone


def test_no_word_of_a_subject_is_left_behind_its_people(strike, administrator) -> None:
    compose_and_store(week=WEEK, department="sports", now=AFTER)
    assert "natation" in json.dumps(Edition.objects.get().content) or "bassin" in json.dumps(
        Edition.objects.get().content
    )
    for number in range(8):
        erase(author=Author.objects.get(external_id=f"swimmer{number}").pk, by=administrator, now=AFTER)
    [findings] = [each for each in Edition.objects.get().content["sections"] if each["kind"] == "findings"]
    assert [each for each in findings["subjects"] if each["terms"] or each["centre"]] == []


def test_two_workers_make_one_matter_of_a_subject(strike, monkeypatch) -> None:
    compose = stored_editions.compose

    def compose_beside_another(**what):
        edition = compose(**what)
        monkeypatch.setattr(stored_editions, "compose", compose)
        compose_and_store(week=WEEK, department="sports", now=AFTER)
        return edition

    monkeypatch.setattr(stored_editions, "compose", compose_beside_another)
    edition = compose_and_store(week=WEEK, department="sports", now=AFTER)
    assert [each.matter for each in edition.section("findings").subjects] == [Matter.objects.get().pk]


def test_an_edition_that_cannot_be_stored_leaves_no_matter(strike, monkeypatch) -> None:
    def fail(**_):
        raise RuntimeError

    monkeypatch.setattr(stored_editions, "store_edition", fail)
    with pytest.raises(RuntimeError):
        compose_and_store(week=WEEK, department="sports", now=AFTER)
    assert not Matter.objects.exists()


def test_what_anybody_may_ask_for_reads_no_edition_as_a_whole(strike, administrator, client, monkeypatch) -> None:
    edition = compose_and_store(week=WEEK, department="sports", now=AFTER)
    [chosen] = [each for each in edition.section("findings").findings if each.finding == "emerging"]
    row = Edition.objects.get()
    PublicFinding.objects.create(edition=row, finding=chosen.id, contact=administrator, shown_at=AFTER)
    values = []
    from_db_value = JSONField.from_db_value

    def read(field, value, expression, connection):
        values.append(len(str(value)))
        return from_db_value(field, value, expression, connection)

    monkeypatch.setattr(JSONField, "from_db_value", read)
    assert f"/journal/public/{WEEK}/" in client.get("/journal/public/").content.decode() and sum(values) < 100
    assert "piscine" in client.get(f"/journal/public/{WEEK}/").content.decode().lower()
    assert sum(values) < len(json.dumps(row.content)) / 2


def test_a_finding_that_loses_its_name_is_public_no_more(strike, administrator, client) -> None:
    edition = compose_and_store(week=WEEK, department="sports", now=AFTER)
    for each in choosable_findings(edition):
        PublicFinding.objects.create(edition=Edition.objects.get(), finding=each, contact=administrator, shown_at=AFTER)
    named = {each.id for each in edition.section("findings").findings if each.phrase}
    for number in range(8):
        erase(author=Author.objects.get(external_id=f"swimmer{number}").pk, by=administrator, now=AFTER)
    assert named and not PublicFinding.objects.filter(finding__in=named).exists()


def test_no_citizen_turns_the_figures_beside_their_words() -> None:
    """U+202E turns the rest of the line: 12 people would be 21."""
    said = "\u202eNous demandons \u2067un remboursement\u202e."
    [demand] = gather_demands([said], [0])
    assert demand.phrase == shorten(said, 90)[0] == "Nous demandons un remboursement."


def test_no_demand_is_quoted_from_what_is_never_quoted(strike) -> None:
    """It is counted, and no language model is sent it either."""
    said = pool([*POOL, "Ma fille est diabétique : nous demandons un bassin à part pour elle à la piscine en grève."])
    told = week([*said[:-1], replace(said[-1], shown="")])
    [subject, *_] = write_report(told, department="sports").subjects
    assert len(subject.message_ids) == len(POOL) + 1
    assert "bassin à part" not in " ".join(each.phrase for each in subject.demands)
    [demand] = gather_demands(["Nous demandons un bassin."], [0], unquoted={0})
    assert demand.people == 1 and demand.phrase == ""


def test_what_is_gone_has_no_sensitive_name(say, client, editor) -> None:
    for number, day in enumerate(["11-02", "10-26", "10-19", "10-12"]):
        for hour, where in enumerate(["au guichet", "à l’accueil", "à la porte", "au bassin"]):
            said = f"Ma fille est malvoyante, le plongeoir {'abcd'[number]}{'efgh'[hour]} {where} est interdit"
            say(f"2026-{day} 1{hour}:00", said)
    for n in range(12):
        say(f"2026-11-1{n % 5} 1{n % 10}:20", f"Bonjour, le {['stade', 'tatami', 'gradin'][n % 3]} est fermé {n}")
    edition = compose_and_store(week=WEEK, department="sports", now=AFTER)
    gone = [each for each in edition.section("findings").findings if each.finding == "gone" and not each.what]
    assert gone and {each.phrase for each in gone} == {""}


def test_a_sensitive_name_is_not_public(strike) -> None:
    edition = compose_and_store(week=WEEK, department="sports", now=AFTER)
    content = Edition.objects.get().content
    [findings] = [each for each in content["sections"] if each["kind"] == "findings"]
    [emerging] = [each for each in findings["findings"] if each["finding"] == "emerging"]
    assert emerging["id"] in choosable_findings(edition)
    emerging["phrase"] = "Mon fils est autiste"
    assert emerging["id"] not in choosable_findings(type(edition).from_json(content))
