"""Who answers whom, in whatever order messages come."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.measures.threads import Exchanges
from portevoix.measures.waits import observe_waits
from tests.barometer.talk import answer, posts, question

ASKED = question("A", 1)
REPLY = answer(ASKED, 1, "Oui.")
GOES_ON = answer(REPLY, 1, "Et jusqu’à midi.")
POST = posts("A", 1)[0]
SECOND_PART = answer(POST, 1, "Suite.")
BY_THREAD = replace(answer(ASKED, 2, "Oui."), external_id="t2", in_reply_to="", thread="t")
IN_THREAD = replace(ASKED, external_id="t1", thread="t")
TO_NOBODY_KNOWN = replace(answer(ASKED, 2, "Oui."), external_id="lost", in_reply_to="gone")


@pytest.mark.parametrize(
    ("message", "others", "citizen"),
    [
        (REPLY, [ASKED], "x:citizen-A-1"),
        (GOES_ON, [ASKED, REPLY], "x:citizen-A-1"),
        (POST, [ASKED, REPLY], ""),
        (SECOND_PART, [POST], ""),
        (BY_THREAD, [IN_THREAD], "x:citizen-A-1"),
        (TO_NOBODY_KNOWN, [], "x:of:gone"),
    ],
    ids=["reply", "goes on", "post", "own thread", "by thread", "parent missing"],
)
def test_whom_a_message_answers(message, others, citizen) -> None:
    assert Exchanges([message, *others]).place(message).citizen == citizen


def test_a_reply_stands_in_the_thread_of_what_it_answers() -> None:
    exchanges = Exchanges([ASKED, REPLY, GOES_ON, POST])
    assert exchanges.place(ASKED).thread == exchanges.place(REPLY).thread == exchanges.place(GOES_ON).thread
    assert exchanges.place(POST).thread != exchanges.place(ASKED).thread


@given(st.permutations([ASKED, REPLY, GOES_ON, POST, SECOND_PART, IN_THREAD, BY_THREAD]))
def test_the_order_in_which_files_hold_them_does_not_matter(messages) -> None:
    expected = Exchanges(sorted(messages, key=lambda message: message.external_id))
    found = Exchanges(messages)
    assert all(found.place(message) == expected.place(message) for message in messages)


def test_a_reply_that_a_skewed_clock_puts_before_its_question_is_one_all_the_same() -> None:
    early = replace(REPLY, sent_at=ASKED.sent_at - timedelta(seconds=3))
    assert Exchanges([ASKED, early]).place(early).citizen


def test_a_message_that_comes_last_may_join_two_threads() -> None:
    """What observes waits and what places messages read one reconstruction, so that both see one thread."""
    root, late = replace(ASKED, thread=""), replace(REPLY, external_id="late", in_reply_to=REPLY.external_id)
    messages = [late, root, REPLY]
    exchanges = Exchanges(messages)
    assert {exchanges.place(one) for one in messages} == {exchanges.place(root), exchanges.place(REPLY)}
    assert {exchanges.place(one).thread for one in messages} == {f"x:{root.external_id}"}
    [fact] = observe_waits(messages, account=None, until=late.sent_at, clock=None)
    assert fact.wait.endswith(root.external_id)
