"""What the Mastodon channel makes of what an instance tells: texts, who is spoken to, pages, edits, and nonsense."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portevoix.channels import http, internal_hosts
from portevoix.channels.http_answers import Answer, Rejected
from portevoix.channels.mastodon import MastodonConnector, MastodonSettings, client, receive
from portevoix.channels.mastodon.cursor import MOST_WATCHED, Cursor, Watched, rank
from portevoix.channels.mastodon.limit import MastodonRenewal
from portevoix.channels.mastodon.receive import Turn
from portevoix.channels.mastodon.status import Here, Unclear, read
from portevoix.channels.mastodon.status_text import CUT, MOST_HTML, essence, plain
from portevoix.channels.media import prepare_picture
from portevoix.kernel.errors import BadInput, Refused, TryLater, Uncertain
from portevoix.kernel.messages import Addressed, Change, Direction, Media, Outgoing, Visibility, Writer
from tests.channels.wire import Wire, wire
from tests.kernel.pictures import jpeg

HERE = Here("@ville@ville.example", "1", "ville", "ville.example")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
VILLE = {"id": "1", "username": "ville", "acct": "ville", "url": "https://ville.example/@ville"}
ANA = {"id": "2", "username": "ana", "acct": "ana@autre.example", "display_name": "Ana  Bél", "bot": False}
MENTION = (
    '<span class="h-card"><a href="https://ville.example/@ville" class="u-url mention">@<span>ville</span></a></span>'
)


def status(key: str = "100", content: str = f"<p>{MENTION} bonjour</p>", **more: Any) -> dict[str, Any]:
    """As Mastodon 4 gives it."""
    return {
        "id": key,
        "created_at": "2026-03-02T09:00:00.000Z",
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "public",
        "language": "fr",
        "uri": f"https://autre.example/users/ana/statuses/{key}",
        "url": f"https://autre.example/@ana/{key}",
        "replies_count": 0,
        "reblogs_count": 0,
        "favourites_count": 2,
        "edited_at": None,
        "content": content,
        "reblog": None,
        "account": ANA,
        "media_attachments": [],
        "mentions": [VILLE],
        "poll": None,
    } | more


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Un</p><p>Deux<br>Trois<br/>Quatre</p>", "Un\n\nDeux\nTrois\nQuatre"),
        (f"<p>{MENTION} bonjour</p>", "@ville@ville.example bonjour"),
        (
            '<p>Voir <a href="https://www.example.org/a/long/path?x=1&amp;y=2" rel="nofollow"><span class="invisible">'
            'https://www.</span><span class="ellipsis">example.org/a/long</span><span class="invisible">/path?x=1&amp;'
            "y=2</span></a> !</p>",
            "Voir https://www.example.org/a/long/path?x=1&y=2 !",
        ),
        ('<a href="https://example.org/a/long/path">example.org/a/lo…</a>', "https://example.org/a/long/path"),
        ('<a href="https://evil.example/">https://mairie.example/</a>', "https://mairie.example/ (https://evil.example/)"),
        ('<a href="https://www.example.org/">example.org</a>', "https://www.example.org/"),
        ('<a href="https://example.org/">ex</a>', "ex (https://example.org/)"),
        ('<a href="https://example.org/">le plan</a>', "le plan (https://example.org/)"),
        ('<p><a href="https://m.example/tags/voirie" class="mention hashtag">#<span>voirie</span></a></p>', "#voirie"),
        ('<a href="javascript:alert(1)">ici</a>', "ici"),
        ("<p>:lampadaire: &lt;b&gt; &amp; &#233;</p>", ":lampadaire: <b> & é"),
        ("<ul><li>un</li><li>deux</li></ul><blockquote><p>cité</p></blockquote>fin", "- un\n- deux\n\ncité\n\nfin"),
        ("<pre><code>a\n  b</code></pre>", "a\n  b"),
        ("a\n   b<script>alert(1)</script><style>p{}</style> c", "a b c"),
        ("<a href='https://a.example/'>un<a href='https://b.example/'>b.ex…", "un (https://a.example/)https://b.example/"),
        ("<p>x</div></p></a></ul>\0\ud800", "x"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_html_of_a_status_reads_as_its_reader_sees_it(html: str, expected: str) -> None:
    assert plain(html, {"https://ville.example/@ville": "@ville@ville.example"}) == expected


@given(st.text(alphabet="<>/ap\"'= &;#!-[]?brscript\n", max_size=400))
def test_no_html_is_too_broken_to_be_read(html: str) -> None:
    assert "\0" not in plain(html)


@pytest.mark.parametrize(
    "part", ["<", "<a ", "<a href='", "<!--", "<![CDATA[", "</", "<p>", "&#", "<a>", "<?", "<pre>"]
)
def test_hostile_html_takes_no_time(part: str) -> None:
    began = time.monotonic()
    assert plain(part * (2 * MOST_HTML // len(part))).endswith(CUT.strip())
    assert time.monotonic() - began < 5


def test_a_status_becomes_a_message() -> None:
    raw = status(
        content=f"<p>{MENTION} la lampe :lampe: est cassée</p>",
        spoiler_text="voirie",
        poll={"options": [{"title": "oui", "votes_count": 3}, {"title": "non"}]},
        media_attachments=[{"type": "image", "url": "https://f.example/1.png", "description": "une lampe"}],
    )
    message = read(raw, HERE)
    assert message.text == "voirie\n\n@ville@ville.example la lampe :lampe: est cassée\n\n- oui\n- non"
    assert message.author == Writer("ana@autre.example", "@ana@autre.example", "Ana Bél")
    assert message.media == (Media("https://f.example/1.png", "image", "une lampe"),)
    assert (message.lang, message.url, message.counts) == ("fr", "https://autre.example/@ana/100", {"likes": 2})
    assert (message.sent_at, message.external_id, message.thread) == (NOW, "100", "100")
    assert (message.direction, message.revision, message.change) == (Direction.IN, 0, Change.MESSAGE)


def test_an_edit_has_the_same_revision_each_time_it_is_read_and_a_later_one_a_higher() -> None:
    first, second = (read(status(edited_at=f"2026-03-02T09:0{n}:00Z"), HERE).revision for n in (1, 2))
    assert 0 < first < second < 2**31
    assert first == read(status(edited_at="2026-03-02T10:01:00+01:00"), HERE).revision


@pytest.mark.parametrize(
    ("visibility", "expected"),
    [
        ("public", Visibility.PUBLIC),
        ("unlisted", Visibility.PUBLIC),
        ("private", Visibility.PRIVATE),
        ("direct", Visibility.PRIVATE),
        ("local", Visibility.PRIVATE),
        (None, Visibility.PRIVATE),
    ],
)
def test_what_is_not_open_to_all_is_private(visibility: str, expected: Visibility) -> None:
    assert read(status(visibility=visibility), HERE).visibility is expected


BOB = {"id": "3", "username": "bob", "acct": "bob@autre.example", "url": "https://autre.example/@bob"}
TO_BOB = '<a href="https://autre.example/@bob" class="u-url mention">@bob</a>'


@pytest.mark.parametrize(
    ("content", "more", "expected"),
    [
        (f"{MENTION} la lampe est cassée", {}, Addressed.DIRECT),
        (f"La lampe est cassée, {MENTION}", {}, Addressed.DIRECT),
        (f"{TO_BOB} {MENTION} la lampe", {}, Addressed.DIRECT),
        (f"{TO_BOB} regarde ce que fait {MENTION}", {}, Addressed.COPY),
        (f"Merci {TO_BOB} et {MENTION}", {}, Addressed.COPY),
        (f"Merci {TO_BOB} et {MENTION}", {"visibility": "direct"}, Addressed.DIRECT),
        (f"{TO_BOB} {MENTION} d'accord", {"in_reply_to_id": "9", "in_reply_to_account_id": "3"}, Addressed.COPY),
        (f"{MENTION} {TO_BOB} et vous ?", {"in_reply_to_id": "9", "in_reply_to_account_id": "3"}, Addressed.DIRECT),
        (f"{TO_BOB} {MENTION} merci", {"in_reply_to_id": "9", "in_reply_to_account_id": "1"}, Addressed.DIRECT),
        (f"suite : {MENTION}", {"in_reply_to_id": "9", "in_reply_to_account_id": "2"}, Addressed.DIRECT),
        (f"d'accord avec {MENTION}", {"in_reply_to_id": "9", "in_reply_to_account_id": "3"}, Addressed.COPY),
    ],
)
def test_spoken_to_or_named_in_copy(content: str, more: dict[str, Any], expected: Addressed) -> None:
    named = [VILLE, *([BOB] if "@bob" in content else [])]
    assert read(status(content=content, mentions=named, **more), HERE).addressed is expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(status())), JSON)
@example("created_at", "0001-01-01T00:00:00+14:00")
@example("edited_at", "9999-12-31T23:59:59-14:00")
@example("account", {"acct": "\0"})
def test_a_status_with_anything_in_it_is_read_or_unclear(name: str, value: Any) -> None:
    try:
        message = read(status() | {name: value}, HERE)
    except Unclear:
        return
    assert message.external_id and message.author.id and "\0" not in message.text + message.author.id
    assert 0 <= message.revision < 2**31


def test_texts_that_an_instance_formats_are_known_again() -> None:
    assert essence("@ana@autre.example *Merci* — à 8 h.") == essence("@ana Merci - à 8&nbsp;h".replace("&nbsp;", " "))
    assert essence("👍") != essence("👎")


@dataclass
class Shelf:
    """An instance's lists in memory, to try every order of things: pages of `most`, some ids not to be seen yet."""

    now: datetime
    most: int
    notifications: list[dict[str, Any]] = field(default_factory=list)
    own: list[dict[str, Any]] = field(default_factory=list)
    statuses: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: int = 0

    def get(self, path: str, parameters: Mapping[str, Any] | None = None) -> Answer:
        self.asked += 1
        if path.endswith("/notifications"):
            found: Any = self._page(self.notifications, parameters or {})
        elif path.startswith("/api/v1/accounts/"):
            found = self._page(self.own, parameters or {})
        elif (key := path.rsplit("/", 1)[1]) in self.statuses:
            found = self.statuses[key]
        else:
            raise Rejected("gone", status=404)
        return Answer(200, {"date": format_datetime(self.now, usegmt=True)}, json.dumps(found).encode())

    def many(self, keys: list[str]) -> list[Any]:
        return [self.statuses[key] for key in keys if key in self.statuses]

    def context(self, key: str) -> dict[str, list[Any]]:
        self.asked += 1
        return {"ancestors": [], "descendants": []}

    def application(self) -> str:
        return "Portevoix"

    def _page(self, items: list[dict[str, Any]], asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        """As Mastodon pages: with `min_id` those just after it, else the newest; the newest first."""
        most = min(self.most, asked["limit"])
        found = sorted((one for one in items if one.get("seen", True)), key=lambda one: rank(one["id"]))
        if "min_id" in asked:
            found = [one for one in found if rank(one["id"]) > rank(asked["min_id"])][:most]
        elif "max_id" in asked:
            found = [one for one in found if rank(one["id"]) < rank(asked["max_id"])][-most:]
        return found[-most:][::-1]

    def mention(self, number: int, **more: Any) -> None:
        raw = status(str(1000 + number), created_at=self.now.isoformat(), **more)
        self.statuses[raw["id"]] = raw
        entry = {"id": str(number), "type": "mention", "created_at": self.now.isoformat(), "status": raw}
        self.notifications.append(entry)

    def turn(self, cursor: str | None) -> Any:
        return Turn(self, HERE, Cursor.read(cursor)).run()  # type: ignore[arg-type]


def drain(shelf: Shelf, cursor: str | None) -> tuple[list[Any], str | None]:
    found = []
    for _ in range(500):
        batch = shelf.turn(cursor)
        found += batch.messages
        assert not batch.more or batch.cursor != cursor
        cursor = batch.cursor
        if not batch.more:
            return found, cursor
    raise AssertionError("it never ends")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.booleans(), st.integers(0, 100)), min_size=1, max_size=4),
    st.sampled_from([15, 30, 80]),
)
def test_every_mention_is_read_once_however_they_come(arrivals: list[tuple[int, bool, int]], most: int) -> None:
    """Also where an id can be seen only after the next ones, as transactions end in another order than they begin."""
    shelf, cursor, found, number = Shelf(NOW, most), None, [], 0
    for count, late, seconds in arrivals:
        for _ in range(count):
            number += 1
            shelf.mention(number)
        hidden = shelf.notifications[-count:][:1] if late else []
        for entry in hidden:
            entry["seen"] = False
        for _ in range(2):
            read_now, cursor = drain(shelf, cursor)
            found += read_now
            for entry in hidden:
                entry["seen"] = True
            shelf.now += timedelta(seconds=5)
        shelf.now += timedelta(seconds=seconds)
    ids = [int(message.external_id) - 1000 for message in found]
    assert sorted(ids) == list(range(1, number + 1))


