"""The address to which networks send: nothing is answered 200 that is not stored, and strangers learn nothing."""

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from portevoix.channels import internal_hosts
from portevoix.channels.facebook import FacebookConnector
from portevoix.exchange import connectors
from portevoix.exchange.inbound import webhooks
from portevoix.exchange.outbound.delivery import deliver_due
from portevoix.exchange.worker import take_waiting
from portevoix.kernel.messages import RawRequest
from portevoix.record import operations as do
from portevoix.record.models import Account, Attempt, Envelope, Message
from portevoix.record.operations import accounts, envelopes
from tests.conftest import NOW
from tests.servers.meta_emulator import PAGE_ID, SECRET, TOKEN, VERIFY, Meta, serving, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(city, monkeypatch) -> Account:
    monkeypatch.setattr(connectors, "installed_channels", lambda: {"facebook": FacebookConnector})
    settings = {"me": PAGE_ID, "access_token": TOKEN, "app_secret": SECRET, "verify_token": VERIFY}
    return accounts.connect(
        channel="facebook", address="valmont", connector="facebook", settings=settings,
        secret={"access_token", "app_secret", "verify_token"}, by=None, now=NOW,
    )  # fmt: skip


@pytest.fixture
def meta() -> Meta:
    meta = Meta()
    meta.comment(meta.post("La piscine rouvre."), "Quand ?")
    return meta


def at(page: Account, kind: str = "facebook") -> str:
    return reverse("web:hook", args=[kind, page.pk])


def send(client, address: str, request: RawRequest):
    headers = {"X-Hub-Signature-256": request.headers.get("X-Hub-Signature-256", "")}
    return client.post(address, request.body, content_type="application/json", headers=headers)


def test_what_is_signed_is_stored_once_and_comes_into_the_inbox(client, page, meta) -> None:
    for _ in range(2):
        answer = send(client, at(page), meta.push(meta.events))
        assert (answer.status_code, answer.content) == (200, b"")
    envelope = Envelope.objects.get()
    assert envelope.state == Envelope.State.WAITING and envelope.leased_until is None
    assert take_waiting(NOW) == 1
    message = Message.objects.get()
    assert message.text == "Quand ?" and message.conversation.author.name == "Ana 501"


def test_a_citizen_asks_and_is_answered_once_and_the_answer_that_comes_back_is_the_same(
    client, page, host, monkeypatch
) -> None:
    monkeypatch.setattr(internal_hosts, "internal", {"127.0.0.1"})
    with serving() as meta:
        settings = {**accounts.settings_of(page), "graph_base": meta.base}
        Account.objects.update(settings=settings)
        post = meta.post("La piscine rouvre.")
        for ask in (lambda: meta.comment(post, "Quand ?"), lambda: meta.letter("Bonjour, en privé", by="502")):
            asked = ask()
            send(client, at(page), meta.push(meta.events))
            now = timezone.now()
            take_waiting(now)
            question = Message.objects.get(external_id=asked.id)
            version = question.conversation.version
            do.answer(conversation=question.conversation_id, text="Samedi.", by=host, now=now, seen=version)
            send(client, at(page), meta.push(meta.events))
            assert deliver_due(now=now) == 1
            send(client, at(page), meta.push(meta.events))
            take_waiting(now + envelopes.LEASE)
            (answer,) = Message.objects.filter(conversation=question.conversation_id, direction="out")
            assert meta.said[answer.external_id].words == "Samedi." and answer.visibility == question.visibility
        assert [one.words for one in meta.said.values()].count("Samedi.") == 2
        assert not Envelope.objects.exclude(state=Envelope.State.TAKEN).exists()


def test_what_is_edited_and_removed_there_is_so_here(client, page, meta) -> None:
    comment = meta.of("comment")[0]
    meta.edit(comment, "Quand donc ?")
    send(client, at(page), meta.push(meta.events))
    take_waiting(NOW)
    assert Message.objects.get().text == "Quand donc ?"
    meta.remove(comment)
    send(client, at(page), meta.push(list(reversed(meta.events))))
    take_waiting(NOW)
    message = Message.objects.get()
    assert message.retracted_at and not message.text


