"""The rules' pages: what each says and did, their order, trying one before it is kept."""

from datetime import time

import pytest
from django.utils import timezone
from django.utils.translation import override

from portevoix.exchange.inbound import poller
from portevoix.record.models import Conversation, Department, Event, Rule
from portevoix.record.operations import route
from portevoix.record.operations import rules as kept
from portevoix.record.queries import rules as queries
from portevoix.text.routing.routing_rule import Circle, Hours
from portevoix.text.routing.routing_rule import Rule as Written
from portevoix.web import rule_sentences
from tests.conftest import NOW, incoming

PAGE = "/settings/rules/"
GIVEN = {"words": "piscine*, maître nageur\nbassin", "department": "sports", "name": "Bassins"}


@pytest.fixture(autouse=True)
def in_english(client) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


def write(*said: str, **more) -> Rule:
    return kept.save(rule=Written(more.pop("department", "sports"), words=said, **more), by=None, now=NOW)


def come(*texts: str) -> None:
    for _ in poller.take_messages([incoming(f"m{n}", text) for n, text in enumerate(texts)], now=NOW):
        pass


def test_without_a_rule_it_says_what_rules_are_for(admin):
    page = admin.get(PAGE).text
    assert "No rule yet" in page and "Many cities need nothing else" in page and f"{PAGE}add/" in page
    assert "write a rule: it comes first, and says so" in admin.get("/settings/").text


def test_a_rule_is_written_and_read_back(admin, administrator):
    offered = admin.get(f"{PAGE}add/").context["form"].fields["accounts"].choices
    [pk] = [pk for pk, label in offered if label.startswith("X ")]
    given = GIVEN | {
        "accounts": [pk], "articles": "ville.example/sport\r\n/a,b;c", "places": "quai Ouest",
        "centre": "47,39 / -1,18", "radius": "", "days": ["5", "6"], "start": "22:00", "end": "06:00",
    }  # fmt: skip
    assert admin.post(f"{PAGE}add/", given).status_code == 302
    row = Rule.objects.get()
    assert queries.value_of(row) == Written(
        "sports", words=("piscine*", "maître nageur", "bassin"), accounts=(("x", "@testville"),),
        articles=("ville.example/sport", "/a,b;c"), circle=Circle(47.39, -1.18, 500), places=("quai Ouest",),
        hours=Hours(frozenset({5, 6}), 22 * 60, 6 * 60), id=row.pk, name="Bassins",
    )  # fmt: skip
    assert row.changed_by == administrator
    form = admin.get(f"{PAGE}{row.pk}/").context["form"]
    assert (form["start"].value(), form["days"].value(), form["accounts"].value()) == (time(22), [5, 6], [pk])
    assert form.unfolded_groups() == {"articles": True, "area": True, "hours": True}
    listed = admin.get(PAGE).text
    assert "When it says ‘piscine*’, ‘maître nageur’ or ‘bassin’, and comes to @testville (X)" in listed
    assert "was written on Saturday or Sunday from 22:00, until 06:00 the next day: Sports" in listed