def test_ten_thousand_mentions_take_no_more_requests_than_their_pages() -> None:
    shelf = Shelf(NOW, receive.PAGE)
    _, cursor = drain(shelf, None)
    for number in range(1, 10_001):
        shelf.mention(number)
    shelf.now += timedelta(hours=1)
    shelf.asked = 0
    found, cursor = drain(shelf, cursor)
    assert [message.external_id for message in found] == [str(1000 + number) for number in range(1, 10_001)]
    assert shelf.asked <= 10_000 / receive.PAGE + 2
    assert len(cursor or "") < 40_000


def test_the_first_reading_goes_thirty_days_back_and_what_is_older_never_comes() -> None:
    shelf = Shelf(NOW - timedelta(days=31), 80)
    for number in range(1, 101):
        shelf.mention(number)
    shelf.now = NOW - timedelta(days=29)
    for number in range(101, 301):
        shelf.mention(number)
    shelf.now = NOW
    found, cursor = drain(shelf, None)
    assert [message.external_id for message in found] == [str(1000 + number) for number in range(101, 301)]
    assert not drain(shelf, cursor)[0]


def test_an_edit_and_a_deletion_are_noticed_once_each() -> None:
    shelf = Shelf(NOW, 80)
    for number in range(1, 31):
        shelf.mention(number)
    _, cursor = drain(shelf, None)
    shelf.statuses["1003"] = status("1003", content="<p>autrement</p>", edited_at="2026-03-02T09:05:00Z")
    del shelf.statuses["1004"]
    shelf.notifications[3]["status"] = None
    changes = []
    for _ in range(5):
        batch = shelf.turn(cursor)
        changes += batch.messages
        assert shelf.turn(cursor) == batch
        cursor = batch.cursor
    assert sorted((change.external_id, change.change) for change in changes) == [
        ("1003", Change.AMEND),
        ("1004", Change.RETRACT),
    ]
    assert {change.text for change in changes} == {"autrement", ""}
    assert all(change.revision > 0 for change in changes)


