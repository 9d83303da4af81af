"""Danger to people stands above the inbox, and its words beside the message."""

from datetime import timedelta

import pytest

from portevoix.kernel.messages import Writer
from portevoix.record import operations
from portevoix.record.models import Conversation, Message
from portevoix.record.queries.danger import MOST_LISTED
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db
GAS = "Très forte odeur de gaz dans l'escalier, des gens crient. L'électricité : un câble dénudé pend !"


@pytest.fixture
def alarm(take):
    """Conversations of which so many speak of danger, as the intake would have found."""

    def alarmed(number: int, *, department: str = "", text: str = GAS) -> list[int]:
        several = (
            incoming(f"g{n}", text, author=Writer(f"g{n}", f"voisine{n}"), sent_at=NOW - timedelta(minutes=n + 1))
            for n in range(number)
        )
        pks = take(*several, department=department)
        Conversation.objects.filter(pk__in=pks).update(urgency=2)
        return pks

    return alarmed


def notice(soup):
    return soup.select_one(".notice--bad[aria-labelledby=danger-title]")


def test_messages_that_speak_of_danger_stand_above_the_list_whatever_it_is_narrowed_to(desk, alarm, take) -> None:
    take(incoming())
    assert notice(desk.page("/inbox/")) is None
    pks = alarm(2)
    for soup in (
        desk.page("/inbox/"),
        desk.page("/inbox/?view=closed&q=piscine"),
        desk.part("/inbox/", "list"),
        desk.part(f"/inbox/{pks[0]}/", "rows-area"),
    ):
        assert notice(soup).select_one("h2").text == "2 messages speak of danger to people"
        assert {link["href"] for link in notice(soup).select("li a")} == {f"/inbox/{pk}/" for pk in pks}
    page = desk.page("/inbox/")
    assert page.select_one("#list").find(class_="notice--bad"), "live updates refresh it with the list"


def test_what_was_answered_or_closed_warns_no_more(desk, alarm, host) -> None:
    [first, second] = alarm(2)
    seen = Conversation.objects.get(pk=first).version
    operations.answer(conversation=first, text="Les pompiers arrivent.", by=host, now=NOW, seen=seen)
    assert notice(desk.page("/inbox/")).select_one("h2").text == "1 message speaks of danger to people"
    operations.close(conversation=second, by=host, now=NOW)
    assert notice(desk.page("/inbox/")) is None


def test_of_many_those_due_first_are_listed_and_the_others_counted(desk, alarm) -> None:
    alarm(MOST_LISTED + 3)
    told = notice(desk.page("/inbox/"))
    assert told.select_one("h2").text.startswith(f"{MOST_LISTED + 3} messages")
    assert len(told.select("li")) == MOST_LISTED and "and 3 more" in told.text


def test_a_contact_is_warned_of_what_their_department_has(alarm, sign_in, contact_of) -> None:
    alarm(1, department="voirie")
    assert notice(sign_in(contact_of("sports")).page("/inbox/")) is None
    assert notice(sign_in(contact_of("voirie")).page("/inbox/"))


def test_the_words_that_said_so_stand_beside_the_message_as_they_were_written(desk, alarm, take) -> None:
    [pk] = alarm(1)
    take(incoming("g9", "Merci !", in_reply_to="g0", author=Writer("g0", "voisine0")))
    [told] = [p for p in desk.page(f"/inbox/{pk}/").select(".said__more p") if "danger" in p.text]
    assert "Speaks of danger to people" in told.text
    assert [quote.text for quote in told.select("q")] == ["odeur de gaz", "câble dénudé pend"]


def test_where_somebody_may_get_hurt_the_words_say_so_without_an_alarm(desk, take) -> None:
    [pk] = take(incoming("h1", "Un trou béant devant l'école, c'est dangereux."))
    Conversation.objects.filter(pk=pk).update(urgency=1)
    assert notice(desk.page("/inbox/")) is None
    said = desk.page(f"/inbox/{pk}/").select_one(".said--in .said__more")
    assert "Somebody may get hurt" in said.text
    assert [quote.text for quote in said.select("q")] == ["trou béant", "dangereux"]


def test_an_erased_message_keeps_no_word_of_it(desk, alarm) -> None:
    [pk] = alarm(1)
    Message.objects.filter(conversation=pk).update(erased_at=NOW)
    assert not desk.page(f"/inbox/{pk}/").select(".said__more q")
