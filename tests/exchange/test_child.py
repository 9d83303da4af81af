"""Processes that learn: real ones, beside a worker that goes on; and what is left when one fails."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from portevoix.exchange import worker as work
from portevoix.exchange.prediction import nightly_training, predictors, training_process
from portevoix.kernel.errors import PortevoixError
from portevoix.kernel.messages import Batch
from portevoix.record.models import ColdModel, Department, Message, Model, Refit
from portevoix.record.operations import accounts, city, envelopes, trained_models
from portevoix.record.queries import trained_models as queries
from portevoix.text.labels.predictor import DescriptionLabeller
from portevoix.text.starter import DepartmentText
from portevoix.text.training.protocol import ask_cold
from tests.conftest import NOW, incoming, take_in
from tests.exchange.jobs import run_job
from tests.servers.program import HERE, copied

SAID = {"bains": "Le bassin est trop froid", "routes": "Un trou dans la chaussée"}  # departments that do not ship
DEPARTMENTS = [DepartmentText("bains", "Bains", "Piscines"), DepartmentText("routes", "Routes", "Rues et trottoirs")]
BROKEN = (sys.executable, "-c", "raise MemoryError('no room')")
SLEEPS = (sys.executable, "-c", "import time; time.sleep(60)")
LABELS = """
import sys
from datetime import UTC, datetime
from portevoix.cli.django_setup import set_up_django
set_up_django()
from portevoix.exchange.worker import Worker
from portevoix.exchange.inbound import enrich as steps
from portevoix.kernel.messages import Batch, Direction, Incoming, Writer
from portevoix.record.models import Message
from portevoix.record.operations import accounts, city, envelopes
import portevoix.config.wsgi, portevoix.text.similarity.index
city.save_department(slug="bains", name="Bains", description="Piscines", by=None)
city.save_department(slug="routes", name="Routes", description="Rues et trottoirs", by=None)
account = accounts.get_or_create(channel="x", address="@ville")
message = Incoming(channel="x", account="@ville", external_id="1", direction=Direction.IN, author=Writer("1"),
    sent_at=datetime.now(UTC), text="La piscine est-elle ouverte demain ?")
envelopes.free(envelopes.store(account, Batch((message,)), now=datetime.now(UTC)).waiting)
Worker().once()
found = Message.objects.get().conversation.suggestions["department"]
assert "bains" in [each["label"] for each in found][:2], found
print(sorted(name for name in sys.modules if name.split(".")[0] == "sklearn" or name.startswith("scipy.optimize")))
"""


@pytest.fixture
def house(city):
    """A hundred decisions for each of two departments that are learnt without what ships."""
    city_departments()
    for slug, said in SAID.items():
        messages = [
            incoming(f"{slug}{n}", text=f"{said}, n° {n}", sent_at=NOW - n * timedelta(hours=1),
                labels={"department": slug})
            for n in range(100)
        ]  # fmt: skip
        take_in(*messages, department=slug)


def city_departments() -> None:
    for slug in ("sports", "voirie"):
        city.save_department(slug=slug, name=slug, active=False, by=None)
    for each in DEPARTMENTS:
        city.save_department(slug=each.slug, name=each.name, description=each.description, by=None)


@pytest.fixture
def departments_only(monkeypatch) -> None:
    monkeypatch.setattr(nightly_training, "TASKS", ("department",))


def gone(pid: int) -> bool:
    """Within some seconds."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.once
@pytest.mark.servers
def test_who_labels_and_who_serves_pages_loads_nothing_that_learns(migrated_home, tmp_path) -> None:
    """scikit-learn and what fits in SciPy would take 45 MB of each."""
    environment = {**HERE, "PORTEVOIX_HOME": str(copied(migrated_home, tmp_path / "home"))}
    done = subprocess.run([sys.executable, "-c", LABELS], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.servers
@pytest.mark.django_db(transaction=True)  # a worker gives connections back
def test_messages_are_taken_while_another_process_learns(house, departments_only, monkeypatch) -> None:
    monkeypatch.setattr(work, "SETTLING_TIME", timedelta(0))
    worker = work.Worker()
    run_job(worker, "learn", datetime.now(UTC))
    learning = worker._learning
    pid = learning.child._process.pid
    os.kill(pid, signal.SIGSTOP)  # however quick it would be
    account = accounts.get_or_create(channel="x", address="@testville")
    batch = Batch((incoming("new", text="Le bassin est froid"),))
    envelopes.free(envelopes.store(account, batch, now=datetime.now(UTC)).waiting)
    assert worker.once() >= 1 and Message.objects.filter(external_id="new").exists()
    assert not learning.child.is_done() and not Model.objects.exists()
    os.kill(pid, signal.SIGCONT)
    until = time.monotonic() + 60
    while worker._learning and time.monotonic() < until:
        worker.once()
        time.sleep(0.1)
    assert Model.objects.get().active and Refit.objects.get().told["department"]["came"] == "kept"


@pytest.mark.once
@pytest.mark.servers
def test_it_gives_way_to_all_others() -> None:
    learning = training_process.TrainingProcess(ask_cold(DEPARTMENTS))
    pid, nice = learning._process.pid, 0
    most = min(10, 19 - os.getpriority(os.PRIO_PROCESS, 0))  # whoever runs the tests may give way already
    while not learning.is_done() and nice < most:
        nice = os.getpriority(os.PRIO_PROCESS, pid) - os.getpriority(os.PRIO_PROCESS, 0)
    learning.kill()
    assert nice == most and gone(pid)


@pytest.mark.servers
@pytest.mark.django_db
def test_what_departments_say_is_learnt_once_by_another_process_and_kept(city, monkeypatch) -> None:
    monkeypatch.setattr(predictors, "train", training_process.train)
    [suggested] = predictors.labellers().by_name["department"].predict(["Le lampadaire de ma rue clignote"])
    assert next(each.label for each in suggested if each.label) == "voirie"
    monkeypatch.setattr(predictors, "train", None)  # nobody is asked again
    predictors.forget()
    assert predictors.labellers().by_name["department"].predict(["Le lampadaire de ma rue clignote"]) == [suggested]


@pytest.mark.once
@pytest.mark.servers
def test_it_ends_with_whoever_has_asked() -> None:
    """Also when that one is killed while it waits for what it is asked."""
    never, held = os.pipe()
    asks = (
        "import os, subprocess, time; from portevoix.exchange.prediction.training_process import COMMAND; "
        "print(subprocess.Popen([*COMMAND, str(os.getpid())]).pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", asks], env=HERE, stdin=never, stdout=subprocess.PIPE) as parent:
        pid = int(parent.stdout.readline())
        time.sleep(2)
        assert Path(f"/proc/{pid}").exists()
        parent.kill()
    assert gone(pid)
    os.close(never), os.close(held)


