"""What was asked about lately counts for more where the examples show that it should."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from portevoix.text.labels.predictor import TrainedLabeller
from portevoix.text.training import classifier
from portevoix.text.training.recency import shift_to_recent

SUMMER = ["La tranchée est ouverte", "Le marteau-piqueur dès l'aube", "Rien n'est fait dans ma rue"]
WINTER = ["Le trottoir est glissant", "Du verglas partout", "Rien n'est fait dans ma rue"]


def seasons(*counts: int) -> np.ndarray:
    """Labels 0, 1, 0 … so many times each."""
    return np.concatenate([np.full(count, number % 2) for number, count in enumerate(counts)])


def test_a_season_that_has_begun_makes_its_label_likelier():
    labels = seasons(200, 200, 200)
    told, added = shift_to_recent(np.full((600, 2), 0.5), labels)
    assert added[0] > 0 > added[1]
    assert np.allclose(told.sum(axis=1), 1)
    right = told[np.arange(600), labels]
    assert np.log(right[150:]).mean() > np.log(0.5)


def test_where_the_order_says_nothing_nothing_is_added():
    labels = np.random.default_rng(3).integers(0, 3, 600)
    shares = np.full((600, 3), 1 / 3)
    told, added = shift_to_recent(shares, labels)
    assert not added.any()
    assert told is shares


def test_a_few_examples_prove_nothing():
    _, added = shift_to_recent(np.full((9, 2), 0.5), seasons(4, 5))
    assert not added.any()


@given(st.lists(st.integers(0, 3), min_size=1, max_size=120), st.integers(0, 99))
def test_no_label_becomes_more_than_four_times_as_likely(labels, seed):
    shares = np.random.default_rng(seed).dirichlet(np.ones(4), len(labels))
    told, added = shift_to_recent(shares, np.array(labels))
    assert np.isfinite(told).all()
    assert np.abs(added).max() <= np.log(4) + 1e-9


def test_what_a_part_is_told_does_not_know_its_own_labels():
    """A label that comes for the first time in the last part is as unlikely there as it was before."""
    labels = np.r_[seasons(220, 200, 200), np.full(20, 2)]
    told, added = shift_to_recent(np.full((640, 3), 1 / 3), labels)
    assert np.allclose(told[:20], 1 / 3)  # before the first part nothing was known
    assert (told[620:, 2] < 1 / 3).all()
    assert added[2] > 0


def test_the_same_words_go_where_they_went_lately():
    """“Rien n'est fait dans ma rue” was said of works in summer, and is said of snow in winter."""
    chance = np.random.default_rng(1)
    said = [(f"{chance.choice(SUMMER)} {chance.integers(99)}", "works") for _ in range(150)]
    said += [(f"{chance.choice(WINTER)} {chance.integers(99)}", "snow") for _ in range(150)]
    plain, lately = (
        TrainedLabeller(classifier.fit(said, in_order=in_order)).predict(["Rien n'est fait dans ma rue"])[0]
        for in_order in (False, True)
    )
    snow, now = (next(s.probability for s in told if s.label == "snow") for told in (plain, lately))
    assert now > snow + 0.1
