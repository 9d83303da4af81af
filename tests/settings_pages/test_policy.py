from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.administration.policy_forms import HoursForm, initial_of, read_dates, read_hours
from portevoix.administration.preview import examples
from portevoix.kernel.policy import ServicePolicy, format_policy, parse_policy
from portevoix.record.queries import city as queries

PAGE, TOML = "/settings/policy/", "/settings/policy/toml/"
DAY = "8h30 - 12h30, 13h30–18h"
HOURS = {
    "when": "hours",
    **dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), DAY),
    "calendar": "fr",
    "closed": "24/12/2026",
    "open": "2026-11-11",
    "first_contact": "8h",
    "substance": "40h",
}
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)  # a Wednesday


def paris(*parts):
    return datetime(*parts, tzinfo=PARIS)


def test_the_form_of_hours_writes_a_policy(admin, administrator):
    assert admin.post(PAGE, {**HOURS, "save": "1"}).status_code == 302
    row = queries.policies()[0]
    working = ((8 * 3600 + 1800, 12 * 3600 + 1800), (13 * 3600 + 1800, 18 * 3600))
    assert parse_policy(row.text) == ServicePolicy(
        timezone="Europe/Paris",
        hours=dict.fromkeys(range(5), working),
        calendar="FR",
        closed=frozenset({date(2026, 12, 24)}),
        open=frozenset({date(2026, 11, 11)}),
    )
    assert row.made_by == administrator


def test_what_the_form_shows_is_what_it_takes(admin):
    shown = admin.get(PAGE).context["form"].initial
    versions = len(queries.policies())
    policy = parse_policy(queries.policies()[0].text)
    admin.post(PAGE, {**shown, "save": "1"})
    assert parse_policy(queries.policies()[0].text) == policy
    assert len(queries.policies()) <= versions + 1


def test_a_preview_saves_nothing(admin):
    versions = len(queries.policies())
    for headers in ({}, {"HX-Request": "true"}):
        answer = admin.post(PAGE, {**HOURS, "preview": "1"}, headers=headers)
        assert answer.status_code == 200
        assert "17\u00a0h\u00a050" in answer.text
    assert len(queries.policies()) == versions


def test_a_preview_by_htmx_is_the_part_of_the_page_that_a_reload_shows(admin):
    whole = admin.post(PAGE, {**HOURS, "preview": "1"}).text
    part = admin.post(PAGE, {**HOURS, "preview": "1"}, headers={"HX-Request": "true"}).text
    assert part.strip() in whole


def test_a_time_of_ones_choosing_is_taken_in_the_citys_zone(admin):
    answer = admin.post(PAGE, {**HOURS, "preview": "1", "moment": "2026-11-20T17:50"})
    own = answer.context["examples"][-1]
    assert own.received == paris(2026, 11, 20, 17, 50)
    # Ten minutes on Friday; 7 h 50 min on Monday: 4 h until 12:30, 3 h 50 min from 13:30 on.
    assert own.first_contact == paris(2026, 11, 23, 17, 20)


def test_the_figures_of_the_preview():
    policy = HoursForm(HOURS, timezone="Europe/Paris")
    assert policy.is_valid()
    monday, night, friday, sunday, eve = examples(policy.policy, now=NOW)
    # Days of 4 h + 4.5 h = 8.5 h. Monday 23 November 09:00: 3.5 h, then 4.5 h until 18:00.
    assert (monday.received, monday.first_contact) == (paris(2026, 11, 23, 9), paris(2026, 11, 23, 18))
    # 40 h: 8 h on Monday, 8.5 h on Tuesday to Thursday = 33.5 h, 6.5 h on Friday: 4 h and 2.5 h.
    assert monday.answer == paris(2026, 11, 27, 16)
    # Wednesday 25 November, 23:30: the whole of Thursday's first 8 h.
    assert (night.received, night.first_contact) == (paris(2026, 11, 25, 23, 30), paris(2026, 11, 26, 17, 30))
    assert (friday.received, friday.first_contact) == (paris(2026, 11, 20, 17, 50), paris(2026, 11, 23, 17, 20))
    assert (sunday.received, sunday.first_contact) == (paris(2026, 11, 22, 11), paris(2026, 11, 23, 17, 30))
    # The next closed day on a day of work is 24 December, a Thursday, then Christmas, then the weekend:
    # Wednesday 23 at 16:00 leaves 2 h; 6 h on Monday 28: 4 h and 2 h.
    assert (eve.received, eve.first_contact) == (paris(2026, 12, 23, 16), paris(2026, 12, 28, 15, 30))


def test_around_the_clock_there_is_no_closed_day():
    last = examples(ServicePolicy(timezone="Europe/Paris"), now=NOW)[-1]
    assert last.received == paris(2026, 11, 22, 11)
    assert last.first_contact == paris(2026, 11, 22, 19)


