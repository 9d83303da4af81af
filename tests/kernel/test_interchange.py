"""The interchange format: what is read comes back, what cannot be kept is refused with its reason."""

import gzip
import io
import json
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.kernel import streams
from portevoix.kernel.errors import BadInput, BadLine
from portevoix.kernel.interchange import read_line, read_lines, write_line
from portevoix.kernel.messages import About, Addressed, Direction, Incoming, Media, Place, ReplyKind, Visibility, Writer
from portevoix.kernel.streams import open_stream

LEAST = {
    "channel": "mastodon",
    "account": "@valmont@social.example",
    "external_id": "110",
    "direction": "in",
    "author": {"id": "7"},
    "sent_at": "2026-08-31T08:35:47+02:00",
    "text": "Bonjour",
}
SHARED = Path(__file__).parents[2] / "../shared/data"


def line(**changes: object) -> str:
    """The least line, changed; a field of ... is left out."""
    return json.dumps({key: value for key, value in (LEAST | changes).items() if value is not ...})


def lines_of(*lines: str | bytes) -> bytes:
    return b"".join((item if isinstance(item, bytes) else item.encode()) + b"\n" for item in lines)


def test_the_least_line_has_the_usual_values() -> None:
    assert read_line(line(), 1) == Incoming(
        channel="mastodon",
        account="@valmont@social.example",
        external_id="110",
        direction=Direction.IN,
        author=Writer("7"),
        sent_at=datetime(2026, 8, 31, 6, 35, 47, tzinfo=UTC),
        text="Bonjour",
        addressed=Addressed.DIRECT,
        visibility=Visibility.PUBLIC,
    )
    assert read_line(line(), 1).sent_at.utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize("channel", ["email", "webform"])
def test_what_is_not_said_in_public_is_private(channel: str) -> None:
    assert read_line(line(channel=channel), 1).visibility is Visibility.PRIVATE
    assert read_line(line(channel=channel, visibility="public"), 1).visibility is Visibility.PUBLIC


def test_every_field_is_read() -> None:
    given = {
        "thread": "t", "in_reply_to": "109", "direction": "out", "author": {"id": "7", "handle": "@a", "name": "A"},
        "lang": "fr-CA", "url": "https://social.example/110",
        "media": [{"url": "https://m.example/1", "alt": "Un pont"}], "place": {"lat": 47.5, "lon": -1},
        "addressed": "copy", "visibility": "private",
        "about": {"url": "https://valmont.example/a", "title": "Piscine"}, "automatic": True, "reply_kind": "holding",
        "promised_at": "2026-09-07T12:00:00Z", "counts": {"likes": 3, "reposts": 0, "quotes": 9},
        "labels": {"department": "sports", "seen": [1, None]}, "unheard_of": {"x": "\0"},
    }  # fmt: skip
    message = read_line(line(**given), 1)
    assert (message.thread, message.in_reply_to, message.direction) == ("t", "109", Direction.OUT)
    assert message.author == Writer("7", "@a", "A")
    assert (message.lang, message.url) == ("fr-CA", "https://social.example/110")
    assert message.media == (Media("https://m.example/1", alt="Un pont"),)
    assert message.place == Place(47.5, -1.0)
    assert (message.addressed, message.visibility) == (Addressed.COPY, Visibility.PRIVATE)
    assert message.about == About("https://valmont.example/a", "Piscine")
    assert (message.automatic, message.reply_kind) == (True, ReplyKind.HOLDING)
    assert message.promised_at == datetime(2026, 9, 7, 12, tzinfo=UTC)
    assert message.counts == {"likes": 3, "reposts": 0}
    assert message.labels == {"department": "sports", "seen": [1, None]}


