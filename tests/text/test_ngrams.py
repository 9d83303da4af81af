"""Features are those of the text alone, whatever stands beside it in a batch, and any text has some."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from portevoix.text.labels.features import BUCKETS, GROUPS, grams, words_of

TEXTS = st.lists(st.text(max_size=60), max_size=6)


def features(texts: list[str]) -> list[dict[int, float]]:
    found = grams(texts)
    parts = [slice(start, end) for start, end in zip(found.bounds, found.bounds[1:], strict=False)]
    return [dict(zip(found.buckets[p].tolist(), found.counts[p].tolist(), strict=True)) for p in parts]


@given(TEXTS)
def test_a_text_has_the_same_features_alone_and_in_company(texts: list[str]) -> None:
    assert features(texts) == [features([text])[0] for text in texts]


def test_so_has_it_in_a_batch_that_is_cut() -> None:
    texts = [f"message {n} de la piscine" for n in range(1203)]
    assert features(texts)[1200] == features([texts[1200]])[0]


@given(TEXTS, st.data())
def test_some_of_the_texts_are_taken_as_they_are(texts: list[str], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=5)) if texts else []
    taken, alone = grams(texts).take(np.array(rows, np.int64)), grams([texts[row] for row in rows])
    assert (taken.bounds == alone.bounds).all() and (taken.buckets == alone.buckets).all()


def test_words_are_known_again_wherever_they_stand_and_however_they_are_written() -> None:
    (first,) = features(["La PISCINE est fermée"])
    (second,) = features(["Fermee, la piscine ?"])
    found = words_of(["piscine fermée la"])
    shared = dict(zip(found.spellings, found.buckets.tolist(), strict=True))
    assert set(shared.values()) <= first.keys() & second.keys()
    assert shared.keys() == {"piscine", "fermée"}


def test_marks_that_say_something_are_words_and_addresses_are_none() -> None:
    (first,), (second,) = features(["Quoi?! 12€ 🦢"]), features(["quoi ? ! 12 € 🦢 @mairie a@b.fr https://x.fr/y"])
    assert first == second
    assert words_of(["Quoi?! 12€ des trottoirs"]).spellings == ["?", "!", "€", "trottoirs"]


def test_no_ngram_goes_from_one_word_into_the_next() -> None:
    (apart,), (joined,) = features(["ab cd"]), features(["abcd"])
    within = {bucket for bucket in joined if bucket >= BUCKETS // GROUPS}
    assert within - apart.keys(), "what stands across the gap is no feature of the two words"


@given(TEXTS)
def test_the_words_of_a_text_are_its_own_in_company_too(texts: list[str]) -> None:
    together, alone = words_of(texts), [words_of([text]) for text in texts]
    for one, (start, end) in zip(alone, pairwise(together.bounds), strict=True):
        assert together.spellings[start:end] == one.spellings
        assert (together.buckets[start:end] == one.buckets).all()
