"""What the list shows, in which order, to whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portevoix.kernel.messages import Addressed, Writer
from portevoix.record import operations
from portevoix.record.queries import inbox as queries
from tests.conftest import NOW, house_now, incoming


def rows(soup) -> list[int]:
    return [int(link["id"].removeprefix("row-")) for link in soup.select("a[data-row]")]


def counts(soup) -> dict[str, str]:
    tabs = soup.select("nav.tabs a")
    return {next(tab.stripped_strings): tab.select_one(".count").text for tab in tabs if tab.select_one(".count")}


def ago(**how) -> dict:
    return {"sent_at": NOW - timedelta(**how)}


@pytest.fixture
def five(take, host):
    """Late, due within the hour, fresh, in copy, and promised."""
    late, soon, fresh, copy, promised = take(
        incoming("late", **ago(days=3)),
        incoming("soon", **ago(hours=22, minutes=50)),  # Tuesday 11:10: 8 opening hours end at 10:40
        incoming("fresh", **ago(minutes=5)),
        incoming("copy", addressed=Addressed.COPY, **ago(days=5)),
        incoming("promised", **ago(minutes=20)),
    )
    operations.hold(
        conversation=promised, text="Demain.", promised_at=NOW + timedelta(days=1), by=host, now=NOW, seen=99
    )
    return {"late": late, "soon": soon, "fresh": fresh, "copy": copy, "promised": promised}


def test_what_is_due_first_comes_first_and_what_is_not_due_last(five, desk):
    order = ["late", "soon", "fresh", "promised", "copy"]
    assert rows(desk.page("/inbox/")) == [five[name] for name in order]


def test_each_view_holds_what_its_name_says_and_counts_it(five, desk, host):
    operations.assign(conversation=five["fresh"], to=host.pk, by=host, now=NOW)
    operations.inquire(conversation=five["soon"], department="voirie", question="Quand ?", by=host, now=NOW)
    holds = {
        "late": ["late"],
        "soon": ["soon"],
        "promised": ["promised"],
        "awaiting": ["soon"],
        "mine": ["fresh", "promised"],
    }
    for view, names in holds.items():
        assert rows(desk.page(f"/inbox/?view={view}")) == [five[name] for name in names], view
    told = counts(desk.page("/inbox/"))
    assert told == {
        "Open": "5",
        "Late": "1",
        "Due within the hour": "1",
        "Promised": "1",
        "Waiting for a department": "1",
        "Mine": "2",
    }


def test_deadlines_are_told_in_words(five, desk):
    text = desk.page("/inbox/").select_one("#rows").get_text(" ", strip=True)
    assert "late by" in text
    assert "due in 40 min" in text
    assert "In copy" in text
    assert "promised for" in text


def test_answered_and_closed_conversations_have_their_views(five, desk, host):
    operations.answer(conversation=five["late"], text="Oui.", by=host, now=NOW, seen=99)
    operations.close(conversation=five["soon"], by=host, now=NOW)
    assert rows(desk.page("/inbox/?view=answered")) == [five["late"]]
    assert rows(desk.page("/inbox/?view=closed")) == [five["soon"]]
    assert len(rows(desk.page("/inbox/?view=all"))) == 5


def test_filters_narrow_the_list_and_can_be_taken_off_one_by_one(take, desk, host):
    roads, mail, other = take(
        incoming("1"), incoming("2", channel="email", account="contact@testville.example"), incoming("3")
    )
    operations.route(conversation=roads, department="voirie", by=host, now=NOW)
    operations.label(conversation=roads, kind="report", valence="wrong", by=host, now=NOW)
    assert rows(desk.page("/inbox/?channel=email")) == [mail]
    assert rows(desk.page("/inbox/?kind=report")) == [roads]
    assert set(rows(desk.page("/inbox/?department=-"))) == {mail, other}
    soup = desk.page("/inbox/?department=voirie&kind=report")
    assert rows(soup) == [roads]
    off = {link.get_text(" ", strip=True): link["href"] for link in soup.select("#list ul.actions a")}
    assert off["Department: Voirie remove"] == "/inbox/?kind=report"
    assert counts(desk.page("/inbox/?channel=email"))["Open"] == "1"


def test_search_finds_words_by_their_beginning_without_accents_in_every_state(take, desk, host):
    found, missed = take(
        incoming("1", "La médiathèque ferme à quelle heure ?"),
        incoming("2", "Rien à voir"),
    )
    operations.close(conversation=found, by=host, now=NOW)
    assert rows(desk.page("/inbox/?view=all&q=MEDIATH")) == [found]
    assert missed not in rows(desk.page("/inbox/?view=all&q=mediath"))
    empty = desk.page("/inbox/?view=all&q=xyzzy").select_one(".empty")
    assert "No conversation matches" in empty.text


def test_pages_follow_each_other_without_gap_or_overlap(take, desk, monkeypatch):
    monkeypatch.setattr(queries, "SIZE", 2)
    ids = take(*(incoming(f"m{n}", **ago(minutes=50 - n)) for n in range(5)))
    first = desk.page("/inbox/")
    second = desk.page("/inbox/" + first.select_one("a[rel=next]")["href"])
    third = desk.page("/inbox/" + second.select_one("a[rel=next]")["href"])
    assert rows(first) + rows(second) + rows(third) == ids
    assert third.select_one("a[rel=next]") is None
    assert rows(desk.page("/inbox/" + third.select_one("a[rel=prev]")["href"])) == rows(second)
    assert first.select_one("a[rel=prev]") is None


def test_a_view_or_a_page_that_does_not_exist_is_told_in_a_sentence(desk, take):
    [pk] = take(incoming())
    assert "no view “nonsense”" in desk.page("/inbox/?view=nonsense", 400).text
    assert "no view “nonsense”" in desk.page(f"/inbox/{pk}/?view=nonsense", 400).text
    assert "Go back to the first page" in desk.page("/inbox/?after=nonsense", 400).text


@pytest.mark.parametrize(
    "view", ["open", "urgent", "late", "soon", "promised", "awaiting", "mine", "answered", "closed", "all"]
)
def test_an_empty_view_says_what_to_do_next(city, desk, view):
    empty = desk.page(f"/inbox/?view={view}").select_one("#list .empty")
    assert empty.h2.text
    assert empty.p.text


def test_a_contact_sees_their_department_s_conversations_and_those_it_is_asked_about(take, host, contact_of, sign_in):
    mine, asked, other = take(incoming("1"), incoming("2"), incoming("3"))
    operations.route(conversation=mine, department="sports", by=host, now=NOW)
    operations.inquire(conversation=asked, department="sports", question="?", by=host, now=NOW)
    soup = sign_in(contact_of("sports")).page("/inbox/")
    assert set(rows(soup)) == {mine, asked}
    assert counts(soup)["Open"] == "2"
    assert other not in rows(soup)


def test_everybody_is_led_to_their_work(take, host, contact_of, editor, administrator, sign_in):
    assert sign_in(host).get("/")["Location"] == "/inbox/"
    assert sign_in(administrator).get("/")["Location"] == "/inbox/"
    assert sign_in(editor).get("/")["Location"] == "/journal/"
    sports = contact_of("sports")
    assert sign_in(sports).get("/")["Location"] == "/inbox/"
    (asked,) = take(incoming("1"))
    operations.inquire(conversation=asked, department="sports", question="Jusqu'à quand ?", by=host, now=NOW)
    assert sign_in(sports).get("/")["Location"] == "/inquiries/"
    soup = sign_in(sports).page("/inquiries/")
    assert "Jusqu'à quand ?" in soup.text
    assert soup.select_one("a[data-row]")["href"].startswith(f"/inbox/{asked}/")


def test_the_list_that_reloads_is_the_list_of_the_page(five, desk):
    whole = desk.page("/inbox/?view=open")
    part = desk.part("/inbox/?view=open", "list")
    assert str(part.select_one("#list")) == str(whole.select_one("#list"))
    assert part.select_one("h1") is None


def test_the_number_of_queries_does_not_grow_with_the_list(take, host, django_assert_max_num_queries):
    take(*(incoming(f"m{n}", author=Writer(f"c{n}")) for n in range(12)))
    with django_assert_max_num_queries(8):
        wanted = queries.Inbox(host, queries.InboxFilter(), house=house_now(), now=NOW)
        wanted.page()
        wanted.counts()


def test_the_page_costs_as_many_queries_for_twenty_rows_as_for_two(take, desk):
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            desk.page("/inbox/")
        return len(captured)

    take(*(incoming(f"m{n}", author=Writer(f"c{n}")) for n in range(2)))
    desk.page("/inbox/")
    before = cost()
    take(*(incoming(f"n{n}", author=Writer(f"d{n}")) for n in range(18)))
    assert cost() == before


def test_a_promise_is_told_as_what_is_due_only_when_it_is(take, desk, host):
    (pk,) = take(incoming("1", sent_at=NOW - timedelta(days=10)))
    promised = NOW + timedelta(days=5)
    operations.hold(
        conversation=pk, text="Bientôt.", promised_at=promised, by=host, now=NOW - timedelta(days=9), seen=99
    )
    assert "promised for" in desk.page("/inbox/").select_one(".row__due").text
    take(incoming("2", "Et ?", in_reply_to="1", sent_at=NOW - timedelta(minutes=5)))
    assert "promised" not in desk.page("/inbox/").select_one(".row__due").text
