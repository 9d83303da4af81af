"""A host says that two conversations are about the same matter, and what everybody else then sees."""

from datetime import timedelta

import pytest

from portevoix.kernel.messages import Writer
from portevoix.record import operations
from tests.conftest import NOW, incoming

HOUR = timedelta(hours=1)


@pytest.fixture
def two(take) -> tuple[int, int]:
    first = incoming("a1", "La piscine est-elle ouverte ?", sent_at=NOW - 24 * HOUR)
    return tuple(take(first, incoming("b1", "Et la piscine ?", sent_at=NOW - HOUR)))


def chosen(desk, pk: int, **query) -> dict:
    """The form of the page on which the other one is chosen, filled with the first that it offers."""
    soup = desk.page(f"/inbox/{pk}/merge/", data=query)
    return {"into": soup.select_one("[name=into]")["value"], "seen": soup.select_one("[name=seen]")["value"]}


def told(soup) -> str:
    return " ".join(soup.select_one("#told").text.split())


def test_the_other_one_is_offered_and_both_come_together(desk, two):
    first, second = two
    assert f"/inbox/{second}/merge/" in {a["href"] for a in desk.page(f"/inbox/{second}/").select("#context a")}
    response = desk.post(f"/inbox/{second}/merge/", chosen(desk, second))
    assert (response.status_code, response["Location"]) == (303, f"/inbox/{first}/")
    soup = desk.page(f"/inbox/{first}/")
    assert f"No. {second} is part of this conversation now." in told(soup)
    assert [item.select_one(".said__text").text for item in soup.select(".said")] == [
        "La piscine est-elle ouverte ?",
        "Et la piscine ?",
    ]
    history = soup.select_one("#thread").text
    assert f"Claire joined no. {second} to this conversation: it is about the same matter." in history
    assert soup.select_one("#standing .badge--bad"), "the first question is as late as it was"


def test_its_address_leads_to_the_conversation_that_stays(desk, two, host):
    first, second = two
    operations.merge(conversation=second, into=first, by=host, now=NOW, seen=1)
    response = desk.get(f"/inbox/{second}/?view=late")
    assert (response.status_code, response["Location"]) == (302, f"/inbox/{first}/?view=late")
    assert f"No. {second} is part of this conversation." in told(desk.page(f"/inbox/{first}/"))
    assert desk.get(f"/inbox/{second}/merge/")["Location"] == f"/inbox/{first}/"
    part = desk.part(f"/inbox/{second}/", "thread")
    assert f"joined this conversation to no. {first}" in part.text
    assert part.select_one("a")["href"] == f"/inbox/{first}/"
    assert len(desk.page("/inbox/").select("#rows li")) == 1


def test_it_is_found_by_its_number_and_by_words(desk, two, take):
    first, second = two
    (lamp,) = take(incoming("c1", "Le lampadaire est cassé", sent_at=NOW - 48 * HOUR))
    for query, found in (("lampadaire", [lamp]), (f"#{first}", [first]), (f"No. {lamp}", [lamp]), ("musée", [])):
        soup = desk.page(f"/inbox/{second}/merge/", data={"q": query})
        assert [int(choice["value"]) for choice in soup.select("[name=into]")] == found, query
        assert soup.select_one("#q")["value"] == query
    offered = desk.page(f"/inbox/{second}/merge/").select("[name=into]")
    assert [int(choice["value"]) for choice in offered] == [first, lamp], "the latest first"


def test_what_cannot_be_joined_says_why(desk, two, take):
    _, second = two
    stranger, mail = take(
        incoming("z", author=Writer("citizen-2", "bob", "Bob")),
        incoming("m", channel="email", account="contact@testville.example"),
    )
    for number, why in ((stranger, "another citizen's"), (mail, "another channel"), (9999, "no conversation no. 9999")):
        soup = desk.page(f"/inbox/{second}/merge/", status=422, data={"q": str(number)})
        assert why in soup.select_one("#problem").text
        assert soup.select("[name=into]"), "the others are still offered"
        if number != 9999:
            soup = desk.do(f"/inbox/{second}/merge/", status=422, into=number, seen=1)
            assert why in soup.select_one("#problem").text
    soup = desk.do(f"/inbox/{second}/merge/", status=422, seen=1)
    assert "Choose the conversation" in soup.select_one("#problem").text
    assert "There is no other one." in desk.page(f"/inbox/{stranger}/merge/").text


def test_a_colleague_who_was_writing_in_the_other_one_loses_nothing(desk, two, other_host, sign_in, host):
    first, second = two
    mehdi = sign_in(other_host)
    seen = mehdi.page(f"/inbox/{second}/").select_one("#seen")["value"]
    mehdi.do(f"/inbox/{first}/draft/", 200, text="Bonjour Ana,")
    mehdi.do(f"/inbox/{second}/draft/", 200, text="La piscine ouvre lundi.")
    desk.do(f"/inbox/{second}/merge/", **chosen(desk, second))
    kept = mehdi.page(f"/inbox/{first}/").select_one("#reply-text").text.strip()
    assert kept == "Bonjour Ana,\n\nLa piscine ouvre lundi."
    for htmx, status in (("", 409), ("main", 422)):
        text = f"Elle ouvre mardi {htmx}."
        soup = mehdi.do(f"/inbox/{second}/reply/", status, htmx=htmx, text=text, reply="answer", seen=seen)
        assert f"No. {second} has become part of no. {first}" in soup.select_one("#problem").text
        assert soup.select_one("#composer")["action"] == f"/inbox/{first}/reply/"
        assert text in soup.select_one("#reply-text").text
    soup = mehdi.do(f"/inbox/{second}/note/", 409, text="Voir le planning")
    assert soup.select_one("#note-text").text.strip() == "Voir le planning"


def test_what_was_said_meanwhile_is_read_first(desk, two, take):
    _, second = two
    form = chosen(desk, second)
    take(incoming("b2", "C'est urgent !", in_reply_to="b1", sent_at=NOW))
    soup = desk.do(f"/inbox/{second}/merge/", 422, **form)
    assert "Something was said here in the meantime" in soup.select_one("#problem").text
    assert "C'est urgent !" in soup.select_one(".verbatim").text
    assert soup.select_one(f"[name=into][value='{form['into']}']").has_attr("checked")
    desk.do(f"/inbox/{second}/merge/", into=form["into"], seen=soup.select_one("[name=seen]")["value"])


def test_the_stray_beginning_of_a_thread_is_told_without_a_name(take, desk):
    (answers,) = take(incoming("s2", thread="root"))
    take(incoming("s0", thread="T"))
    (begun,) = take(incoming("root", thread="T"))
    thread = desk.page(f"/inbox/{begun}/").select_one("#thread").text
    assert f"No. {answers}, begun by answers to it, is part of it." in thread