@pytest.mark.servers
@pytest.mark.django_db
@pytest.mark.parametrize(("command", "late"), [(BROKEN, False), (SLEEPS, True)])
def test_a_process_that_fails_or_is_too_slow_is_told_and_leaves_all_as_it_was(
    house, departments_only, monkeypatch, command, late
) -> None:
    monkeypatch.setattr(training_process, "COMMAND", command)
    learning = nightly_training.begin(now=NOW)
    pid = learning.child._process.pid
    if late:
        assert learning.end(now=NOW + trained_models.LEASE / 2) is None
    else:
        learning.child._talk.join()
    with capture_logs() as told:
        assert learning.end(now=NOW + trained_models.LEASE) == 0
    assert [e["event"] for e in told] == ["learning_failed"] and (
        "MemoryError, <string>:1 <module>" in told[0]["why"]
    ) is not late
    assert "no room" not in told[0]["why"], "it may quote what a citizen wrote"
    assert gone(pid) and not Model.objects.exists()
    assert queries.last_run().told["department"] == {"came": "failed"} and queries.last_run().finished_at
    assert nightly_training.begin(now=NOW + 2 * trained_models.LEASE) is None, "not before the next night"


@pytest.mark.servers
@pytest.mark.django_db
def test_a_worker_that_stops_ends_what_it_has_begun(house, departments_only, monkeypatch) -> None:
    monkeypatch.setattr(training_process, "COMMAND", SLEEPS)
    monkeypatch.setattr(work, "SETTLING_TIME", timedelta(0))
    worker = work.Worker()
    run_job(worker, "learn", datetime.now(UTC))
    worker.stop()
    worker.run()
    assert gone(worker._learning.child._process.pid)


@pytest.mark.django_db
def test_while_departments_words_cannot_be_learnt_nobody_knows_and_it_is_tried_again(city, monkeypatch) -> None:
    def fail(asked, *, within: float):
        raise PortevoixError("No room.")

    with monkeypatch.context() as patch, capture_logs() as told:
        patch.setattr(predictors, "train", fail)
        found = predictors.labellers()
        assert found.by_name["department"].predict(["Le stade"]) == [[]] and found.by_name["kind"].predict(["Quand ?"])
        assert predictors.labellers() is found, "not with each message"
    assert [(e["event"], e["why"]) for e in told] == [("learning_failed", "No room.")]
    monkeypatch.setattr(predictors, "TRIED_AGAIN", timedelta(0))
    predictors.forget()
    with monkeypatch.context() as patch:
        patch.setattr(predictors, "train", fail)
        predictors.labellers()
    assert predictors.labellers().by_name["department"].predict(["Le stade"])[0]


@pytest.mark.django_db
def test_what_departments_say_is_kept_for_the_latest_programs(city) -> None:
    assert isinstance(predictors.labellers().by_name["department"], DescriptionLabeller)
    assert ColdModel.objects.count() == 1
    for number in range(8):
        trained_models.store_cold_start(key=f"k{number}", content=b"x", now=datetime.now(UTC))
        trained_models.store_cold_start(key=f"k{number}", content=b"another", now=datetime.now(UTC))
    assert sorted(ColdModel.objects.values_list("pk", flat=True)) == ["k2", "k3", "k4", "k5", "k6", "k7"]
    assert queries.cold("k7") == b"another" and queries.cold("gone") == b""


@pytest.mark.django_db
def test_where_departments_say_nothing_nobody_is_asked(city, monkeypatch) -> None:
    Department.objects.filter(slug="sports").delete()
    monkeypatch.setattr(predictors, "train", None)
    assert predictors.labellers().by_name["department"].predict(["Le stade"]) == [[]]


@pytest.mark.django_db
def test_a_damaged_reading_of_the_departments_is_learnt_anew(city) -> None:
    predictors.labellers()
    ColdModel.objects.update(content=b"no model at all")
    predictors.forget()
    assert predictors.labellers().by_name["department"].predict(["Le stade"])[0]
    assert bytes(ColdModel.objects.get().content) != b"no model at all"