def test_the_citys_own_statuses_are_history_but_not_the_later_parts_of_a_reply_of_ours() -> None:
    shelf = Shelf(NOW, 80)
    _, cursor = drain(shelf, None)
    own = {"account": VILLE, "created_at": NOW.isoformat(), "application": {"name": "Portevoix"}}
    shelf.own = [
        status("1", **own),
        status("2", **own, in_reply_to_id="1", in_reply_to_account_id="1"),
        status("3", **own | {"application": {"name": "Web"}}, in_reply_to_id="1", in_reply_to_account_id="1"),
        status("4", **own, reblog=status("9")),
    ]
    assert not drain(shelf, cursor)[0], "they are younger than a reply of ours needs to have its receipt"
    shelf.now += timedelta(minutes=3)
    shelf.statuses = {raw["id"]: raw for raw in shelf.own}
    found, cursor = drain(shelf, cursor)
    assert [(one.external_id, one.direction, one.thread) for one in found] == [
        ("1", Direction.OUT, "1"),
        ("3", Direction.OUT, "1"),
    ]
    assert not drain(shelf, cursor)[0]


def test_one_status_that_is_not_told_pauses_nothing_and_holds_nothing_up(server: Wire) -> None:
    """Neither its thread, nor whether it changed, nor a page of ours that fails for the moment."""
    entry = {"id": "7", "type": "mention", "created_at": NOW.isoformat(), "status": status("107", in_reply_to_id="50")}
    date = {"Date": format_datetime(NOW, usegmt=True)}
    server.next = [ME, (200, date, [entry]), (403, {}, {"error": "not this one"}), (500, {}, {})]
    batch = connector(server).receive('{"notified": "6", "own": "0"}')
    assert [(one.external_id, one.thread) for one in batch.messages] == [("107", "50")]
    server.next = [(200, date, []), (200, {}, []), (404, {}, {}), (403, {}, {})]
    assert not connector(server).receive(batch.cursor).messages
    assert not server.next