def test_null_is_absent() -> None:
    absent = dict.fromkeys(("thread", "media", "place", "about", "automatic", "reply_kind", "promised_at", "labels"))
    assert read_line(line(**absent, counts={"likes": None}, lang=None), 1) == read_line(line(), 1)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        *(({field: ...}, f"“{field}” is missing") for field in LEAST),
        ({"channel": "X"}, "small letters"),
        ({"channel": "x" * 33}, "up to 32"),
        ({"external_id": 123}, "“external_id” is 123. Write a text in quotes"),
        ({"external_id": " "}, "“external_id” is empty"),
        ({"external_id": "x" * 501}, "501 characters; 500 at most"),
        ({"in_reply_to": 5}, "“in_reply_to” is 5"),
        ({"thread": ["t"]}, "“thread” is […]"),
        ({"direction": "note"}, "“direction” is \"note\". Write one of: in, out"),
        ({"direction": 1}, "Write one of: in, out"),
        ({"author": "citizen"}, "“author” is \"citizen\". Write an object"),
        ({"author": {}}, "“author.id” is missing"),
        ({"author": {"id": 7}}, "“author.id” is 7"),
        ({"sent_at": "2026-08-31T08:35:47"}, "with its offset"),
        ({"sent_at": "yesterday"}, "“sent_at”: “yesterday”"),
        ({"sent_at": 1_700_000_000}, "“sent_at”"),
        ({"sent_at": "9999-12-31T23:59:59Z"}, "year 9999"),
        ({"text": ["a"]}, "“text” is […]"),
        ({"text": "x" * 1_000_001}, "1000001 characters; 1000000 at most"),
        ({"text": "a\0b"}, "“text” holds the character U+0000"),
        ({"text": "a\ud83d"}, "“text” holds the character U+D83D"),
        ({"author": {"id": "\0"}}, "“author” holds the character U+0000"),
        ({"labels": {"\0": 1}}, "“labels” holds the character U+0000"),
        ({"labels": {"a": [{"b": "\udc00"}]}}, "“labels” holds the character U+DC00"),
        ({"lang": "français"}, "language tag"),
        ({"url": "javascript:alert(1)"}, "“url” is \"javascript:alert(1)\""),
        ({"about": {"title": "Piscine"}}, "“about.url” is missing"),
        ({"about": "Piscine"}, "Write an object"),
        ({"media": {"url": "https://m.example/1"}}, "“media” is {…}"),
        ({"media": ["https://m.example/1"]}, "“media” is […]"),
        ({"media": [{"alt": "x"}]}, "“media.url” is missing"),
        ({"media": [{"url": "https://m.example/1"}] * 101}, "100 objects at most"),
        ({"place": {"lat": 91, "lon": 0}}, "“place.lat” is 91. Write degrees from -90 to 90"),
        ({"place": {"lat": 0, "lon": True}}, "“place.lon” is true"),
        ({"place": {"lat": 0}}, "“place.lon” is null"),
        ({"addressed": "cc"}, "direct, copy"),
        ({"visibility": "secret"}, "public, private"),
        ({"automatic": "yes"}, "true or false"),
        ({"automatic": 0}, "true or false"),
        ({"reply_kind": "answer"}, "“reply_kind” is for messages of the city only"),
        ({"promised_at": "2026-09-07T12:00:00Z"}, "“promised_at” is for messages of the city only"),
        ({"direction": "out", "reply_kind": "maybe"}, "holding, answer"),
        ({"counts": {"likes": -1}}, "“counts.likes” is -1"),
        ({"counts": {"likes": 1.5}}, "“counts.likes” is 1.5"),
        ({"counts": {"likes": True}}, "“counts.likes” is true"),
        ({"labels": ["sports"]}, "“labels” is […]"),
        ({"labels": {"place": {"lat": float("inf")}}}, "infinite or too large"),
    ],
)  # fmt: skip
def test_a_bad_field_is_named(changes: dict[str, object], told: str) -> None:
    with pytest.raises(BadLine) as caught:
        read_line(line(**changes), 12)
    assert caught.value.line == 12
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"\xff\xfe{\x00", "not UTF-8"),
        (line(text="é").encode("utf-16"), "not UTF-8"),
        ("{", "not JSON"),
        ("[]", "not an object"),
        ('"text"', "not an object"),
        ("[" * 100_000, "nested too deeply"),
        (line().replace('"110"', "9" * 5000), "too large"),
        (line(labels={"a": 1}).replace("1}", "1e999}"), "too large"),
        (line().replace("Bonjour", "Bon\0jour"), "not JSON"),
        (line().replace("Bonjour", "Bon\ud83djour"), "U+D83D"),
        (line(labels={"a": "here"}).replace('"here"', "[" * 50 + "]" * 50), "nested deeper than 10"),
        (line().replace('"110"', "[" * 900 + "]" * 900), "“external_id” is […]"),
    ],
)
def test_a_line_that_is_no_object_is_refused(raw: str | bytes, told: str) -> None:
    with pytest.raises(BadLine) as caught:
        read_line(raw, 3)
    assert caught.value.line == 3
    assert told in str(caught.value)


