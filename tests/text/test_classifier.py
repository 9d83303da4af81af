"""What a labeller promises: probabilities that mean something, doubt where there is reason, files that are safe."""

import io
import json
import pickle
import zipfile
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from hypothesis.strategies import floats

from portevoix.kernel.errors import BadInput
from portevoix.text import starter
from portevoix.text.labels import evaluation
from portevoix.text.labels.array_file import open_array_file, pack_arrays
from portevoix.text.labels.bundled import load_bundled
from portevoix.text.labels.classifier import Classifier
from portevoix.text.labels.embedding_model import encoders
from portevoix.text.labels.ensemble import PLAIN, Ensemble, Trust, softmax
from portevoix.text.labels.model_store import FORMAT, VERSION, StoredModel, dump, load, parse, save
from portevoix.text.labels.predictor import TrainedLabeller
from portevoix.text.training import classifier, ensemble

SOME = starter.examples("valence")[:300]


@pytest.fixture(scope="module")
def model() -> Classifier:
    return classifier.fit(SOME)


class Letters:
    """An encoder that any test can afford: how often each letter is there."""

    name, version, slow, remote = "letters", "1", False, False

    def encode(self, texts):
        counts = np.array(
            [[text.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts], float
        )
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1)


def test_it_is_as_sure_as_it_is_right(model: Classifier) -> None:
    report = evaluation.evaluate(TrainedLabeller(model), starter.examples("valence")[300:1500])
    assert report.ece < 0.08 and report.accuracy > 0.65
    assert report.accuracy_when_sure is None or report.accuracy_when_sure > 0.88


@pytest.mark.parametrize("task", starter.TASKS)
def test_what_ships_is_sure_from_where_it_was_right_in_valmont(task: str) -> None:
    """`tools/starter.py` found that out, a standard error to spare; later it is right there no more seldom."""
    lines = files("portevoix.demo").joinpath("messages.jsonl").read_text("utf-8").splitlines()
    messages = [json.loads(line) for line in lines]
    report = evaluation.evaluate(
        TrainedLabeller(load_bundled(task)), [(row["text"], row["labels"][task]) for row in messages]
    )
    assert report.coverage > 0.2 and report.accuracy_when_sure is not None and report.accuracy_when_sure >= 0.96


def test_what_a_model_says_is_weighed_by_how_far_it_was_right() -> None:
    chance = np.random.default_rng(0)
    labels = chance.integers(0, 3, 900)
    good = np.eye(3)[labels] + chance.normal(0, 0.5, (900, 3))
    noise = chance.normal(0, 1, (900, 3))
    strengths = ensemble.fit([good, noise], labels).strengths
    assert strengths[0] > 10 * strengths[1]


def test_nobody_is_sure_of_what_is_chance() -> None:
    chance = np.random.default_rng(0)
    assert ensemble.fit([chance.normal(0, 1, (500, 3))], chance.integers(0, 3, 500)).threshold > 1


def test_of_what_it_is_sure_of_others_are_right_as_often_as_promised() -> None:
    """The threshold is chosen on one part, and tried on another."""
    chance = np.random.default_rng(0)
    right = []
    for _ in range(40):
        labels = chance.integers(0, 5, 1200)
        scores = 2 * np.eye(5)[labels] + chance.normal(0, 1, (1200, 5))
        known = ensemble.fit([scores[:600]], labels[:600])
        shares = known.probabilities([scores[600:]])
        sure = shares.max(axis=1) >= known.threshold
        right.append((shares.argmax(axis=1) == labels[600:])[sure].mean())
        assert 0.05 < sure.mean() < 0.7
    assert np.mean(right) >= ensemble.SURE


def test_what_is_told_for_likely_is_right_as_often() -> None:
    """A tenth of the labels are anything, whatever the scores say, which no softmax knows; nor do others' labels."""
    chance = np.random.default_rng(0)
    labels = chance.integers(0, 5, 6000)
    said = np.where(chance.random(6000) < 0.1, chance.integers(0, 5, 6000), labels)
    scores = 4 * np.eye(5)[said] + chance.normal(0, 1, (6000, 5))
    known = ensemble.fit([scores[:3000]], labels[:3000])

    def error(told: Ensemble) -> float:
        shares = told.probabilities([scores[3000:]])
        return evaluation.calibration_error(shares.max(axis=1), shares.argmax(axis=1) == labels[3000:])

    assert error(known) < 0.02 < 0.05 < error(replace(known, trust=PLAIN))


@given(arrays(np.float64, (20, 4), elements=floats(-30, 30)), floats(0, 5), floats(0, 5), floats(-5, 5))
def test_trust_leaves_labels_in_their_order(scores: np.ndarray, rising: float, falling: float, level: float) -> None:
    shares = softmax(scores)
    told = Trust(rising, falling, level).of(shares)
    assert np.allclose(told.sum(axis=1), 1) and (told >= 0).all()
    rows, first = np.arange(20), shares.argmax(axis=1)
    assert (told[rows, first] >= told.max(axis=1)).all()
    clear = np.sort(shares, axis=1)[:, -1] - np.sort(shares, axis=1)[:, -2] > 1e-6
    assert (told.argmax(axis=1) == first)[clear].all()


