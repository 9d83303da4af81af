"""What other tools write, brought into the interchange format: samples made by hand, and hostile files."""

import gzip
import io
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from portevoix.channels.importers import documents
from portevoix.channels.importers.city_accounts import City, opening
from portevoix.channels.importers.documents import Item, LeftOut
from portevoix.channels.importers.formats import FORMATS, importer
from portevoix.kernel import streams
from portevoix.kernel.errors import BadInput, BadLine
from portevoix.kernel.interchange import write_line
from portevoix.kernel.messages import Incoming

SAMPLES = Path(__file__).parent / "samples"
X, MASTODON, BLUESKY = "@VilleDeValmont", "@ville@valmont.social", "valmont.example"
CASES = [  # format, sample, the city's accounts, what is left out, lines refused
    ("twarc", "twarc.jsonl", (X,), {"reposts": 1}, []),
    ("minet", "minet.csv", (X,), {"reposts": 1}, []),
    ("4cat", "4cat.ndjson", (X, BLUESKY, "@ville"), {"reposts": 1}, []),
    ("mastodon", "mastodon.json", (MASTODON,), {"reposts": 1}, []),
    ("mastodon", "mastodon-notifications.jsonl", ("@ville",), {"likes": 1, "reposts": 1, "other notifications": 1}, []),
    ("bluesky", "bluesky-feed.json", (BLUESKY,), {"reposts": 1}, []),
    (
        "bluesky", "bluesky-answers.jsonl", (BLUESKY,),
        {"deleted or blocked posts": 1, "likes": 1, "other notifications": 1}, [],
    ),
    ("mbox", "mails.mbox", ("contact@valmont.example", "eau@valmont.example"), {}, [42]),
    ("services-publics-plus", "services-publics-plus.csv", (), {"answers without a date": 2}, []),
]  # fmt: skip
NETWORKS = ("4cat", "bluesky", "mastodon", "twarc")


def converted(name: str, raw: bytes, *accounts: str) -> list[Item]:
    return list(importer(name, City(accounts))(io.BytesIO(raw)))


def only(name: str, raw: bytes, *accounts: str) -> Incoming:
    (item,) = converted(name, raw, *accounts)
    assert isinstance(item, Incoming), item
    return item


def refused(name: str, raw: bytes, *accounts: str) -> list[tuple[int | None, str]]:
    """Line and reason of what is refused."""
    found = converted(name, raw, *(accounts or (X,)))
    return [(item.line, item.args[0]) for item in found if isinstance(item, BadLine)]


@pytest.mark.parametrize(("name", "sample", "accounts", "left", "bad"), CASES, ids=lambda value: str(value)[:30])
def test_a_sample_becomes_the_lines_that_are_expected(name, sample, accounts, left, bad) -> None:
    found = converted(name, (SAMPLES / sample).read_bytes(), *accounts)
    expected = (SAMPLES / "expected" / f"{sample}.jsonl").read_text().splitlines()
    assert [json.loads(write_line(item)) for item in found if isinstance(item, Incoming)] == list(
        map(json.loads, expected)
    )
    assert Counter(item.what for item in found if isinstance(item, LeftOut)) == left
    assert [item.line for item in found if isinstance(item, BadLine)] == bad


def test_every_format_has_a_sample() -> None:
    assert {case[0] for case in CASES} | {"interchange"} == set(FORMATS)


def test_the_interchange_format_itself_is_checked() -> None:
    good = (SAMPLES / "expected" / "minet.csv.jsonl").read_bytes()
    again = converted("interchange", good + b"nonsense\n")
    assert [write_line(item).encode() for item in again[:-1]] == good.splitlines()
    assert isinstance(again[-1], BadLine) and again[-1].line == len(good.splitlines()) + 1


def test_a_format_that_does_not_tell_the_city_needs_its_account() -> None:
    for name in set(FORMATS) - {"interchange", "services-publics-plus"}:
        with pytest.raises(BadInput, match="--account"):
            importer(name, City())
    with pytest.raises(BadInput, match="Leave --account out"):
        importer("interchange", City([X]))


