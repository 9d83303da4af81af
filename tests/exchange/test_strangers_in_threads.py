"""Any id can be named in a mail: nobody reads what somebody else is answered in private."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse

from portevoix.channels.email.compose import compose, recipient
from portevoix.channels.email.parse import parse_mail
from portevoix.desk.composer.drafts import save_draft
from portevoix.exchange.inbound import enrich
from portevoix.exchange.inbound.poller import take_messages
from portevoix.kernel.errors import Conflict
from portevoix.kernel.interchange import read_line, write_line
from portevoix.kernel.messages import Batch, Change, Visibility, Writer
from portevoix.record import operations
from portevoix.record.addressee import addressee
from portevoix.record.models import Account, Author, Conversation, Delivery, Message
from portevoix.record.operations import accounts, deliveries, envelopes
from portevoix.record.operations.note import note
from portevoix.record.subject_export import write_export
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db
ANA, EVE = "ana@citoyen.example", "eve@evil.example"


@pytest.fixture
def mailed(city):
    """What takes one mail in, and returns the number of its conversation."""
    account = Account.objects.get(channel="email")

    def take(number: str, sender: str, *, answers: str = "", refers: str = "") -> int:
        heads = [f"From: {sender}", f"Message-ID: <{number}@x>"]
        heads += [f"In-Reply-To: <{answers}>"] if answers else []
        heads += [f"References: <{refers or answers}>"] if refers or answers else []
        raw = "\r\n".join([*heads, "", f"Question {number}"]).encode()
        read = parse_mail(raw, account=account.address, received_at=NOW)
        stored = envelopes.store(account, Batch((read,)), now=NOW)
        enrich.enrich_envelopes(stored.waiting, now=NOW, fresh=stored.fresh)
        row = Message.objects.get(external_id__startswith=read.external_id, author__external_id=sender)
        return row.conversation_id

    return take


def reply(conversation: int, host, text: str = "Voici.") -> Delivery:
    message = operations.answer(conversation=conversation, text=text, by=host, now=NOW, seen=version(conversation))
    return Delivery.objects.get(message=message)


def version(conversation: int) -> int:
    return Message.objects.filter(conversation=conversation).first().conversation.version


def to(delivery: Delivery) -> str:
    return recipient(deliveries.outgoing(delivery))


def test_two_readers_of_one_newsletter_have_a_conversation_each(mailed, host) -> None:
    first = {who: mailed(f"{who[:3]}1", who, answers="newsletter@x") for who in (EVE, ANA)}
    again = {who: mailed(f"{who[:3]}2", who, answers=f"{who[:3]}1@x", refers="newsletter@x") for who in (ANA, EVE)}
    more = {who: mailed(f"{who[:3]}3", who, answers="newsletter@x") for who in (ANA, EVE)}
    assert first[ANA] != first[EVE]
    assert first == again == more
    assert {to(reply(pk, host)): pk for pk in first.values()} == first


def test_who_names_a_mail_of_somebody_else_begins_a_conversation(mailed) -> None:
    hers = mailed("ana", ANA)
    assert mailed("eve", EVE, answers="ana@x") != hers
    assert mailed("eve2", EVE, refers="ana@x") != hers
    assert mailed("ana2", ANA, answers="ana@x") == hers


def test_answers_that_came_before_what_they_answer_stay_with_their_authors(mailed) -> None:
    theirs = mailed("eve", EVE, answers="ana@x")
    early = mailed("early", ANA, answers="ana@x")
    assert mailed("ana", ANA) == early != theirs


def test_who_was_passed_the_citys_answer_on_is_answered_themselves(mailed, host, client) -> None:
    hers = mailed("ana", ANA)
    sent = reply(hers, host)
    Message.objects.filter(pk=sent.message_id).update(external_id="ours@ville")
    assert mailed("eve", EVE, answers="ours@ville", refers="ana@x") == hers
    client.force_login(host)
    page = client.get(reverse("desk:conversation", args=[hers])).content.decode()
    assert f"Votre réponse à {EVE}" in page
    late = reply(hers, host, "Pour vous.")
    mailed("ana2", ANA, answers="ana@x")
    assert (to(sent), to(late)) == (ANA, EVE)


def test_who_wrote_under_an_id_first_keeps_nobody_from_their_own_conversation(mailed, host) -> None:
    theirs, hers = mailed("same", EVE), mailed("same", ANA)
    assert theirs != hers
    assert [mailed("ana2", ANA, answers="same@x"), mailed("eve2", EVE, answers="same@x")] == [hers, theirs]
    sent = deliveries.outgoing(reply(hers, host))
    mail = compose(sent, sender="contact@ville.example", from_name="")
    assert (mail["To"].addresses[0].addr_spec, mail["References"]) == (ANA, "<same@x> <ana2@x>")


@pytest.mark.parametrize(("last", "said"), [("private", "Cette réponse est privée"), ("public", "Cette réponse est")])
def test_the_composer_says_who_will_read_a_reply(take, host, client, last, said) -> None:
    [pk] = take(incoming("1", thread="1", visibility=Visibility.PUBLIC))
    take(incoming("2", thread="1", in_reply_to="1", visibility=Visibility(last), sent_at=NOW))
    client.force_login(host)
    page = client.get(reverse("desk:conversation", args=[pk])).content.decode()
    assert (said in page) == (last == "private")
    delivery = reply(pk, host)
    assert deliveries.outgoing(delivery).visibility == last


@pytest.fixture
def public(take, host):
    """Ada writes in public, and Bea below asks something else, in public too; Bea is answered."""
    take(incoming("a", thread="a", author=Writer("ada", "@ada", "Ada")))
    [here] = take(incoming("b", thread="a", in_reply_to="a", author=Writer("bea", "@bea", "Bea"), sent_at=NOW))
    return reply(here, host, "Pour Bea")


def test_who_asked_below_somebody_elses_post_is_named_by_the_answer(public) -> None:
    left = deliveries.outgoing(public)
    assert (left.to.id, left.in_reply_to, left.visibility) == ("bea", "b", Visibility.PUBLIC)


@pytest.mark.parametrize(("erased", "state"), [("Ada", "due"), ("Bea", "cancelled")])
def test_an_erasure_cancels_public_replies_to_the_person_alone(public, administrator, erased, state) -> None:
    operations.erase(author=author(erased), by=administrator, now=NOW)
    assert Delivery.objects.get(pk=public.pk).state == state


def test_a_reply_is_as_long_as_its_own_addressee_lets_it_be(take, host, monkeypatch) -> None:
    told = []
    monkeypatch.setattr("portevoix.record.operations.reply.check_length", lambda account, text, to: told.append(to.id))
    take(incoming("a", thread="a", author=Writer("ada", "@ada", "Ada")))
    [here] = take(incoming("b", thread="a", in_reply_to="a", author=Writer("bea", "@bea", "Bea"), sent_at=NOW))
    reply(here, host)
    assert told == ["bea"]


@pytest.fixture
def three(take, host):
    """Ada writes in public, Bea and Clo below in private, and Bea is answered first, then Clo."""
    take(incoming("a", thread="a", author=Writer("ada", "@ada", "Ada")))
    below = {"thread": "a", "in_reply_to": "a", "visibility": Visibility.PRIVATE}
    [here] = take(incoming("b", "Bea en privé", author=Writer("bea", "@bea", "Bea"), sent_at=NOW, **below))
    first = reply(here, host, "Pour Bea")
    take(incoming("c", author=Writer("clo", "@clo", "Clo"), sent_at=NOW + timedelta(minutes=1), **below))
    return here, first


def author(name: str) -> int:
    return Author.objects.get(name=name).pk


def exported(name: str, by) -> str:
    with BytesIO() as file:
        write_export(author(name), file, by=by, now=NOW)
        return "".join(ZipFile(file).read(part).decode("utf-8", "replace") for part in ZipFile(file).namelist())


def test_a_reply_that_has_not_left_goes_to_nobody_else_once_a_third_one_is_erased(three, administrator) -> None:
    operations.erase(author=author("Clo"), by=administrator, now=NOW)
    left = deliveries.outgoing(Delivery.objects.get(pk=three[1].pk))
    assert (left.to.id, left.in_reply_to) == ("bea", "b")


def test_what_one_was_told_in_private_is_in_no_export_of_another(three, take, administrator) -> None:
    take(incoming("b", "Bea autrement", revision=1, change=Change.AMEND, author=Writer("bea", "@bea", "Bea")))
    note(conversation=three[0], text="Bea a rappelé", by=administrator, now=NOW)
    for told in ("Pour Bea", "Bea en privé", "Bea autrement", "Bea a rappelé"):
        assert told not in exported("Ada", administrator)
    assert "Pour Bea" in exported("Bea", administrator)
    operations.erase(author=author("Bea"), by=administrator, now=NOW)
    assert "Pour Bea" not in exported("Ada", administrator)


def test_an_unsent_draft_to_one_is_in_no_export_of_another(three, host, administrator) -> None:
    save_draft(host, three[0], "Pour Clo, pas encore parti", now=NOW)
    assert "pas encore parti" not in exported("Ada", administrator)


def test_the_subject_of_one_is_in_no_export_of_another(mailed, host, administrator) -> None:
    hers = mailed("ana", ANA)
    Conversation.objects.filter(pk=hers).update(subject="Mon RSA", about_title="Le RSA", kind="request")
    sent = reply(hers, host)
    Message.objects.filter(pk=sent.message_id).update(external_id="ours@ville")
    assert mailed("eve", EVE, answers="ours@ville", refers="ana@x") == hers
    Author.objects.filter(external_id=ANA).update(name="Ana")
    Author.objects.filter(external_id=EVE).update(name="Eve")
    operations.close(conversation=hers, by=host, now=NOW, why="Le RSA est versé")
    assert "RSA" not in exported("Eve", administrator) and '"kind": "request"' not in exported("Eve", administrator)
    assert "Mon RSA" in exported("Ana", administrator)


def test_who_is_erased_with_the_replies_leaves_no_private_reply_behind(three, administrator) -> None:
    operations.erase(author=author("Bea"), by=administrator, now=NOW, replies=True)
    assert not Message.objects.filter(text__contains="Pour").exists()


def test_what_was_erased_is_not_answered(three, host, administrator) -> None:
    operations.erase(author=author("Clo"), by=administrator, now=NOW)
    operations.erase(author=author("Bea"), by=administrator, now=NOW)
    left = deliveries.outgoing(reply(three[0], host, "Pour Ada"))
    assert (left.to.id, left.in_reply_to, left.visibility) == ("ada", "a", Visibility.PUBLIC)


def test_what_its_author_deleted_is_not_answered_while_something_else_is_there(take, host) -> None:
    [pk] = take(incoming("a", thread="a", author=Writer("ada", "@ada", "Ada")))
    below = {"thread": "a", "in_reply_to": "a", "author": Writer("eve", "@eve", "Eve"), "sent_at": NOW}
    take(incoming("e", visibility=Visibility.PRIVATE, **below))
    take(incoming("e", revision=1, change=Change.RETRACT, **below))
    left = deliveries.outgoing(reply(pk, host))
    assert (left.to.id, left.in_reply_to, left.visibility) == ("ada", "a", Visibility.PUBLIC)


def test_who_answers_somebody_who_is_erased_meanwhile_is_told(take, host, administrator) -> None:
    take(incoming("a", thread="a", author=Writer("ada", "@ada", "Ada")))
    below = {"thread": "a", "in_reply_to": "a", "visibility": Visibility.PRIVATE, "sent_at": NOW}
    [here] = take(incoming("b", author=Writer("bea", "@bea", "Bea"), **below))
    seen = version(here)
    operations.erase(author=author("Bea"), by=administrator, now=NOW)
    with pytest.raises(Conflict, match="erased in the meantime"):
        operations.answer(conversation=here, text="Pour Bea", by=host, now=NOW, seen=seen)


def test_who_was_passed_the_answer_to_a_form_on_is_answered_themselves(mailed, city) -> None:
    """A form is answered by mail, so that who writes to its reference comes to its conversation."""
    row = Conversation.objects.get(pk=mailed("ana", ANA))
    row.account = accounts.get_or_create(channel="webform", address="ville.example")
    row.save()
    Message.objects.filter(pk=Message.objects.get().pk).update(account=row.account)
    theirs = Conversation.objects.get(pk=mailed("eve", EVE))
    Message.objects.filter(conversation=theirs).update(conversation=row, sent_at=NOW + timedelta(hours=1))
    assert addressee(row, row.messages.all()).external_id == EVE
    Message.objects.filter(account__channel="email").update(account=Account.objects.get(channel="x"))
    assert addressee(row, row.messages.all()).external_id == ANA, "whom the form's account cannot reach"


def test_mails_of_an_archive_are_told_apart_too(city) -> None:
    account = Account.objects.get(channel="email").address
    raws = [f"From: {who}\r\nMessage-ID: <{key}@x>\r\n{more}\r\nBonjour" for key, who, more in (
        ("one", EVE, ""), ("one", ANA, ""), ("two", "bob@x.example", "In-Reply-To: <one@x>\r\n")
    )]  # fmt: skip
    mails = [parse_mail(raw.encode(), account=account, received_at=NOW) for raw in raws]
    lines = (read_line(write_line(mail), 1) for mail in mails)
    assert [count.new for count in take_messages(lines, now=NOW)] == [3]
    assert Conversation.objects.count() == 3
