"""What needs a person: admitted, kept out, tried again, decided."""

import pytest
from django.urls import reverse

from portevoix.exchange.inbound import enrich
from portevoix.exchange.outbound import delivery as deliver
from portevoix.kernel.errors import BadInput, Refused, Uncertain
from portevoix.kernel.messages import Batch, Bounce, File, Unreadable
from portevoix.record import operations
from portevoix.record.models import Access, Delivery
from portevoix.record.operations import accounts, deliveries, envelopes
from portevoix.record.queries import attention
from portevoix.record.queries import conversation as queries
from tests.conftest import NOW, house_now, incoming


def store(*messages, unreadable=()):
    account = accounts.get_or_create(channel="x", address="@testville")
    return envelopes.store(account, Batch(messages, unreadable=unreadable), now=NOW)


def test_nothing_set_aside_is_good_news(desk):
    assert "Nothing is set aside" in desk.page("/inbox/aside/").select_one(".empty").text


def test_a_held_message_is_admitted_or_kept_out(desk, host):
    store(
        incoming("1", "Peut-être un robot", held="It came without proof of a person."), incoming("2", "Bof", held="x")
    )
    soup = desk.page("/inbox/aside/")
    assert "It came without proof of a person." in soup.text
    first, second = soup.select("[aria-labelledby=held-title] article")
    assert "Peut-être un robot" in first.text
    desk.do(first.select_one("form[action*=admit]")["action"])
    desk.do(second.select_one("form[action*=reject]")["action"])
    assert attention.aside(host).count == 0
    enrich.enrich_envelopes(envelopes.claim(now=NOW), now=NOW)
    assert len(desk.page("/inbox/").select("[data-row]")) == 1


def test_a_message_in_quarantine_says_why_and_can_be_tried_again(desk, host):
    (number,) = store(incoming("1", "Illisible")).waiting
    envelopes.quarantine(number, error=BadInput("The database did not take it: {why}", why="too long"))
    article = desk.page("/inbox/aside/").select_one("[aria-labelledby=quarantined-title] article")
    assert "The database did not take it: too long" in article.text
    desk.do(article.select_one("form[action*=admit]")["action"])
    assert envelopes.claim(now=NOW) == [number]


def test_what_cannot_be_read_at_all_can_only_be_kept_out(desk):
    store(unreadable=(Unreadable("9", "It is no message.", "\\x00 garbage"),))
    article = desk.page("/inbox/aside/").select_one("article")
    assert "garbage" in article.text
    assert article.select_one("form[action*=admit]") is None


def test_the_second_to_decide_is_told(desk):
    store(incoming("1", held="x"))
    address = desk.page("/inbox/aside/").select_one("form[action*=reject]")["action"]
    desk.do(address)
    desk.do(address)
    assert "has decided already" in desk.page("/inbox/aside/").select_one("#told").text


@pytest.fixture
def stuck(take, host):
    """Gets a reply stuck; returns its conversation."""

    def with_error(error):
        (pk,) = take(incoming("1"))
        operations.answer(conversation=pk, text="Oui.", by=host, now=NOW, seen=99)
        (delivery,) = deliveries.claim(now=NOW)
        (deliveries.record_refusal if isinstance(error, Refused) else deliveries.record_uncertainty)(delivery, error)
        return pk

    return with_error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Refused("The message is too long."), "It did not leave. The message is too long."),
        (Uncertain("The line broke."), "Nobody knows whether it arrived. The line broke."),
    ],
)
def test_a_reply_that_did_not_leave_is_told_and_decided_by_a_person(desk, host, stuck, error, told):
    pk = stuck(error)
    assert told in desk.page(f"/inbox/{pk}/").select_one("#thread").get_text(" ", strip=True)
    article = desk.page("/inbox/aside/").select_one("article")
    assert told in article.get_text(" ", strip=True)
    desk.do(article.select_one("form[action*=again]")["action"])
    assert deliver.deliver_due(now=NOW) == 1
    assert "Sent" in desk.page(f"/inbox/{pk}/").select_one("#thread .said--out").text


def test_a_reply_that_came_back_is_told_with_the_servers_reason(desk, host, take):
    (pk,) = take(incoming("1"))
    operations.answer(conversation=pk, text="Oui.", by=host, now=NOW, seen=99)
    assert deliver.deliver_due(now=NOW) == 1
    key = Delivery.objects.get().key
    take(incoming("2", "Undelivered", automatic=True, bounce=Bounce(key, "ana@x.example", "550 no such user")))
    told = "It came back. The mail server of ana@x.example gave it back: “550 no such user”."
    assert told in desk.page(f"/inbox/{pk}/").select_one("#thread").get_text(" ", strip=True)
    article = desk.page("/inbox/aside/").select_one("article")
    assert told in article.get_text(" ", strip=True) and article.select_one("form[action*=again]")


def test_somebody_who_looked_says_that_it_arrived(desk, host, stuck):
    pk = stuck(Uncertain("The line broke."))
    desk.do(desk.page("/inbox/aside/").select_one("form[action*=arrived]")["action"])
    assert queries.thread(host, pk, house=house_now(), now=NOW).messages[-1].delivery.state == "sent"
    assert deliver.deliver_due(now=NOW) == 0


def test_contacts_and_editors_decide_nothing(stuck, contact_of, editor, sign_in):
    stuck(Refused("No."))
    for contact in (contact_of("sports"), editor):
        desk = sign_in(contact)
        assert desk.get("/inbox/aside/").status_code == 403
        for name in ("admit", "reject", "arrived", "again"):
            assert desk.post(reverse(f"desk:{name}", args=[1])).status_code == 403


def test_a_mail_that_could_not_be_read_is_saved_as_it_came(desk):
    raw = b"From: a@b.example\r\nSubject: <script>\r\n\r\n\xff\x00 garbage"
    store(unreadable=(Unreadable("9", "The mail could not be read.", "From: a@b.example", raw),))
    link = desk.page("/inbox/aside/").select_one("article a[href*=whole]")
    assert link.text == "The mail as it came"
    response = desk.get(link["href"])
    assert response.content == raw
    assert response["Content-Type"] == "application/octet-stream"
    assert "attachment" in response["Content-Disposition"] and ".eml" in response["Content-Disposition"]
    assert Access.objects.filter(what=Access.What.FILE, conversation=None).count() == 1


def test_files_that_wait_are_named_without_being_loaded(desk, host):
    content = b"0123456789" * 100_000
    store(incoming("1", held="x", files=(File("rue.jpg", "image/jpeg", len(content), content),)))
    article = desk.page("/inbox/aside/").select_one("article")
    assert "rue.jpg" in article.text
    waiting = attention.aside(host).held
    assert "raw" in waiting[0].get_deferred_fields()
    assert len(str(waiting[0].shown)) < 2_000
