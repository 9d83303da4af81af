"""A host's reply answers what stood on her page: nothing that came in after it, whatever moment it bears."""

from datetime import timedelta

import pytest

from portevoix.kernel.messages import Change
from portevoix.kernel.states import State
from portevoix.record.models import Conversation, Event, Fact
from portevoix.record.operations import answer, close
from portevoix.record.operations.pull_back import pull_back
from portevoix.record.queries.danger import danger
from portevoix.record.replay_differences import differences
from tests.conftest import NOW, house_now, incoming

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
AHEAD = NOW + timedelta(days=30)


def second(*, sent_at):
    return incoming("m2", "Et l’odeur de gaz, que dois-je faire ?", in_reply_to="m1", sent_at=sent_at)


def is_waiting(conversation: int) -> bool:
    row = Conversation.objects.get(pk=conversation)
    return row.state == State.OPEN and row.due_at is not None


def test_what_comes_after_a_reply_waits_for_an_answer(take, host) -> None:
    [conversation] = take(incoming("m1"))
    answer(conversation=conversation, text="Bonjour, oui.", by=host, now=NOW, seen=1)
    take(second(sent_at=NOW + MINUTE), now=NOW + 2 * MINUTE)
    assert is_waiting(conversation)


def test_what_was_under_way_while_she_answered_waits_for_an_answer(take, host) -> None:
    [conversation] = take(incoming("m1"))
    answer(conversation=conversation, text="Bonjour, oui.", by=host, now=NOW + 5 * MINUTE, seen=1)
    take(second(sent_at=NOW + 2 * MINUTE), now=NOW + 6 * MINUTE)  # the mailbox was not asked in between
    assert is_waiting(conversation)


def test_what_was_under_way_is_in_no_measure_as_answered(take, host) -> None:
    [conversation] = take(incoming("m1"))
    answer(conversation=conversation, text="Bonjour, oui.", by=host, now=NOW + 5 * MINUTE, seen=1)
    take(second(sent_at=NOW + 2 * MINUTE), now=NOW + 6 * MINUTE)
    assert Fact.objects.filter(conversation=conversation, answer_at=None).exists()


@pytest.mark.parametrize("what", ["answer", "close"])
def test_a_citizen_is_heard_although_the_clock_was_ahead_when_it_was_over(take, host, what) -> None:
    [conversation] = take(incoming("m1"))
    if what == "answer":
        answer(conversation=conversation, text="Bonjour, oui.", by=host, now=AHEAD, seen=1)
    else:
        close(conversation=conversation, by=host, now=AHEAD, why="")
    pull_back(now=NOW + 5 * MINUTE)
    take(second(sent_at=NOW + 6 * MINUTE), now=NOW + 7 * MINUTE)
    assert is_waiting(conversation)


def test_what_lay_in_the_spam_folder_waits_for_an_answer(take, host) -> None:
    """It was written while the desk had the conversation, and moved to the mailbox after nine days, with its date."""
    [conversation] = take(incoming("m1", sent_at=NOW))
    answer(conversation=conversation, text="Bonjour, oui.", by=host, now=NOW + DAY, seen=1)
    take(second(sent_at=NOW + DAY / 2), now=NOW + 9 * DAY)
    assert is_waiting(conversation)


def test_an_archive_from_before_takes_its_place(take, host) -> None:
    [conversation] = take(incoming("m1", sent_at=NOW))
    answer(conversation=conversation, text="Bonjour, oui.", by=host, now=NOW + DAY, seen=1)
    take(second(sent_at=NOW - DAY), now=NOW + 9 * DAY)
    assert not is_waiting(conversation)


@pytest.mark.parametrize("answered", ["earlier", "later", "both"])
def test_a_message_that_joins_two_threads_answers_nothing_in_either(take, host, answered) -> None:
    """Each had its own page: a reply on one of them was given by somebody who had not read the other."""
    [earlier] = take(incoming("m1", "Odeur de gaz.", sent_at=NOW - 9 * MINUTE), now=NOW - 8 * MINUTE)
    [later] = take(incoming("m3", "Et merci.", in_reply_to="between", sent_at=NOW), now=NOW + MINUTE)
    for name, conversation in (("earlier", earlier), ("later", later)):
        if answered in (name, "both"):
            answer(conversation=conversation, text="Bonjour, oui.", by=host, now=NOW + 5 * MINUTE, seen=1)
    between = incoming("between", "Une fuite.", in_reply_to="m1", sent_at=NOW - MINUTE)
    [home] = take(between, now=NOW + 6 * MINUTE)
    unread = {"m1": answered != "later", "m3": answered != "earlier", "between": False}
    replied = dict(Fact.objects.values_list("message__external_id", "first_reply_at"))
    assert is_waiting(home) and not differences([home])
    assert {name for name, at in replied.items() if at} == {name for name, is_read in unread.items() if is_read}


@pytest.mark.parametrize("what", ["nothing", "answer", "close"])
def test_danger_that_an_edit_speaks_of_is_at_the_top(take, host, what) -> None:
    """An edit opens no wait: without this, nobody looks at what was answered before."""
    [conversation] = take(incoming("m1"))
    if what == "answer":
        answer(conversation=conversation, text="Bonjour, oui.", by=host, now=NOW, seen=1)
    elif what == "close":
        close(conversation=conversation, by=host, now=NOW)
    text = "Au secours, ça sent le gaz et il y a le feu, des enfants sont coincés dans l’immeuble !"
    for minute in (1, 2):  # told twice
        take(incoming("m1", text, revision=minute, change=Change.AMEND), now=NOW + minute * MINUTE)
    assert [row.pk for row in danger(host, house=house_now()).rows] == [conversation]
    assert Event.objects.filter(what="reopened").count() == (what != "nothing") and not differences([conversation])