def test_where_all_is_right_it_is_sure_of_what_is_as_likely_as_promised() -> None:
    labels = np.arange(300) % 3
    assert ensemble.fit([np.eye(3)[labels] * 9], labels).threshold == ensemble.SURE


def test_one_label_is_nothing_to_learn_from() -> None:
    with pytest.raises(BadInput, match="two labels"):
        classifier.fit([("a", "x"), ("b", "x")])


def test_meaning_is_read_where_there_is_an_encoder_and_done_without_where_there_is_none() -> None:
    both = classifier.fit(SOME, encoders=[Letters()])
    texts = ["La piscine est fermée", ""]
    assert both.vectors(texts, ()) is None
    alone = both.probabilities(texts)
    together = both.probabilities(texts, both.vectors(texts, [Letters()]))
    assert not np.allclose(alone, together) and np.allclose(together.sum(axis=1), 1)


def test_a_stored_model_is_the_same_model(tmp_path: Path) -> None:
    encoder = [Letters()]
    model = classifier.fit(SOME, encoders=encoder)
    save(StoredModel("valence", model), tmp_path / "model")
    again = load(tmp_path / "model")
    assert again.task == "valence"
    texts = [text for text, _ in starter.examples("valence")[300:330]]
    for one, other in ((None, None), (model.vectors(texts, encoder), again.model.vectors(texts, encoder))):
        assert np.abs(model.probabilities(texts, one) - again.model.probabilities(texts, other)).max() < 0.01


def test_a_model_of_before_is_trusted_as_it_was(tmp_path: Path, model: Classifier) -> None:
    written = dump(StoredModel("valence", model))
    with open_array_file(io.BytesIO(written), name="", form=FORMAT, version=VERSION) as (header, arrays):
        kept = {name: value for name, value in header.items() if not name.startswith("trust_")}
        old = pack_arrays(kept, {name: arrays[name] for name in arrays.files if name != "header"})
    again = parse(old, name="old").model
    assert again.alone.trust == PLAIN != model.alone.trust
    assert again.threshold(vectors=False) == model.threshold(vectors=False)


def _array() -> bytes:
    written = io.BytesIO()
    np.save(written, np.zeros(3))
    return written.getvalue()


def _other_version(path: Path) -> None:
    with np.load(path) as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    header = json.loads(kept["header"].tobytes()) | {"version": 99}
    kept["header"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    with path.open("wb") as file:
        np.savez(file, **kept)


def _pickled(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, header=np.array([{"format": "portevoix-labeller"}], dtype=object))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:2000])


def _altered(path: Path) -> None:
    with np.load(path) as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    with path.open("wb") as file:
        np.savez(file, **{**kept, "weights": kept["weights"][:-1]})


def _greedy(path: Path) -> None:
    """Says that it holds two thousand million numbers."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (2_000_000_000,)})
    _rewritten(path, weights=header.getvalue())


def _sure_of_the_impossible(path: Path) -> None:
    _header_with(path, threshold_alone=-7)


def _header_with(path: Path, **more: Any) -> None:
    with np.load(path) as kept:
        header = json.loads(kept["header"].tobytes()) | more
    written = io.BytesIO()
    np.save(written, np.frombuffer(json.dumps(header).encode(), np.uint8))
    _rewritten(path, header=written.getvalue())


def _rewritten(path: Path, **arrays: bytes) -> None:
    """With other contents for these arrays."""
    with zipfile.ZipFile(path) as file:
        kept = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in (kept | {f"{name}.npy": content for name, content in arrays.items()}).items():
            file.writestr(name, content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("{}"),
        lambda path: path.write_bytes(pickle.dumps({"a": 1})),
        lambda path: zipfile.ZipFile(path, "w").writestr("a", "b"),
        lambda path: path.write_bytes(_array()),
        _other_version,
        _pickled,
        _cut,
        _altered,
        _greedy,
        _sure_of_the_impossible,
    ],
)  # fmt: skip
def test_a_file_that_is_no_model_is_refused_and_never_run(damage, model, tmp_path: Path) -> None:
    path = tmp_path / "model"
    save(StoredModel("valence", model), path)
    damage(path)
    with pytest.raises(BadInput, match="Train again"):
        load(path)
    with pytest.raises(BadInput, match="no model at"):
        load(tmp_path / "nowhere")


def test_what_ships_was_learnt_from_the_messages_that_ship() -> None:
    """Else somebody changed them and did not run tools/starter.py."""
    with np.load(Path(starter.__file__).with_name("vectors.npz")) as kept:
        assert kept["digest"].tobytes().decode() == starter.digest()
    for task in starter.TASKS:
        assert set(load_bundled(task).labels) == {label for _, label in starter.examples(task)}


def test_shipped_vectors_are_those_of_the_encoders() -> None:
    installed = encoders()
    if not installed:
        pytest.skip("missing: the extra `embeddings` (requirements/embeddings.txt)")
    text = starter.texts()[7]
    for encoder in installed:
        stored, now = starter.vectors(encoder.name, encoder.version)[text], encoder.encode([text])[0]
        assert float(stored @ now / np.linalg.norm(now)) > 0.99


def test_nothing_is_read_from_a_stream_that_could_be_code() -> None:
    """The format cannot hold an object: NumPy refuses to write what it would have to pickle."""
    with pytest.raises(ValueError, match="pickle"):
        np.lib.format.write_array(io.BytesIO(), np.array([object()]), allow_pickle=False)
