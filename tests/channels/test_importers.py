"""A file as a channel: read on from where one stopped, whatever happens to the file in between."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portevoix.channels.conformance import CHECKS, Check, Fixtures
from portevoix.channels.importers import FileConnector, FileSettings
from portevoix.channels.importers.connector import BATCH_LINES
from portevoix.kernel.errors import Refused, TryLater
from portevoix.kernel.interchange import write_line
from portevoix.kernel.messages import Direction, Incoming, Outgoing, Writer

ACCOUNT = "@valmont"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def line(number: int, account: str = ACCOUNT, channel: str = "bluesky") -> str:
    message = Incoming(
        channel=channel,
        account=account,
        external_id=f"m{number}",
        direction=Direction.IN,
        author=Writer("ana"),
        sent_at=NOW,
        text="Le lampadaire de la rue Haute est cassé.",
    )
    return write_line(message) + "\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "messages.jsonl"


def connector(path: Path, channel: str = "") -> FileConnector:
    return FileConnector(ACCOUNT, FileSettings(path=str(path), channel=channel))


def read_all(path: Path, cursor: str | None = None) -> tuple[list[str], str | None]:
    ids: list[str] = []
    while True:
        batch = connector(path).receive(cursor)
        ids += [message.external_id for message in batch.messages]
        cursor = batch.cursor
        if not batch.more:
            return ids, cursor


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_the_contract(check: Check, path: Path) -> None:
    path.touch()
    written = iter(range(1000))

    def write(count: int) -> None:
        append(path, "".join(line(next(written)) for _ in range(count)))

    @contextmanager
    def down() -> Iterator[None]:
        path.rename(path.with_suffix(".away"))
        yield
        path.with_suffix(".away").rename(path)

    def outgoing(key: str) -> Outgoing:
        return Outgoing(key=key, account=ACCOUNT, conversation="c", to=Writer("ana"), text="Merci.", sent_at=NOW)

    settings = FileSettings(path=str(path))
    check(lambda: connector(path), Fixtures(settings=settings, write=write, outgoing=outgoing, down=down))


@pytest.mark.parametrize("count", [0, 1, BATCH_LINES - 1, BATCH_LINES, BATCH_LINES + 1, 2 * BATCH_LINES])
def test_every_line_comes_once_over_the_bounds_of_batches(path: Path, count: int) -> None:
    path.write_text("".join(line(number) for number in range(count)))
    ids, cursor = read_all(path)
    assert ids == [f"m{number}" for number in range(count)]
    assert read_all(path, cursor) == ([], cursor)


def test_what_is_appended_is_read_without_what_was_before(path: Path) -> None:
    path.write_text(line(1))
    _, cursor = read_all(path)
    append(path, "\n" + line(2))
    assert read_all(path, cursor)[0] == ["m2"]


def test_a_line_still_being_written_is_waited_for(path: Path) -> None:
    path.write_text(line(1) + line(2)[:40])
    batch = connector(path).receive(None)
    assert [message.external_id for message in batch.messages] == ["m1"]
    assert not batch.unreadable
    append(path, line(2)[40:])
    assert read_all(path, batch.cursor)[0] == ["m2"]


def test_a_bad_line_is_kept_with_its_number_and_holds_nothing_up(path: Path) -> None:
    path.write_text(line(1) + line(2))
    _, cursor = read_all(path)
    append(path, "{no json}\n" + line(3))
    batch = connector(path).receive(cursor)
    assert [message.external_id for message in batch.messages] == ["m3"]
    (bad,) = batch.unreadable
    assert bad.raw == "{no json}\n"
    assert bad.reason.startswith("3: ")
    assert connector(path).receive(cursor).unreadable == (bad,)


def test_a_replaced_shorter_file_is_read_from_its_start(path: Path) -> None:
    path.write_text(line(1) + line(2) + line(3))
    _, cursor = read_all(path)
    path.write_text(line(4))
    assert read_all(path, cursor)[0] == ["m4"]


def test_other_accounts_and_channels_are_left_out(path: Path) -> None:
    path.write_text(line(1) + line(2, account="@other") + line(3, channel="mastodon"))
    assert read_all(path)[0] == ["m1", "m3"]
    assert [m.external_id for m in connector(path, "mastodon").receive(None).messages] == ["m3"]


def test_a_compressed_file_is_read_on_too(path: Path) -> None:
    count = BATCH_LINES + 3
    path.write_bytes(gzip.compress("".join(line(number) for number in range(count)).encode()))
    assert len(read_all(path)[0]) == count


def test_a_strange_cursor_begins_anew_and_a_missing_file_comes_later(path: Path) -> None:
    path.write_text(line(1))
    assert len(connector(path).receive("nonsense").messages) == 1
    path.unlink()
    with pytest.raises(TryLater, match="No such file"):
        connector(path).receive(None)


def test_check_says_what_the_file_holds_or_what_is_wrong(path: Path) -> None:
    path.write_text(line(1) + line(2, account="@other"))
    (told,) = connector(path).check()
    assert "1 are messages of @valmont" in told
    path.write_text("Bonjour\nVoilà\n")
    with pytest.raises(Refused, match="not in the interchange format"):
        connector(path).check()
