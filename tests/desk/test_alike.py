"""Beside a conversation: who else spoke of the same thing these days, and what was answered before."""

import re
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError

from portevoix.desk.thread import similar_index, similar_panel
from portevoix.kernel.messages import Direction, ReplyKind, Visibility, Writer
from portevoix.record.models import Access, Conversation, Message
from portevoix.record.queries import similar as record
from portevoix.text.similarity.index import Alike
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db
POOL = "La piscine municipale est fermée à cause de la grève des maîtres-nageurs, quand rouvre-t-elle ?"
LAMP = "Le lampadaire devant le 12 rue des Tilleuls clignote toute la nuit depuis lundi."
ANSWER = "Bonjour Léo, la piscine rouvre lundi 23 novembre à 9 h, la grève est finie. Bien à vous."


def said(number: int, text: str = POOL, **more):
    values = {"author": Writer(f"c{number}", f"voisin{number}"), "sent_at": NOW - timedelta(hours=number)}
    return incoming(f"m{number}", text, **(values | more))


def answered(to: str, text: str = ANSWER, *, hours: float = 0, **more):
    return incoming(
        f"out-{to}-{hours}",
        text,
        **{
            "direction": Direction.OUT,
            "author": Writer("city", "testville"),
            "in_reply_to": to,
            "reply_kind": ReplyKind.ANSWER,
            "sent_at": NOW - timedelta(hours=hours),
            **more,
        },
    )


@pytest.fixture
def strike(take):
    """Three citizens about the pool, one about a lamp; returns the conversation of the latest about the pool."""
    take(said(30, LAMP))
    return take(said(3), said(2), said(1))[-1]


def panel(desk, pk: int):
    return desk.part(f"/inbox/{pk}/alike/", "alike")


def test_others_who_spoke_of_it_are_counted_once_each_and_shown(desk, strike, take) -> None:
    take(said(4, author=Writer("c3", "voisin3")))  # the same citizen as in "m3"
    shown = panel(desk, strike)
    assert "2 others within seven days" in " ".join(shown.text.split())
    [title, _] = shown.select("h2")
    assert title.text == "Perhaps about the same thing"
    links = [link["href"] for link in shown.select("[aria-labelledby=alike-title] li a")]
    assert len(links) == 2 and f"/inbox/{strike}/" not in links
    assert "lampadaire" not in shown.text and POOL[:40] in shown.text and shown.select("li .badge")


def test_each_says_how_alike_it_is_and_by_what_words(desk, strike, take) -> None:
    take(said(5, "Toujours la grève à la piscine municipale, les maîtres-nageurs ont raison"), answered("m5", hours=4))
    shown = panel(desk, strike)
    told = [" ".join(line.text.split()) for line in shown.select("li .muted") if "alike" in line.text]
    assert all(re.search(r"alike at \d+% · in common: \w+", line) for line in told) and len(told) >= 3
    assert any("grève" in line and "piscine" in line for line in told)


def test_where_a_department_is_not_known_what_is_alike_by_chance_is_left_out(desk, take, monkeypatch) -> None:
    take(said(9, "La grève dure"), department="sports")
    [sorted_one] = take(said(8), department="sports")
    [unsorted] = take(said(7))
    found = [Alike(str(pk), similar_panel.UNROUTED_SHARE) for pk in Message.objects.values_list("pk", flat=True)]
    monkeypatch.setattr(similar_index.Lookalikes, "like", lambda *args, **more: found)
    assert "La grève dure" in panel(desk, sorted_one).text
    assert "1 other" in panel(desk, unsorted).text and "La grève dure" not in panel(desk, unsorted).text
    take(*(said(number, "La grève dure") for number in range(1, 5)))
    found += [Alike(str(pk), similar_panel.UNROUTED_SHARE) for pk in Message.objects.values_list("pk", flat=True)[3:]]
    assert "La grève dure" in panel(desk, unsorted).text, "five speak of what is going on"


def test_what_was_said_more_than_seven_days_ago_does_not_count(desk, strike, take) -> None:
    take(said(24 * 8))
    assert "2 others" in panel(desk, strike).text


