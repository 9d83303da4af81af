"""What a city wrote itself decides before what was learnt, and says so."""

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from portevoix.exchange.inbound import cached_rule_matcher, poller
from portevoix.kernel.errors import BadInput, NotAllowed
from portevoix.kernel.messages import About, Direction, Place
from portevoix.kernel.states import EventType
from portevoix.record import operations, replay_differences
from portevoix.record.models import Conversation, Department, Event, Rule
from portevoix.record.operations import city as houses
from portevoix.record.operations import rules as kept
from portevoix.record.queries import rules as queries
from portevoix.record.queries import training
from portevoix.text.routing.matcher import Matcher
from portevoix.text.routing.routing_rule import Circle, Hours
from portevoix.text.routing.routing_rule import Rule as Written
from tests.conftest import NOW, conversation_of, incoming

pytestmark = pytest.mark.django_db


def write(*words: str, department: str = "voirie", **more) -> Rule:
    return kept.save(rule=Written(department, words=words, **more), by=None, now=NOW)


def come(external_id: str = "m1", text: str = "La piscine est-elle ouverte ?", **more) -> Conversation:
    message = incoming(external_id, text, **more)
    for _ in poller.take_messages([message], now=NOW):
        pass
    return Conversation.objects.select_related("department").get(pk=conversation_of(message))


def routed(row: Conversation) -> Event | None:
    return row.events.filter(what=EventType.ROUTED).order_by("pk").last()


@pytest.fixture(autouse=True)
def fresh_process(city) -> None:
    cached_rule_matcher._idle.clear()


def test_a_rule_decides_before_the_model_and_says_so(city) -> None:
    row = write("piscine*", "bassin", name="Bassins")
    got = come(text="La Piscine et ses vestiaires")
    assert got.department.slug == "voirie", "the description of Sports speaks of pools"
    event = routed(got)
    assert event.rule == row and event.contact is None
    assert event.data == {
        "department": "voirie",
        "words": ["piscine*"],
        "rule": {"id": row.pk, "name": "Bassins", "words": ["piscine*", "bassin"]},
    }
    assert got.suggestions["department"], "what the model thinks stands beside it"


def test_without_a_rule_that_holds_the_model_is_asked_as_before(city) -> None:
    before = come("a")
    write("bassin")
    after = come("b")
    assert (after.department, after.suggestions) == (before.department, before.suggestions)
    assert not Event.objects.filter(rule__isnull=False).exists()


def test_the_first_in_order_decides_and_the_order_can_be_changed(city, administrator) -> None:
    write("piscine", department="voirie")
    second = write("piscin*", department="sports")
    assert come("a").department.slug == "voirie"
    assert kept.move(rule=second.pk, up=True, by=administrator) == 1
    assert come("b").department.slug == "sports"
    assert kept.move(rule=second.pk, up=True, by=administrator) == 1, "it is the first already"
    kept.move(rule=second.pk, up=False, by=administrator)
    assert come("c").department.slug == "voirie"


def test_two_rules_with_the_same_conditions_are_one_too_many(city) -> None:
    first = write("piscine", "bassin", department="voirie")
    with pytest.raises(BadInput, match=r"Rule no\. 1 has the same conditions"):
        write("bassin", "piscine", department="sports")
    kept.save(rule=replace(queries.value_of(first), department="sports"), by=None, now=NOW)


def test_every_condition_can_be_kept_and_holds(city) -> None:
    row = kept.save(
        rule=Written(
            "voirie", words=("piscine",), accounts=(("x", "@testville"),), articles=("/sport",),
            circle=Circle(47.1, -1.2, 300), places=("centre",), hours=Hours(frozenset({2}), 8 * 60, 12 * 60),
        ),
        by=None, now=NOW,
    )  # fmt: skip
    right = {"about": About("https://ville.example/sport/a"), "place": Place(47.1, -1.2)}
    assert routed(come("a", **right)).rule == row
    for number, wrong in enumerate(
        (
            {"text": "Le parc"},
            {"channel": "email", "account": "contact@testville.example"},
            {"about": None},
            {"place": Place(48.0, -1.2)},
            {"sent_at": NOW - timedelta(days=1)},
        )
    ):
        event = routed(come(f"w{number}", **{**right, **wrong}))
        assert event is None or event.rule is None
    assert queries.value_of(queries.rule(row.pk)).hours == Hours(frozenset({2}), 8 * 60, 12 * 60)


def test_only_citizens_first_messages_go_by_rules(city) -> None:
    write("piscine")
    assert routed(come("reply", direction=Direction.OUT)) is None
    assert routed(come("machine", automatic=True)) is None
    first = come("q", "Bonjour")
    come("q2", "Et la piscine ?", in_reply_to="q")
    event = routed(first)
    assert event is None or event.rule is None


def test_what_is_known_of_a_message_goes_before_a_rule(city) -> None:
    write("piscine", department="voirie")
    row = come(labels={"department": "sports"})
    assert row.department.slug == "sports" and routed(row).rule is None and "rule" not in routed(row).data
    agreed = come("b", labels={"department": "voirie"})
    assert routed(agreed).rule is not None