# Who speaks to whom.


@pytest.mark.parametrize(
    ("text", "handle"),
    [("@ville bonjour", "ville"), ("  @ville.", "ville"), ("@ville@a.example, oui", "ville@a.example"), (".@ville", ""),
     ("Bonjour @ville", ""), ("", "")],
)  # fmt: skip
def test_what_a_text_begins_with(text, handle) -> None:
    assert opening(text) == handle


@pytest.mark.parametrize(
    ("names", "sides"),
    [
        ({"author": ("VILLE", "9")}, ("@Ville", "out", None)),
        ({"author": ("9",)}, ("9", "out", None)),
        ({"author": ("ana",), "replied": ("ville",)}, ("@Ville", "in", "direct")),
        ({"author": ("ana",), "opening": ("ville",)}, ("@Ville", "in", "direct")),
        ({"author": ("ana",), "mentioned": [("bob",), ("ville",)]}, ("@Ville", "in", "copy")),
        ({"author": ("ana",), "replied": ("bob",), "mentioned": [("autre",)]}, ("autre", "in", "copy")),
        ({"author": ("",), "replied": ("",)}, ("@Ville", "in", "copy")),
    ],
)
def test_sides(names, sides) -> None:
    found = City(["@Ville", " autre ", "", "9"]).sides(**names)
    assert (found["account"], found["direction"], found.get("addressed")) == sides


def test_a_reply_to_oneself_on_x_is_no_reply_to_the_city() -> None:
    mentions = {"mentions": [{"username": "VilleDeValmont", "id": "900"}]}
    own = {"id": "2", "author_id": "11", "in_reply_to_user_id": "11", "created_at": "2026-03-02T08:15:00Z",
           "text": "et le sauna, @VilleDeValmont ?", "entities": mentions}  # fmt: skip
    assert only("twarc", json.dumps(own).encode(), X).addressed == "copy"
    reply = {**own, "in_reply_to_user_id": "900", "text": "et le sauna ?"}
    assert only("twarc", json.dumps(reply).encode(), X).addressed == "direct"


@pytest.mark.parametrize(("visibility", "addressed"), [("public", "copy"), ("direct", "direct")])
def test_a_private_mention_on_mastodon_speaks_to_the_city_wherever_it_stands(visibility, addressed) -> None:
    city = {"id": "1", "acct": "ville", "url": "https://valmont.social/@ville"}
    found = status(content="<p>Bonjour @ville</p>", mentions=[city], visibility=visibility)
    assert only("mastodon", json.dumps(found).encode(), MASTODON).addressed == addressed


def test_bluesky_learns_whose_posts_are_the_citys() -> None:
    def reply(number: int, to: str) -> dict[str, Any]:
        parent = {"uri": f"at://{to}/app.bsky.feed.post/1"}
        record = {"text": "Merci", "createdAt": "2026-03-02T07:00:00Z", "reply": {"parent": parent, "root": parent}}
        author = {"did": "did:plc:ana", "handle": "a.example"}
        return {"uri": f"at://did:plc:ana/app.bsky.feed.post/{number}", "author": author, "record": record}

    own = reply(2, "did:plc:ana") | {"author": {"did": "did:plc:ville", "handle": BLUESKY}}
    notice = reply(3, "did:plc:bob") | {"reason": "reply", "reasonSubject": "at://did:plc:ville/app.bsky.feed.post/1"}
    to_city, elsewhere = reply(4, "did:plc:ville"), reply(5, "did:plc:bob")
    for told, expected in (
        ([to_city], ["copy"]),
        ([own, to_city, elsewhere], ["direct", "direct", "copy"]),
        ([notice, to_city], ["copy", "direct"]),
    ):
        found = converted("bluesky", json.dumps({"posts": told}).encode(), BLUESKY)
        assert [item.addressed for item in found if isinstance(item, Incoming)] == expected


