"""What an envelope keeps is the message itself: whoever has just written it need not read it again."""

from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portevoix.kernel.messages import Batch, File, Incoming
from portevoix.record.models import Account, Envelope
from portevoix.record.operations import accounts, envelopes
from tests.conftest import NOW, incoming
from tests.kernel.test_interchange import messages

pytestmark = pytest.mark.django_db
FILES = st.builds(
    File, name=st.text(max_size=9), type=st.just("text/plain"), size=st.just(2), content=st.binary(max_size=9)
)


@given(messages(), st.lists(FILES, max_size=2).map(tuple))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_written_is_read_again_as_it_was(city, message: Incoming, files: tuple[File, ...]) -> None:
    account = Account.objects.get(channel="x")
    # Of large fractions PostgreSQL keeps the digits, and not that they were fractions: labels alone may have some.
    told = replace(message, channel=account.channel, account=account.address, files=files, held="", labels={})
    with transaction.atomic():
        stored = envelopes.store(account, Batch((told,)), now=NOW)
        kept = list(Envelope.objects.filter(pk__in=stored.waiting))
        if kept and kept[0].state == "waiting":
            assert envelopes.read(stored.waiting) == [(stored.waiting[0], told)]
            assert envelopes.read(stored.waiting, stored.fresh) == [(stored.waiting[0], told)]
            assert stored.fresh[stored.waiting[0]] is told
        else:  # the database does not take it as it is: there is nothing to hand on
            assert not stored.fresh
        transaction.set_rollback(True)


def test_only_what_is_new_is_handed_on(city) -> None:
    account = accounts.get_or_create(channel="x", address="@testville")
    envelopes.store(account, Batch((incoming("a"),)), now=NOW)
    twice = (incoming("a", "Bis"), incoming("b"), incoming("b", "Ter"), incoming("c", held="No proof."))
    stored = envelopes.store(account, Batch(twice), now=NOW)
    assert [message.external_id for message in stored.fresh.values()] == ["b"]
    read = dict(envelopes.read(stored.waiting, stored.fresh))
    assert [(m.external_id, m.text) for m in read.values()] == [("a", incoming("a").text), ("b", "Ter")]
    kept = Envelope.objects.get(external_id="b").raw
    assert kept["text"] == "Ter", "what is handed on is what is kept"


def test_a_batch_that_is_tried_again_hands_on_its_own(city, monkeypatch) -> None:
    """An id from a try that was undone may be another's by now."""
    account, real, tries = accounts.get_or_create(channel="x", address="@testville"), envelopes.bulk.insert, []

    def once_undone(rows, **more):
        real(rows, **more)
        if not tries.append(1) and len(tries) == 1:
            raise envelopes.IntegrityError("somebody was faster")

    monkeypatch.setattr(envelopes.bulk, "insert", once_undone)
    stored = envelopes.store(account, Batch((incoming("a"), incoming("b"))), now=NOW)
    assert len(tries) == 2
    rows = dict(Envelope.objects.values_list("pk", "external_id"))
    assert {pk: message.external_id for pk, message in stored.fresh.items()} == rows
