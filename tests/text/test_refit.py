"""Learning anew: what is tried on what, and what can be loaded again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from portevoix.kernel.errors import BadInput
from portevoix.text.labels import cold_start_store
from portevoix.text.labels.bundled import load_bundled
from portevoix.text.labels.model_store import StoredModel, dump, load, parse, version_digest
from portevoix.text.labels.predictor import DescriptionLabeller
from portevoix.text.starter import DepartmentText
from portevoix.text.training import from_labels as fitting
from portevoix.text.training.ensemble import prove_threshold
from portevoix.text.training.from_labels import make_factory
from portevoix.text.training.protocol import ExistingVersions
from portevoix.text.training.retrain import retrain, trial

NOW = datetime(2026, 11, 18, tzinfo=UTC)
DEPARTMENTS = [
    DepartmentText("bains", "Sports", "Piscines et stades", ()),
    DepartmentText("routes", "Voirie", "Rues, trottoirs, lampadaires", ()),
]
GROUND = make_factory("department", DEPARTMENTS)
SAID = (("Le bassin est trop froid", "bains"), ("Un trou dans la chaussée", "routes"))


def dated(count: int, step: timedelta):
    """So many, the latest now, one every `step`."""
    return [(f"{SAID[n % 2][0]} {n}", SAID[n % 2][1], NOW - n * step) for n in range(count)]


@pytest.fixture(scope="module")
def learnt():
    return fitting.train_labeller(GROUND, [(text, label) for text, label, _ in dated(80, timedelta(days=1))])


def test_a_model_learnt_beside_descriptions_is_the_same_when_these_are_given_again(learnt, tmp_path) -> None:
    content = dump(StoredModel("department", learnt.model))
    again = GROUND.restore(content, name="x")
    texts = ["Le stade", "un trou", "", "?" * 100_000]
    assert np.abs(again.model.probabilities(texts) - learnt.model.probabilities(texts)).max() < 0.01
    assert dump(StoredModel("department", again.model)) == content, "what is the same is written the same"
    (tmp_path / "model").write_bytes(content)
    for alone in (lambda: load(tmp_path / "model"), lambda: parse(content, name="x")):
        with pytest.raises(BadInput, match="what departments say"):
            alone()


def test_what_suggests_departments_that_are_no_more_is_refused_and_a_new_one_is_no_hindrance(learnt) -> None:
    content = dump(StoredModel("department", learnt.model))
    more = [*DEPARTMENTS, DepartmentText("parcs", "Parcs", "Arbres et pelouses", ())]
    assert make_factory("department", more).restore(content, name="x").model.labels == ("bains", "routes")
    with pytest.raises(BadInput, match="no more: routes"):
        make_factory("department", [DEPARTMENTS[0], more[2]]).restore(content, name="x")
    with pytest.raises(BadInput, match="what departments say"):
        make_factory("department", []).restore(content, name="x")


@pytest.mark.parametrize(
    ("examples", "tried"),
    [
        (dated(200, timedelta(days=1)), 50),  # 28 are of the last weeks: the latest quarter
        (dated(200, timedelta(hours=12)), 56),
        (dated(100, timedelta(hours=1)), 25),  # all of them of the last weeks
        (dated(79, timedelta(days=1)), 19),
        (dated(78, timedelta(days=1)), None),
        (dated(59, timedelta(days=1)), None),
        ([], None),
        ([(text, "unknown", at) for text, _, at in dated(200, timedelta(days=1))], None),
        ([(" ", label, at) for _, label, at in dated(200, timedelta(days=1))], None),
    ],
)
def test_the_last_weeks_are_tried_or_the_latest_quarter(examples, tried) -> None:
    found = trial(GROUND, examples, GROUND.first_day(), now=NOW)
    assert (found.report.n if found else None) == tried
    if found:
        assert found.before.n == found.report.n
        assert found.report.n == sum(at >= found.since for _, _, at in examples)


def test_one_label_is_nothing_to_try() -> None:
    one = [(text, "bains", at) for text, _, at in dated(300, timedelta(hours=1))]
    assert trial(GROUND, one, GROUND.first_day(), now=NOW) is None


def test_before_there_are_examples_descriptions_serve() -> None:
    assert isinstance(GROUND.first_day(), DescriptionLabeller)
    assert make_factory("kind").first_day().predict(["Quand ouvre la piscine ?"])[0]


def test_a_city_with_some_of_the_departments_that_ship_is_suggested_no_other() -> None:
    some = [DepartmentText("proprete", "Propreté", "Déchets", ()), DepartmentText("mobilites", "Mobilités", "Bus", ())]
    examples = [
        (f"{word} {n}", slug) for n in range(40) for word, slug in (("poubelle", "proprete"), ("bus", "mobilites"))
    ]
    assert fitting.train_labeller(make_factory("department", some), examples).model.labels == ("mobilites", "proprete")


def test_what_departments_say_is_the_same_when_it_is_read_again() -> None:
    cold = GROUND.cold
    content = cold_start_store.dump(cold)
    again = cold_start_store.parse(content, name="x")
    texts = ["Le stade est fermé", "un trottoir, une rue", "", "?" * 100_000]
    assert (again.probabilities(texts) == cold.probabilities(texts)).all()
    assert again.explain("Les stades et la rue", ["bains", "routes"], 3) == [("stades",), ("rue",)]
    assert cold_start_store.dump(again) == content
    nothing = cold_start_store.parse(cold_start_store.dump(make_factory("department").cold), name="x")
    assert not nothing.usable and nothing.probabilities(["Le stade"]).shape == (1, 0)
    for damaged in (b"", content[:-200], content[: len(content) // 2], dump(StoredModel("kind", load_bundled("kind")))):
        with pytest.raises(BadInput, match="damaged"):
            cold_start_store.parse(damaged, name="x")


def test_what_departments_say_is_named_by_all_that_it_is_made_of() -> None:
    keys = {cold_start_store.key(said) for said in (DEPARTMENTS, DEPARTMENTS[::-1], DEPARTMENTS[:1], [])}
    assert len(keys) == 4 and cold_start_store.key(list(DEPARTMENTS)) in keys
    one = [replace(DEPARTMENTS[0], competences=("nager",)), DEPARTMENTS[1]]
    assert cold_start_store.key(one) not in keys


@pytest.mark.parametrize(
    ("right", "sure_at", "found"),
    [
        (40 * [1], 0.6, 0.0),
        (38 * [1] + 2 * [0], 0.6, 0.0),  # chance: a standard error below
        (40 * [1], 0.99, 0.0),  # it was sure of none of them
        (30 * [1] + 10 * [0], 0.6, 0.69),
        (40 * [0], 0.6, 1.01),
    ],
)
def test_it_is_sure_from_where_later_messages_prove_it(right, sure_at, found) -> None:
    """Forty messages, each less likely than the one before: .98, .97 and so on."""
    likely = 0.98 - 0.01 * np.arange(40)
    shares = np.stack([likely, 1 - likely], axis=1)
    assert prove_threshold(shares, np.array([0 if told else -1 for told in right]), sure_at) == pytest.approx(found)


def test_what_is_too_sure_of_the_latest_messages_becomes_careful_and_is_no_other_version_for_it() -> None:
    steady = dated(400, timedelta(hours=12))
    other = {"bains": "routes", "routes": "bains"}
    turned = [
        (text, other[label] if n < 50 and n % 4 == 0 else label, at) for n, (text, label, at) in enumerate(steady)
    ]
    (told, calm), (changed, careful) = (retrain(GROUND, rows, ExistingVersions(), now=NOW) for rows in (steady, turned))
    assert told["came"] == changed["came"] == "kept" and calm and careful
    assert (calm.measured["careful"], careful.measured["careful"]) == (False, True)
    assert calm.measured["now"]["coverage"] > 0.5 and careful.measured["now"]["coverage"] == 0
    assert GROUND.restore(careful.content, name="x").model.alone.threshold > 1
    assert retrain(GROUND, turned, ExistingVersions(newest=version_digest(careful.content)), now=NOW)[0] == {
        "came": "same"
    }
    assert version_digest(calm.content) != version_digest(careful.content) and version_digest(b"no model") == ""


def test_what_is_asked_about_lately_is_told() -> None:
    """The same words are said of the roads in a year in which hardly anything else is asked than to swim."""
    said = enumerate(dated(400, timedelta(days=1)))
    rows = [(f"Rien n'est fait {n}" if n % 3 else text, label, at) for n, (text, label, at) in said]
    turned = [(text, "bains" if n < 200 and n % 3 else label, at) for n, (text, label, at) in enumerate(rows)]
    (_, steady), (_, changed) = (retrain(GROUND, given, ExistingVersions(), now=NOW) for given in (rows, turned))
    assert steady and changed and steady.measured["lately"] == {}
    lately = changed.measured["lately"]
    assert lately["routes"] < 1 / 1.2 and lately.get("bains", 2) > 1.1
