"""The archive: who finds which stored edition, by which words, and what an erasure leaves to be found."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import translation

from portevoix.journal.pages.archive import LONGEST_QUERY, PAGE, WHOLE_CITY, archive_context
from portevoix.journal.pages.passages import kinds_with
from portevoix.journal.render.findings import FINDINGS
from portevoix.journal.storage.stored_editions import compose_and_store
from portevoix.journal.words.wording import plain
from portevoix.kernel.messages import Writer
from portevoix.record.edition_words import index_edition
from portevoix.record.models import Conversation, Edition, Matter
from portevoix.record.operations import matters
from portevoix.record.operations.erase import erase
from portevoix.record.queries.editions import MOST_WORDS
from tests.journal.conftest import AFTER
from tests.journal.test_pages import read_by  # noqa: F401 -- a fixture

WEEK, WEEK_BEFORE = "2026-W46", "2026-W45"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def found(contact, query="", department="", page="") -> list[tuple[str, str]]:
    context = archive_context(contact, query=query, department=department, page=page)
    return [(week.week, row.department) for week in context["weeks"] for row in week.rows]


@pytest.fixture
def shelf(say):
    """Two weeks of two departments and of the city, stored."""
    hour = timedelta(hours=1)
    say("2026-11-03 10:00", "Le bassin est froid, vraiment très froid ce matin", valence="wrong", replied=hour)
    say("2026-11-10 10:00", "L’œuvre de Noël rue d’Orvillers est abîmée, hélas", valence="wrong")
    say("2026-11-10 10:00", "Un nid-de-poule rue Haute devant la boulangerie", valence="wrong", department="voirie")
    for week in (WEEK_BEFORE, WEEK):
        for department in ("sports", "voirie", ""):
            compose_and_store(week=week, department=department, now=AFTER)


def test_editions_stand_by_week_the_newest_first_the_city_before_its_departments(shelf, host):
    assert found(host) == [(WEEK, ""), (WEEK, "sports"), (WEEK, "voirie"), (WEEK_BEFORE, ""), (WEEK_BEFORE, "sports")]
    assert found(host, department="voirie") == [(WEEK, "voirie")]
    assert found(host, department=WHOLE_CITY) == [(WEEK, ""), (WEEK_BEFORE, "")]
    assert found(host, department="nowhere") == []


def test_a_contact_finds_the_own_departments_editions_and_no_other(shelf, contact_of):
    contact = contact_of("voirie")
    assert found(contact) == [(WEEK, "voirie")]
    for query, department in (("bassin", ""), ("froid", "sports"), ("", "sports"), ("", WHOLE_CITY)):
        assert found(contact, query, department) == []
    assert archive_context(contact, query="", department="", page="")["choices"] == [("voirie", "Voirie")]


@pytest.mark.parametrize("query", ["bassin", "BASSIN", "bass froi", "  Bassin, ", "“froid”"])
def test_words_are_found_by_their_beginning_without_accents_or_capitals(shelf, host, query):
    assert found(host, query) == [(WEEK_BEFORE, ""), (WEEK_BEFORE, "sports")]


@pytest.mark.parametrize("query", ["oeuvre", "ŒUVRE", "noel", "orvillers abimee", "d’Orvillers"])
def test_ligatures_and_elisions_are_no_hindrance(shelf, host, query):
    assert found(host, query) == [(WEEK, ""), (WEEK, "sports")]


@pytest.mark.parametrize(
    "query",
    ["assin", "bassin boulangerie", "%", "_", "' OR 1=1 --", "finding", "emerging", "matter", "#1", "@", "\\", "zzz"],
)
def test_what_stands_in_no_edition_finds_none(shelf, host, query):
    assert found(host, query) == []


def test_every_word_is_to_stand_in_the_same_edition(shelf, host):
    assert found(host, "boulangerie abimee") == [(WEEK, "")]


def test_a_passage_with_the_words_is_shown_and_the_words_are_marked(shelf, host):
    context = archive_context(host, query="oeuvre noël", department="sports", page="")
    [passage] = context["weeks"][0].rows[0].passages
    assert [piece.text for piece in passage if piece.hit] == ["œuvre", "Noël"]
    assert "".join(piece.text for piece in passage) == "L’œuvre de Noël rue d’Orvillers est abîmée, hélas"


def test_a_sentence_of_a_finding_is_found_in_the_readers_language(strike, host):
    compose_and_store(week=WEEK, department="sports", now=AFTER)
    assert found(host, "unusual piscine") == [(WEEK, "sports")] and found(host, "inhabituel piscine") == []
    with translation.override("fr"):
        assert found(host, "inhabituel piscine") == [(WEEK, "sports")]
    assert found(host, "campaign") == []


def test_each_kind_of_finding_has_words_in_both_languages():
    for language in ("en", "fr"):
        with translation.override(language):
            assert all(kind in kinds_with(FINDINGS[kind].lower()[:4]) for kind in FINDINGS if language == "en")
            assert not kinds_with("0") and not kinds_with("zzz")
    with translation.override("fr"):
        assert "broken_promise" in kinds_with("engagement") and "emerging" in kinds_with("ordinaire")


def test_a_subject_is_found_by_the_name_that_somebody_gave_it(strike, say, host, editor):
    alone = say("2026-11-16 10:00", "Le conflit dure encore")
    compose_and_store(week=WEEK, department="sports", now=AFTER)
    row = Matter.objects.get()
    matters.rename_matter(matter=row.pk, title="Mouvement social aux bassins", by=editor, now=AFTER)
    assert found(host, "mouvement social") == [(WEEK, "sports")]
    context = archive_context(host, query="mouvement", department="", page="")
    assert context["weeks"][0].rows[0].passages[0][0].text == "Mouvement"
    whole = matters.propose_matter(
        title="Conflit", department="sports", phrases=["conflit"], conversations=[alone], now=AFTER, removals=0
    )
    matters.merge_matters(matter=row.pk, into=whole, by=editor, now=AFTER)
    assert found(host, "conflit") == [(WEEK, "sports")] and found(host, "mouvement social") == []


def test_what_an_erasure_took_out_is_not_found_and_stands_in_no_index(say, host, administrator):
    gone, stays = Writer("citizen-z", "zoe", "Zoé"), "Le gymnase est fermé depuis lundi, pourquoi donc ?"
    pk = say("2026-11-10 10:00", "La zqpasserelle du vivarium est glissante ce matin", author=gone, valence="wrong")
    say("2026-11-10 11:00", stays, valence="wrong")
    for department in ("sports", ""):
        compose_and_store(week=WEEK, department=department, now=AFTER)
    assert len(found(host, "zqpasserelle")) == 2
    erase(author=Conversation.objects.get(pk=pk).author_id, by=administrator, now=AFTER + timedelta(hours=1))
    assert found(host, "zqpasserelle") == found(host, "vivarium") == []
    assert len(found(host, "gymnase")) == 2
    for row in Edition.objects.all():
        assert "zqpasserelle" not in row.search and row.search == index_edition(row.content)


def test_editions_of_before_are_indexed_by_the_migration(shelf):
    before = dict(Edition.objects.values_list("pk", "search"))
    Edition.objects.update(search="")
    import_module("portevoix.record.migrations.0028_edition_words").index_editions(apps, None)
    assert dict(Edition.objects.values_list("pk", "search")) == before and all(" " in text for text in before.values())


def test_a_search_is_bounded_and_pages_hold_whole_weeks(shelf, host, settings):
    row = Edition.objects.get(week=WEEK, department="sports")
    for number in range(2 * PAGE):
        week = f"{2020 + number // 50}-W{number % 50 + 1:02}"
        Edition.objects.create(
            week=week, department="sports", cut_off=row.cut_off, made_at=row.made_at, search=row.search,
            content={**row.content, "week": week},
        )  # fmt: skip
    context = archive_context(host, query="noel", department="", page="2")
    assert (context["count"], context["pages"], context["page"]) == (2 * PAGE + 2, 3, 2)
    assert len(found(host, "noel", page="2")) == PAGE
    pages = [found(host, page=str(number)) for number in (1, 2, 3)]
    assert len({each for page in pages for each in page}) == sum(map(len, pages)) == 2 * PAGE + 5
    for page in ("0", "-1", "x", "9" * 40, "²"):
        assert archive_context(host, query="", department="", page=page)["page"] == 1
    assert archive_context(host, query="", department="", page="999")["page"] == 3
    long = archive_context(host, query="a " * 5000, department="", page="")
    assert len(long["query"]) <= LONGEST_QUERY
    assert found(host, " ".join(["noel"] * MOST_WORDS + ["zzz"])) == [], "a word that is said again is one word"


def test_a_first_line_without_its_words_has_a_subject_without_a_name(strike, host):
    compose_and_store(week=WEEK, department="sports", now=AFTER)
    row = Edition.objects.get()
    findings = next(each for each in row.content["sections"] if each["kind"] == "findings")
    findings["findings"], findings["subjects"][0]["phrase"] = [], ""
    row.save()
    [week] = archive_context(host, query="", department="", page="")["weeks"]
    assert plain(week.rows[0].line).startswith("A subject without a name: ")
    row.content["sections"] = [each for each in row.content["sections"] if each is not findings]
    row.save()
    [week] = archive_context(host, query="", department="", page="")["weeks"]
    assert "new requests" in plain(week.rows[0].line), "it was stored before there were findings"


def test_the_page_names_first_lines_and_leads_to_the_editions(shelf, host, read_by):  # noqa: F811
    get = read_by(host)
    page = get("/journal/archive/").content.decode()
    assert f'href="/journal/{WEEK}/voirie/"' in page and "1 message." in page
    page = get("/journal/archive/", data={"q": "noel", "department": "sports"}).content.decode()
    assert "<mark>Noël</mark>" in page and "voirie/" not in page
    page = get("/journal/archive/", data={"q": '"><script>zzz'}).content.decode()
    assert "No edition with" in page and "<script>zzz" not in page
    assert 'href="/journal/archive/"' in get(f"/journal/{WEEK}/sports/").content.decode()


def test_a_contact_of_no_department_is_told_what_to_do(shelf, contact_of, read_by):  # noqa: F811
    page = read_by(contact_of("nowhere"))("/journal/archive/").content.decode()
    assert "Ask an administrator" in page and WEEK not in page


def test_without_any_edition_the_page_says_when_there_will_be_one(city, host, read_by):  # noqa: F811
    assert "No edition is stored yet" in read_by(host)("/journal/archive/").content.decode()