def test_what_belongs_to_another_department_is_another_matter(desk, take) -> None:
    take(said(4), answered("m4", hours=3), department="voirie")
    take(said(3))
    [mine] = take(said(1), department="sports")
    shown = panel(desk, mine)
    assert "1 other" in shown.text and ANSWER not in shown.text


def test_an_answer_is_offered_once_to_be_added_to_the_reply(desk, strike, take) -> None:
    take(answered("m3", hours=2.5), answered("m2", hours=1.5), answered("m30", "Le lampadaire sera réparé.", hours=9))
    shown = panel(desk, strike)
    [given] = shown.select(".answers li")
    [button] = given.select("button[data-put]")
    assert shown.select_one(f"#{button['data-put']}").text == ANSWER
    assert button["type"] == "button" and "js-only" in button["class"]
    assert not desk.page(f"/inbox/{strike}/alike/").select("[data-put]"), "a page without a composer has no such button"
    assert ANSWER in desk.page(f"/inbox/{strike}/alike/").text


def test_what_was_said_before_the_similar_message_or_only_held_it_is_no_answer_to_it(desk, strike, take) -> None:
    take(
        answered("m3", "Bonjour, avant.", hours=5),
        answered("m2", "Nous cherchons.", hours=1, reply_kind=ReplyKind.HOLDING, promised_at=NOW + timedelta(days=2)),
    )
    assert "Nothing similar was answered lately." in panel(desk, strike).text


def test_nothing_is_put_where_nothing_can_be_sent(desk, strike, take, editor, sign_in) -> None:
    take(answered("m3", hours=2.5))
    reader = sign_in(editor)
    assert ANSWER in panel(reader, strike).text and not panel(reader, strike).select("[data-put]")
    desk.do(f"/inbox/{strike}/close/", reason="")
    assert not panel(desk, strike).select("[data-put]")


def test_a_contact_of_a_department_sees_only_its_own(take, sign_in, contact_of) -> None:
    take(said(3), answered("m3", hours=2.5), department="voirie")
    [_, mine] = take(said(2), said(1), department="sports")
    reader = sign_in(contact_of("sports"))
    shown = panel(reader, mine)
    assert "1 other within" in " ".join(shown.text.split()) and ANSWER not in shown.text
    assert len(shown.select("[aria-labelledby=alike-title] li")) == 1
    theirs = Message.objects.get(external_id="m3").conversation_id
    reader.page(f"/inbox/{theirs}/alike/", status=404)


def test_what_is_erased_or_taken_back_is_shown_no_more(desk, strike, take) -> None:
    take(answered("m3", hours=2.5))
    assert "2 others" in panel(desk, strike).text
    Message.objects.filter(external_id="m2").update(retracted_at=NOW, text="")
    Message.objects.filter(external_id="m3").update(erased_at=NOW, text="")
    Message.objects.filter(direction="out").update(erased_at=NOW, text="")
    shown = panel(desk, strike)
    assert "Nobody else wrote about it" in shown.text and "Nothing similar was answered" in shown.text


def test_a_private_answer_says_so_and_is_noted_as_read(desk, strike, take) -> None:
    take(answered("m3", hours=2.5, visibility=Visibility.PRIVATE))
    theirs = Message.objects.get(external_id="m3").conversation_id
    assert panel(desk, strike).select_one(".answers .chip").text.strip() == "Private"
    assert Access.objects.filter(conversation=theirs, what=Access.What.READ).count() == 1


def test_what_comes_later_is_found_too(desk, strike, take) -> None:
    assert "2 others" in panel(desk, strike).text
    take(said(5), said(6))
    assert "4 others" in panel(desk, strike).text


def test_a_message_that_became_visible_after_a_later_one_is_not_passed_over(memory, take) -> None:
    pks = [Message.objects.get(conversation=pk).pk for pk in take(said(3), said(2), said(1))]
    hidden = Message.objects.filter(pk=pks[1])
    hidden.update(automatic=True)
    assert memory.ready()
    found = {"at": NOW, "most": 9, "least": 0.1, "without": frozenset()}
    assert {each.id for each in memory.like(POOL, **found)} == {str(pks[0]), str(pks[2])}
    hidden.update(automatic=False)
    assert memory.ready()
    assert {each.id for each in memory.like(POOL, **found)} == {str(pk) for pk in pks}


