"""While a citizen is erased: an edition being composed, a deletion under way, and what is written afterwards."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from portevoix.exchange.inbound.poller import take_messages
from portevoix.journal.storage import stored_editions
from portevoix.kernel.errors import BadInput, TryLater
from portevoix.kernel.labels import Kind, Sentiment
from portevoix.kernel.messages import Change, Receipt
from portevoix.record import operations
from portevoix.record.models import Author, Delivery, Edition, Message
from portevoix.record.operations import apply_retention, deliveries, erase
from tests.conftest import NOW, incoming
from tests.dump import found

pytestmark = pytest.mark.django_db
WEEK, MONDAY = "2026-W47", NOW + timedelta(days=9)
SOON = timedelta(minutes=2)
YEARS = timedelta(days=1_200)


def replied(conversation: int, by) -> int:
    """A reply that is in public on the network; returns its message."""
    message = operations.answer(conversation=conversation, text="Madame Citoyenne, oui.", by=by, now=NOW, seen=1)
    [delivery] = deliveries.claim(now=NOW)
    deliveries.record_sent(delivery, Receipt("n1"), now=NOW)
    return message


def withdrawn_and_erased(take, host, administrator) -> tuple[int, int]:
    """Its deletion was begun, the network was busy, and then the citizen was erased."""
    [conversation] = take(incoming())
    message = replied(conversation, host)
    operations.withdraw(conversation=conversation, message=message, by=host, now=NOW)
    [delivery] = deliveries.claim(now=NOW)
    deliveries.record_postponement(delivery, TryLater("busy"), again_at=NOW + timedelta(minutes=1))
    erase(author=Author.objects.get().pk, by=administrator, now=NOW + timedelta(seconds=30))
    return conversation, message


def test_to_erase_a_citizen_leaves_no_public_reply_that_was_to_be_deleted(take, host, administrator) -> None:
    withdrawn_and_erased(take, host, administrator)
    assert [row.kind for row in deliveries.claim(now=NOW + SOON)] == [Delivery.Kind.WITHDRAW]


def test_a_deletion_that_was_cancelled_can_be_asked_for_again(take, host, administrator) -> None:
    conversation, message = withdrawn_and_erased(take, host, administrator)
    operations.withdraw(conversation=conversation, message=message, by=host, now=NOW + SOON)
    assert Delivery.objects.get().state == Delivery.State.DUE


def complained(take) -> None:
    take(incoming(text="Le lampadaire zqword de la rue est cassé, c’est honteux."))
    Message.objects.update(valence=Sentiment.WRONG, kind=Kind.COMPLAINT)


def test_an_edition_composed_during_an_erasure_quotes_nobody_who_was_erased(take, monkeypatch) -> None:
    complained(take)
    compose = stored_editions.compose

    def slowly(**asked):
        edition = compose(**asked)
        for author in Author.objects.all():
            erase(author=author.pk, by=None, now=MONDAY)
        return edition

    monkeypatch.setattr(stored_editions, "compose", slowly)
    stored_editions.compose_and_store(week=WEEK, now=MONDAY)
    assert "zqword" not in str(Edition.objects.get().content)


def test_an_edition_composed_after_an_erasure_quotes_nobody_who_was_erased(take) -> None:
    complained(take)
    erase(author=Author.objects.get().pk, by=None, now=MONDAY)
    stored_editions.compose_and_store(week=WEEK, now=MONDAY)
    assert "zqword" not in str(Edition.objects.get().content)


def emptied(take) -> int:
    [conversation] = take(incoming())
    erase(author=Author.objects.get().pk, by=None, now=NOW)
    return conversation


@pytest.mark.parametrize("what", ["note", "question"])
def test_nothing_is_written_about_a_citizen_on_what_was_erased(take, host, what) -> None:
    conversation = emptied(take)
    with pytest.raises(BadInput):
        if what == "note":
            operations.note(conversation=conversation, text="Madame Zqnote", by=host, now=NOW)
        else:
            operations.inquire(conversation=conversation, department="sports", question="Zq ?", by=host, now=NOW)


def test_a_note_on_what_was_erased_is_forgotten_with_time(take, host) -> None:
    conversation = emptied(take)
    operations.close(conversation=conversation, by=host, now=NOW, why="")
    with suppress(BadInput):  # as good: there is none then
        operations.note(conversation=conversation, text="Madame Zqnote", by=host, now=NOW)
    while apply_retention.run_retention(now=NOW + YEARS) is not None:
        pass
    assert not Message.objects.filter(text__contains="Zqnote").exists()


def test_no_word_of_a_deleted_post_stays_behind(city) -> None:
    said = incoming(text="La piscine refuse mon enfant handicapé depuis lundi, le trottoir est cassé.")
    for message in (said, replace(said, text="", change=Change.RETRACT, revision=1)):
        list(take_messages([message], now=NOW))
    assert not found(["handicap", "enfant"])
