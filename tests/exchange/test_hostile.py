"""Messages that were found to break something. None of them may hold up the others."""

import psycopg.errors
import pytest
from django.db import OperationalError, connection

from portevoix.exchange.inbound import enrich, poller
from portevoix.exchange.worker import take_waiting
from portevoix.kernel.bounds import CUT, MOST_TEXT, MOST_UNREADABLE, MOST_WHOLE
from portevoix.kernel.messages import Batch, Unreadable
from portevoix.record.db.errors import is_busy
from portevoix.record.models import Envelope, Message
from portevoix.record.operations import accounts, envelopes
from portevoix.record.queries import site_cache
from portevoix.record.queries.inbox import Inbox, InboxFilter
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db


def take(*messages) -> None:
    for _ in poller.take_messages(messages, now=NOW):
        pass


def test_a_message_of_very_many_words_comes_in_and_is_found_by_its_sender(city, host) -> None:
    many = "".join(f"{n:05}mot " for n in range(110_000))  # PostgreSQL indexes a megabyte of one, at most
    take(incoming("m1", many), incoming("m2"))
    assert Envelope.objects.filter(state="taken").count() == 2
    for query, found in (("00042mot", 1), ("citoyenne", 2)):
        known = site_cache.site_cache(site_cache.load_city())
        assert len(Inbox(host, InboxFilter(view="all", query=query), house=known, now=NOW).page().rows) == found
    assert Message.objects.get(external_id="m1").text == many


def test_a_message_beyond_the_databases_limits_is_set_aside_and_the_others_are_taken(city, monkeypatch) -> None:
    real = enrich.receive

    def limited(items, *, now):
        if any(item.incoming.external_id == "m1" for item in items):
            error = OperationalError("string is too long for tsvector (1300000 bytes, max 1048575 bytes)")
            raise error from psycopg.errors.ProgramLimitExceeded()
        real(items, now=now)

    monkeypatch.setattr(enrich, "receive", limited)
    take(incoming("m1"), incoming("m2"))
    take_waiting(NOW)
    aside = Envelope.objects.get(state="quarantined")
    assert aside.external_id == "m1" and "too long" in aside.reason["values"]["why"]
    assert Envelope.objects.get(external_id="m2").state == "taken"


def test_what_is_too_long_is_cut_at_the_gate_whatever_brings_it(city) -> None:
    long = "mot " * MOST_TEXT
    account = accounts.get_or_create(channel="x", address="@testville")
    message = incoming("m1", long, quoted=long, html=long)
    unread = Unreadable("m2", "It is no message.", long, b"0" * (MOST_WHOLE + 1))
    stored = envelopes.store(account, Batch((message,), unreadable=(unread,)), now=NOW)
    enrich.enrich_envelopes(stored.waiting, now=NOW, fresh=stored.fresh)
    row = Message.objects.get(external_id="m1")
    assert (len(row.text), len(row.quoted), row.html) == (MOST_TEXT, MOST_TEXT, "")
    assert row.text.endswith(CUT)
    aside = Envelope.objects.get(external_id="m2")
    assert len(aside.raw["unreadable"]) == MOST_UNREADABLE and "whole" not in aside.raw


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the embedded database has no such limit")
def test_postgresql_says_so_by_the_code_that_is_looked_for(city) -> None:
    many = "".join(f"{n:05}mot " for n in range(150_000))
    with pytest.raises(OperationalError) as raised, connection.cursor() as cursor:
        cursor.execute("SELECT to_tsvector('simple', %s)", [many])
    assert not is_busy(raised.value)
