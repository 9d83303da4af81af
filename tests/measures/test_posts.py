"""Coded posts in columns and in files."""

from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import narwhals as nw
import pytest

from portevoix.kernel.errors import BadInput
from portevoix.measures.engines import collect, engine
from portevoix.measures.posts import COLUMNS, Post, frame, write
from tests.measures.cities import post, question


def test_a_frame_has_every_column_of_a_post_even_when_empty() -> None:
    assert frame([]).columns == [field.name for field in fields(Post)] == list(COLUMNS)
    assert frame([]).schema == frame([question(after=5)]).schema == nw.Schema(COLUMNS)


def test_no_column_can_hold_what_a_citizen_wrote_or_is_called() -> None:
    words = {name for name, dtype in COLUMNS.items() if dtype == nw.String()}
    assert words == {"city", "network", "account", "function", "form", "territory", "tone"}
    for axis in ("function", "form", "territory", "tone"):
        with pytest.raises(ValueError, match=axis):
            post(**{axis: "Bonjour, ma rue est noire"})


def test_no_more_images_are_described_than_there_are() -> None:
    with pytest.raises(ValueError, match="images"):
        post(images=1, images_described=2)


def test_files_lie_by_network_and_week_and_say_the_same(tmp_path: Path) -> None:
    sunday = date(2026, 9, 13)
    rows = [
        post(1, city="b", day=0),
        post(2, city="a", day=6),
        post(3, city="a", day=7, network="../x"),
        question(4, after=60),
    ]
    assert rows[1].day == sunday and rows[2].day == sunday + timedelta(days=1)
    write(frame(rows), tmp_path)
    found = sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.parquet"))
    assert found == ["..%2Fx/2026-W38.parquet", "mastodon/2026-W37.parquet"]
    read = collect(engine("polars").read(tmp_path))
    assert read.schema == nw.Schema(COLUMNS)
    assert read.sort("post").to_dict(as_series=False) == frame(rows).sort("post").to_dict(as_series=False)


def test_two_studies_are_never_written_into_one_folder(tmp_path: Path) -> None:
    write(frame([post()]), tmp_path)
    with pytest.raises(BadInput, match="holds posts already"):
        write(frame([post()]), tmp_path)
