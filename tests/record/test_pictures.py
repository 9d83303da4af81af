"""Pictures that the city sent are kept with its words: exported, erased, forgotten with them, and never left out."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from portevoix.channels.fake import forget, network
from portevoix.channels.media import prepare_picture
from portevoix.desk.models import DraftPicture
from portevoix.exchange.outbound.delivery import deliver_due
from portevoix.kernel.errors import BadInput
from portevoix.record import operations as do
from portevoix.record import subject_export
from portevoix.record.models import Account, Attachment, Author, Delivery, Message
from portevoix.record.operations.apply_retention import KINDS
from tests.conftest import NOW, incoming
from tests.kernel.pictures import SECRET, jpeg, png

ALT = "La rue Haute devant chez Ana Citoyenne"


@pytest.fixture(autouse=True)
def _fresh():
    forget()
    yield
    forget()


@pytest.fixture
def shown():
    return (prepare_picture("rue.jpg", jpeg(), ALT), prepare_picture("plan.png", png(), "Le plan du détour"))


@pytest.fixture
def pk(take, host, shown) -> int:
    (pk,) = take(incoming("1"))
    do.answer(conversation=pk, text="Voici, par la rue Basse.", by=host, now=NOW, seen=1, pictures=shown)
    return pk


def test_they_leave_with_the_reply_in_their_order_and_once(pk, shown) -> None:
    assert deliver_due(now=NOW) == 1
    (sent,) = network().replies()
    assert sent.media == shown and not any(SECRET in one.content for one in sent.media)
    Delivery.objects.update(state="sending", sent_at=None, leased_until=NOW)  # as if nobody had been told
    assert deliver_due(now=NOW + timedelta(hours=1)) == 1
    assert len(network().replies()) == 1


def test_what_a_network_does_not_take_is_refused_before_anything_is_written(take, host, shown) -> None:
    (pk,) = take(incoming("1"))
    given = {"conversation": pk, "text": "Voici.", "by": host, "now": NOW, "seen": 1}
    for told, media in (
        ("takes 4. Remove some", shown[:1] * 5),
        ("this network takes 1 MB", (prepare_picture("a.png", png(noise=1_100_000), "Un plan"),)),
        ("Say what “a.png” shows", (prepare_picture("a.png", png(), " "),)),
    ):
        with pytest.raises(BadInput, match=told):
            do.answer(**given, pictures=media)
    Account.objects.filter(channel="x").update(connector="facebook")
    with pytest.raises(BadInput, match="takes no pictures"):
        do.answer(**given, pictures=shown)
    assert not Message.objects.filter(direction="out").exists()


def test_a_picture_that_is_not_kept_any_more_stops_the_reply(pk) -> None:
    Attachment.objects.filter(name="rue.jpg").update(content=None)
    assert deliver_due(now=NOW) == 0 and not network().replies()
    assert "“rue.jpg” is not kept" in Delivery.objects.get().reason["text"].format(name="rue.jpg")


def test_they_go_when_files_of_citizens_go(pk) -> None:
    (kind,) = (each for each in KINDS if each.code == "attachments")
    assert kind.older(NOW).count() == 0
    assert kind.forget(kind, NOW + timedelta(days=1), NOW) == 2
    assert set(Attachment.objects.values_list("content", "alt")) == {(None, ALT), (None, "Le plan du détour")}


def test_whoever_asks_for_what_is_held_gets_them(pk, administrator) -> None:
    file = io.BytesIO()
    subject_export.write_export(Author.objects.get().pk, file, by=administrator, now=NOW)
    with zipfile.ZipFile(file) as held:
        named = [name for name in held.namelist() if name.startswith("attachments/")]
        assert sorted(name.rpartition("-")[2] for name in named) == ["plan.png", "rue.jpg"]
        (conversation,) = json.loads(held.read("person.json"))["conversations"]
    assert [one["alt"] for message in conversation["messages"] for one in message["files"]] == [
        ALT,
        "Le plan du détour",
    ]


@pytest.mark.parametrize("replies", [False, True])
def test_who_is_erased_is_named_by_none(pk, host, administrator, replies: bool) -> None:
    row = {"type": "image/png", "size": 3, "content": b"abc", "saved_at": NOW, "contact": host}
    DraftPicture.objects.create(conversation_id=pk, name="a.png", alt="Chez Ana", **row)
    do.erase(author=Author.objects.get().pk, by=administrator, now=NOW, replies=replies)
    left = list(Attachment.objects.order_by("pk").values_list("alt", flat=True))
    assert len(left) == (0 if replies else 2)
    assert not any("Citoyenne" in alt for alt in left)
    assert not DraftPicture.objects.exists()


def test_where_nobody_has_written_yet_the_city_goes_on_from_its_own(city, host) -> None:
    account = Account.objects.get(channel="x")
    home = do.publish(account=account.pk, text="La piscine ferme lundi.", key="k", by=host, now=NOW).conversation
    deliver_due(now=NOW)
    first = network().replies()[0].key
    do.answer(conversation=home, text="Elle rouvre mardi.", by=host, now=NOW, seen=1)
    deliver_due(now=NOW + timedelta(minutes=1))
    assert [one.in_reply_to for one in network().replies()] == ["", first]
