"""Jobs come when they are due; those that take long run in a process of their own, which deliveries do not wait for."""

import os
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from portevoix.cli import job as job_command
from portevoix.config.product_jobs import product_jobs
from portevoix.exchange import job_process
from portevoix.exchange.job_process import JobProcess
from portevoix.exchange.jobs import Job, Timetable
from portevoix.exchange.worker import Worker
from portevoix.journal.storage import stored_editions
from portevoix.kernel.errors import Refused, TryLater
from portevoix.record import operations, ratelimit
from portevoix.record.models import Account, Delivery, Edition, Feed, LifeSign, Message, Reading
from portevoix.record.operations import accounts, deliveries, feeds
from portevoix.record.operations.accounts import claim_due
from portevoix.record.operations.pull_back import pull_back
from portevoix.record.queries.city import unannounced_accounts
from tests.conftest import incoming
from tests.exchange.jobs import run_job

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
SLEEPER = ("sh", "-c", "sleep 60", "job")


def test_a_job_comes_again_at_once_while_there_is_something_and_then_after_its_pause() -> None:
    answers = iter([2, 1, None, 1, None])
    worker = Worker([Job("count", lambda _: next(answers), every=timedelta(minutes=1))])
    moments = [NOW + timedelta(seconds=seconds) for seconds in (0, 1, 2, 3, 61, 62, 63)]
    assert [run_job(worker, "count", moment) for moment in moments] == [
        2,
        1,
        0,
        0,
        0,
        1,
        0,
    ]


def test_a_job_waits_until_the_worker_has_been_at_work_for_a_while() -> None:
    worker = Worker([Job("late", lambda _: 1, after=timedelta(minutes=5))])
    later = datetime.now(UTC) + timedelta(minutes=6)
    assert (run_job(worker, "late", datetime.now(UTC)), run_job(worker, "late", later)) == (0, 1)


def test_a_long_job_holds_up_nothing_and_ends_with_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_process, "COMMAND", SLEEPER)
    process = JobProcess(Job("long", lambda _: None, apart_if=lambda _: True))
    began = time.monotonic()
    assert [process.run(NOW), process.run(NOW)] == [0, 0]
    assert time.monotonic() - began < 5
    number = process._process.pid
    process.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


@pytest.mark.parametrize(("status", "said"), [("exit 0", False), ("exit 3", True)])
def test_how_a_long_job_ended_is_told(status: str, said: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_process, "COMMAND", ("sh", "-c", status, "job"))
    process = JobProcess(Job("long", lambda _: None, apart_if=lambda _: True))
    process.run(NOW)
    process._process.wait()
    with capture_logs() as logs:
        assert process.run(NOW) is None
    assert [line["event"] for line in logs] == ["job_failed"] * said


def test_no_process_begins_where_nothing_is_to_do() -> None:
    assert JobProcess(Job("none", lambda _: None, apart_if=lambda _: False)).run(NOW) is None


def test_products_have_their_jobs_in_the_table() -> None:
    names = [job.name for job in product_jobs()]
    assert len(set(names)) == len(names) and "store_editions" in names


