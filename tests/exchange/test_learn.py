"""What hosts decided is learnt at night by one worker, and serves in every process where it is no worse than before."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from portevoix.exchange import worker as work
from portevoix.exchange.prediction import nightly_training, predictors
from portevoix.kernel.errors import NotAllowed
from portevoix.record.models import Department, Message, Model, Refit
from portevoix.record.operations import city, trained_models
from portevoix.text import starter
from portevoix.text.labels.model_store import Stored, dump
from portevoix.text.labels.predictor import Described, Learnt
from portevoix.text.training import retrain as fitting
from tests.conftest import NOW, incoming, take_in
from tests.exchange.jobs import run_job
from tests.exchange.learning import InThisProcess, OncePerQuestion, learn_all

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SAID = {
    "sports": ("Le bassin est trop froid", "Où nager dimanche ?", "Le gymnase est fermé", "Les vestiaires sont sales"),
    "voirie": ("Un trou dans la chaussée", "Le trottoir est cassé", "La lampe clignote", "Ma rue est barrée"),
}
_number = itertools.count()


@pytest.fixture(autouse=True)
def departments_only(monkeypatch) -> None:
    """And without the thousands of messages that ship: learning beside them takes half a minute."""
    monkeypatch.setattr(nightly_training, "Child", InThisProcess)
    monkeypatch.setattr(nightly_training, "TASKS", ("department",))
    monkeypatch.setattr(starter, "fitting", lambda task, known: ())


def decide(count: int, *, until: datetime = NOW, wrong: bool = False, step: timedelta = HOUR) -> None:
    """As many messages of each department, one every `step` before `until`."""
    for slug, said in SAID.items():
        label = next(other for other in SAID if other != slug) if wrong else slug
        messages = [
            incoming(
                f"d{next(_number)}", text=f"{said[n % len(said)]}, n° {n}", sent_at=until - n * step,
                labels={"department": label},
            )
            for n in range(count)
        ]  # fmt: skip
        take_in(*messages, department=label)


def night(number: int = 0) -> str:
    """What came of the night, so many days from now."""
    learn_all(NOW + number * DAY)
    return Refit.objects.latest("day").told["department"]["came"]


def serving() -> int | None:
    return Model.objects.filter(active=True).values_list("version", flat=True).first()


def first(text: str) -> str | None:
    return predictors.labellers().by_name["department"].predict([text])[0][0].label


@pytest.fixture
def learnt_once(city, monkeypatch):
    """A first version, learnt from 200 decisions."""
    decide(100)
    with monkeypatch.context() as patch:
        patch.setattr(nightly_training, "Child", OncePerQuestion)
        assert night() == "kept"
    return Model.objects.get()


def test_decisions_become_a_version_that_every_process_loads_and_none_fits(city, monkeypatch) -> None:
    assert isinstance(predictors.labellers().by_name["department"], Described)
    decide(100)
    with capture_logs() as told:
        assert night() == "kept"
    row = Model.objects.get()
    assert (row.version, row.active, row.examples, row.by, row.labels) == (1, True, 200, None, ["sports", "voirie"])
    assert row.measured["now"]["accuracy"] == 1.0 > row.measured["before"]["accuracy"]
    assert [(e["event"], e["version"], e["serves"]) for e in told] == [("model_changed", 1, True)]
    assert isinstance(predictors.labellers().by_name["department"], Learnt)
    assert first("Le bassin est froid") == "sports" and first("Encore un trou, et un trottoir cassé") == "voirie"


def test_too_few_decisions_leave_what_serves(city) -> None:
    decide(20)
    assert night() == "few"
    assert not Model.objects.exists() and isinstance(predictors.labellers().by_name["department"], Described)
    decide(17)  # enough to learn from, not to measure by
    assert night(1) == "few" and not Model.objects.exists()
    predictors.forget()
    assert isinstance(predictors.labellers().by_name["department"], Described)


def test_what_is_worse_on_the_last_weeks_is_not_kept(learnt_once) -> None:
    Message.objects.update(sent_at=NOW - 60 * DAY)  # what it was learnt from; then somebody mistakes everything
    decide(150, until=NOW - 35 * DAY, wrong=True, step=timedelta(minutes=5))
    decide(40, until=NOW)
    with capture_logs() as told:
        assert night(1) == "worse"
    assert [e["event"] for e in told] == ["model_refused"] and told[0]["accuracy"] < told[0]["before"]
    assert serving() == 1 and Model.objects.count() == 1


def test_the_one_before_is_measured_as_it_was_without_the_messages_it_is_tried_on(learnt_once, monkeypatch) -> None:
    """Else it would know them by heart, and nothing new would ever be kept."""
    given = []
    trial = fitting.trial
    monkeypatch.setattr(fitting, "trial", lambda *given_, **more: given.append(given_[2]) or trial(*given_, **more))
    decide(30, until=NOW + DAY)
    night(1)
    [before] = given
    assert dump(Stored("department", before.model)) == bytes(learnt_once.tried) != bytes(learnt_once.content)


def test_nothing_new_makes_no_version(learnt_once) -> None:
    assert night(1) == "same" and Model.objects.count() == 1


def test_a_night_in_which_nothing_is_new_begins_no_process(learnt_once, monkeypatch) -> None:
    night(1)

    def child(_: object) -> None:
        raise AssertionError("nothing is new")

    with monkeypatch.context() as patch:
        patch.setattr(nightly_training, "Child", child)
        assert night(2) == "same" and night(3) == "same"
    decide(5, until=NOW + 4 * DAY)
    assert night(4) in ("kept", "same", "worse")


def test_what_a_person_chose_gives_way_only_to_what_is_better(learnt_once, administrator, host) -> None:
    decide(30, until=NOW + DAY)
    assert night(1) == "kept" and serving() == 2
    with pytest.raises(NotAllowed):
        trained_models.use(model=learnt_once.pk, by=host, now=NOW)
    trained_models.use(model=learnt_once.pk, by=administrator, now=NOW)
    assert serving() == 1
    assert night(2) == "same" and serving() == 1
    decide(5, until=NOW + 2 * DAY)
    assert night(3) == "worse", "as often right is not better"
    assert serving() == 1


def test_only_the_latest_versions_are_kept_and_the_one_that_serves(learnt_once, administrator, monkeypatch) -> None:
    monkeypatch.setattr(trained_models, "VERSIONS_KEPT", 2)
    made = trained_models.Made(labels=[], content=b"", tried=b"", measured={}, examples=0, against=None)
    for number in range(1, 4):
        turn = trained_models.claim(tasks=["department"], now=NOW + number * DAY)
        row = trained_models.keep(turn=turn, told={}, made=made, now=NOW)
        assert row.version == 1 + number and not row.active, "it was compared with another one than the one that serves"
    assert sorted(Model.objects.values_list("version", flat=True)) == [1, 3, 4] and serving() == 1


def test_departments_that_went_are_told_and_the_descriptions_serve(learnt_once) -> None:
    assert isinstance(predictors.labellers().by_name["department"], Learnt)
    city.save_department(slug="voirie", name="Voirie", active=False, by=None)
    city.save_department(slug="routes", name="Routes", description="Rues, trottoirs, lampadaires", by=None)
    with capture_logs() as told:
        assert isinstance(predictors.labellers().by_name["department"], Described)
    assert [(e["event"], e["log_level"]) for e in told] == [("model_missing", "warning")] and "voirie" in told[0]["why"]
    Department.objects.filter(slug="voirie").update(active=True)
    assert isinstance(predictors.labellers().by_name["department"], Learnt)


def test_a_department_that_went_and_came_back_is_suggested_again(learnt_once) -> None:
    decide_on_parks = [
        incoming(f"p{n}", text=f"Un arbre à tailler {n}", sent_at=NOW - n * HOUR, labels={"department": "parcs"})
        for n in range(40)
    ]
    city.save_department(slug="parcs", name="Parcs", description="Arbres", by=None)
    take_in(*decide_on_parks, department="parcs")
    assert night(1) == "kept"
    for number, active in ((2, False), (3, True)):
        city.save_department(slug="voirie", name="Voirie", description="Rues", active=active, by=None)
        assert night(number) == "kept"
        assert ("voirie" in Model.objects.get(active=True).labels) is active


def test_a_damaged_version_is_told_and_the_descriptions_serve(learnt_once) -> None:
    Model.objects.update(content=b"no model at all", tried=b"")
    predictors.forget()
    with capture_logs() as told:
        assert isinstance(predictors.labellers().by_name["department"], Described)
    assert "damaged" in told[0]["why"]
    assert night(1) == "kept" and serving() == 2 and isinstance(predictors.labellers().by_name["department"], Learnt)


def test_two_workers_do_not_learn_the_same(city) -> None:
    tasks = ["department", "kind"]
    turn = trained_models.claim(tasks=tasks, now=NOW)
    assert turn.task == "department" and trained_models.claim(tasks=tasks, now=NOW) is None
    trained_models.keep(turn=turn, told={"came": "few"}, now=NOW)
    turn = trained_models.claim(tasks=tasks, now=NOW)
    assert turn.task == "kind"
    trained_models.keep(turn=turn, told={"came": "few"}, now=NOW)
    assert trained_models.claim(tasks=tasks, now=NOW) is None, "once a night"
    assert trained_models.claim(tasks=tasks, now=NOW + DAY).task == "department"


def test_a_worker_that_dies_before_it_has_stored_loses_nothing(city, monkeypatch) -> None:
    decide(100)

    def die(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(nightly_training, "keep", die)
        learn_all(NOW)
    assert not Model.objects.exists() and learn_all(NOW + timedelta(minutes=1)) is None
    assert learn_all(NOW + trained_models.LEASE) == 1 and serving() == 1


def test_who_comes_too_late_stores_nothing(city) -> None:
    late = trained_models.claim(tasks=["department"], now=NOW)
    other = trained_models.claim(tasks=["department"], now=NOW + trained_models.LEASE)
    made = trained_models.Made(labels=[], content=b"x", tried=b"", measured={}, examples=0, against=None)
    assert trained_models.keep(turn=late, told={"came": "kept"}, made=made, now=NOW) is None
    assert not Model.objects.exists()
    assert trained_models.keep(turn=other, told={"came": "kept"}, made=made, now=NOW).version == 1
    assert trained_models.keep(turn=other, told={"came": "kept"}, made=made, now=NOW) is None


@pytest.mark.parametrize(("hour", "day"), [(1, 17), (2, 18)])  # 02:00 and 03:00 in Paris, of 18 November
def test_the_night_begins_at_three_in_the_citys_time(city, hour, day) -> None:
    assert trained_models.claim(tasks=["kind"], now=datetime(2026, 11, 18, hour, tzinfo=UTC)).day.day == day


def test_a_worker_that_has_settled_learns_and_then_asks_once_a_minute(city, monkeypatch) -> None:
    """It looks each second whether what is being learnt has come to its end."""

    class Learning:
        left = 2

        def end(self, *, now: datetime) -> int | None:
            self.left -= 1
            return None if self.left else 1

    asked = []
    answers = iter([Learning(), Learning(), None, None])
    monkeypatch.setattr(work.nightly_training, "begin", lambda now: asked.append(now) or next(answers))
    worker = work.Worker()
    start = datetime.now(UTC)
    assert run_job(worker, "learn", start + timedelta(minutes=59)) == 0 and not asked
    settled = start + HOUR + timedelta(minutes=1)
    seconds = (0, 1, 2, 3, 4, 5, 6, 40, 67)
    assert [run_job(worker, "learn", settled + timedelta(seconds=n)) for n in seconds] == [0, 0, 1, 0, 0, 1, 0, 0, 0]
    assert [(at - settled).seconds for at in asked] == [0, 3, 6, 67]
