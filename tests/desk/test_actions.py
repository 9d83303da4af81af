"""What can be done from the page, and what is told when it cannot."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError

from portevoix.channels.text_limit import MOST_PARTS
from portevoix.desk.composer import drafts
from portevoix.kernel.errors import BadInput
from portevoix.kernel.states import State
from portevoix.record import operations
from portevoix.record.queries import conversation as queries
from tests.conftest import NOW, house_now, incoming

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def pk(take, desk) -> int:
    return take(incoming("1"))[0]


def row(contact, pk):
    return queries.thread(contact, pk, house=house_now(), now=NOW).conversation


def last(contact, pk):
    return queries.thread(contact, pk, house=house_now(), now=NOW).messages[-1]


def seen(desk, pk) -> str:
    return desk.page(f"/inbox/{pk}/").select_one("#seen")["value"]


def drafted(desk, pk) -> str:
    return desk.page(f"/inbox/{pk}/").select_one("#reply-text").text.strip()


def test_an_answer_is_queued_and_settles_the_conversation(desk, host, pk):
    desk.do(f"/inbox/{pk}/reply/", text="Oui, jusqu'à 20 h.\r\nÀ bientôt", reply="answer", seen=seen(desk, pk))
    message = last(host, pk)
    assert (message.text, message.reply_kind, message.delivery.state) == (
        "Oui, jusqu'à 20 h.\nÀ bientôt",
        "answer",
        "due",
    )
    assert row(host, pk).state == State.ANSWERED
    soup = desk.page(f"/inbox/{pk}/")
    assert "Waiting to leave." in soup.select_one("#thread").text
    assert "leaves within seconds" in soup.select_one("#told").text


def test_a_holding_reply_asks_for_a_date_in_the_city_s_time(desk, host, pk):
    soup = desk.page(f"/inbox/{pk}/")
    proposed = [choice["value"] for choice in soup.select("[name=promise]")]
    assert proposed == ["2026-11-19T18:00", "2026-11-20T18:00", "2026-11-25T18:00", "other"]
    assert not soup.select("[name=promise][checked]"), "nobody promises a date that nobody chose"
    soup = desk.do(f"/inbox/{pk}/reply/", 422, text="Bientôt.", reply="holding", seen=seen(desk, pk))
    assert "choose a date and a time" in soup.select_one("#promise-error").text
    desk.do(f"/inbox/{pk}/reply/", text="Vendredi.", reply="holding", promise=proposed[1], seen=seen(desk, pk))
    assert last(host, pk).promised_at == datetime(2026, 11, 20, 18, 0, tzinfo=PARIS)
    assert row(host, pk).assignee == host


def test_a_holding_reply_may_promise_any_time_to_come(desk, host, pk):
    given = {"text": "Bientôt.", "reply": "holding", "promise": "other", "seen": seen(desk, pk)}
    soup = desk.do(f"/inbox/{pk}/reply/", 422, **given)
    assert "choose a date and a time" in soup.select_one("#promise-error").text
    assert soup.select_one("[name=reply][value=holding]").has_attr("checked")
    soup = desk.do(f"/inbox/{pk}/reply/", 422, **given, promised_at="2026-11-18T09:00")
    assert "in the past" in soup.select_one("#problem").text
    desk.do(f"/inbox/{pk}/reply/", 422, **given, promised_at="9999-12-31T23:59")
    desk.do(f"/inbox/{pk}/reply/", **given, promised_at="2026-12-01T12:30")
    assert last(host, pk).promised_at == datetime(2026, 12, 1, 12, 30, tzinfo=PARIS)


@pytest.mark.parametrize(("htmx", "status"), [("", 409), ("main", 422)])
def test_the_second_to_send_is_told_and_loses_nothing(desk, host, other_host, sign_in, pk, htmx, status):
    second = sign_in(other_host)
    version = seen(second, pk)
    desk.do(f"/inbox/{pk}/reply/", text="Oui, elle est ouverte.", reply="answer", seen=seen(desk, pk))
    soup = second.do(f"/inbox/{pk}/reply/", status, htmx=htmx, text="Non, fermée.", reply="answer", seen=version)
    assert "Claire replied in the meantime" in soup.select_one("#problem").text
    assert [item.select_one(".said__text").text for item in soup.select(".said--new")] == ["Oui, elle est ouverte."]
    assert soup.select_one("#reply-text").text.strip() == "Non, fermée."
    assert drafted(second, pk) == "Non, fermée."  # also after the window was closed
    assert len([m for m in queries.thread(host, pk, house=house_now(), now=NOW).messages if m.direction == "out"]) == 1
    second.do(f"/inbox/{pk}/reply/", text="Fermée dimanche.", reply="answer", seen=soup.select_one("#seen")["value"])
    assert last(host, pk).text == "Fermée dimanche."
    assert drafted(second, pk) == ""


def test_a_form_that_is_sent_again_because_no_answer_came_is_one_reply(desk, host, pk):
    given = {"text": "Oui, elle est ouverte.", "reply": "answer", "seen": seen(desk, pk)}
    desk.do(f"/inbox/{pk}/reply/", **given)
    desk.do(f"/inbox/{pk}/reply/", **given)
    assert len([m for m in queries.thread(host, pk, house=house_now(), now=NOW).messages if m.direction == "out"]) == 1
    assert drafted(desk, pk) == ""


def test_a_reply_and_the_end_of_its_draft_are_one(desk, host, pk, monkeypatch):
    """Else a draft whose reply has left would stand in the composer, to be sent once more."""
    given = {"text": "Oui, elle est ouverte.", "reply": "answer", "seen": seen(desk, pk)}

    def gone(*args):
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(drafts, "forget", gone)
    with pytest.raises(OperationalError):
        desk.post(f"/inbox/{pk}/reply/", given)
    assert not [m for m in queries.thread(host, pk, house=house_now(), now=NOW).messages if m.direction == "out"]
    assert drafted(desk, pk) == given["text"]


def test_a_live_refresh_does_not_count_as_having_read(desk, other_host, sign_in, pk):
    second = sign_in(other_host)
    version = seen(second, pk)
    desk.do(f"/inbox/{pk}/reply/", text="Oui.", reply="answer", seen=seen(desk, pk))
    assert second.part(f"/inbox/{pk}/?seen={version}", "thread").select_one("#seen") is None
    second.do(f"/inbox/{pk}/reply/", 409, text="Oui aussi.", reply="answer", seen=version)


def test_a_note_in_between_keeps_nobody_from_replying(desk, host, other_host, pk):
    version = seen(desk, pk)
    operations.note(conversation=pk, text="Vu.", by=other_host, now=NOW)
    desk.do(f"/inbox/{pk}/reply/", text="Oui.", reply="answer", seen=version)


def test_a_reply_that_is_too_long_for_one_post_leaves_as_several(desk, host, pk):
    text = "Bonjour, la rue est barrée.\n\n" + "Prenez la rue Basse jusqu'à vendredi. " * 12
    soup = desk.do(f"/inbox/{pk}/reply/", 200, text=text, reply="answer", preview="1", seen=seen(desk, pk))
    shown = [post.text for post in soup.select("#posts-list li")]
    assert len(shown) == 2 and shown[0].endswith(" (1/2)") and shown[1].endswith(" (2/2)")
    assert "it leaves as 2 posts" in soup.select_one("#draft-state").text
    assert soup.select_one("#posts-number").text == "2 posts, as they will be sent"
    assert not [m for m in queries.thread(host, pk, house=house_now(), now=NOW).messages if m.direction == "out"]
    again = desk.page(f"/inbox/{pk}/")
    assert [post.text for post in again.select("#posts-list li")] == shown, "the draft and its posts are kept"
    desk.do(f"/inbox/{pk}/reply/", text=text, reply="answer", seen=seen(desk, pk))
    assert last(host, pk).text == text.strip()
    assert "as 2 posts" in desk.page(f"/inbox/{pk}/").select_one(".notice--good").text
    assert desk.page(f"/inbox/{pk}/").select("#posts-list li") == []


def test_the_posts_come_while_one_writes_and_one_that_fits_is_none_of_them(desk, pk):
    soup = desk.do(f"/inbox/{pk}/draft/", 200, text="Un mot.\r\n" * 60)
    assert len(soup.select("#posts-list li")) == 2
    assert soup.select_one("#tone-status").text.startswith("2 posts.")
    soup = desk.do(f"/inbox/{pk}/draft/", 200, text="é" * 280)
    assert soup.select("#posts-list li") == [] and "280 of 280 characters" in soup.text


def test_a_reply_of_too_many_posts_is_kept_back(desk, host, pk):
    text = "Un mot de plus. " * 450
    soup = desk.do(f"/inbox/{pk}/reply/", 422, text=text, reply="answer", seen=seen(desk, pk))
    assert f"more than {MOST_PARTS} posts" in soup.select_one("#reply-text-error").text
    assert soup.select_one("#reply-text").text.strip() == text.strip() and soup.select("#posts-list li") == []
    with pytest.raises(BadInput, match=f"more than {MOST_PARTS} posts"):
        operations.answer(conversation=pk, text=text, by=host, now=NOW, seen=99)


def test_an_address_counts_as_its_network_counts_it(desk, host, pk):
    address = "https://valmont.example/" + "a" * 300
    desk.do(f"/inbox/{pk}/reply/", text=f"Voyez {address}", reply="answer", seen=seen(desk, pk))
    assert address in last(host, pk).text


def test_an_empty_reply_is_told(desk, pk):
    soup = desk.do(f"/inbox/{pk}/reply/", 422, text="  ", reply="answer", seen=seen(desk, pk))
    assert "The reply is empty" in soup.select_one("#problem").text


def test_a_draft_is_kept_for_its_writer_alone(desk, other_host, sign_in, pk):
    desk.do(f"/inbox/{pk}/draft/", 200, text="Bonjour,\n\nla")
    assert drafted(desk, pk) == "Bonjour,\n\nla"
    assert drafted(sign_in(other_host), pk) == ""
    desk.do(f"/inbox/{pk}/draft/", 200, text="")
    assert drafted(desk, pk) == ""


def test_notes_assignments_and_labels(desk, host, other_host, pk):
    desk.do(f"/inbox/{pk}/note/", text="Voir avec Odile")
    assert (last(host, pk).direction, last(host, pk).text) == ("note", "Voir avec Odile")
    desk.do(f"/inbox/{pk}/take/")
    assert row(host, pk).assignee == host
    desk.do(f"/inbox/{pk}/assign/", to=other_host.pk)
    assert row(host, pk).assignee == other_host
    desk.do(f"/inbox/{pk}/release/")
    assert row(host, pk).assignee is None
    desk.do(f"/inbox/{pk}/label/", kind="complaint", valence="wrong")
    assert (row(host, pk).kind, row(host, pk).valence) == ("complaint", "wrong")
    desk.do(f"/inbox/{pk}/label/", kind="praise")
    assert (row(host, pk).kind, row(host, pk).valence) == ("praise", "wrong")
    desk.do(f"/inbox/{pk}/route/", department="voirie")
    assert row(host, pk).department.slug == "voirie"
    desk.do(f"/inbox/{pk}/route/", department="")
    assert row(host, pk).department is None


def test_a_label_that_a_colleague_set_meanwhile_is_not_overwritten_unseen(desk, host, other_host, pk):
    before = desk.page(f"/inbox/{pk}/").select_one("form:has(#kind) [name=seen]")["value"]
    operations.label(conversation=pk, kind="praise", by=other_host, now=NOW)
    soup = desk.do(f"/inbox/{pk}/label/", 409, kind="complaint", seen=before)
    assert f"{other_host.name} has decided otherwise" in soup.select_one("#problem").text
    assert row(host, pk).kind == "praise"
    desk.do(f"/inbox/{pk}/label/", valence="wrong", seen=before)  # of the tone nobody has said anything
    desk.do(f"/inbox/{pk}/label/", kind="complaint", seen=soup.select_one("form:has(#kind) [name=seen]")["value"])
    assert (row(host, pk).kind, row(host, pk).valence) == ("complaint", "wrong")


@pytest.mark.parametrize(
    ("verb", "data", "told"),
    [
        ("note", {"text": ""}, "The note is empty"),
        ("assign", {"to": "nobody"}, "Colleague"),
        ("route", {"department": "nowhere"}, "no department “nowhere”"),
        ("label", {"kind": "nonsense", "valence": "wrong"}, "Kind"),
        ("inquire", {"department": "voirie", "question": ""}, "question to the department is empty"),
        ("reopen", {}, "open already"),
        ("release", {}, "Nobody has this conversation"),
    ],
)
def test_what_cannot_be_done_is_told_on_the_page(desk, pk, verb, data, told):
    assert told in desk.do(f"/inbox/{pk}/{verb}/", 422, **data).select_one("#problem").text


def test_closing_and_reopening(desk, host, pk):
    desk.do(f"/inbox/{pk}/close/", why="remerciement")
    assert row(host, pk).state == State.CLOSED
    soup = desk.page(f"/inbox/{pk}/")
    assert soup.select_one("#composer") is None
    assert "Reopen it to reply" in soup.select_one("#main").text
    desk.do(f"/inbox/{pk}/reopen/")
    assert row(host, pk).state == State.OPEN


def test_what_was_asked_in_vain_is_still_there(desk, pk):
    soup = desk.do(f"/inbox/{pk}/inquire/", 422, department="", question="Jusqu'à quand ?")
    assert soup.select_one("#question").text.strip() == "Jusqu'à quand ?"


def test_a_department_answers_and_says_what_may_be_said(desk, host, contact_of, sign_in, pk):
    desk.do(f"/inbox/{pk}/inquire/", department="sports", question="Jusqu'à quand dure la grève ?")
    assert row(host, pk).state == State.AWAITING_DEPARTMENT
    sports = sign_in(contact_of("sports"))
    form = sports.page(f"/inbox/{pk}/").select_one("form[id^=inform-]")
    assert "Jusqu'à quand dure la grève ?" in form.text
    soup = sports.do(form["action"], 422, answer="Vendredi", ruling="not_before")
    assert "Give the date" in soup.select_one("#problem").text
    assert "Vendredi" in soup.select_one("[name=answer]").text
    sports.do(form["action"], answer="Jusqu'à vendredi", ruling="not_before", not_before="2026-11-20")
    composer = desk.page(f"/inbox/{pk}/").select_one("#composer").text
    assert "may be said from 20 November 2026 on" in composer
    soup = desk.do(f"/inbox/{pk}/reply/", 422, text="Jusqu'à vendredi.", reply="answer", seen=99)
    assert "asks that this be said only from" in soup.select_one("#problem").text


def test_what_may_not_be_said_stands_with_its_reason_above_the_composer(desk, host, contact_of, pk):
    number = operations.inquire(conversation=pk, department="sports", question="?", by=host, now=NOW)
    operations.inform(
        inquiry=number, answer="", ruling="may_not_say", reason="Enquête en cours", by=contact_of("sports"), now=NOW
    )
    assert "Enquête en cours" in desk.page(f"/inbox/{pk}/").select_one("#composer .notice--bad").text


def test_a_contact_answers_for_no_other_department(host, contact_of, sign_in, pk):
    number = operations.inquire(conversation=pk, department="sports", question="?", by=host, now=NOW)
    operations.inquire(conversation=pk, department="voirie", question="?", by=host, now=NOW)
    roads = sign_in(contact_of("voirie"))
    assert len(roads.page(f"/inbox/{pk}/").select("form[id^=inform-]")) == 1
    roads.do(f"/inbox/{pk}/inform/{number}/", 404, answer="Oui", ruling="may_say")


def test_an_action_goes_back_to_the_same_list(desk, pk):
    response = desk.post(f"/inbox/{pk}/take/?view=late&channel=x&after=")
    assert response["Location"] == f"/inbox/{pk}/?view=late&channel=x"


def test_actions_are_posts(desk, pk):
    for verb in (
        "reply",
        "note",
        "take",
        "release",
        "route",
        "label",
        "inquire",
        "close",
        "reopen",
        "draft",
        "present",
    ):
        assert desk.get(f"/inbox/{pk}/{verb}/").status_code == 405, verb


def test_two_colleagues_see_each_other_and_who_is_writing(desk, other_host, sign_in, pk, at_ten):
    second = sign_in(other_host)
    second.page(f"/inbox/{pk}/")
    assert "Mehdi is reading this conversation." in desk.page(f"/inbox/{pk}/").select_one("#presence").text
    second.do(f"/inbox/{pk}/draft/", 200, text="Bon")
    told = desk.do(f"/inbox/{pk}/present/", 200, htmx="presence").select_one("#presence").text
    assert "Mehdi is writing a reply." in told
    assert "Claire" not in told
    at_ten.shift(timedelta(seconds=25))
    second.do(f"/inbox/{pk}/present/", 200)
    assert "is reading" in desk.do(f"/inbox/{pk}/present/", 200).text
    at_ten.shift(timedelta(seconds=50))
    assert "Mehdi" not in desk.do(f"/inbox/{pk}/present/", 200).text


def test_drafts_and_presence_of_a_conversation_that_is_not_there(desk):
    assert desk.post("/inbox/9999/draft/", {"text": "x"}).status_code == 404
    assert desk.post("/inbox/9999/present/").status_code == 404