def test_a_job_leaves_a_database_alone_that_is_not_of_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the program is replaced while the worker goes on: whoever restarts the services migrates it."""
    migrated: list[bool] = []
    monkeypatch.setattr(job_command, "set_up_django", lambda *, migrate: migrated.append(migrate))
    monkeypatch.setattr(job_command, "check_not_newer", lambda: None)
    monkeypatch.setattr(job_command, "pending", lambda: ["record.0025_next"])
    monkeypatch.setattr(job_command.os, "nice", lambda by: None)
    monkeypatch.setattr(job_command, "_leave_with", lambda parent: None)
    monkeypatch.setattr(job_command.sys, "argv", ["job", "store_editions", str(os.getppid())])
    with capture_logs() as logs:
        assert job_command.main() == 1
    assert migrated == [False] and [line["event"] for line in logs] == ["step_failed"]


@pytest.mark.django_db
def test_an_edition_that_cannot_be_composed_holds_up_no_other(take, monkeypatch: pytest.MonkeyPatch) -> None:
    composed = stored_editions.compose

    def compose(*, week: str, department: str, now: datetime):
        if not department:
            raise ZeroDivisionError
        return composed(week=week, department=department, now=now)

    monkeypatch.setattr(stored_editions, "compose", compose)
    take(incoming(), department="sports")
    now = Message.objects.get().sent_at + timedelta(days=8)
    with capture_logs() as logs:
        assert stored_editions.store_editions(now) == 1
        assert stored_editions.store_editions(now) is None, "what fails again does not come again at once"
    assert [line["event"] for line in logs] == ["edition_failed"] * 2
    assert [row.department for row in Edition.objects.all()] == ["sports"]


def test_after_a_jump_of_the_clock_what_deletes_waits_and_what_waits_comes() -> None:
    timetable = Timetable(NOW)
    often, retain = Job("often", lambda _: None, every=timedelta(hours=1)), Job("retain", lambda _: None, after=HOUR)
    later = NOW + 2 * HOUR
    assert not timetable.check_clock(NOW, 100.0) and not timetable.check_clock(later, 100.0 + 7200)
    assert timetable.is_due(retain, later) and timetable.is_due(often, later)
    timetable.put_off(often, later)
    ahead = later + timedelta(days=365 * 5)
    assert timetable.check_clock(ahead, 100.0 + 7201) > timedelta(days=365 * 4)
    assert not timetable.is_due(retain, ahead + timedelta(minutes=59)) and timetable.is_due(retain, ahead + HOUR)
    timetable.put_off(often, ahead)
    assert timetable.check_clock(later, 100.0 + 7260) < timedelta(0)
    assert timetable.is_due(often, later)


@pytest.mark.django_db
def test_what_a_clock_that_was_ahead_put_off_comes_again(city) -> None:
    now, years = datetime.now(UTC), datetime.now(UTC) + timedelta(days=365 * 5)
    rows = Account.objects.filter(state="active")
    rows.update(received_at=years, next_poll_at=years, leased_until=years)
    LifeSign.objects.create(worker="w", since=years, seen_at=years)
    assert pull_back(now=now)["accounts"] == rows.count() > 0
    assert {row.pk for row in claim_due(now=now)} == {row.pk for row in rows}
    assert not LifeSign.objects.exists() and not pull_back(now=now)


YEARS = timedelta(days=365 * 5)


@pytest.mark.django_db
@pytest.mark.parametrize("error", [TryLater("No answer."), Refused("The certificate has expired.", pause=True)])
def test_what_was_polled_in_vain_by_a_clock_that_was_ahead_is_polled_again(city, error) -> None:
    rows = claim_due(now=NOW + YEARS)
    for row in rows:
        again_at = None if isinstance(error, Refused) else NOW + YEARS + HOUR
        accounts.record_trouble(account=row, error=error, again_at=again_at, now=NOW + YEARS)
    pull_back(now=NOW)
    assert {row.pk for row in claim_due(now=NOW)} == {row.pk for row in rows}


@pytest.mark.django_db
def test_what_a_colleague_paused_by_a_clock_that_was_ahead_stays_so(city, administrator) -> None:
    row = Account.objects.get(channel="email")
    accounts.pause(account=row.pk, by=administrator, now=NOW + YEARS)
    pull_back(now=NOW)
    assert Account.objects.get(pk=row.pk).state == "paused"


@pytest.mark.django_db
def test_administrators_are_told_of_a_pause_after_one_of_a_clock_that_was_ahead(city, administrator) -> None:
    Account.objects.filter(channel="email").update(announced_at=NOW + YEARS)
    row = Account.objects.get(channel="email")
    accounts.record_trouble(account=row, error=Refused("No.", pause=True), again_at=None, now=NOW)
    pull_back(now=NOW + HOUR)
    assert [each.pk for each in unannounced_accounts()] == [row.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("ahead", [timedelta(hours=2), YEARS])
def test_a_reply_that_was_written_by_a_clock_that_was_ahead_leaves_at_once(take, host, ahead) -> None:
    [pk] = take(incoming())
    version = Message.objects.get().conversation.version
    operations.answer(conversation=pk, text="Voici.", by=host, now=NOW + ahead, seen=version)
    assert not deliveries.claim(now=NOW)
    assert pull_back(now=NOW)["deliveries"] == 1
    assert len(deliveries.claim(now=NOW)) == 1


@pytest.mark.django_db
def test_a_reply_whose_sending_a_clock_that_was_ahead_began_is_looked_up_and_not_before_it_may_have_ended(
    take, host
) -> None:
    [pk] = take(incoming())
    version = Message.objects.get().conversation.version
    operations.answer(conversation=pk, text="Voici.", by=host, now=NOW, seen=version)
    deliveries.claim(now=NOW + YEARS)
    pull_back(now=NOW)
    assert not deliveries.claim(now=NOW)
    [row] = deliveries.claim(now=NOW + deliveries.LEASE)
    assert row.state == Delivery.State.SENDING


@pytest.mark.django_db
def test_feeds_vectors_and_sign_ins_do_not_wait_for_a_clock_that_was_ahead(city, administrator) -> None:
    Feed.objects.create(address="https://ville.example/rss", due_at=NOW + YEARS)
    Reading.objects.create(source="encoder", try_at=NOW + YEARS, leased_until=NOW + YEARS)
    ratelimit.note("sign-in", ["a"], now=NOW + YEARS)
    ratelimit.use_first(["b"], now=NOW + YEARS)
    pull_back(now=NOW)
    assert feeds.claim(now=NOW)
    assert not Reading.objects.exclude(try_at=None, leased_until=None)
    assert not ratelimit.is_exceeded("sign-in", {"a": 1}, within=HOUR, now=NOW)
    assert not ratelimit.use_first(["b"], now=NOW), "no proof of work counts twice"


def test_the_clock_is_looked_at_before_each_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes before it may take minutes, in which the clock jumps."""
    moments = iter([NOW, NOW + 2 * HOUR, NOW + YEARS])
    monkeypatch.setattr("portevoix.exchange.worker.close_old_connections", lambda: None)
    monkeypatch.setattr("portevoix.exchange.worker._pull_back", lambda now: 0)
    monkeypatch.setattr("portevoix.exchange.worker.time", SimpleNamespace(monotonic=lambda: 100.0))
    monkeypatch.setattr("portevoix.exchange.worker.datetime", SimpleNamespace(now=lambda zone: next(moments)))
    deleted: list[datetime] = []
    worker = Worker()
    worker.jobs = (Job("long", lambda _: None), Job("retain", lambda now: deleted.append(now), after=HOUR))
    with suppress(StopIteration):
        worker.once()
    assert not deleted
