"""Tables that were made smaller say what the large ones said."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from portevoix.text.labels.features import BUCKETS
from portevoix.text.labels.linear import Vocabulary
from portevoix.text.language import OTHERS, TRAINED_LANGUAGES, _identifier

TOLD = tuple(sorted({*TRAINED_LANGUAGES, *OTHERS}))


@pytest.fixture(scope="module")
def whole() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(TOLD))
    return identifier


@given(st.text() | st.text(st.characters(max_codepoint=0x24F), max_size=200))
@settings(max_examples=300)
def test_languages_are_told_as_by_the_whole_table(whole: LanguageIdentifier, text: str) -> None:
    assert _identifier(TOLD).rank(text) == whole.rank(text)


@given(st.sets(st.integers(0, BUCKETS - 1), max_size=200), st.lists(st.integers(0, BUCKETS - 1), max_size=50))
def test_a_column_is_the_place_among_what_is_known(known: set[int], others: list[int]) -> None:
    buckets = np.array(sorted(known), np.int64)
    asked = np.array([*sorted(known), *others, 0, BUCKETS - 1], np.int64)
    columns = Vocabulary(buckets, np.ones(len(buckets), np.float32)).columns(asked)
    place = {bucket: column for column, bucket in enumerate(sorted(known))}
    assert columns.tolist() == [place.get(bucket, -1) for bucket in asked.tolist()]
