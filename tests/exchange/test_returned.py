"""Replies that left and came back: told, decided by a person, and never by a stranger's word."""

import pytest

from portevoix.exchange.outbound.delivery import deliver_due
from portevoix.kernel.errors import Uncertain
from portevoix.kernel.messages import Bounce, Receipt
from portevoix.record.models import Conversation, Delivery, Message
from portevoix.record.operations import deliveries
from portevoix.record.queries import attention
from tests.conftest import NOW, incoming, take_in
from tests.exchange.test_exchange import SOON, net, replied, state  # noqa: F401 -- fixtures too

pytestmark = pytest.mark.django_db


def comes_back(key: str, number: str = "b1", account: str = "@testville") -> None:
    bounce = Bounce(key, "ana@x.example", "550 no such user")
    take_in(incoming(number, "Undelivered", account=account, automatic=True, bounce=bounce), now=SOON)


def test_a_reply_that_came_back_waits_for_a_person_with_the_servers_reason(replied, net, host) -> None:  # noqa: F811
    assert deliver_due(now=SOON) == 1
    comes_back(replied.key)
    assert state(replied) == "returned" and attention.aside(host).count == 1
    assert replied.reason["values"] == {"to": "ana@x.example", "why": "550 no such user"}
    assert deliver_due(now=SOON) == 0, "it never leaves again by itself"
    assert deliveries.decide(delivery=replied.pk, arrived=False, by=host, now=SOON)
    assert deliver_due(now=SOON) == 1 and state(replied) == "sent" and net.sent == [replied.key] * 2


def test_a_report_read_twice_counts_once_and_a_new_one_counts_again(replied, net, host) -> None:  # noqa: F811
    deliver_due(now=SOON)
    comes_back(replied.key)
    deliveries.decide(delivery=replied.pk, arrived=True, by=host, now=SOON)
    comes_back(replied.key)
    assert state(replied) == "sent"
    comes_back(replied.key, "b2")
    assert state(replied) == "returned"


def test_the_report_may_come_before_it_is_known_that_it_left(replied, net) -> None:  # noqa: F811
    (delivery,) = deliveries.claim(now=SOON)
    comes_back(replied.key)
    deliveries.record_sent(delivery, Receipt("r1"), now=SOON)
    assert state(replied) == "returned"
    assert Message.objects.get(pk=replied.message_id).external_id == "r1"


def test_what_was_in_doubt_did_leave(replied, net) -> None:  # noqa: F811
    (delivery,) = deliveries.claim(now=SOON)
    deliveries.record_uncertainty(delivery, Uncertain("No answer."))
    comes_back(replied.key)
    assert state(replied) == "returned"


def test_what_never_left_cannot_come_back(replied) -> None:  # noqa: F811
    comes_back(replied.key)
    assert state(replied) == "due"
    Delivery.objects.filter(pk=replied.pk).update(state="cancelled")
    comes_back(replied.key, "b2")
    assert state(replied) == "cancelled"


def test_a_report_about_another_account_or_about_nothing_says_nothing(replied, net) -> None:  # noqa: F811
    deliver_due(now=SOON)
    comes_back(replied.key, account="@another")
    comes_back("nobody-knows", "b2")
    assert state(replied) == "sent"


def test_the_citizens_wait_stays_as_it_was(replied, net) -> None:  # noqa: F811
    """What came back was written in time: only who could not be reached is told, and no time is reckoned anew."""
    deliver_due(now=SOON)
    before = Conversation.objects.values("state", "version").get(messages=replied.message_id)
    comes_back(replied.key)
    after = Conversation.objects.values("state", "version").get(messages=replied.message_id)
    assert before["state"] == after["state"] == "answered"


def test_what_the_mail_server_found_of_the_sender_is_kept_with_the_message(city) -> None:
    take_in(incoming("1", dmarc="fail"), incoming("2"), now=NOW)
    assert dict(Message.objects.values_list("external_id", "dmarc")) == {"1": "fail", "2": None}
