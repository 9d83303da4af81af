"""Bluesky on a wire that does as it is told: sessions that end, and what fails on the way."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portevoix.channels import http, internal_hosts
from portevoix.channels.bluesky import BlueskyConnector, BlueskySettings, session
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from portevoix.kernel.messages import Addressed, Outgoing, Writer
from tests.channels.bluesky_posts import ANA, CITY, URI, view
from tests.channels.wire import Wire, wire


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    monkeypatch.setattr(internal_hosts, "internal", {"127.0.0.1"})
    http.forget_waits()
    session.forget_sessions()
    with wire() as told:
        yield told


def connector(server: Wire, password: str = "abcd-efgh") -> BlueskyConnector:
    return BlueskyConnector("@ville.test", BlueskySettings(app_password=password, service=server.address))


def begun(**more: Any) -> tuple[int, dict[str, str], Any]:
    return 200, {}, {"did": CITY, "handle": "ville.test", "accessJwt": "a", "refreshJwt": "r", **more}


EMPTY = (200, {}, {"notifications": []})
POSTS = (200, {}, {"feed": []})
STALE = (400, {}, {"error": "ExpiredToken", "message": "Token has expired"})


def test_a_session_is_kept_for_all_connectors_and_renewed_when_it_ends(server: Wire) -> None:
    server.next = [begun(), EMPTY, POSTS, STALE, begun(accessJwt="b"), EMPTY]
    cursor = connector(server).receive(None).cursor
    connector(server).receive(cursor)
    asked = [path.split("?")[0].rsplit(".", 1)[1] for _, path, _, _ in server.asked]
    assert asked == [
        "createSession",
        "listNotifications",
        "getAuthorFeed",
        "listNotifications",
        "refreshSession",
        "listNotifications",
    ]
    tokens = [headers.get("Authorization") for _, _, headers, _ in server.asked]
    assert tokens == [None, "Bearer a", "Bearer a", "Bearer a", "Bearer r", "Bearer b"]


def test_another_password_begins_another_session_and_a_wrong_one_pauses(server: Wire) -> None:
    server.next = [begun(), EMPTY, POSTS, (401, {}, {"error": "AuthenticationRequired", "message": "abcd-wrong"})]
    connector(server).receive(None)
    with pytest.raises(Refused, match="App passwords") as refused:
        connector(server, "abcd-wrong").receive(None)
    assert refused.value.pause and "abcd-wrong" not in f"{refused.value} {refused.value.__context__!r}"
    assert "abcd" not in repr(connector(server).settings)


def test_a_session_that_is_never_good_waits_instead_of_signing_in_again_and_again(server: Wire) -> None:
    server.next = [begun(), STALE, STALE, begun(), (401, {}, {"error": "AuthMissing"})]
    with pytest.raises(TryLater) as later:
        connector(server).receive(None)
    assert later.value.after >= timedelta(minutes=1) and len(server.asked) == 5


@pytest.mark.parametrize(
    "trouble", ["reset", "cut", (500, {}, {}), (200, {}, []), (200, {}, {"did": 1}), (200, {}, b"<")]
)
def test_signing_in_that_fails_for_other_reasons_is_tried_later(server: Wire, trouble: Any) -> None:
    server.next = [trouble]
    with pytest.raises(TryLater):
        connector(server).receive(None)


def test_a_post_whose_answer_cannot_be_read_may_have_been_made_and_is_looked_for(server: Wire) -> None:
    message = Outgoing("k", "ville.test", "c", Writer(ANA), "Oui.", datetime.now(UTC), in_reply_to=URI)
    parent = {"uri": URI, "cid": "bafyreia", "record": {}}
    server.next = [begun(), (200, {}, {"posts": [parent]}), (200, {}, b"<"), (500, {}, {})]
    with pytest.raises(Uncertain):
        connector(server).send(message)
    made = json.loads(server.asked[2][3])
    there = {"uri": f"at://{CITY}/app.bsky.feed.post/{made['rkey']}", "cid": "bafyreib", "value": made["record"]}
    server.next = [(200, {}, {"posts": [parent]}), (200, {}, b"<"), (200, {}, there)]
    assert connector(server).send(message).external_id == there["uri"]
    taken = (400, {}, {"error": "InvalidRequest", "message": "Record already exists"})
    server.next = [(200, {}, {"posts": [parent]}), taken, (500, {}, {})]
    with pytest.raises(Uncertain):  # not that it was refused: nobody could look
        connector(server).send(message)


def test_the_account_s_own_server_is_asked_unless_it_is_less_protected() -> None:
    def document(place: str) -> dict[str, Any]:
        return {"service": [{"id": "#other"}, 7, {"id": "#atproto_pds", "serviceEndpoint": place}]}

    assert session.home_of(document("https://pds.example/"), "https://bsky.social") == "https://pds.example"
    assert session.home_of(document("http://pds.example"), "https://bsky.social") == "https://bsky.social"
    assert session.home_of({"service": 5}, "https://bsky.social") == "https://bsky.social"


def test_what_else_is_read_in_turns_holds_up_no_mention(server: Wire) -> None:
    row = view("@ville.test bonjour", mentions={"@ville.test": CITY}) | {"indexedAt": datetime.now(UTC).isoformat()}
    server.next = [begun(), (200, {}, {"notifications": [row, 7, {"reason": "reply"}]}), (500, {}, {})]
    batch = connector(server).receive(None)
    assert [message.external_id for message in batch.messages] == [URI] and len(batch.unreadable) == 1
    server.next = [(200, {}, {"notifications": [row, 7, {"reason": "reply"}]}), (400, {}, {"error": "InvalidRequest"})]
    again = connector(server).receive(batch.cursor)
    assert not again.messages and not again.unreadable and again.cursor != batch.cursor


def test_a_page_that_the_network_has_forgotten_is_looked_for_anew(server: Wire) -> None:
    moment = datetime.now(UTC)
    rows = [view("x") | {"uri": f"{URI}{number}", "indexedAt": moment.isoformat()} for number in range(3)]
    full = [(200, {}, {"notifications": [rows[0]], "cursor": f"c{number}"}) for number in range(5)]
    server.next = [begun(), *full, POSTS]
    first = connector(server).receive(None)
    assert first.more
    server.next = [(400, {}, {"error": "InvalidRequest", "message": "Malformed cursor"})]
    second = connector(server).receive(first.cursor)
    assert not second.more and not second.messages
    server.next = [(200, {}, {"notifications": rows})]
    assert len(connector(server).receive(second.cursor).messages) == 2


def test_a_search_that_breaks_down_on_its_way_keeps_nobody_waiting(server: Wire) -> None:
    def looking(words: str) -> BlueskyConnector:
        settings = BlueskySettings(app_password="abcd", service=server.address, search=words)
        return BlueskyConnector("ville.test", settings)

    moment = datetime.now(UTC).isoformat()
    found = [{**view("Ville-sur-Loire"), "uri": f"{URI}{number}", "indexedAt": moment} for number in range(5)]
    pages = [(200, {}, {"posts": [row], "cursor": str(number)}) for number, row in enumerate(found)]
    server.next = [begun(), EMPTY, POSTS, EMPTY, *pages]
    first = looking("Ville-sur-Loire").receive(looking("Ville-sur-Loire").receive(None).cursor)
    assert first.more and {message.addressed for message in first.messages} == {Addressed.COPY}
    spoken = {**view("@ville.test oui", mentions={"@ville.test": CITY}), "uri": f"{URI}x", "indexedAt": moment}
    server.next = [(200, {}, {"notifications": [spoken]}), (500, {}, {})]
    second = looking("Ville-sur-Loire").receive(first.cursor)
    assert [message.external_id for message in second.messages] == [f"{URI}x"] and not second.more
    server.next = [EMPTY, POSTS]
    assert not looking("").receive(first.cursor).more, "what is not looked for any more asks for nothing"
