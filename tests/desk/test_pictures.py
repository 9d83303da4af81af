"""Pictures of a reply: attached, described, kept whatever goes wrong, sent with it, seen in the conversation."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portevoix.channels.fake import forget, network
from portevoix.channels.media import MOST_BYTES, prepare_picture
from portevoix.desk.composer import drafts
from portevoix.desk.models import DraftPicture
from portevoix.exchange.outbound.delivery import deliver_due
from portevoix.kernel.errors import Conflict
from portevoix.record import operations
from portevoix.record.models import Account, Attachment, Contact, Delivery, Message
from tests.conftest import NOW, incoming
from tests.kernel.pictures import SECRET, jpeg, png


@pytest.fixture(autouse=True)
def _fresh():
    forget()
    yield
    forget()


@pytest.fixture
def pk(take, desk) -> int:
    return take(incoming("1"))[0]


def seen(desk, pk) -> str:
    return desk.page(f"/inbox/{pk}/").select_one("#seen")["value"]


def file(name: str = "rue.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg() if content is None else content, "image/jpeg")


def attach(desk, pk, *files: SimpleUploadedFile, status: int = 200, **data):
    return desk.do(f"/inbox/{pk}/pictures/", status, pictures=list(files), **data)


def described(soup, said: str = "La rue Haute, barrée") -> dict[str, str]:
    return {field["name"]: said for field in soup.select("#pictures textarea")}


def test_a_picture_is_attached_described_sent_and_seen(desk, pk):
    soup = attach(desk, pk, file(), text="Voici la rue.", reply="holding", promise="other")
    assert soup.select_one("#reply-text").text.strip() == "Voici la rue."
    assert soup.select_one("[name=reply][value=holding]").has_attr("checked")
    (field,) = soup.select("#pictures textarea")
    assert field.has_attr("autofocus") and "“rue.jpg”" in soup.select_one(f"label[for={field['id']}]").text
    shown = desk.get(soup.select_one("#pictures img")["src"])
    assert shown["Content-Type"] == "image/jpeg" and SECRET not in shown.content
    given = {"text": "Voici la rue.", "reply": "answer", "seen": seen(desk, pk)}
    soup = desk.do(f"/inbox/{pk}/reply/", 422, **given)
    assert "Say what “rue.jpg” shows" in soup.select_one("#problem").text
    assert soup.select_one("#reply-text").text.strip() == "Voici la rue." and len(soup.select("#pictures li")) == 1
    desk.do(f"/inbox/{pk}/reply/", **given, **described(soup))
    soup = desk.page(f"/inbox/{pk}/")
    image = soup.select_one("#thread figure img")
    assert image["alt"] == "La rue Haute, barrée" and desk.get(image["src"]).content == shown.content
    assert not soup.select("#pictures li") and not DraftPicture.objects.exists()
    assert deliver_due(now=NOW) == 1
    (arrived,) = network().replies()
    assert [(one.alt, one.content) for one in arrived.media] == [("La rue Haute, barrée", shown.content)]


def test_files_that_are_chosen_go_with_the_reply_without_attaching_them_first(desk, pk):
    given = {"text": "Voici.", "reply": "answer", "seen": seen(desk, pk)}
    soup = desk.do(f"/inbox/{pk}/reply/", 422, **given, pictures=[file("a.jpg"), file("b.png", png())])
    assert [li.select_one("label").text for li in soup.select("#pictures li")] == [
        "What does “a.jpg” show?",
        "What does “b.png” show?",
    ]
    desk.do(f"/inbox/{pk}/reply/", **given, **described(soup))
    assert [one.name for one in Attachment.objects.order_by("pk")] == ["a.jpg", "b.png"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("plan.svg", b"<svg/>", "“plan.svg” is no picture that networks take"),
        ("rue.png", png(noise=1_200_000), "“rue.png” has 1.3 MB; this network takes 1 MB"),
        ("rue.png", png(noise=MOST_BYTES + 900_000), "“rue.png” has 6 MB; 5 MB is the most"),
        ("rue.jpg", jpeg()[:-30], "“rue.jpg” is damaged"),
        ("rue.jpg", b"", "“rue.jpg” is empty"),
    ],
    ids=["svg", "too large there", "too large here", "damaged", "empty"],
)
def test_what_cannot_be_sent_is_told_at_once_and_loses_nothing_else(desk, pk, name, content, told):
    soup = attach(desk, pk, file("bon.jpg"), file(name, content), status=422, text="Voici.")
    assert told in soup.select_one("#pictures-problem").text
    assert [re.search("“(.*)”", label.text)[1] for label in soup.select("#pictures li label")] == ["bon.jpg"]
    assert soup.select_one("#reply-text").text.strip() == "Voici."


def test_one_more_than_the_network_takes_is_not_attached(desk, pk):
    attach(desk, pk, *(file(f"{n}.jpg") for n in range(3)))
    soup = attach(desk, pk, file("3.jpg"), file("4.jpg"), status=422)
    assert "this network takes 4 pictures" in soup.select_one("#pictures-problem").text
    assert len(soup.select("#pictures li")) == 4 and not soup.select("#pictures-files")


def test_htmx_gets_the_pictures_alone_and_keeps_what_was_described(desk, pk):
    soup = attach(desk, pk, file(), htmx="pictures")
    assert soup.find(id="pictures") and not soup.find(id="reply-text")
    soup = attach(desk, pk, file("b.png", png()), htmx="pictures", **described(soup, "La rue"))
    first, second = soup.select("#pictures textarea")
    assert (first.text.strip(), first.has_attr("autofocus"), second.has_attr("autofocus")) == ("La rue", False, True)
    remove = soup.select("#pictures button")[0]["formaction"]
    soup = desk.do(remove, 200, htmx="pictures", **described(soup, "Le plan"))
    assert [field.text.strip() for field in soup.select("#pictures textarea")] == ["Le plan"]
    desk.do(f"/inbox/{pk}/draft/", 200, text="", **described(soup, "Le plan du quartier"))
    assert DraftPicture.objects.get().alt == "Le plan du quartier"


def test_a_network_that_takes_none_says_so_beforehand(desk, take):
    (pk,) = take(incoming("9", channel="facebook"))
    Account.objects.filter(channel="facebook").update(state="active", connector="facebook", next_poll_at=NOW)
    soup = desk.page(f"/inbox/{pk}/")
    assert soup.select_one("#pictures").text.strip() == "This network takes no pictures with a reply."
    assert not soup.select("[type=file]")
    assert "takes no pictures" in attach(desk, pk, file(), status=422).select_one("#pictures .error").text


def test_what_waits_is_the_colleague_s_own(desk, other_host, sign_in, pk):
    attach(desk, pk, file())
    (row,) = DraftPicture.objects.all()
    second = sign_in(other_host)
    second.page(f"/inbox/{pk}/pictures/{row.pk}/", 403)
    second.do(f"/inbox/{pk}/pictures/{row.pk}/remove/", 200)
    assert DraftPicture.objects.count() == 1
    assert not second.page(f"/inbox/{pk}/").select("#pictures li")


def test_a_conflict_keeps_the_pictures(desk, other_host, sign_in, pk):
    version = seen(desk, pk)
    soup = attach(desk, pk, file())
    sign_in(other_host).do(f"/inbox/{pk}/reply/", text="Oui.", reply="answer", seen=version)
    soup = desk.do(f"/inbox/{pk}/reply/", 409, text="Voici.", reply="answer", seen=version, **described(soup))
    assert [field.text.strip() for field in soup.select("#pictures textarea")] == ["La rue Haute, barrée"]


def test_files_are_passed_over_where_none_are_taken(desk, pk):
    desk.do(f"/inbox/{pk}/note/", text="Vu.", pictures=file())
    assert not DraftPicture.objects.exists()


def test_the_same_reply_sent_again_is_that_reply_and_with_other_pictures_another(host, other_host, pk):
    shown, version = (prepare_picture("rue.jpg", jpeg(), "La rue"),), 1
    given = {"conversation": pk, "text": "Voici.", "by": host, "now": NOW, "seen": version}
    first = operations.answer(**given, pictures=shown)
    assert operations.answer(**given, pictures=shown) == first
    with pytest.raises(Conflict):
        operations.answer(**given)
    assert (Message.objects.filter(direction="out").count(), Delivery.objects.count()) == (1, 1)


def test_drafts_move_and_go_with_their_pictures(host, desk, pk, take):
    (other,) = take(incoming("2"))
    attach(desk, pk, file(), text="Voici.")
    drafts.move(pk, to=other)
    assert drafts.pictures(Contact.objects.get(pk=host.pk), other).count() == 1
    drafts.forget(host, other)
    assert not DraftPicture.objects.exists()
