"""Metrics put to facts."""

from dataclasses import fields

import narwhals as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.kernel.messages import Addressed
from portevoix.measures.engine import measure, report
from portevoix.measures.metrics import HORIZONS, METRICS
from portevoix.measures.schema import COLUMNS, Fact, frame
from tests.measures.given import START, at, wait

HOUR = 3600


def test_a_frame_has_every_column_of_a_fact_even_when_empty() -> None:
    assert frame([]).columns == [field.name for field in fields(Fact)] == list(COLUMNS)
    assert frame([]).schema == frame([wait(first=1)]).schema == nw.Schema(COLUMNS)


def test_a_frame_keeps_instants_and_what_is_not_known() -> None:
    row = next(frame([wait(first=60)]).iter_rows(named=True))
    assert row["first_reply_at"] == at(1)
    assert (row["opened_at"], row["source"], row["addressed"]) == (START, "desk", "direct")
    assert row["answer_at"] is None and row["answer_elapsed_s"] is None


def test_a_report_counts_those_who_still_wait() -> None:
    told = report(frame([wait(first=HOUR), wait(first=8 * HOUR), wait(), wait()]))
    assert (told.n, told.answered, told.median_s) == (4, 2, 8 * HOUR)
    assert list(told.F.values()) == pytest.approx([0.25, 0.5, 0.5, 0.5])


def test_a_report_is_written_as_the_contract_says() -> None:
    written = report(frame([wait(first=HOUR), wait()])).as_json()
    assert list(written) == ["n", "answered", "F", "ci", "median_s", "promises"]
    assert list(written["F"]) == list(written["ci"]) == ["1h", "8h", "24h", "72h"]
    assert written["ci"]["1h"] == pytest.approx([0.0896, 0.9940], abs=1e-4)


def test_a_report_on_nothing_says_nothing() -> None:
    nothing, none = dict.fromkeys(HORIZONS), dict.fromkeys(("kept", "late", "broken", "open"), 0)
    written = report(frame([])).as_json()
    assert written.pop("promises") == none
    assert written == {"n": 0, "answered": 0, "F": nothing, "ci": nothing, "median_s": None}


def test_a_message_in_copy_is_in_no_denominator() -> None:
    copies = [wait("c1", addressed=Addressed.COPY), wait("c2", addressed=Addressed.COPY, first=60)]
    assert report(frame([wait(first=HOUR), *copies])) == report(frame([wait(first=HOUR)]))


def test_a_later_wait_of_a_thread_is_counted_only_when_asked() -> None:
    facts = frame([wait("a", first=60), wait("b", thread="a", ordinal=2)])
    assert report(facts).n == 1
    assert report(facts, waits="all").n == 2


def test_each_clock_and_each_reply_has_its_own_times() -> None:
    facts = frame([wait(first=600, held=600, answer=72_000)])
    assert report(facts).median_s == 600
    assert report(facts, clock="service").median_s == 60
    assert report(facts, reply="answer").median_s == 72_000
    assert report(facts, clock="service", reply="answer").median_s == 7_200


lengths = st.one_of(st.none(), st.integers(0, 300_000))


@settings(deadline=None, max_examples=50)
@given(replies=st.lists(lengths, min_size=1, max_size=12), which=st.integers(0, 11))
def test_a_dropped_reply_never_improves_a_measure(replies: list[int | None], which: int) -> None:
    place = which % len(replies)
    before = [wait(first=reply) for reply in replies]
    after = [*before[:place], wait(), *before[place + 1 :]]
    told, worse = report(frame(before)), report(frame(after))
    assert worse.n == told.n and worse.answered <= told.answered
    for horizon in HORIZONS:
        assert (worse.F[horizon] or 0) <= (told.F[horizon] or 0) + 1e-12
    assert worse.median_s is None or (told.median_s is not None and worse.median_s >= told.median_s)


def test_metrics_agree_with_the_report() -> None:
    facts = frame([wait(first=HOUR, answer=30 * HOUR), wait(first=9 * HOUR), wait()])
    measured = measure(facts, METRICS.values())
    for code, told in (
        ("reply.first_contact.F.8h", report(facts).F["8h"]),
        ("reply.first_contact.F.1h.service", report(facts, clock="service").F["1h"]),
        ("reply.substance.F.72h", report(facts, reply="answer").F["72h"]),
        ("reply.substance.median.service", report(facts, reply="answer", clock="service").median_s),
    ):
        assert measured[code].value == told
    assert measured["reply.first_contact.F.8h"].n == 3


def test_promises_are_kept_late_or_broken_once_they_are_due() -> None:
    facts = frame(
        [
            wait("kept", first=1, held=1, promised=100, answer=100),
            wait("late", first=1, held=1, promised=100, answer=101),
            wait("forgotten", first=1, held=1, promised=100),
            wait("to come", first=1, held=1, promised=900, watched=500),
            wait("none", first=1, answer=1),
        ]
    )
    measured = measure(facts, METRICS.values())
    told = {name: measured[f"promises.{name}"].value for name in ("due", "kept", "late", "broken")}
    assert told == {"due": 3, "kept": 1, "late": 1, "broken": 1}
    assert report(facts).promises == {"kept": 1, "late": 1, "broken": 1, "open": 1}


def test_the_holding_share_is_of_those_who_had_a_reply() -> None:
    facts = frame([wait(first=5, held=5), wait(first=5, answer=5, held=9), wait(first=5, answer=5), wait()])
    share = measure(facts, [METRICS["reply.holding.share"]])["reply.holding.share"]
    assert share.n == 3
    assert share.value == pytest.approx(1 / 3)
    assert (share.low, share.high) == pytest.approx((0.0615, 0.7923), abs=1e-4)  # Wilson's interval of 1 in 3


def test_waits_are_counted_by_how_the_city_was_addressed() -> None:
    facts = frame([wait(), wait(ordinal=2), wait(addressed=Addressed.COPY)])
    measured = measure(facts, METRICS.values())
    assert (measured["waits.direct"].value, measured["waits.copy"].value) == (2, 1)


def test_every_metric_has_something_to_say_about_nothing() -> None:
    for code, measured in measure(frame([]), METRICS.values()).items():
        assert measured.n == 0
        assert measured.value == (0 if METRICS[code].unit == "count" else None)


def test_codes_are_those_of_the_catalogue_and_reductions_are_shared() -> None:
    assert {code: metric.code for code, metric in METRICS.items()} == {code: code for code in METRICS}
    shared = {METRICS[f"reply.first_contact.F.{horizon}"].reduce for horizon in HORIZONS}
    assert shared == {METRICS["reply.first_contact.median"].reduce}
