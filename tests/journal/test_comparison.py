"""Two weeks compared: the figures of both editions, what is said of them, and who may read it."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from portevoix.journal.composition.compose import compose
from portevoix.journal.pages.comparison import compare_figures, compare_subjects, describe_difference
from portevoix.journal.storage.stored_editions import compose_and_store
from portevoix.record.models import Edition, Matter
from portevoix.record.operations import matters
from tests.journal.conftest import AFTER, monday, week_ago
from tests.journal.test_pages import read_by  # noqa: F401 -- a fixture

HOUR = timedelta(hours=1)
BEFORE, WEEK = "2026-W45", "2026-W46"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("by", "in_english", "in_french"),
    [
        (0, "as many", "autant"),
        (1, "1 more", "1 de plus"),
        (12, "12 more", "12 de plus"),
        (-1, "1 fewer", "1 de moins"),
        (-3, "3 fewer", "3 de moins"),
    ],
)
def test_a_difference_is_said_in_words(by, in_english, in_french):
    assert describe_difference(by) == in_english
    with translation.override("fr"):
        assert describe_difference(by) == in_french


def test_the_figures_are_those_of_the_editions(say):
    say("2026-11-02 10:00", valence="wrong", replied=HOUR)
    say("2026-11-09 10:00", valence="wrong", replied=HOUR)
    say("2026-11-09 11:00", "Où peut-on s’inscrire au judo cette année ?")
    say("2026-11-09 12:00", "Merci pour le judo, tout est clair", kind="praise", valence="well")
    say("2026-11-01 12:00", "Quand rouvre la salle ?", replied=HOUR, promised="2026-11-10 12:00")
    groups = compare_figures(compose(week=BEFORE, now=AFTER), compose(week=WEEK, now=AFTER))
    figures = {row.name: (row.before, row.after, row.difference) for group in groups for row in group}
    assert figures["Messages"] == (1, 3, "2 more")
    assert figures["New requests"] == (1, 2, "1 more")
    assert figures["Reminders"] == (0, 0, "as many")
    assert figures["Thanks"] == (0, 1, "1 more")
    assert figures["Something goes wrong"] == (1, 1, "as many")
    assert figures["Something goes well"] == (0, 1, "1 more")
    assert (figures["Answered"], figures["Waiting"]) == ((1, 1, "as many"), (0, 1, "1 more"))
    assert figures["Promises broken"] == (0, 1, "1 more") and "Promises renewed" not in figures


def test_what_an_edition_does_not_tell_is_no_figure_and_no_difference(say):
    say("2026-11-02 10:00")
    say("2026-11-09 10:00")
    first, second = (compose(week=week, now=AFTER).as_json() for week in (BEFORE, WEEK))
    first["sections"] = [each for each in first["sections"] if each["kind"] not in ("findings", "attention")]
    old, new = (compose(week=week, now=AFTER).from_json(each) for week, each in ((BEFORE, first), (WEEK, second)))
    states = compare_figures(old, new)[2]
    assert [(row.before, row.difference) for row in states] == [(None, "")] * 4 and states[3].after == 1
    assert compare_subjects(old, new)["gone"] == []


def test_subjects_are_new_go_on_or_are_gone_by_their_matter(strike, say, editor):
    alone = say("2026-11-16 10:00", "Le conflit dure encore")
    before = compose_and_store(week=BEFORE, department="sports", now=AFTER)
    after = compose_and_store(week=WEEK, department="sports", now=AFTER)
    pool = after.section("findings").subjects[0]
    changes = compare_subjects(before, after)
    assert (changes["new"][0].before, changes["new"][0].after) == (None, pool.people)
    assert changes["new"][0].people == f"{pool.people} people"
    assert changes["new"][0].address == f"/journal/{WEEK}/sports/#{pool.id}"
    assert [each.title for each in compare_subjects(after, before)["gone"]] == [each.title for each in changes["new"]]
    [same] = [each for each in compare_subjects(after, after)["go_on"] if each.title == changes["new"][0].title]
    assert same.people == f"{pool.people} people (as many)"
    # What became part of another one is that one, in both weeks.
    whole = matters.propose_matter(
        title="Conflit", department="sports", phrases=["conflit"], conversations=[alone], now=AFTER, removals=0
    )
    content = Edition.objects.get(week=WEEK, department="sports").content
    other = _with_matter(content, whole)
    matters.merge_matters(matter=pool.matter, into=whole, by=editor, now=AFTER)
    assert Matter.objects.get(pk=pool.matter).merged_into_id == whole
    merged = compare_subjects(after, after.from_json(other))
    assert merged["go_on"][0].title == "Conflit" and not merged["gone"]


def _with_matter(content, number):
    """The edition, in which the first subject is that matter, under other words."""
    sections = [dict(each) for each in content["sections"]]
    findings = next(each for each in sections if each["kind"] == "findings")
    first = {**findings["subjects"][0], "matter": number, "id": f"matter-{number}", "phrase": "autre"}
    findings["subjects"] = [first, *findings["subjects"][1:]]
    return {**content, "sections": sections}


def test_the_page_compares_the_chosen_weeks_the_earlier_first_and_stores_nothing(say, host, read_by):  # noqa: F811
    say(monday(week_ago(3)), replied=HOUR)
    say(monday(week_ago(2)))
    get = read_by(host)
    for a, b in ((3, 2), (2, 3)):
        page = get("/journal/compare/", data={"a": week_ago(a), "b": week_ago(b), "department": "sports"})
        shown = page.content.decode()
        assert page.status_code == 200
        assert shown.index(f"/journal/{week_ago(3)}/sports/") < shown.index(f"/journal/{week_ago(2)}/sports/")
    assert get("/journal/compare/").status_code == 200 and not Edition.objects.exists()
    running = get("/journal/compare/", data={"a": week_ago(1), "b": week_ago(0)}).content.decode()
    assert "it is not final yet" in running
    assert get("/journal/compare/?a=x", REQUEST_METHOD="POST").status_code == 405


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"a": "2026-W99"}, "is not a week"),
        ({"b": "../x"}, "is not a week"),
        ({"a": "2099-W01"}, "2099"),
        ({"a": "2026-W40", "b": "2026-W40"}, "two different weeks"),
        ({"department": "nowhere"}, "no department"),
    ],
)
def test_what_cannot_be_compared_is_said_in_a_page(say, host, read_by, query, says):  # noqa: F811
    say(monday(week_ago(2)))
    page = read_by(host)("/journal/compare/", data=query)
    assert 400 <= page.status_code < 500 and "<h1" in page.content.decode() and says in page.content.decode()


def test_a_contact_compares_the_weeks_of_the_own_department_alone(say, contact_of, read_by):  # noqa: F811
    say(monday(week_ago(2)), "Le bassin est froid, vraiment très froid ce matin", valence="wrong")
    get = read_by(contact_of("voirie"))
    compose_and_store(week=week_ago(2), department="sports", now=timezone.now())
    assert "Voirie" in get("/journal/compare/").content.decode()
    for department, status in (("sports", 404), ("", 403), ("nowhere", 404)):
        assert get("/journal/compare/", data={"department": department}).status_code == status