def test_an_escaped_pair_is_one_character() -> None:
    assert read_line(line(text="😀 \\u0000"), 1).text == "😀 \\u0000"


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
IDS = TEXT.filter(str.strip)
URLS = st.from_regex(r"https?://[a-zé/?#&=]{1,20}", fullmatch=True)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda n: timezone(timedelta(minutes=n)))
INSTANTS = st.builds(
    lambda seconds, zone: datetime.fromtimestamp(seconds, UTC).astimezone(zone),
    st.integers(-2_000_000_000, 4_000_000_000) | st.floats(0, 2e9),
    OFFSETS,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)


@st.composite
def messages(draw: st.DrawFn) -> Incoming:
    direction = draw(st.sampled_from([Direction.IN, Direction.OUT]))
    out = direction is Direction.OUT
    channel = draw(st.sampled_from(["x", "email", "webform", "forum_2", "bluesky"]))
    return Incoming(
        channel=channel,
        account=draw(IDS),
        external_id=draw(IDS),
        direction=direction,
        author=draw(st.builds(Writer, id=IDS, handle=TEXT, name=TEXT)),
        sent_at=draw(INSTANTS),
        text=draw(TEXT),
        thread=draw(TEXT),
        in_reply_to=draw(TEXT),
        lang=draw(st.sampled_from(["", "fr", "pt-BR", "zh-Hans-CN"])),
        url=draw(st.just("") | URLS),
        media=draw(st.lists(st.builds(Media, url=URLS, type=TEXT, alt=TEXT), max_size=2).map(tuple)),
        place=draw(st.none() | st.builds(Place, lat=st.floats(-90, 90), lon=st.floats(-180, 180))),
        addressed=draw(st.sampled_from(Addressed)),
        visibility=draw(st.sampled_from(Visibility)),
        about=draw(st.none() | st.builds(About, url=URLS, title=TEXT)),
        automatic=draw(st.booleans()),
        reply_kind=draw(st.none() | st.sampled_from(ReplyKind)) if out else None,
        promised_at=draw(st.none() | INSTANTS) if out else None,
        counts=draw(st.dictionaries(st.sampled_from(["likes", "reposts", "replies"]), st.integers(0, 2**53 - 1))),
        labels=draw(st.dictionaries(TEXT, JSON, max_size=3)),
    )


@given(messages())
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read_again(message: Incoming) -> None:
    written = write_line(message)
    assert "\n" not in written
    back = read_line(written, 1)
    assert back == message
    assert back.sent_at.utcoffset() == message.sent_at.utcoffset()
    assert list(read_lines(io.BytesIO(written.encode()))) == [message]


def test_what_is_usual_is_not_written() -> None:
    assert json.loads(write_line(read_line(line(), 1))) == LEAST
    private = read_line(line(channel="email", visibility="public"), 1)
    assert json.loads(write_line(private))["visibility"] == "public"


def test_letters_are_written_as_they_are() -> None:
    assert "Où êtes-vous ? 😀" in write_line(read_line(line(text="Où êtes-vous ? 😀"), 1))


