"""What has been kept long enough goes, a small batch at a time, and nothing before."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from structlog.testing import capture_logs

from portevoix.desk.composer import drafts
from portevoix.kernel.errors import BadInput, NotAllowed
from portevoix.kernel.messages import Batch, File, Writer
from portevoix.record import operations as do
from portevoix.record import ratelimit
from portevoix.record.models import Access, Account, Attachment, Attempt, Author, Conversation, Envelope, Fact, Sweep
from portevoix.record.operations import access_log, envelopes
from portevoix.record.operations import apply_retention as module
from portevoix.record.operations.apply_retention import kinds, run_retention, set_retention
from portevoix.record.operations.pull_back import pull_back
from portevoix.record.reply_facts import reply_report
from portevoix.record.retention import MONTHS
from portevoix.record.retention_preview import due_data, last_run
from tests.conftest import NOW, incoming
from tests.dump import found

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_gap(request, monkeypatch):
    """These tests jump from year to year, which is no wrong clock."""
    if "gap" not in request.node.name:
        monkeypatch.setattr(module, "MOST_DAYS_APART", 10_000)


DAY = timedelta(days=1)
YEARS = NOW + 800 * DAY  # more than two years


def run(now: datetime) -> dict[str, int]:
    """The whole run of a day."""
    for _ in range(200):
        swept = run_retention(now=now)
        assert swept is not None, "the run stands still"
        if swept.counts is not None:
            return dict(swept.counts)
    raise AssertionError("the run never ends")


@pytest.fixture
def over(take, host) -> int:
    """A conversation that was answered and closed, with a file."""
    [pk] = take(incoming(text="zqword", author=Writer("zqid", "zqhandle", "Zqana"), files=(File("f", "a/b", 1, b"a"),)))
    do.note(conversation=pk, text="zqnote", by=host, now=NOW)
    do.answer(conversation=pk, text="zqreply", by=host, now=NOW, seen=99)
    do.close(conversation=pk, by=host, now=NOW + DAY, why="zqwhy")
    return pk


def test_a_conversation_is_emptied_two_years_after_the_last_thing_done_and_is_measured_as_before(over, take) -> None:
    facts, report = list(Fact.objects.values()), reply_report(week="2026-W47", now=YEARS)
    assert "messages" not in run(NOW + 729 * DAY)  # two years after it was written, not after it was closed
    assert found(["zqword"]) != []
    assert run(YEARS)["messages"] == 1
    assert found(["zqword", "zqnote", "zqreply", "zqwhy", "zqhandle", "zqana", "zqid"]) == []
    assert list(Fact.objects.values()) == facts and reply_report(week="2026-W47", now=YEARS) == report
    assert not Author.objects.exists()
    account = Account.objects.get(channel="x")
    assert envelopes.store(account, Batch((incoming(text="zqword"),)), now=YEARS).new == 0


@pytest.mark.parametrize("how", ["open", "promised", "reopened"])
def test_never_while_it_is_open_or_a_promise_is_due(over, host, how) -> None:
    if how == "open":
        do.reopen(conversation=over, by=host, now=NOW + DAY)
    elif how == "promised":
        do.reopen(conversation=over, by=host, now=NOW + DAY)
        do.hold(conversation=over, text="x", promised_at=YEARS + DAY, by=host, now=NOW + DAY, seen=100)
        do.close(conversation=over, by=host, now=NOW + DAY)
    else:
        do.reopen(conversation=over, by=host, now=YEARS - DAY)
        do.close(conversation=over, by=host, now=YEARS - DAY)
    counts = run(YEARS)
    assert "messages" not in counts and Conversation.objects.get().erased_at is None
    assert ("attachments" in counts) is (how == "reopened")  # a file goes after a year, unless it may be needed


def test_what_was_imported_is_counted_from_the_day_it_came(take) -> None:
    old = NOW - 5000 * DAY
    out = incoming("b", direction="out", in_reply_to="a", author=Writer("@testville"), sent_at=old + DAY)
    take(incoming("a", sent_at=old), out)
    assert Conversation.objects.get().state == "answered"
    assert "messages" not in run(NOW + DAY)
    assert run(YEARS)["messages"] == 1


def test_each_kind_goes_in_its_time(over, host, take) -> None:
    account = Account.objects.get(channel="x")
    envelopes.store(account, Batch((incoming("held", "zqheld", held="No."),)), now=NOW)
    drafts.save_draft(host, over, "zqdraft", now=NOW)
    ratelimit.note("sign-in", ["somebody"], now=NOW)
    access_log.log(access_log.What.READ, by=host, now=NOW, conversation=over)
    Session.objects.create(session_key="s", session_data="", expire_date=NOW + DAY / 2)
    first = run(NOW + 2 * DAY)
    assert first == {"attempts": 1, "sessions": 1} and not Attempt.objects.exists()
    assert run(NOW + 32 * DAY) == {"envelopes": 1, "drafts": 1}
    assert run(NOW + 185 * DAY) == {"aside": 1}
    assert envelopes.store(account, Batch((incoming("held", "zqheld", held="No."),)), now=YEARS).new == 0
    year = run(NOW + 370 * DAY)
    assert year == {"attachments": 1, "access": 1}
    file = Attachment.objects.get()
    assert file.content is None and "kept as long" in file.refused
    assert not Envelope.objects.exists() and not Access.objects.exists()


def test_a_large_backlog_goes_in_small_batches(take, host, monkeypatch) -> None:
    for n in range(7):
        [pk] = take(incoming(str(n), author=Writer(f"c{n}")))
        do.close(conversation=pk, by=host, now=NOW)
    monkeypatch.setattr(module, "KINDS", tuple(_in_batches_of(3, kind) for kind in module.KINDS))
    counts = [swept.count for swept in iter(lambda: run_retention(now=YEARS), None)]
    assert counts[:3] == [3, 3, 1] and last_run().counts["messages"] == 7


def _in_batches_of(size, kind):
    from dataclasses import replace  # noqa: PLC0415 -- for this test alone

    return replace(kind, batch=size)


def test_once_a_day_after_three_in_the_morning_of_the_city(over) -> None:
    three = datetime(2027, 6, 1, 1, 0, tzinfo=UTC)  # 03:00 in Paris
    run(three)
    assert run_retention(now=three + timedelta(hours=23, minutes=59)) is None
    assert run_retention(now=three + DAY) is not None
    assert Sweep.objects.count() == 2


def test_a_batch_that_fails_is_undone_and_waits_for_its_lease(over, monkeypatch) -> None:
    def fail(*_, **__):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(module, "personal_data", type("broken", (), {"forget": fail}))
        with pytest.raises(RuntimeError):
            run_retention(now=YEARS)
    assert found(["zqword"]) != [] and run_retention(now=YEARS) is None
    assert run_retention(now=YEARS + module.LEASE).count == 1


def test_what_would_go_is_what_goes(over) -> None:
    told = {each.kind.code: each.count for each in due_data(now=YEARS) if each.count}
    assert told == run(YEARS) | {"attachments": 1, "envelopes": told["envelopes"]}


def test_how_long_is_for_administrators_to_say(administrator, host, over) -> None:
    with pytest.raises(NotAllowed):
        set_retention(policy={"messages": 1}, by=host, now=NOW)
    for policy in ({"access": None}, {"access": 5}, {"messages": 0}):
        with pytest.raises(BadInput):
            set_retention(policy=policy, by=administrator, now=NOW)
    set_retention(policy={"messages": None}, by=administrator, now=NOW)
    assert "messages" not in run(YEARS) and Access.objects.filter(what="ruled").count() <= 1
    set_retention(policy={"messages": 1}, by=administrator, now=YEARS)
    assert run(YEARS + DAY)["messages"] == 1


def test_months_are_those_of_the_calendar() -> None:
    kind = next(kind for kind in kinds() if kind.unit == MONTHS)
    at = datetime(2028, 3, 31, 12, tzinfo=UTC)
    assert [kind.cut_off({kind.code: n}, at).date().isoformat() for n in (1, 3, 13)] == [
        "2028-02-29", "2027-12-31", "2027-02-28",
    ]  # fmt: skip


def test_after_a_gap_nothing_is_deleted_until_the_clock_has_been_there_for_days(over) -> None:
    """A clock that is years ahead for an hour emptied two years of conversations."""
    assert "messages" not in run(NOW + DAY)
    for later in range(3):
        with capture_logs() as logs:
            for _ in range(2):
                assert run_retention(now=YEARS + later * DAY) is None
        assert [line["event"] for line in logs] == ["retention_postponed"]
    assert module.waits_until((YEARS + 2 * DAY).date()) == (YEARS + 3 * DAY).date()
    assert run(YEARS + 3 * DAY)["messages"] == 1


def test_the_first_run_of_all_comes_after_no_gap_either(over) -> None:
    for later in range(3):
        assert run_retention(now=YEARS + later * DAY) is None
    assert run(YEARS + 3 * DAY)["messages"] == 1


def test_days_without_power_are_no_gap(over) -> None:
    for earlier in (720, 723, 726):
        Sweep.objects.create(day=(NOW + earlier * DAY).date(), started_at=NOW, finished_at=NOW)
    assert "messages" not in run(NOW + 727 * DAY)
    assert run(NOW + 730 * DAY).get("messages", 0) == 0 and run(NOW + 733 * DAY)["messages"] == 1


def test_runs_by_a_clock_that_was_ahead_leave_no_gap_behind(over) -> None:
    run(NOW)
    assert run_retention(now=YEARS) is None
    assert pull_back(now=NOW + DAY)["runs"] == 1
    assert run(NOW + DAY) == {} and module.waits_until((NOW + DAY).date()) is None