def test_a_reply_of_ours_that_comes_back_waits_until_it_is_known_as_sent(client, page, meta) -> None:
    meta.comment(meta.of("comment")[0], "Samedi.", by=PAGE_ID)
    assert send(client, at(page), meta.push(meta.events)).status_code == 200
    now = timezone.now()
    assert take_waiting(now) == 1 and Envelope.objects.count() == 2
    assert take_waiting(now + envelopes.LEASE) == 1
    assert Message.objects.get(direction="out").conversation == Message.objects.get(direction="in").conversation


def test_what_cannot_be_read_is_kept_too(client, page, meta) -> None:
    strange = {"id": PAGE_ID, "time": 1_790_000_000, "changes": [{"field": "weather", "value": {"sun": True}}] * 2}
    assert send(client, at(page), meta.push([strange, *meta.events])).status_code == 200
    kept = Envelope.objects.get(state=Envelope.State.QUARANTINED)
    assert kept.external_id == "kind:page/weather" and "sun" in kept.raw["unreadable"]
    assert Envelope.objects.filter(state=Envelope.State.WAITING).count() == 1


def test_a_paused_account_takes_what_comes_and_a_disconnected_one_nothing(client, page, meta) -> None:
    accounts.pause(account=page.pk, by=None, now=NOW)
    assert send(client, at(page), meta.push(meta.events)).status_code == 200
    Account.objects.update(state=Account.State.UNCONNECTED)
    assert send(client, at(page), meta.push(meta.events)).status_code == 400


def test_strangers_get_one_answer_whatever_they_try(client, page, meta) -> None:
    good = meta.push(meta.events)
    other = signed(good.body.replace(PAGE_ID.encode(), b"999"))
    tries = [
        send(client, at(page), signed(good.body, "guessed")),
        send(client, at(page), RawRequest("POST", "/", {}, good.body, NOW)),
        send(client, at(page), other),
        send(client, at(page, "instagram"), good),
        send(client, at(page, "nothing"), good),
        send(client, reverse("web:hook", args=["facebook", 987654]), good),
        client.get(at(page)),
        client.get(at(page), {"hub.mode": "subscribe", "hub.verify_token": "guess", "hub.challenge": "1"}),
    ]
    refused = (
        "Cette demande est refusée.\nThis request is refused.\n"  # a browser shows no page where nothing is written
    )
    assert {(answer.status_code, answer.content.decode()) for answer in tries} == {(400, refused)}
    assert tries[0]["Content-Length"] == str(len(refused.encode()))
    assert len({tuple(sorted(answer.headers)) for answer in tries}) == 1 and not Envelope.objects.exists()


def test_who_forges_is_slowed_down_and_cannot_shut_the_network_out(client, page, meta) -> None:
    forged = signed(b"{}", "guessed")
    answers = [send(client, at(page), forged).status_code for _ in range(webhooks.MOST_REFUSED + 3)]
    assert answers == [400] * webhooks.MOST_REFUSED + [429] * 3
    assert "Try again later." in send(client, at(page), forged).content.decode()
    assert Attempt.objects.filter(kind="hook").count() == webhooks.MOST_REFUSED
    assert send(client, at(page), meta.push(meta.events)).status_code == 200


def test_more_than_a_megabyte_is_not_read(client, page) -> None:
    answer = send(client, at(page), signed(b" " * 1_000_001))
    assert answer.status_code == 413 and "dépasse la taille" in answer.content.decode()


def test_another_way_of_asking_is_refused_in_words(client, page) -> None:
    answer = client.delete(at(page))
    assert answer.status_code == 405 and answer["Content-Type"].startswith("text/plain")
    assert "not asked in this way" in answer.content.decode()


def test_meta_tries_the_address(client, page) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
    answer = client.get(at(page), query)
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert answer["Content-Type"].startswith("text/plain")


def test_what_is_not_stored_is_not_acknowledged(client, page, meta, monkeypatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(envelopes, "store", fails)
    client.raise_request_exception = False
    assert send(client, at(page), meta.push(meta.events)).status_code == 500
    assert not Message.objects.exists()