def test_what_cannot_be_read_holds_nothing_up() -> None:
    shelf = Shelf(NOW, 80)
    _, cursor = drain(shelf, None)
    shelf.mention(1)
    shelf.mention(2, account="nobody")
    shelf.mention(3)
    shelf.notifications[2]["status"] = [1]
    shelf.mention(4)
    shelf.notifications.append({"id": "5", "type": "mention", "status": None})
    shelf.now += timedelta(minutes=2)
    batch = shelf.turn(cursor)
    assert [message.external_id for message in batch.messages] == ["1001", "1004"]
    assert [one.external_id for one in batch.unreadable] == ["notification:2", "notification:3"]
    assert json.loads(batch.unreadable[0].raw)["status"]["account"] == "nobody"
    again = shelf.turn(batch.cursor)
    assert not again.messages and not again.unreadable


@given(st.text(max_size=200) | JSON.map(json.dumps))
@example('{"watched": [["a", 1e400, 0, "", 0]]}')
@example("[" * 100_000)
def test_a_cursor_that_cannot_be_read_is_a_beginning(written: str) -> None:
    Cursor.read(written).write(NOW)


def test_a_cursor_survives_and_stays_small() -> None:
    at = int(NOW.timestamp())
    watched = {str(n): Watched(at, n, "7" if n % 2 else str(n), n % 3 == 0) for n in range(MOST_WATCHED + 10)}
    cursor = Cursor("5", None, "6", "7", {"old": Watched(at - 15 * 86400, 0, "old"), **watched})
    back = Cursor.read(cursor.write(NOW))
    assert (back.notified, back.own, back.looked) == ("5", "6", "7")
    assert list(back.watched.items()) == list(watched.items())[10:]


