"""Texts are dropped, and the study says the same ever after."""

import pytest

from portevoix.barometer.analysis.dataset import CODED_FOLDER, check_not_dropped, drop_texts, load_dataset
from portevoix.barometer.collect.file_import import FileImporter
from portevoix.barometer.collect.store import COLLECTED_FOLDER
from portevoix.barometer.results.build import build
from portevoix.kernel.errors import BadInput
from tests.barometer.talk import everything, study


def collected(place):
    three = study(place)
    bringer = FileImporter(three, "interchange")
    for message in everything():
        bringer.take(message)
    bringer.end()
    return three


def test_a_study_whose_texts_were_dropped_is_built_as_before_and_holds_no_text(tmp_path) -> None:
    three = collected(tmp_path / "s")
    before = build(three, load_dataset(three))
    assert before.document["messages"]["read"] == len(everything()) and before.document["cities"][0]["rank"] == 1
    assert drop_texts(three) > 200
    assert build(three, load_dataset(three)) == before
    assert not (tmp_path / "s" / COLLECTED_FOLDER).exists()
    for file in (tmp_path / "s").rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert not any(word in content for word in (b"zibeline", b"Zibeline", b"handle1", b"citizen-A"))


def test_nothing_more_is_collected_after_that(tmp_path) -> None:
    three = collected(tmp_path / "s")
    check_not_dropped(three.directory)
    drop_texts(three)
    with pytest.raises(BadInput, match="were dropped"):
        check_not_dropped(three.directory)
    with pytest.raises(BadInput, match="no text to drop"):
        drop_texts(three)
    assert (three.directory / CODED_FOLDER).exists()