def test_hours_that_never_suffice_say_so():
    policy = ServicePolicy(timezone="Europe/Paris", substance=9_000_000 * 3600, hours={0: ((0, 60),)})
    assert all(example.trouble and example.first_contact is None for example in examples(policy, now=NOW))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"wed": "08:30-12:30, 12:00-18:00"}, "wed"),
        ({"fri": "from nine"}, "fri"),
        ({"calendar": "XX"}, "calendar"),
        ({"calendar": "FR-99"}, "calendar"),
        ({"closed": "31/02/2026"}, "closed"),
        ({"open": "tomorrow"}, "open"),
        ({"first_contact": "eight hours"[:10]}, "first_contact"),
        ({"substance": "0h"}, "substance"),
        (dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ""), "mon"),
    ],
)
def test_an_error_stands_beside_its_field_and_the_text_is_kept(admin, change, field):
    versions = len(queries.policies())
    answer = admin.post(PAGE, {**HOURS, **change, "save": "1"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"][field].value() == change[field]
    assert len(queries.policies()) == versions


def test_a_city_may_be_at_work_around_the_clock(admin):
    admin.post(PAGE, {**HOURS, "when": "always", "save": "1"})
    assert parse_policy(queries.policies()[0].text).hours is None


def test_toml_is_kept_word_for_word(admin):
    text = '# Agreed in council on 3 November\ntimezone = "Europe/Paris"\nfirst_contact = "4h"\n'
    assert admin.post(TOML, {"text": text, "save": "1"}).status_code == 302
    assert queries.policies()[0].text == text


def test_a_bad_line_is_named_and_the_text_stays(admin):
    text = 'timezone = "Europe/Paris"\n\n[hours]\nmon = ["08:30-25:00"]\n'
    answer = admin.post(TOML, {"text": text, "save": "1"})
    assert answer.status_code == 422
    assert answer.context["form"].line == 4
    assert "08:30-25:00" in answer.context["form"].errors["text"][0]
    assert answer.context["form"]["text"].value() == text


def test_earlier_versions_are_listed_and_can_be_taken_up(admin, administrator):
    admin.post(TOML, {"text": 'timezone = "Europe/Paris"\nfirst_contact = "4h"\n', "save": "1"})
    first, *_, second = (row.version for row in reversed(queries.policies()))
    assert administrator.name in admin.get(PAGE).text
    assert "4h" in admin.get(f"/settings/policy/versions/{second}/").text
    for version, number in ((first, -1), ("9" * 5_000, 0)):
        text = admin.get(f"{TOML}?version={version}").context["form"]["text"].value()
        assert text == queries.policies()[number].text


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("08:30-12:30, 13:30-18:00", ["08:30-12:30", "13:30-18:00"]),
        ("8h30–12h30; 13h30 — 18h", ["08:30-12:30", "13:30-18:00"]),
        ("8h30 à 12h et 14h à 17h15", ["08:30-12:00", "14:00-17:15"]),
        ("9-17", ["09:00-17:00"]),
        ("22:00-02:00", ["22:00-02:00"]),
        ("08:30:15-12:00:05", ["08:30:15-12:00:05"]),
        ("", []),
    ],
)
def test_hours_are_read_as_people_write_them(typed, read):
    assert read_hours(typed) == read


def test_dates_are_read_as_people_write_them():
    assert read_dates("24/12/2026, 2026-12-31\n1.1.2027;") == {date(2026, 12, 24), date(2026, 12, 31), date(2027, 1, 1)}


@pytest.mark.parametrize("said", ["31/02/2026", "soon", "2026-2-3"])
def test_a_date_that_is_none_is_quoted_as_it_was_typed(admin, said):
    answer = admin.post(PAGE, {**HOURS, "closed": f"24/12/2026, {said}"})
    assert answer.status_code == 422 and said in str(answer.context["form"].errors["closed"])


def test_what_is_wrong_with_hours_speaks_of_no_line(admin):
    answer = admin.post(PAGE, {**HOURS, "mon": "8h-25h", "first_contact": "soon"})
    told = str(answer.context["form"].errors)
    assert "25:00" in told and "soon" in told and "ligne" not in told


def test_the_first_contact_takes_no_longer_than_the_answer(admin):
    answer = admin.post(PAGE, {**HOURS, "first_contact": "50h", "save": "1"})
    assert answer.status_code == 422 and "premier contact" in str(answer.context["form"].errors)


@given(
    st.dictionaries(
        st.integers(0, 6), st.sampled_from([((0, 86_400),), ((30_600, 45_000), (48_600, 64_800))]), min_size=1
    ),
    st.frozensets(st.dates(date(2020, 1, 1), date(2030, 1, 1)), max_size=3),
)
def test_any_policy_of_hours_survives_the_form(hours, closed):
    policy = ServicePolicy(timezone="Europe/Paris", hours=hours, closed=closed, calendar="FR-57")
    form = HoursForm(initial_of(policy), timezone="Europe/Paris")
    assert form.is_valid(), form.errors
    assert form.policy == policy == parse_policy(format_policy(policy))