@pytest.mark.parametrize(
    "typed",
    [
        {"instance": "https://m.example", "access_token": "a b"},
        {"instance": "https://m.example", "access_token": "a\r\nX: y"},
        {"instance": "http://m.example", "access_token": "t"},
    ],
)
def test_settings_that_would_harm_are_not_taken(typed: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        MastodonSettings(**typed)


@pytest.mark.parametrize("account", ["", "a b@c", "@@x", "ville@", "ville@ho st", "<b>"])
def test_what_is_no_account_is_not_taken(account: str) -> None:
    with pytest.raises(BadInput):
        MastodonConnector(account, MastodonSettings("https://m.example", "t"))


@pytest.fixture
def server(monkeypatch) -> Iterator[Wire]:
    monkeypatch.setattr(internal_hosts, "internal", {"127.0.0.1"})
    http.forget_waits()
    client.forget()
    with wire() as told:
        yield told


def connector(server: Wire) -> MastodonConnector:
    return MastodonConnector("@ville@ville.example", MastodonSettings(server.address, "t"))


def outgoing(**more: Any) -> Outgoing:
    values = {"in_reply_to": "100", "sent_at": datetime.now(UTC), "lang": "fr", "text": "Nous venons demain."} | more
    to = Writer("ana@autre.example", "@ana@autre.example", "Ana")
    return Outgoing(key="k", account="", conversation="", to=to, **values)


ME = (200, {}, {"id": "1", "username": "ville"})
PARENT = (200, {}, status(spoiler_text="voirie", visibility="unlisted"))
LIMITS = (200, {}, {"configuration": {"statuses": {"max_characters": 500, "characters_reserved_per_url": 23}}})


def test_a_reply_keeps_what_the_question_had(server: Wire) -> None:
    server.next = [ME, PARENT, (200, {}, status("200"))]
    assert connector(server).send(outgoing()).external_id == "200"
    method, path, headers, body = server.asked[-1]
    assert (method, path, headers["Idempotency-Key"]) == ("POST", "/api/v1/statuses", "k")
    assert json.loads(body) == {
        "status": "@ana@autre.example Nous venons demain.",
        "visibility": "unlisted",
        "spoiler_text": "voirie",
        "language": "fr",
        "in_reply_to_id": "100",
    }


def test_the_statuses_are_those_that_the_composer_shows_by_what_the_instance_said(server: Wire) -> None:
    told = {"configuration": {"statuses": {"max_characters": 250, "characters_reserved_per_url": 40}}}
    stored = {"instance": server.address, "access_token": "t"}
    now = datetime.now(UTC)
    assert MastodonRenewal().due(stored, now)
    server.next = [(200, {}, told)]
    stored |= MastodonRenewal().renew(stored)
    assert not MastodonRenewal().due(stored, now + timedelta(hours=20))
    assert MastodonRenewal().due(stored, now + timedelta(hours=25))
    server.next = [(404, {}, {}), (404, {}, {})]
    assert (stored | MastodonRenewal().renew(stored))["most_characters"] == 250, "an instance that says nothing"

    said = outgoing(text="Voyez https://ville.example/a, puis la rue Basse. " * 9)
    limit = MastodonConnector.text_limit(stored, said.to)
    assert limit.most == 250 - len("@ana@autre.example ")
    assert limit.count("@ana@autre.example https://ville.example/a !") == 42
    shown = limit.cut(said.text)
    city = MastodonConnector("@ville@ville.example", MastodonSettings(**stored))
    nothing: list[Any] = [(200, {}, {"ancestors": [], "descendants": []}), (200, {}, [])]
    server.next = [ME, (200, {}, status()), *nothing, *((200, {}, status(f"20{n}")) for n in range(len(shown)))]
    city.send(said)
    sent = [json.loads(body)["status"] for _, path, _, body in server.asked if path == "/api/v1/statuses"]
    assert sent == list(shown) and len(sent) > 2


def test_before_an_instance_has_said_anything_a_status_has_five_hundred_characters() -> None:
    limit = MastodonConnector.text_limit({}, Writer(""))
    assert limit.most == 500 and limit.cut("x" * 500) == ("x" * 500,) and len(limit.cut("x" * 501)) == 2


@pytest.mark.parametrize("seen_by", ["public", "private", "direct"])
def test_a_private_reply_stays_private_and_names_nobody_else(seen_by: str, server: Wire) -> None:
    private = Visibility.PRIVATE if seen_by == "public" else Visibility.PUBLIC
    server.next = [ME, (200, {}, status(visibility=seen_by)), (200, {}, status("200"))]
    city = connector(server)
    city.send(outgoing(visibility=private))
    assert json.loads(server.asked[-1][3])["visibility"] == "direct"
    for name in ("@police", "@ana", "@bob@autre.example"):  # “@ana” alone is somebody of the city's own instance
        server.next = [(200, {}, status(visibility=seen_by))]
        with pytest.raises(Refused, match=f"{name} would be able to read it"):
            city.send(outgoing(visibility=private, text=f"Voyez {name}, @ana@autre.example, mairie@ville.example"))


@pytest.mark.parametrize(
    ("answers", "expected", "pause", "words"),
    [
        ([(401, {}, {"error": "The access token was revoked"})], Refused, True, "Make a new one there"),
        ([ME, (403, {}, {"error": "outside the authorized scopes"})], Refused, True, "read write:statuses write:media"),
        ([ME, (404, {}, {"error": "Record not found"})], Refused, False, "not on the network any more"),
        ([ME, PARENT, (404, {}, {})], Refused, False, "not on the network any more"),
        ([ME, PARENT, (422, {}, {"error": "Validation failed: too long"})], Refused, False, "too long"),
        ([ME, PARENT, (429, {"Retry-After": "7"}, {})], TryLater, None, "busy"),
        ([ME, PARENT, (500, {}, {})], Uncertain, None, "out of order"),
        ([ME, PARENT, "reset"], Uncertain, None, "broke off"),
        ([ME, PARENT, (200, {}, {})], Uncertain, None, "under which id"),
        ([ME, PARENT, (200, {}, b"<p>")], Uncertain, None, "cannot be read"),
        ([ME, "reset"], TryLater, None, "broke off"),
        ([(200, {}, {"id": "9", "username": "autre"})], Refused, True, "that of @autre"),
    ],
)
def test_what_a_refusal_means(
    answers: list[Any], expected: type[Exception], pause: bool | None, words: str, server: Wire
) -> None:
    server.next = answers
    with pytest.raises(expected, match=words) as caught:
        connector(server).send(outgoing())
    assert getattr(caught.value, "pause", None) == pause


def test_of_a_reply_in_parts_what_left_is_not_sent_again(server: Wire) -> None:
    city, sent = connector(server), []
    long = outgoing(text="Un mot. " * 100)
    nothing: list[Any] = [(200, {}, {"ancestors": [], "descendants": []}), (200, {}, [])]
    server.next = [ME, PARENT, *nothing, (200, {}, status("200")), "reset"]
    with pytest.raises(Uncertain):
        city.send(long)
    for _, path, _, body in server.asked:
        if path == "/api/v1/statuses":
            sent.append(json.loads(body))
    assert len(sent) == 2 and sent[1]["in_reply_to_id"] == "200"
    first = status("200", content=sent[0]["status"], account=VILLE, in_reply_to_id="100")
    first["created_at"] = datetime.now(UTC).isoformat()
    there = [(200, {}, {"descendants": []}), (200, {}, [first]), (200, {}, [])]
    server.next = [PARENT, *there]
    assert city.find(long) is None
    server.next = [PARENT, *there, (200, {}, status("201"))]
    assert city.send(long).external_id == "200"
    posted = [json.loads(body) for _, path, _, body in server.asked if path == "/api/v1/statuses"]
    assert [one["in_reply_to_id"] for one in posted] == ["100", "200", "200"]
    assert posted[2] == sent[1]
    keys = [headers["Idempotency-Key"] for _, path, headers, _ in server.asked if path == "/api/v1/statuses"]
    assert keys == ["k", "k-1", "k-1"]


def test_a_picture_is_waited_for_and_laid_again_when_nothing_came_of_it(server: Wire, monkeypatch) -> None:
    monkeypatch.setattr(client, "PATIENCE", (0.0, 0.0))
    city, shown = connector(server), outgoing(media=(prepare_picture("rue.jpg", jpeg(), "La rue « Haute »"),))
    laid, waits, ready = (202, {}, {"id": "7"}), (206, {}, {"id": "7"}), (200, {}, {"id": "7"})
    server.next = [ME, LIMITS, PARENT, laid, waits, waits]
    with pytest.raises(TryLater, match="not prepared"):
        city.send(shown)
    server.next = [PARENT, "reset"]
    with pytest.raises(TryLater):
        city.send(shown)
    server.next = [PARENT, laid, waits, ready, (200, {}, status("200"))]
    assert city.send(shown).external_id == "200"
    posted = [json.loads(body) for _, path, _, body in server.asked if path == "/api/v1/statuses"]
    assert [one["media_ids"] for one in posted] == [["7"]]
    (form, *_) = (body for _, path, _, body in server.asked if path == "/api/v2/media")
    assert "La rue « Haute »".encode() in form and shown.media[0].content in form


def test_a_token_of_before_loses_the_picture_and_not_the_account(server: Wire) -> None:
    server.next = [ME, LIMITS, PARENT, (403, {}, {"error": "outside the authorized scopes"})]
    with pytest.raises(Refused, match="write:media") as caught:
        connector(server).send(outgoing(media=(prepare_picture("rue.jpg", jpeg(), "La rue"),)))
    assert not caught.value.pause


def test_an_instance_that_takes_less_says_so_before_anything_is_laid(server: Wire) -> None:
    files = {"media_attachments": {"image_size_limit": 100}}
    server.next = [ME, (200, {}, {"configuration": LIMITS[2]["configuration"] | files})]
    with pytest.raises(Refused, match="this network takes"):
        connector(server).send(outgoing(media=(prepare_picture("rue.jpg", jpeg(), "La rue"),)))
    assert not any(path == "/api/v2/media" for _, path, _, _ in server.asked)


def test_a_reply_is_found_though_what_it_answers_was_deleted(server: Wire) -> None:
    reply = status("200", content="Nous venons demain.", account=VILLE, created_at=datetime.now(UTC).isoformat())
    gone = (404, {}, {"error": "Record not found"})
    server.next = [ME, gone, gone, (200, {}, [reply]), (200, {}, [])]
    found = connector(server).find(outgoing())
    assert found and found.external_id == "200"


def test_a_date_that_some_server_in_between_makes_up_hides_no_reply(server: Wire) -> None:
    reply = status("200", content="Nous venons demain.", account=VILLE, in_reply_to_id="100")
    reply["created_at"] = datetime.now(UTC).isoformat()
    for ahead in (timedelta(hours=1), timedelta(hours=-1)):
        date = {"Date": format_datetime(datetime.now(UTC) + ahead, usegmt=True)}
        server.next = [ME, PARENT, (200, date, {"descendants": [reply]})]
        client.forget()
        found = connector(server).find(outgoing())
        assert found and found.external_id == "200"


def test_a_question_of_which_nothing_is_told_is_answered_in_private(server: Wire) -> None:
    server.next = [ME, (200, {}, []), (200, {}, status("200"))]
    connector(server).send(outgoing())
    assert json.loads(server.asked[-1][3])["visibility"] == "direct"


def test_where_something_alike_stands_there_already_a_person_decides(server: Wire) -> None:
    before = status("90", content="Nous venons demain !", account=VILLE, in_reply_to_id="100")
    before["created_at"] = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    other = before | {"id": "91", "content": "Bonjour, quelle rue exactement ?"}
    server.next = [ME, PARENT, (200, {}, {"descendants": [before]}), (200, {}, [])]
    with pytest.raises(Uncertain, match="alike"):
        connector(server).find(outgoing())
    server.next = [PARENT, (200, {}, {"descendants": [other]}), (200, {}, [])]
    assert connector(server).find(outgoing()) is None
    assert not server.next