def test_changing_one_keeps_its_place(admin):
    first, _ = write("a1"), write("b1")
    admin.post(f"{PAGE}{first.pk}/", GIVEN | {"department": "voirie"})
    assert next((row.pk, row.department.slug) for row in queries.rows()) == (first.pk, "voirie")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"words": ""}, "__all__"),
        ({"words": "*"}, "words"),
        ({"articles": "deux mots"}, "articles"),
        ({"places": "…"}, "places"),
        ({"centre": "ici"}, "centre"),
        ({"centre": "147.1, 2"}, "centre"),
        ({"radius": "50"}, "centre"),
        ({"centre": "47.1, 2", "radius": "0"}, "centre"),
        ({"centre": "47.1, 2", "radius": "nan"}, "radius"),
        ({"start": "10:00"}, "start"),
        ({"start": "10:00", "end": "10:00"}, "start"),
        ({"start": "25:00", "end": "10:00"}, "start"),
        ({"days": ["7"]}, "days"),
        ({"department": ""}, "department"),
        ({"department": "nowhere"}, "department"),
        ({"accounts": ["987654"]}, "accounts"),
        ({"name": "x" * 81}, "name"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(admin, change, field):
    answer = admin.post(f"{PAGE}add/", GIVEN | change)
    assert answer.status_code == 422 and field in answer.context["form"].errors
    assert not Rule.objects.exists()


def test_up_down_and_delete_which_asks_first(admin):
    first, second = write("a1", name="Alpha"), write("b1", name="Beta")
    answer = admin.post(f"{PAGE}{second.pk}/move/", {"to": "up"}, follow=True)
    assert "“Beta” is now no. 1" in answer.text and [row.pk for row in queries.rows()] == [second.pk, first.pk]
    admin.post(f"{PAGE}{second.pk}/move/", {"to": "down"})
    assert [row.pk for row in queries.rows()] == [first.pk, second.pk]
    assert "Delete this rule" in admin.get(f"{PAGE}{first.pk}/delete/").text and Rule.objects.count() == 2
    answer = admin.post(f"{PAGE}{first.pk}/delete/", follow=True)
    assert "“Alpha” is deleted" in answer.text and [row.pk for row in queries.rows()] == [second.pk]
    assert admin.get(f"{PAGE}{first.pk}/").status_code == 404
    assert "is gone" in admin.post(f"{PAGE}{first.pk}/move/", {"to": "up"}, follow=True).text


def test_the_list_says_what_each_did(admin, host):
    write("piscine")
    come("La piscine", "Une piscine", "Un trou")
    route(conversation=Conversation.objects.order_by("pk")[0].pk, department="voirie", by=host, now=NOW)
    [one] = queries.list_rules(now=NOW)
    assert (one.routed, one.moved) == (2, 1)
    Event.objects.update(at=timezone.now())
    page = admin.get(PAGE).text
    assert "2 conversations in the last 30 days" in page and "a host moved 1 elsewhere" in page


def test_trying_shows_what_it_would_catch_and_keeps_nothing(admin):
    come("La piscine ouvre-t-elle ?", "Un trou dans la rue")
    given = {"words": "piscine", "department": "", "try": "1"}
    whole = admin.post(f"{PAGE}add/", given)
    part = admin.post(f"{PAGE}add/", given, headers={"HX-Request": "true", "HX-Target": "tried"})
    for answer in (whole, part):
        assert answer.status_code == 200 and "caught 1 of the last 2 messages" in answer.text
        assert "La piscine ouvre-t-elle ?" in answer.text and "Un trou" not in answer.text
    assert "<html" in whole.text and "<html" not in part.text
    none = admin.post(f"{PAGE}add/", {"words": "zibeline", "try": "1"})
    assert "caught none of the last 2 messages" in none.text
    wrong = admin.post(f"{PAGE}add/", {"words": "*", "try": "1"}, headers={"HX-Request": "true", "HX-Target": "tried"})
    assert wrong.status_code == 422 and "no letter" in wrong.text
    assert "needs a condition" in admin.post(f"{PAGE}add/", {"try": "1"}).text
    assert not Rule.objects.exists()


def test_an_earlier_rule_that_decides_all_the_same_is_told(admin):
    write("trou", name="Trous", department="voirie")
    come("La piscine a un trou", "La piscine")
    page = admin.post(f"{PAGE}add/", {"words": "piscine", "try": "1"}).text
    assert "1 of them goes by an earlier rule" in page and "an earlier rule decides: “Trous”" in page


def test_a_rule_of_a_closed_department_is_shown_as_out_of_work(admin):
    row = write("piscine")
    Department.objects.filter(slug="sports").update(active=False)
    assert "out of work" in admin.get(PAGE).text and "A rule is out of work" in admin.get("/settings/").text
    page = admin.get(f"{PAGE}{row.pk}/")
    assert "This rule is out of work" in page.text
    assert admin.post(f"{PAGE}{row.pk}/", GIVEN).status_code == 422, "the closed one is not offered"


def test_a_rule_that_catches_a_great_part_of_all_is_told_so(admin):
    come(*(f"{'Bonjour' if n % 2 else 'La rue'}, un trou, numéro {n}" for n in range(queries.FEWEST)))
    everyday = admin.post(f"{PAGE}add/", {"words": "bonjour", "try": "1"}).text
    assert "caught 20 of the last 40" in everyday and "an everyday one" in everyday
    assert "an everyday one" not in admin.post(f"{PAGE}add/", {"words": "numéro 7", "try": "1"}).text


def test_two_rules_have_two_names(admin):
    write("piscine", name="Bassins")
    again = admin.post(f"{PAGE}add/", GIVEN | {"name": "bassins"})
    assert again.status_code == 422 and "There is a rule “bassins” already" in again.text
    row = Rule.objects.get()
    assert admin.post(f"{PAGE}{row.pk}/", GIVEN).status_code == 302, "its own name is no other's"
    write("trou"), write("bosse")
    assert Rule.objects.filter(name="").count() == 2, "without a name there may be many"


def test_who_closes_a_department_learns_which_rules_do_nothing_then(admin):
    row = write("piscine", name="Bassins")
    page = admin.get("/settings/departments/sports/").text
    assert "Rules that give messages to it" in page and f'href="{PAGE}{row.pk}/">Bassins</a>' in page
    assert "Rules that give" not in admin.get("/settings/departments/voirie/").text
    kept = admin.post("/settings/departments/sports/", {"name": "Sports", "active": "on"}, follow=True)
    assert "do nothing now" not in kept.text and "does nothing now" not in kept.text
    closed = admin.post("/settings/departments/sports/", {"name": "Sports"}, follow=True)
    told = "1 rule that gives messages to “Sports” does nothing now: under Rules, choose another department."
    assert closed.text.index("“Sports” is saved") < closed.text.index(told)


def test_what_is_written_is_shown_as_text(admin):
    write("<b>piscine</b>", name="<script>alert(1)</script>")
    assert "<script>alert(1)" not in admin.get(PAGE).text


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (Written("s", hours=Hours(frozenset(range(5)))), "it was written on Monday to Friday"),
        (Written("s", hours=Hours(start=60, end=120)), "it was written between 01:00 and 02:00"),
        (Written("s", hours=Hours(frozenset({0}), 60, 120)), "it was written on Monday between 01:00 and 02:00"),
        (Written("s", circle=Circle(47.5, -1.2, 1500)), "it comes from within 1,500 m of 47.5 / -1.2"),
        (Written("s", circle=Circle(1, 2, 3), places=("Ici",)), "it comes from within 3 m of 1 / 2 or names ‘Ici’"),
        (Written("s", articles=("/a", "/b")), "it is about an article at /a or /b"),
        (Written("s", words=tuple("abcdefgh")), "it says ‘a’, ‘b’, ‘c’, ‘d’, ‘e’ or 3 more"),
    ],
)
def test_a_rule_in_words(rule, told):
    with override("en"):
        assert rule_sentences.when(rule) == told