def test_a_rule_of_a_closed_department_does_nothing_and_is_told_once(city) -> None:
    row = write("piscine", department="voirie")
    houses.save_department(slug="voirie", name="Voirie", active=False, by=None)
    with capture_logs() as told:
        got = come("a"), come("b")
    assert all(one.department is None or one.department.slug != "voirie" for one in got)
    assert [(e["event"], e["rule"], e["department"]) for e in told if e["event"] == "rule_closed"] == [
        ("rule_closed", row.pk, "voirie")
    ]
    assert [one.idle for one in queries.list_rules(now=NOW)] == [True]
    houses.save_department(slug="voirie", name="Voirie", active=True, by=None)
    assert come("c").department.slug == "voirie"


def test_rules_are_read_once_for_many_batches(city, monkeypatch) -> None:
    write("piscine")
    made = []
    monkeypatch.setattr(cached_rule_matcher, "Matcher", lambda *given: made.append(given) or Matcher(*given))
    cached_rule_matcher._current = None
    come("a"), come("b")
    assert len(made) == 1
    write("bassin")
    come("c")
    assert len(made) == 2


def test_a_rule_alone_is_nothing_to_learn_from_but_a_host_is(city, host) -> None:
    write("piscine", department="voirie")
    row = come()
    assert training.examples("department") == []
    operations.route(conversation=row.pk, department="sports", by=host, now=NOW)
    assert [label for _, label in training.examples("department")] == ["sports"]


def test_what_each_did_and_what_hosts_moved(city, host) -> None:
    row = write("piscine", department="voirie")
    [a, b, c] = [come(key) for key in "abc"]
    come("old", sent_at=NOW - timedelta(days=31))
    operations.route(conversation=a.pk, department="sports", by=host, now=NOW)
    operations.route(conversation=b.pk, department="voirie", by=host, now=NOW)
    operations.route(conversation=c.pk, department="", by=host, now=NOW)
    [one] = queries.list_rules(now=NOW)
    assert (one.row, one.place, one.routed, one.moved) == (row, 1, 3, 2)


def test_history_outlives_its_rule(city, administrator) -> None:
    row = write("piscine", name="Bassins")
    got = come()
    kept.delete(rule=row.pk, by=administrator)
    event = routed(got)
    assert event.rule is None and event.data["rule"]["name"] == "Bassins"
    assert replay_differences.differences([got.pk]) == []
    assert come("b").department is None or not Event.objects.filter(rule__isnull=False).exists()


def test_a_rule_that_is_deleted_while_the_steps_run_is_still_told(city) -> None:
    row = write("piscine")
    made = cached_rule_matcher.matcher()
    Rule.objects.all().delete()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cached_rule_matcher, "matcher", lambda: made)
        got = come()
    assert routed(got).rule is None and routed(got).data["rule"]["id"] == row.pk


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"words": ()}, "needs a condition"),
        ({"department": "nowhere"}, "no department"),
        ({"department": ""}, "no department"),
        ({"accounts": (("x", "@autre"),)}, "no account"),
        ({"words": ("*",)}, "no letter"),
        ({"circle": Circle(100, 0, 5)}, "no such place"),
        ({"hours": Hours(start=60, end=60)}, "start when they end"),
        ({"articles": ("a b",)}, "not an article"),
        ({"name": "x" * 81}, "too long"),
        ({"id": 987654}, "is gone"),
    ],
)
def test_what_cannot_be_is_refused(city, change, why) -> None:
    given = {"department": "voirie", "words": ("piscine",), **change}
    with pytest.raises(BadInput, match=why):
        kept.save(rule=Written(**given), by=None, now=NOW)
    assert not Rule.objects.exists()


def test_a_closed_department_is_refused(city) -> None:
    Department.objects.filter(slug="voirie").update(active=False)
    with pytest.raises(BadInput, match="receives no messages"):
        write("piscine", department="voirie")


def test_only_administrators_write_rules(city, host, editor, contact_of) -> None:
    row = write("piscine")
    for who in (host, editor, contact_of("sports")):
        for act in (
            lambda who=who: kept.save(rule=Written("voirie", words=("a",)), by=who, now=NOW),
            lambda who=who: kept.delete(rule=row.pk, by=who),
            lambda who=who: kept.move(rule=row.pk, up=True, by=who),
        ):
            with pytest.raises(NotAllowed):
                act()
    assert Rule.objects.count() == 1


def test_a_trial_says_what_it_would_have_caught_and_keeps_nothing(city, administrator) -> None:
    first = write("bassin", department="sports")
    come("a", "La piscine et le bassin")
    come("b", "Une piscine")
    come("c", "Un trou")
    come("d", "Et la piscine, donc", in_reply_to="c", sent_at=NOW)
    told = queries.trial(Written("voirie", words=("piscine",)), by=administrator)
    assert (told.looked_at, told.caught, told.earlier) == (3, 2, 1)
    assert [one.excerpt for one in told.samples] == ["Une piscine", "La piscine et le bassin"]
    assert [one.earlier and one.earlier.id for one in told.samples] == [None, first.pk]
    assert dict(told.now_with)["Sports"] >= 1
    own = queries.trial(Written("voirie", words=("bassin",), id=first.pk), by=administrator)
    assert (own.caught, own.earlier) == (1, 0), "it does not stand in its own way"
    assert Rule.objects.count() == 1


def test_a_trial_shows_a_colleague_no_more_than_they_may_see(city, contact_of) -> None:
    come("a", "La piscine", labels={"department": "sports"})
    assert queries.trial(Written("voirie", words=("piscine",)), by=contact_of("voirie")).looked_at == 0
