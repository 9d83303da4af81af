"""What a person who asks is given: all that is held on them, and nothing of anybody else."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from portevoix.desk.composer import drafts
from portevoix.kernel.errors import BadInput, NotAllowed
from portevoix.kernel.interchange import read_lines
from portevoix.kernel.messages import Batch, File, Writer
from portevoix.record import operations as do
from portevoix.record.models import Access, Account, Author, Inquiry
from portevoix.record.operations import access_log, city, envelopes
from portevoix.record.operations import persons as people
from portevoix.record.subject_export import write_export
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db
ANA, LUC = Writer("citizen-1", "citoyenne", "Ana Citoyenne"), Writer("citizen-2", "luc", "Luc Autrui")
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def ana(take, host) -> int:
    """Ana wrote twice, with a file, and Luc once in her conversation; a host replied, noted, asked, read, drafts."""
    [pk] = take(incoming(subject="Piscine", files=(File("../plan\x1fé.pdf", "application/pdf", 4, b"%PDF"),)))
    take(incoming("luc", "Luc pense autrement", author=LUC, in_reply_to="m1"))
    take(incoming("m2", "Et alors ?", in_reply_to="m1"))
    do.note(conversation=pk, text="Elle est pressée", by=host, now=NOW)
    do.inquire(conversation=pk, department="sports", question="Que dire à Ana ?", by=host, now=NOW)
    do.inform(inquiry=Inquiry.objects.get().pk, answer="Lundi.", ruling="may_say", by=host, now=NOW)
    do.answer(conversation=pk, text="Bonjour, lundi.", by=host, now=NOW, seen=99)
    drafts.save_draft(host, pk, "Chère Ana", now=NOW)
    access_log.log(access_log.What.READ, by=host, now=NOW, conversation=pk)
    held = incoming("held", "Encore moi", held="No proof.")
    envelopes.store(Account.objects.get(channel="x"), Batch((held,)), now=NOW)
    return Author.objects.get(external_id=ANA.id).pk


def read(author: int, by) -> dict[str, bytes]:
    whole = io.BytesIO()
    write_export(author, whole, by=by, now=LATER)
    with zipfile.ZipFile(whole) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def test_all_that_is_held_on_her_is_there_and_nothing_of_others(ana, host, administrator) -> None:
    files = read(ana, administrator)
    person = json.loads(files["person.json"])
    [talk] = person["conversations"]
    assert person["accounts"] == [
        {"number": ana, "channel": "x", "id": "citizen-1", "handle": "citoyenne", "name": "Ana Citoyenne"}
    ]
    said = {(message["direction"], message["text"], message["by"]) for message in talk["messages"]}
    assert said == {
        ("in", "Bonjour, la piscine est-elle ouverte ?", None),
        ("in", "Et alors ?", None),
        ("note", "Elle est pressée", "host"),
        ("out", "Bonjour, lundi.", "host"),
    }
    assert [(each["question"], each["answer"]) for each in talk["inquiries"]] == [("Que dire à Ana ?", "Lundi.")]
    assert [event["what"] for event in talk["history"]].count("received") == 3
    assert [each["text"] for each in person["drafts"]] == ["Chère Ana"]
    assert person["set_aside"][0]["raw"]["text"] == "Encore moi"
    assert [(each["what"], each["by"]) for each in person["seen"]] == [("read", "host"), ("exported", "administrator")]
    whole = b"".join(files.values()).decode("utf-8", "replace")
    assert "Luc" not in whole and host.name not in whole and administrator.email not in whole


def test_the_messages_are_readable_by_machines_and_the_files_are_there(ana, administrator) -> None:
    files = read(ana, administrator)
    lines = list(read_lines(io.BytesIO(files["messages.jsonl"])))
    assert [line.external_id for line in lines] == ["m1", "m2"]  # the reply has not left yet
    [(name, content)] = [each for each in files.items() if each[0].startswith("attachments/")]
    assert content == b"%PDF" and name.endswith(".pdf") and ".." not in name and "\x1f" not in name


def test_it_explains_itself_in_the_citys_language(ana, administrator) -> None:
    assert "sur une personne, au 18 novembre 2026." in read(ana, administrator)["LISEZMOI.txt"].decode()
    city.change_city(name="Testville", timezone="Europe/Paris", language="en", languages=["en"], accent="#112233",
                     site="", by=administrator)  # fmt: skip
    assert "What Testville holds on a person, on 18 November 2026." in read(ana, administrator)["README.txt"].decode()


def test_accounts_of_one_person_come_together(ana, take, administrator) -> None:
    take(incoming("mail", channel="email", account="contact@testville.example", author=Writer("ana@poste.example")))
    mail = Author.objects.get(channel="email").pk
    people.join(authors=[ana, mail], by=administrator, now=NOW)
    for number in (ana, mail):
        person = json.loads(read(number, administrator)["person.json"])
        assert len(person["accounts"]) == 2 and len(person["conversations"]) == 2
    people.part(author=mail, by=administrator, now=NOW)
    assert len(json.loads(read(ana, administrator)["person.json"])["accounts"]) == 1


def test_it_is_noted_and_only_for_administrators(ana, host, administrator) -> None:
    read(ana, None)
    line = Access.objects.latest("pk")
    assert (line.what, line.contact, line.author_id) == ("exported", None, ana)
    with pytest.raises(NotAllowed):
        read(ana, host)
    with pytest.raises(BadInput, match="999"):
        read(999, administrator)


def test_accounts_are_joined_transitively_and_two_are_needed(take, administrator) -> None:
    take(*(incoming(str(n), author=Writer(f"c{n}", "", f"C {n}")) for n in range(4)))
    a, b, c, d = Author.objects.order_by("pk").values_list("pk", flat=True)
    people.join(authors=[a, b], by=administrator, now=NOW)
    people.join(authors=[c, d], by=administrator, now=NOW)
    people.join(authors=[b, c], by=administrator, now=NOW)
    assert len(set(Author.objects.values_list("person", flat=True))) == 1
    with pytest.raises(BadInput, match="two"):
        people.join(authors=[a, a], by=administrator, now=NOW)
    for one in (a, b, c):
        people.part(author=one, by=administrator, now=NOW)
    assert not Author.objects.exclude(person=None).exists()
