"""The folder in memory in which the pages keep their figures is everybody's on a machine, and may be full."""

import errno
import os

import pytest

from portevoix.cli import servers
from portevoix.config import figures


def test_room_is_taken_at_once(tmp_path, monkeypatch) -> None:
    """What others write afterwards ends no process: a file that is only as long as it says has no room yet."""
    monkeypatch.setenv(figures.SHARED, str(tmp_path))
    figures.reserve_room()
    assert [path.stat().st_blocks * 512 >= figures.ROOM for path in tmp_path.iterdir()] == [True, True]


@pytest.mark.parametrize("first", [True, False])
def test_without_room_the_pages_are_served_all_the_same(tmp_path, monkeypatch, first) -> None:
    rooms = iter((not first, False))
    allocate = os.posix_fallocate

    def fill(*where: int) -> None:
        if not next(rooms):
            raise OSError(errno.ENOSPC, "No space left on device")
        allocate(*where)

    monkeypatch.setenv(figures.SHARED, str(tmp_path))
    monkeypatch.setattr(os, "posix_fallocate", fill)
    figures.reserve_room()
    assert figures.SHARED not in os.environ and not list(tmp_path.iterdir())


def test_a_folder_that_is_nearly_full_is_not_chosen(monkeypatch) -> None:
    monkeypatch.setattr(servers, "LEAST_MEMORY", 1 << 60)
    assert servers._memory_folder() is None
