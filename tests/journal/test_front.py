"""The five lines, the findings and the lists of an edition, from the record: what they say, and what is behind them."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from portevoix.journal.composition.compose import compose
from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.finding_sections import AttentionList, AttentionRow
from portevoix.journal.pages.behind import find_behind
from portevoix.journal.storage.stored_editions import compose_and_store, read_or_compose
from portevoix.journal.storage.subject_matters import store_matters
from portevoix.journal.words.front_lines import _say_dangers, write_lines
from portevoix.journal.words.wording import plain
from portevoix.kernel.matter_codes import MatterState
from portevoix.kernel.messages import Writer
from portevoix.record.models import Conversation, Matter
from portevoix.record.models import Edition as StoredEdition
from portevoix.record.operations import matters, merge, route
from portevoix.record.operations.editions import count_removals
from portevoix.record.queries.wait_states import WaitState
from tests.journal.conftest import AFTER
from tests.journal.weeks_of_words import POOL, WeekMessage

WEEK = "2026-W46"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def strike_of(messages: list[WeekMessage]) -> list[WeekMessage]:
    """The messages to the department of sports that do not thank."""
    return [each for each in messages if each.department == "sports" and each.valence != "well"]


def lines(edition: Edition) -> dict[str, str]:
    return {line.code: plain(line.sentence) for line in write_lines(edition)}


def test_the_first_line_says_what_happened_and_each_number_has_its_messages(strike):
    edition = compose(week=WEEK, department="sports", now=AFTER)
    said = lines(edition)
    assert re.match(rf".*[Pp]iscine.*: {len(POOL)} people wrote about it this week; ", said["happened"])
    assert f"Of {len(strike_of(strike))} messages that called for a reply, " in said["answered"]
    assert said["danger"].startswith("The program found no danger in the messages.")
    keys = [part for line in write_lines(edition) for part in line.sentence if part.behind]
    assert len(keys) >= 5
    for part in keys:
        behind = find_behind(edition, part.behind)
        assert behind is not None and part.text.isdecimal()
        if part.behind.startswith("group-"):
            assert len(behind.messages) == int(part.text)


def test_every_number_of_the_lists_and_groups_agrees_with_the_figures_beside_it(strike, say):
    say("2026-11-12 10:00", "Merci pour la réponse sur le judo, tout est clair", kind="praise", valence="well")
    edition = compose(week=WEEK, now=AFTER)
    findings, volume, voices = (edition.section(kind) for kind in ("findings", "volume", "voices"))
    assert findings.messages == volume.total.now == findings.count("all")
    assert {row.code: row.count.now for row in volume.kinds if row.count.now} == {
        group.code.removeprefix("kind-"): len(group.messages)
        for group in findings.groups
        if group.code.startswith("kind-")
    }
    assert [findings.count(f"role-{row.code}") for row in volume.roles] == [row.count.now for row in volume.roles]
    assert (findings.count("sentiment-wrong"), findings.count("sentiment-well")) == (
        voices.wrong.count.now,
        voices.well.count.now,
    )
    thanks = findings.count("role-thanks")
    assert thanks and sum(findings.count(f"state-{state}") for state in WaitState) == findings.messages - thanks
    inside = {id for subject in findings.subjects for id in subject.messages}
    assert findings.single == findings.messages - len(inside)


def test_a_quiet_week_is_said_to_be_quiet(say):
    for week in ("10-20", "10-27", "11-03", "11-10"):
        say(f"2026-{week} 10:00", "Où s’inscrire au judo ?", replied=HOUR)
    edition = compose(week=WEEK, department="sports", now=AFTER)
    assert lines(edition)["happened"].startswith("A quiet week: 1 message")
    assert not [each for each in edition.section("findings").findings if each.finding == "emerging"]


def test_nothing_is_called_unusual_before_the_fourth_week(say):
    say("2026-11-03 10:00")
    for n, text in enumerate(POOL):
        say(f"2026-11-10 1{n}:00", text)
    findings = compose(week=WEEK, now=AFTER).section("findings")
    assert not findings.tested
    assert [each.q_value for each in findings.findings] == [None] * len(findings.findings)


def test_dangers_broken_promises_reminders_and_the_longest_waits_are_listed(say):
    asked = Writer("citizen-z", "z", "Z")
    waits = say("2026-10-20 10:00", "Toujours pas de réponse sur mon inscription au judo", department="sports")
    danger = say("2026-11-10 08:00", "Des fils nus pendent du poteau devant l’école", replied=timedelta(minutes=20))
    late = say("2026-11-02 10:00", author=asked, thread="t", replied=HOUR, promised="2026-11-10 18:00")
    say("2026-11-12 10:00", "La date est passée et je n’ai rien reçu de vous", author=asked, thread="t")
    edition = compose(week=WEEK, department="sports", now=AFTER)
    lists = {each.code: each for each in edition.section("attention").lists}
    [row] = lists["danger"].rows
    assert (row.conversation, row.seconds) == (danger, 20 * 60)
    assert [row.conversation for row in lists["broken"].rows] == [late]
    assert [row.conversation for row in lists["reminder"].rows] == [late]
    assert lists["longest"].rows[0].conversation == waits
    assert "first reply after 20 min" in lines(edition)["danger"]
    assert "1 broken promise" in lines(edition)["decide"]


def test_a_danger_in_a_later_message_of_a_joined_conversation_has_its_reply(say, host):
    asked = Writer("citizen-z", "z", "Z")
    first = say("2026-11-02 10:00", "Bonjour, une question sur le judo", author=asked, replied=HOUR)
    other = say("2026-11-10 10:00", "Ça sent le gaz devant l’école, c’est dangereux", author=asked, replied=HOUR)
    merge(conversation=other, into=first, by=host, now=AFTER, seen=99)
    edition = compose(week=WEEK, department="sports", now=AFTER)
    [row] = next(each for each in edition.section("attention").lists if each.code == "danger").rows
    assert (row.conversation, row.seconds) == (first, 3600)


def test_a_department_is_told_of_dangers_among_what_nobody_routed(say):
    say("2026-11-10 10:00", "Où s’inscrire au judo ?", replied=HOUR)
    say("2026-11-10 11:00", "Un câble pend sur le trottoir, c’est dangereux", department="")
    say("2026-11-10 12:00", "Bonjour, une question", department="")
    edition = compose(week=WEEK, department="sports", now=AFTER)
    first = next(iter(lines(edition).items()))
    assert first == (
        "danger",
        "The program found no danger in the messages. 2 messages of the city have no department yet, "
        "1 of which may speak of a danger.",
    )
    assert "câble" not in str(edition), "whose it is, nobody knows yet"


def test_who_joined_two_conversations_waits_once_and_every_wait_is_behind_the_number(say, host):
    asked = Writer("citizen-z", "z", "Z")
    first, *others = (say(f"2026-11-{day:02} 10:00", f"Toujours rien {day}", author=asked) for day in range(2, 11))
    merge(conversation=others[0], into=first, by=host, now=AFTER, seen=99)
    edition = compose(week=WEEK, department="sports", now=AFTER)
    longest = next(each for each in edition.section("attention").lists if each.code == "longest")
    assert (longest.total, len(longest.rows), len(longest.conversations)) == (8, 5, 8)
    assert len(find_behind(edition, "attention-longest").conversations) == 8


def test_one_text_of_many_is_a_campaign_and_said_to_be_one(say):
    for week in ("10-13", "10-20", "10-27", "11-03"):
        say(f"2026-{week} 10:00", "Où s’inscrire au judo ?", replied=HOUR)
    for n in range(9):
        say(
            f"2026-11-10 1{n}:00",
            "Nous demandons le retour du marché de nuit sur la place des Halles, signez avec nous",
        )
    edition = compose(week=WEEK, now=AFTER)
    [campaign] = edition.section("findings").campaigns
    assert (campaign.people, len(campaign.messages)) == (9, 9)
    assert lines(edition)["happened"].startswith("9 people sent the same text: “Nous demandons")
    assert len(find_behind(edition, "campaign-0").messages) == 9


def test_what_a_colleague_decides_is_read_in_every_place_and_figures_stay(strike, host):
    edition = compose_and_store(week=WEEK, department="sports", now=AFTER)
    subject = edition.section("findings").subjects[0]
    matters.rename_matter(matter=subject.matter, title="Grève des maîtres-nageurs", by=host, now=AFTER)
    read = read_or_compose(week=WEEK, department="sports", now=AFTER)
    assert lines(read)["happened"].startswith("Grève des maîtres-nageurs: ")
    assert {each.phrase for each in read.section("findings").findings if each.subject == subject.id} == {
        "Grève des maîtres-nageurs"
    }
    matters.reject_matter(matter=subject.matter, by=host, now=AFTER)
    read = read_or_compose(week=WEEK, department="sports", now=AFTER).section("findings")
    assert subject.id not in {each.id for each in read.subjects} | {each.subject for each in read.findings}
    assert "1 subject was rejected" in lines(read_or_compose(week=WEEK, department="sports", now=AFTER))["happened"]
    assert (read.rejected, read.messages) == ((subject.matter,), edition.section("findings").messages)
    assert "quiet" not in lines(read_or_compose(week=WEEK, department="sports", now=AFTER))["happened"]


def test_two_workers_propose_one_matter(strike):
    for _ in range(2):
        edition = compose(week=WEEK, department="sports", now=AFTER)
        first = replace(edition, sections=tuple(map(without_matters, edition.sections)))
        stored = store_matters(first, now=AFTER, removals=count_removals())
    assert Matter.objects.count() == len({each.matter for each in stored.section("findings").subjects if each.matter})


def without_matters(section):
    if section.kind != "findings":
        return section
    return replace(section, subjects=tuple(replace(each, matter=None) for each in section.subjects))


def test_a_complaint_that_ends_in_thanks_is_shown_with_what_was_replied(say):
    asked = Writer("citizen-z", "z", "Z")
    text = "Le lampadaire de la rue Haute est éteint depuis trois semaines"
    pk = say("2026-11-09 10:00", text, author=asked, thread="t", valence="wrong", replied=HOUR)
    say("2026-11-11 10:00", "Il est réparé, merci !", author=asked, thread="t", kind="praise", valence="well")
    say("2026-11-11 11:00", "Merci pour tout", kind="praise", valence="well")
    [row] = compose(week=WEEK, department="sports", now=AFTER).section("repaired").rows
    assert (row.conversation, row.text, row.reply, row.thanks) == (
        pk,
        text,
        "Bonjour, voici.",
        "Il est réparé, merci !",
    )


def test_what_is_sensitive_is_counted_and_never_quoted(say):
    text = "Ma fille est diabétique et l’infirmière de l’école n’est jamais là, que faire ?"
    for day in range(9, 13):
        say(f"2026-11-{day:02} 10:00", f"{text} {day}", valence="wrong", replied=HOUR, promised="2026-11-13 18:00")
    edition = compose(week=WEEK, department="sports", now=AFTER)
    assert edition.section("volume").total.now == 4
    assert "diabétique" not in str(edition)


def test_few_messages_are_all_shown_with_their_state_and_no_table(say):
    say("2026-11-10 10:00", "Le bassin est froid, vraiment très froid ce matin", replied=HOUR)
    say("2026-11-11 10:00", "Où peut-on s’inscrire au judo cette année ?")
    edition = compose(week=WEEK, department="sports", now=AFTER)
    assert [voice.state for voice in edition.section("messages").rows] == ["answered", "waiting"]
    say("2026-11-12 10:00", "Mon fils est malade, la piscine est-elle chauffée ?")
    shown = compose(week=WEEK, department="sports", now=AFTER).section("messages").rows
    assert [bool(voice.text) for voice in shown] == [True, True, False]
    assert compose(week=WEEK, now=AFTER).section("messages") is None, "the whole city has its tables"


def test_reading_stores_nothing_and_storing_proposes_a_matter_once(strike):
    read_or_compose(week=WEEK, department="sports", now=AFTER)
    assert not StoredEdition.objects.exists() and not Matter.objects.exists()
    first = compose_and_store(week=WEEK, department="sports", now=AFTER)
    matter = Matter.objects.first()
    assert matter.state == MatterState.PROPOSED and matter.department.slug == "sports"
    assert matter.conversations.count() == len(POOL)
    assert first.section("findings").subjects[0].matter == matter.pk
    proposed = Matter.objects.count()
    whole = compose_and_store(week=WEEK, now=AFTER)
    assert [each.matter for each in whole.section("findings").subjects if each.phrase == matter.title] == [matter.pk]
    assert Matter.objects.count() == proposed, "the city's edition goes by the departments' matters"


def test_nobody_waits_for_findings_among_too_many_messages(strike, client, host, monkeypatch):
    monkeypatch.setattr("portevoix.journal.composition.compose.MOST_ON_REQUEST", 10)
    read = read_or_compose(week=WEEK, now=AFTER)
    assert read.section("findings") is None and read.section("volume").total.now == len(strike)
    client.force_login(host)
    page = client.get(f"/journal/{WEEK}/")
    assert "Les plus longues attentes" in page.content.decode(), "the lists are there"
    assert page.status_code == 200 and "viendront avec l’édition du lundi" in page.content.decode()
    assert compose_and_store(week=WEEK, department="sports", now=AFTER).section("findings").subjects


def test_a_rejected_subject_does_not_come_again(strike, host):
    compose_and_store(week=WEEK, department="sports", now=AFTER)
    matters.reject_matter(matter=Matter.objects.first().pk, by=host, now=AFTER)
    findings = compose(week=WEEK, department="sports", now=AFTER).section("findings")
    assert not [each for each in findings.subjects if "piscine" in each.phrase.casefold()]
    assert not [each for each in findings.findings if "piscine" in each.phrase.casefold()]


@pytest.fixture
def edition(strike) -> str:
    """The stored edition of sports; its address."""
    compose_and_store(week=WEEK, department="sports", now=AFTER)
    return f"/journal/{WEEK}/sports/"


def test_numbers_lead_to_the_messages_that_the_reader_may_open(edition, client, contact_of, host):
    address = f"{edition}messages/group-all/"
    client.force_login(contact_of("sports"))
    assert f'href="{edition}messages/' in client.get(edition).content.decode()
    swimmer = Conversation.objects.get(messages__text=POOL[1])
    page = client.get(address).content.decode()
    assert "Porte close" in page and f"/inbox/{swimmer.pk}/" in page
    route(conversation=swimmer.pk, department="voirie", by=host, now=timezone.now())
    page = client.get(address).content.decode()
    assert (
        f"/inbox/{swimmer.pk}/" not in page
        and "Porte close" not in page
        and "1 autre, que vous ne pouvez pas ouvrir" in page
    )
    client.force_login(contact_of("voirie"))
    assert client.get(address).status_code == 404


def test_every_number_that_has_messages_is_a_link_that_answers(edition, client, host):
    client.force_login(host)
    links = set(re.findall(rf'href="({edition}messages/[^"]+)"', client.get(edition).content.decode()))
    assert {"group-all", "group-sentiment-wrong", "group-kind-complaint"} <= {each.split("/")[-2] for each in links}
    assert [client.get(each).status_code for each in links] == [200] * len(links)


def test_a_number_that_the_edition_does_not_have_is_not_found(edition, client, host):
    client.force_login(host)
    assert client.get(f"{edition}messages/group-nothing/").status_code == 404


def test_an_editor_renames_and_rejects_and_a_contact_does_not(edition, client, editor, contact_of):
    matter = Matter.objects.first()
    form = {"week": WEEK, "department": "sports", "action": "confirm", "title": "Bassin fermé"}
    address = f"/journal/matters/{matter.pk}/"
    client.force_login(contact_of("sports"))
    assert address not in client.get(edition).content.decode()
    assert client.post(address, form).status_code == 403
    client.force_login(editor)
    assert address in client.get(edition).content.decode()
    assert client.post(address, form).status_code == 302
    matter.refresh_from_db()
    assert (matter.title, matter.state) == ("Bassin fermé", MatterState.CONFIRMED)
    assert "Bassin fermé" in client.get(edition).content.decode()
    assert client.post(address, {**form, "action": "merge"}).status_code == 400
    client.post(address, {**form, "action": "reject"})
    matter.refresh_from_db()
    assert matter.state == MatterState.REJECTED


def test_a_danger_that_no_phrase_says_is_called_perhaps_one(strike):
    rows = [AttentionRow(n, f"Bois {n}", "sports", AFTER, likely=n > 1) for n in (1, 2, 3)]
    dangers = [AttentionList("danger", len(some), tuple(some), (), sum(row.likely for row in some))
               for some in (rows[:1], rows[1:2], rows[1:], rows[:2])]  # fmt: skip
    said = [plain(_say_dangers(each, is_known=False)) for each in dangers]
    assert said == [
        "The program found 1 danger: “Bois 1”.",
        "1 message may speak of a danger: “Bois 2”.",
        "2 messages may speak of a danger: “Bois 2” and “Bois 3”.",
        "2 messages speak of a danger, plainly or perhaps: “Bois 1” and “Bois 2”.",
    ]
