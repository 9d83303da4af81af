"""What an edition says, on a record small enough to be counted by hand."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from portevoix.journal.composition.compose import compose
from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.sections import Count
from portevoix.kernel.errors import BadInput
from portevoix.record.operations import city as operations
from tests.journal.conftest import AFTER, at

WEEK = "2026-W46"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def counts(tallies) -> dict[str, tuple[int, tuple[int, ...]]]:
    return {tally.code: (tally.count.now, tally.count.past) for tally in tallies}


def share(waited, horizon: str) -> float:
    return next(each.value for each in waited.shares if each.horizon == horizon)


def test_messages_are_counted_by_channel_kind_and_valence_against_the_weeks_before(say):
    say("2026-10-28 09:00", kind="complaint", valence="wrong")
    say("2026-11-02 00:00", channel="email", kind="question")
    say("2026-11-08 23:59", kind="complaint", valence="wrong")
    say("2026-11-09 00:00", kind="complaint", valence="wrong")
    say("2026-11-12 12:00", kind="praise", valence="well", department="voirie")
    say("2026-11-15 23:59", channel="email", kind="complaint", valence="wrong", department="")
    say("2026-11-16 00:00", kind="praise", valence="well")

    edition = compose(week=WEEK, now=AFTER)
    volume, voices = edition.section("volume"), edition.section("voices")

    assert edition.compared == 2
    assert volume.total == Count(3, (1, 2))
    assert counts(volume.channels) == {"x": (2, (1, 1)), "email": (1, (0, 1))}
    assert counts(volume.kinds) == {"complaint": (2, (1, 1)), "praise": (1, (0, 0)), "question": (0, (0, 1))}
    assert [(week.code, week.count.now) for week in volume.weeks] == [("2026-W44", 1), ("2026-W45", 2), (WEEK, 3)]
    assert (voices.wrong.count, voices.well.count, voices.neutral) == (
        Count(2, (1, 1)),
        Count(1, (0, 0)),
        Count(0, (0, 1)),
    )


def test_a_count_knows_the_average_and_the_range_of_the_weeks_before():
    counted = Count(32, (18, 31, 23))
    assert (counted.mean, counted.low, counted.high) == (24, 18, 31)
    assert (Count(3).mean, Count(3).low, Count(3).high) == (None, None, None)


@pytest.mark.parametrize(("first", "compared"), [("2026-11-09", 0), ("2026-11-08", 1), ("2026-09-14", 8)])
def test_it_says_how_many_weeks_it_compares_with(say, first, compared):
    say(f"{first} 12:00")
    say("2026-11-11 12:00")
    edition = compose(week=WEEK, now=AFTER)
    assert edition.compared == compared
    assert len(edition.section("volume").total.past) == compared


def test_never_more_than_eight_weeks_are_compared(say):
    say("2026-08-03 12:00")
    say("2026-11-11 12:00")
    edition = compose(week=WEEK, now=AFTER)
    assert edition.compared == 8
    assert edition.section("volume").total.past == (0,) * 8


def test_a_running_week_is_compared_with_the_same_stretch_of_the_weeks_before(say):
    say("2026-11-11 09:59")  # the Wednesday before, before ten: counted
    say("2026-11-11 10:00")  # not before ten
    say("2026-11-13 12:00")
    say("2026-11-16 08:00")
    edition = compose(week="2026-W47", now=AFTER)
    volume = edition.section("volume")
    assert (edition.running, edition.final) == (True, False)
    assert edition.cut_off == AFTER
    assert volume.total == Count(1, (1,))
    assert [week.count.now for week in volume.weeks] == [3, 1], "what is drawn of the weeks before is whole weeks"


def test_the_stretch_ends_at_the_same_hour_on_the_wall_across_the_change_of_summer_time(say):
    say("2026-10-19 09:30")  # summer time; the week after is in winter time from its Sunday on
    say("2026-10-25 09:30")
    say("2026-10-25 10:30")
    say("2026-10-26 09:30")
    now = at("2026-11-01 10:00")
    edition = compose(week="2026-W44", now=now)
    assert edition.section("volume").total == Count(1, (2,))


def test_those_who_still_wait_are_counted(say):
    for minute in range(6):
        say(f"2026-11-09 10:0{minute}", replied=30 * MINUTE)
    for minute in range(3):
        say(f"2026-11-10 10:0{minute}", replied=5 * HOUR)
    for minute in range(3):
        say(f"2026-11-10 11:0{minute}")
    first = compose(week=WEEK, now=AFTER).section("replies").measures[0]

    assert (first.reply, first.clock, first.now.n, first.now.answered) == ("first", "elapsed", 12, 9)
    assert share(first.now, "1h") == pytest.approx(6 / 12)
    assert share(first.now, "8h") == pytest.approx(9 / 12)
    assert first.now.median_s == 1800
    assert all(each.low < each.value < each.high for each in first.now.shares)
    assert [each.horizon for each in first.now.shares] == ["1h", "8h"], "no week before has been watched for longer"
    assert first.past is None


def test_both_clocks_and_both_replies_are_told(say):
    for minute in range(10):  # Thursday 17:00, answered Friday 09:30: sixteen and a half hours, two of them open
        say(f"2026-11-05 17:0{minute}", replied=timedelta(hours=16, minutes=30))
    for minute in range(10):
        say(f"2026-11-09 10:0{minute}", replied=20 * MINUTE, promised="2026-11-12 18:00")
    measures = {(m.reply, m.clock): m for m in compose(week=WEEK, now=AFTER).section("replies").measures}

    assert share(measures["first", "elapsed"].now, "1h") == 1
    assert share(measures["answer", "elapsed"].now, "8h") == 0, "a holding reply is no answer"
    assert share(measures["first", "elapsed"].past, "8h") == 0
    assert share(measures["first", "service"].past, "8h") == 1
    assert measures["first", "service"].past.median_s == 2 * 3600


def test_a_day_and_three_are_told_of_the_last_week_that_could_be_answered(say):
    """Sunday's citizens are replied to on Monday at ten, two hours after their week's edition is made."""
    for minute in range(10, 22):
        say(f"2026-11-08 10:{minute}", replied=24 * HOUR)
        say(f"2026-11-09 10:{minute}", replied=5 * HOUR)
    say("2026-11-15 22:00")
    their_own = compose(week="2026-W45", now=AFTER).section("replies")
    assert [each.horizon for each in their_own.measures[0].now.shares] == ["1h", "8h"], "none is told that was too low"
    assert their_own.curve == ()
    after = compose(week=WEEK, now=AFTER).section("replies")
    first = after.measures[0]
    assert {each.horizon: each.value for each in first.now.shares} == {
        "1h": 0,
        "8h": pytest.approx(12 / 13),
        "24h": 1,
        "72h": 1,
    }
    assert {each.horizon: each.week for each in first.earlier_weeks} == dict.fromkeys(("24h", "72h"), "2026-W45")
    assert (first.now.median_s, first.now.median_week) == (5 * 3600, "")
    assert (after.curve_week, after.curve[-1].share) == ("2026-W45", 1)


def test_what_a_long_horizon_is_compared_with_are_the_weeks_before_its_own(say):
    for day, replied in (("2026-10-26", HOUR), ("2026-11-02", 30 * HOUR), ("2026-11-09", HOUR)):
        for minute in range(10, 22):
            say(f"{day} 10:{minute}", replied=replied)
    first = compose(week=WEEK, now=AFTER).section("replies").measures[0]
    assert (share(first.now, "24h"), share(first.past, "24h")) == (0, 1), "week 45 beside week 44"
    assert (share(first.now, "8h"), share(first.past, "8h")) == (1, 0.5), "week 46 beside both"


def test_a_share_for_which_too_few_can_be_watched_is_that_of_the_last_complete_week(say):
    for minute in range(10, 22):
        say(f"2026-11-09 10:{minute}", replied=2 * HOUR)
        say(f"2026-11-16 10:{minute}", replied=HOUR if minute < 20 else None)  # Monday: two still wait
        say(f"2026-11-18 0{minute % 3 + 7}:{minute}")  # Wednesday, one to three hours ago
    first = compose(week="2026-W47", now=AFTER).section("replies").measures[0]
    assert {each.horizon: each.week for each in first.earlier_weeks} == dict.fromkeys(("8h", "24h", "72h"), "2026-W46")
    assert [each.horizon for each in first.now.shares] == ["1h", "8h", "24h", "72h"]


def test_a_figure_that_rests_on_too_few_is_not_in_the_edition(say):
    for minute in range(9):
        say(f"2026-11-09 10:0{minute}", replied=30 * MINUTE)
    edition = compose(week=WEEK, now=AFTER)
    replies, departments = edition.section("replies"), edition.section("departments")
    assert [(m.now.enough, m.now.n, m.now.answered, m.now.shares, m.now.median_s) for m in replies.measures] == [
        (False, 9, 9, (), None)
    ] * 4
    assert replies.curve == ()
    assert {row.slug: (row.waits, row.within_8h) for row in departments.rows}["sports"] == (9, None)


def test_a_message_in_copy_enters_no_reply_measure(say):
    say("2026-11-09 10:00", addressed="copy")
    say("2026-11-09 11:00")
    replies = compose(week=WEEK, now=AFTER).section("replies")
    assert (replies.copies, replies.measures[0].now.n) == (1, 1)


def test_promises_are_told_by_outcome_those_that_need_to_be_seen_first(say):
    kept = say("2026-11-03 10:00", "Promesse tenue ?", replied=HOUR, promised="2026-11-10 18:00")
    late = say("2026-11-03 11:00", "Promesse tardive ?", replied=HOUR, promised="2026-11-10 12:00")
    broken = say("2026-11-03 12:00", "Promesse oubliée ?", replied=HOUR, promised="2026-11-11 18:00")
    say("2026-11-03 13:00", "Pour plus tard ?", replied=HOUR, promised="2026-11-17 18:00")
    say.answer("m1", "2026-11-10 17:00")
    say.answer("m2", "2026-11-12 09:00")
    say.answer("m3", "2026-11-17 09:00")  # after the cut-off of the week: the edition does not know it

    promises = compose(week=WEEK, now=AFTER).section("promises")
    assert promises.total == Count(3, (0,))
    assert {code: now for code, (now, _) in counts(promises.outcomes).items()} == {
        "broken": 1,
        "late": 1,
        "open": 0,
        "kept": 1,
    }
    assert [(each.outcome, each.conversation) for each in promises.listed] == [
        ("broken", broken),
        ("late", late),
        ("kept", kept),
    ]
    assert promises.listed[1].gist == "Promesse tardive ?"
    assert promises.listed[1].answered_at == at("2026-11-12 09:00")


def test_the_whole_city_s_edition_has_a_row_for_every_department(say):
    for minute in range(10):
        say(f"2026-11-09 10:0{minute}", replied=2 * HOUR, valence="wrong" if minute < 4 else "well")
    say("2026-11-09 12:00", department="")
    rows = {row.slug: row for row in compose(week=WEEK, now=AFTER).section("departments").rows}
    assert list(rows) == ["sports", "voirie", ""]
    sports = rows["sports"]
    assert (sports.messages.now, sports.wrong, sports.well, sports.waits) == (10, 4, 6, 10)
    assert sports.within_8h.value == 1
    assert (rows["voirie"].messages.now, rows[""].messages.now) == (0, 1)


def test_a_department_s_edition_holds_nothing_of_another(say):
    say("2026-11-09 10:00", "Le bassin des sports est froid, vraiment très froid ce matin", valence="wrong")
    say("2026-11-09 11:00", "Un nid-de-poule rue Haute devant la boulangerie", department="voirie", valence="wrong")
    say("2026-11-09 12:00", department="voirie", replied=HOUR, promised="2026-11-12 18:00")
    edition = compose(week=WEEK, department="sports", now=AFTER)
    assert edition.section("volume").total.now == 1
    assert edition.section("promises").total.now == 0
    assert edition.section("replies").measures[0].now.n == 1
    assert edition.section("departments") is None
    assert "nid-de-poule" not in json.dumps(edition.as_json(), ensure_ascii=False)


@pytest.mark.parametrize("week", ["2026-W54", "46", "2026-W4", ""])
def test_what_is_no_week_is_refused(city, week):
    with pytest.raises(BadInput, match="is not a week"):
        compose(week=week, now=AFTER)


def test_a_week_to_come_and_an_unknown_department_are_refused(city):
    with pytest.raises(BadInput, match="has not begun"):
        compose(week="2026-W48", now=AFTER)
    with pytest.raises(BadInput, match="no department “piscines”"):
        compose(week=WEEK, department="piscines", now=AFTER)


def test_json_gives_the_edition_back(say):
    for minute in range(11):
        say(f"2026-11-0{1 + minute % 9} 10:00", replied=HOUR, promised="2026-11-12 18:00", valence="wrong")
        say(f"2026-11-10 10:{10 + minute}", "La grève continue à la piscine, sans un mot", replied=HOUR, valence="well")
    edition = compose(week=WEEK, now=AFTER)
    assert Edition.from_json(json.loads(json.dumps(edition.as_json()))) == replace(edition, stored=True)


def test_an_inactive_department_keeps_its_name_where_it_appears(say):
    say("2026-11-09 10:00")
    operations.save_department(slug="sports", name="Sports", active=False, by=None)
    operations.save_department(slug="voirie", name="Voirie", active=False, by=None)
    assert compose(week=WEEK, now=AFTER).department_names == {"sports": "Sports"}