# Hostile files.


def status(**changes: object) -> dict[str, Any]:
    whole = {
        "id": "1",
        "created_at": "2026-03-02T07:00:00Z",
        "content": "<p>Oui</p>",
        "account": {"id": "7", "acct": "a"},
    }
    return whole | changes


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"content": None}, "“content” is missing"),
        ({"id": None}, "“id” is missing"),
        ({"id": ""}, "“external_id” is empty"),
        ({"id": 1.5}, "“id” is 1.5. An identifier"),
        ({"account": "ana"}, "“account” is ana. An object"),
        ({"account": {"id": "7"}}, "“account.acct” is missing"),
        ({"mentions": {}}, "“mentions” is {…}. A list"),
        ({"mentions": [None]}, "“mentions[0]” is None. An object"),
        ({"content": ["a"]}, "“content” is […]. A text"),
        ({"favourites_count": "3"}, "“favourites_count” is 3. A whole number"),
        ({"favourites_count": -1}, "counts.likes"),
        ({"created_at": "hier"}, "hier"),
        ({"created_at": "2026-03-02T07:00:00"}, "offset"),
        ({"media_attachments": [{"url": "https://a.example/1"}] * 200}, "100 objects"),
    ],
)
def test_what_is_wrong_in_a_status_is_named(changes, told) -> None:
    ((line, reason),) = refused("mastodon", json.dumps(status(**changes)).encode())
    assert line == 1 and told in reason


@pytest.mark.parametrize(("content", "text"), [("a\0b", "ab"), ("\ud800c", "c"), ("d" * 300_000, "d" * 100_000)])
def test_a_status_from_a_file_is_read_as_from_the_network(content, text) -> None:
    found = only("mastodon", json.dumps(status(content=content)).encode(), MASTODON)
    assert found.text.startswith(text) and len(found.text) < 100_010


def test_a_status_of_a_picture_alone_has_no_text() -> None:
    picture = status(content="", media_attachments=[{"url": "https://a.example/1", "description": "Un nid-de-poule"}])
    found = only("mastodon", json.dumps(picture).encode(), MASTODON)
    assert found.text == "" and found.media[0].alt == "Un nid-de-poule"


def test_one_bad_item_holds_nothing_up_and_is_found_by_its_number() -> None:
    rows = [status(), None, status(id="2"), 5, status(id=None), status(id="3")]
    for raw in (json.dumps(rows, indent=1), json.dumps(rows)[1:-1].replace("}, ", "}\n").replace("null, ", "null\n")):
        found = converted("mastodon", raw.encode(), MASTODON)
        assert [item.external_id for item in found if isinstance(item, Incoming)][:1] == ["1"]
    found = converted("mastodon", json.dumps(rows, indent=1).encode(), MASTODON)
    assert [item.line if isinstance(item, BadLine) else item.external_id for item in found] == ["1", 2, "2", 4, 5, "3"]


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"\xff\xfe{\0}\0", "not UTF-8"),
        (b'{"id": "\xe9"}', "not UTF-8"),
        (b"{", "not JSON"),
        (b"[1,", "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"a": 1e999}', "too large"),
        (b"null", ""),
        (b'"text"', ""),
        (b"{}", ""),
        (gzip.compress(b'{"a": "' + bytes(range(32, 127)) * 50, mtime=0)[:60], ""),
    ],
)
def test_what_is_no_json_is_refused_with_its_reason(name, raw, told) -> None:
    ((line, reason),) = refused(name, raw)
    assert line == 1 and told in reason


def test_a_list_of_any_size_is_not_read_at_once(monkeypatch) -> None:
    monkeypatch.setattr(documents, "MOST_WHOLE", 1000)
    rows = json.dumps([status(id=str(number)) for number in range(20)], indent=1).encode()
    ((_, reason),) = refused("mastodon", rows)
    assert "1000 bytes" in reason and "jq" in reason
    lines = b"\n".join(json.dumps(status(id=str(number))).encode() for number in range(20))
    assert len(converted("mastodon", lines, MASTODON)) == 20