def test_an_offset_of_long_ago_is_written_so_that_it_is_read() -> None:
    old = read_line(line(), 1)
    message = Incoming(**{name: getattr(old, name) for name in Incoming.__slots__} | {
        "sent_at": datetime(1905, 1, 1, tzinfo=ZoneInfo("Europe/Paris")),  # +00:09:21
    })  # fmt: skip
    assert read_line(write_line(message), 1) == message


def test_a_note_has_no_line() -> None:
    old = read_line(line(), 1)
    note = Incoming(**{name: getattr(old, name) for name in Incoming.__slots__} | {"direction": Direction.NOTE})
    with pytest.raises(BadInput, match="stay in the house"):
        write_line(note)


def told(found: list[Incoming | BadLine]) -> list[object]:
    return [item.line if isinstance(item, BadLine) else item.external_id for item in found]


def test_bad_lines_are_numbered_and_good_ones_taken() -> None:
    raw = b"\xef\xbb\xbf" + lines_of(line(), "", "nonsense", b"\xff", " \r", line(external_id="111"))[:-1]
    assert told(list(read_lines(io.BytesIO(raw)))) == ["110", 3, 4, "111"]


def test_a_line_too_long_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_LINE_BYTES", 300)
    exact = line(text="x" * (300 - len(line(text="")) - 1))
    raw = lines_of(exact, line(text="x" * 5000), line(external_id="111"), line(text="x" * 300))
    assert len(exact) == 299
    assert told(list(read_lines(io.BytesIO(raw)))) == ["110", 2, "111", 4]


def test_gzip_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    path = tmp_path / "messages.jsonl"
    path.write_bytes(gzip.compress(lines_of(line())) + gzip.compress(lines_of(line(external_id="111"))))
    with open_stream(str(path)) as stream:
        assert told(list(read_lines(stream))) == ["110", "111"]


def varied(count: int) -> bytes:
    return lines_of(*(line(external_id=str(n), text=str(n**30)) for n in range(count)))


def test_a_gzip_cut_short_gives_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "messages.jsonl.gz"
    packed = gzip.compress(varied(5000))
    path.write_bytes(packed[: len(packed) // 2])
    with open_stream(path) as stream:
        *good, last = read_lines(stream)
    assert told(good) == [str(n) for n in range(len(good))]
    assert len(good) > 2000
    assert isinstance(last, BadLine)
    assert "breaks off" in str(last)
    assert last.line == len(good) + 1


def test_a_damaged_gzip_gives_what_comes_before(tmp_path: Path) -> None:
    path = tmp_path / "messages.jsonl.gz"
    packed = bytearray(gzip.compress(varied(50)))
    packed[-8] ^= 1  # the checksum
    path.write_bytes(packed)
    with open_stream(path) as stream:
        found = list(read_lines(stream))
    assert told(found) == [*map(str, range(50)), 51]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_standard_input(pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(pack(lines_of(line(), line(external_id="111"))))))
    with open_stream("-") as stream:
        assert told(list(read_lines(stream))) == ["110", "111"]
    assert not sys.stdin.buffer.closed


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No such file"), open_stream(tmp_path / "absent"):
        pass
    with pytest.raises(BadInput, match="directory"), open_stream(tmp_path):
        pass


def test_a_mark_alone_is_a_blank_line() -> None:
    assert list(read_lines(io.BytesIO(b"\xef\xbb\xbf\n"))) == []


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with open_stream(tmp_path / "empty") as stream:
        assert list(read_lines(stream)) == []


@pytest.mark.shared
@pytest.mark.parametrize("name", ["valmont/messages.jsonl", "boston/messages.jsonl", "newhaven/train.jsonl"])
def test_real_files_are_read_whole(name: str) -> None:
    if not (SHARED / name).exists():
        pytest.skip("missing: the development data, beside the checkout")
    with open_stream(SHARED / name) as stream:
        found = list(read_lines(stream))
    assert len(found) > 600
    assert not [item for item in found if isinstance(item, BadLine)]
    assert [read_line(write_line(item), 1) for item in found] == found