def test_while_it_is_read_the_panel_says_so_and_asks_again(desk, strike, monkeypatch) -> None:
    begun = []
    slow = similar_index.Lookalikes(begin=begun.append)
    monkeypatch.setattr(similar_index, "of_this_process", slow)
    for _ in range(2):
        waiting = panel(desk, strike).select_one("#alike")
        assert "is being read" in waiting.text and waiting["hx-trigger"].startswith("load delay")
    assert len(begun) == 1, "only one reads at a time"
    begun[0]()
    shown = panel(desk, strike).select_one("#alike")
    assert "2 others" in shown.text and not shown.has_attr("hx-get")


def test_much_that_is_new_is_not_taken_in_within_a_request(memory, take, monkeypatch) -> None:
    monkeypatch.setattr(similar_index, "AT_ONCE", 2)
    take(said(1))
    assert memory.ready()
    begun = []
    monkeypatch.setattr(memory, "_begin", begun.append)
    take(*(said(number) for number in range(2, 7)))
    assert memory.ready(), "meanwhile it answers from what it has"
    assert len(begun) == 1
    begun[0]()
    assert len(memory.like(POOL, at=NOW, most=9, least=0.1, without=frozenset())) == 6


def test_a_database_that_fails_while_it_is_read_is_asked_again(memory, strike, monkeypatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(record, "spoken", lambda pks: (_ for _ in ()).throw(DatabaseError("gone")))
        assert not memory.ready()
    assert memory.ready()


def test_it_is_compared_in_a_thread_with_room_enough(strike, memory) -> None:
    """Those that answer requests have 2 MB of stack, in which BLAS kills the process."""
    assert memory.ready()
    given = {"at": NOW, "most": 300, "least": 0.1, "without": frozenset()}
    small, found = threading.stack_size(2 * 1024 * 1024), []
    try:
        request = threading.Thread(target=lambda: found.extend(memory.like(POOL, **given)))
        request.start()
        request.join()
    finally:
        threading.stack_size(small)
    assert len(found) == 3
    index = memory._loaded_index.index
    index.like = lambda *_, **__: [threading.current_thread().name]
    assert memory.like(POOL, **given)[0].startswith("look-alikes")


def test_only_messages_of_the_last_ninety_days_and_so_many_at_most_are_read(take, monkeypatch) -> None:
    take(said(24 * 100))
    pks = [Message.objects.get(conversation=pk).pk for pk in take(said(4), said(3), said(2))]
    assert record.numbers(record.beginning(NOW), most=10) == pks
    monkeypatch.setattr(record, "MOST", 2)
    assert record.numbers(record.beginning(NOW), most=10) == pks[1:]
    assert record.beginning(NOW + timedelta(days=400)) == 0


def test_a_conversation_in_which_nothing_is_left_to_compare_says_so(desk, strike) -> None:
    Message.objects.filter(conversation=strike).update(erased_at=NOW, text="")
    assert "Nobody else wrote about it" in panel(desk, strike).text


def test_one_that_became_part_of_another_has_no_panel(desk, strike) -> None:
    other = Conversation.objects.exclude(pk=strike).first()
    Conversation.objects.filter(pk=strike).update(merged_into=other)
    desk.page(f"/inbox/{strike}/alike/", status=404)


def test_what_citizens_write_is_text(desk, strike, take) -> None:
    take(said(7, "<script>alert(1)</script> " + POOL), answered("m7", "<b>Bonjour</b>", hours=6))
    shown = panel(desk, strike)
    assert not shown.select("script, b") and "<script>" in shown.text and "<b>Bonjour</b>" in shown.text


@pytest.mark.parametrize("text", ["🏊", "a" * 100_000, "‮\u200b", "?!"])
def test_no_text_is_too_strange_to_be_asked_about(desk, strike, take, text) -> None:
    [pk] = take(replace(said(8), text=text))
    assert panel(desk, pk).select_one("#answered-title")