class Endless(io.RawIOBase):
    """A stream of one line that has no end until `size`; counts what is held of it at once."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.most = 0

    def readline(self, size: int | None = -1) -> bytes:
        count = min(size or 0, self.left) if (size or 0) >= 0 else self.left
        self.left, self.most = self.left - count, max(self.most, count)
        return b"a" * count + (b"\n" if not self.left and count else b"")

    def read(self, size: int = -1) -> bytes:
        return self.readline(size)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_line_of_a_hundred_megabytes_is_refused_and_never_held(name) -> None:
    stream = Endless(100_000_000)
    accounts = () if FORMATS[name].accounts is not FORMATS["twarc"].accounts else (X,)
    found = list(importer(name, City(accounts))(stream))  # type: ignore[arg-type]
    assert found and all(isinstance(item, BadLine) for item in found)
    assert stream.most <= streams.MOST_LINE_BYTES + 1


def test_a_post_with_a_hundred_thousand_links_takes_no_time() -> None:
    text, many = "https://t.co/a " * 30_000, 40_000
    links = [{"url": "https://t.co/a", "expanded_url": "https://a.example/"}] * many
    v2 = {"id": "1", "author_id": "2", "created_at": "2026-03-02T08:15:00Z", "text": text, "entities": {"urls": links},
          "attachments": {"media_keys": [{"media_key": str(number)} for number in range(many)]}}  # fmt: skip
    legacy = {"created_at": "Mon Mar 02 09:00:00 +0000 2026", "full_text": text, "user_id_str": "2",
              "entities": {"urls": links, "media": links}}  # fmt: skip
    facet = {"index": {"byteStart": 0, "byteEnd": 12}, "features": [{"uri": "https://a.example/"}] * 3}
    record = {"text": text, "createdAt": "2026-03-02T07:00:00Z", "facets": [facet] * many}
    bluesky = {"uri": "at://did:plc:a/app.bsky.feed.post/1", "author": {"did": "did:plc:a"}, "record": record}
    began = time.process_time()
    for name, value in (("twarc", v2), ("4cat", {"rest_id": "1", "legacy": legacy}), ("bluesky", bluesky)):
        assert len(converted(name, json.dumps(value).encode(), X)) == 1
    assert time.process_time() - began < 5


# CSV.

HEAD = b"id,timestamp_utc,user_id,user_screen_name,text\n"


def row(*fields: str, delimiter: str = ",") -> bytes:
    return delimiter.join(fields).encode() + b"\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_as_spreadsheets_save_it(delimiter, encoding, end) -> None:
    text = f'{HEAD.decode().strip()}\n1,1772439300,11,ana,"L’été, à 5 €"\n2,1772439301,11,ana,Où ?\n'
    raw = text.replace("\n", end).replace("été,", "été").replace(",", delimiter).encode(encoding)
    found = converted("minet", raw, X)
    assert [item.text for item in found if isinstance(item, Incoming)] == ["L’été à 5 €", "Où ?"]


@pytest.mark.parametrize(
    ("raw", "line", "told"),
    [
        (b"", 1, "does not name the columns id, user_id"),
        (b"a,b\n1,2\n", 1, "begins with: a, b"),
        (HEAD.decode().encode("utf-16"), 1, "UTF-16"),
        (HEAD + row("1", "1", "2", "ana"), 2, "4 fields; the first line names 5"),
        (HEAD + row("1", "1", "2", "ana", "a", "b"), 2, "6 fields"),
        (HEAD + row("1", "1", "2", "ana", '"a"b'), 2, "not CSV"),
        (HEAD + row("1", "1", "2", "ana", '"never closed'), 2, "not CSV"),
        (HEAD + row("1", "1", "2", "ana", "é") + b"1,1,2,ana,\xe9\n", 3, "not UTF-8"),
        (HEAD + row('"1,35E+18"', "1", "2", "ana", "a"), 2, "rounded"),
        (HEAD + row("1", "", "2", "ana", "a"), 2, "sent_at"),
        (HEAD + row("1", "hier", "2", "ana", "a"), 2, "“timestamp_utc” is hier"),
        (HEAD + row("1", "1e300", "2", "ana", "a"), 2, "“timestamp_utc” is 1e300"),
        (HEAD + row("1", "nan", "2", "ana", "a"), 2, "“timestamp_utc” is nan"),
        (HEAD + row("1", "1", "", "ana", "a"), 2, "author.id"),
        (HEAD + row("1", "1", "2", "ana", "a\0"), 2, "U+0000"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_table_is_named(raw, line, told) -> None:
    ((number, reason),) = refused("minet", raw)
    assert number == line and told in reason


def test_rows_after_a_bad_one_are_read_and_count_their_lines() -> None:
    raw = HEAD + row("1", "1", "2", "ana", '"a\n\nb"') + row("bad") + b"\n" + row("3", "1", "2", "ana", "c")
    found = converted("minet", raw, X)
    assert [item.line if isinstance(item, BadLine) else item.text for item in found] == ["a\n\nb", 5, "c"]


# Mails.


def test_mails_of_windows_and_those_that_break_off() -> None:
    raw = (SAMPLES / "mails.mbox").read_bytes()
    windows = converted("mbox", raw.replace(b"\n", b"\r\n"), "contact@valmont.example")
    assert [item.external_id for item in windows if isinstance(item, Incoming)] == [
        "a1@citoyen.example", "b1@valmont.example", "c1@liste.example",
    ]  # fmt: skip
    assert "no mbox" in refused("mbox", b"Bonjour\n")[0][1]
    assert converted("mbox", b"\n\n", "a@b.example") == []


def test_a_mail_that_is_too_large_is_refused_and_the_next_read(monkeypatch) -> None:
    monkeypatch.setattr("portevoix.channels.importers.mbox.MOST_BYTES", 3000)
    raw = (SAMPLES / "mails.mbox").read_bytes()
    found = converted("mbox", raw.replace(b"From Ana\n", b"x" * 70 + b"\n" * 5000, 1), "contact@valmont.example")
    assert isinstance(found[0], BadLine) and found[0].line == 1 and "3000" in found[0].args[0]
    assert isinstance(found[1], Incoming) and found[1].direction == "out"


# Services Publics+.


@pytest.mark.parametrize(
    ("written", "sent_at"),
    [("2026-03-02", "2026-03-02T00:00:00+01:00"), ("02/07/2026", "2026-07-02T00:00:00+02:00"),
     ("2026-03-02 10:00", "2026-03-02T10:00:00+01:00"), ("02/03/2026 10:00:05", "2026-03-02T10:00:05+01:00"),
     ("2026-03-02T10:00:00Z", "2026-03-02T10:00:00+00:00"), ("hier", None), ("31/02/2026", None)],
)  # fmt: skip
def test_dates_of_services_publics(written, sent_at) -> None:
    raw = json.dumps({"id_experience": 5, "ecrit_le": written, "description": "Bien", "titre": None}).encode()
    if sent_at is None:
        assert "“ecrit_le”" in refused("services-publics-plus", raw)[0][1]
    else:
        found = only("services-publics-plus", raw)
        assert found.sent_at.isoformat() == sent_at and found.external_id == "5" and found.text == "Bien"


def test_services_publics_in_a_list_of_json() -> None:
    rows = [{"id_experience": "6", "ecrit_le": "2026-03-02", "description": "a", "intitule_structure_1": "Mairie"}, []]
    first, second = converted("services-publics-plus", json.dumps(rows, indent=2).encode())
    assert isinstance(first, Incoming) and first.account == "Mairie"
    assert isinstance(second, BadLine) and second.line == 2
    named = only("services-publics-plus", json.dumps(rows[0]).encode(), "contact@valmont.example")
    assert named.account == "contact@valmont.example"
