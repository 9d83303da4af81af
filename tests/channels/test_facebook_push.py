"""What Meta pushes: believed only when it is signed, read whatever it holds, the same each time."""

import json
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.channels.facebook.push import MOST_BODY, handshake
from portevoix.channels.facebook.values import REMOVAL_REVISION
from portevoix.kernel.errors import Refused
from portevoix.kernel.messages import Addressed, Change, Direction, Incoming, RawRequest, Visibility
from tests.channels.meta import connector
from tests.servers.meta_emulator import INSTAGRAM_ID, PAGE_ID, SECRET, VERIFY, Meta, signed

AT = 1_790_000_000


def feed(time: int = AT, **value: Any) -> dict[str, Any]:
    said = {"item": "comment", "verb": "add", "comment_id": "7_1", "post_id": f"{PAGE_ID}_7", "message": "Bonjour"}
    told = {**said, "parent_id": f"{PAGE_ID}_7", "from": {"id": "501", "name": "Ana"}, "created_time": AT - 5, **value}
    return {"id": PAGE_ID, "time": time, "changes": [{"field": "feed", "value": told}]}


def letters(*told: dict[str, Any], me: str = PAGE_ID, by: str = "501", **ids: Any) -> dict[str, Any]:
    shape = {"sender": {"id": by}, "recipient": {"id": me}, "timestamp": AT * 1000 + 250, **ids}
    return {"id": me, "time": AT * 1000, "messaging": [{**shape, **one} for one in told]}


def read(*entries: dict[str, Any], on: str = "facebook") -> tuple[Incoming, ...]:
    return connector(on=on).parse(Meta(on).push(list(entries)))


def one(*entries: dict[str, Any], on: str = "facebook") -> Incoming:
    (message,) = read(*entries, on=on)
    return message


def test_a_comment_opens_a_conversation_and_its_replies_belong_to_it() -> None:
    first, answer = read(feed(), feed(comment_id="7_2", parent_id="7_1", message="Moi aussi"))
    assert (first.external_id, first.thread, first.in_reply_to) == ("7_1", "7_1", f"{PAGE_ID}_7")
    assert (answer.thread, answer.in_reply_to, answer.references) == ("7_1", "7_1", ("7_1",))
    assert first.direction is Direction.IN and first.author.name == "Ana" and first.visibility is Visibility.PUBLIC
    assert first.sent_at == datetime.fromtimestamp(AT - 5, UTC) and first.text == "Bonjour"


def test_what_the_city_itself_says_is_out_and_what_it_publishes_is_no_message() -> None:
    mine = {"id": PAGE_ID, "name": "Valmont"}
    assert one(feed(**{"from": mine})).direction is Direction.OUT
    assert read(feed(item="status", **{"from": mine})) == ()
    visitor = one(feed(item="photo", photo="https://cdn.example/a.jpg", post_id=f"{PAGE_ID}_9"))
    assert visitor.external_id == visitor.thread == f"{PAGE_ID}_9"
    assert [media.url for media in visitor.media] == ["https://cdn.example/a.jpg"]


def test_an_edit_and_a_removal_are_the_same_revisions_in_whatever_order_they_come() -> None:
    entries = [
        feed(),
        feed(AT + 10, verb="edited", message="Bonsoir"),
        feed(AT + 20, verb="edited", message="Bonne nuit"),
        feed(AT + 20, verb="remove"),
    ]
    told = read(*entries)
    assert [message.change for message in told] == [Change.MESSAGE, Change.AMEND, Change.AMEND, Change.RETRACT]
    assert [message.revision for message in told] == [0, AT + 10, AT + 20, REMOVAL_REVISION]
    assert {message.external_id for message in told} == {"7_1"}
    shuffled = entries * 2
    Random(5).shuffle(shuffled)
    again = read(*shuffled)
    assert sorted(again, key=lambda one: one.revision) == list(told), "a duplicate came twice, or changed"


@pytest.mark.parametrize("on", ["facebook", "instagram"])
def test_private_messages_with_one_person_are_one_conversation(on) -> None:
    me = PAGE_ID if on == "facebook" else INSTAGRAM_ID
    picture = {"type": "image", "payload": {"url": "https://cdn.example/b.jpg"}}
    asked, echo = read(
        letters({"message": {"mid": "m_1", "text": "Été ?", "attachments": [picture]}}, me=me),
        letters(
            {"message": {"mid": "m_2", "text": "Oui.", "is_echo": True, "reply_to": {"mid": "m_1"}}},
            me=me, by=me, recipient={"id": "501"},
        ),
        on=on,
    )  # fmt: skip
    assert asked.thread == echo.thread == "with:501" and asked.visibility is Visibility.PRIVATE
    assert (asked.direction, echo.direction) == (Direction.IN, Direction.OUT)
    assert asked.text == "Été ?" and asked.media[0].type == "image" and echo.in_reply_to == "m_1"
    assert asked.sent_at == datetime.fromtimestamp(AT + 0.25, UTC)


def test_private_messages_are_edited_and_unsent() -> None:
    edit = one(letters({"message_edit": {"mid": "m_1", "text": "Mieux", "num_edit": "2"}}))
    assert (edit.change, edit.revision, edit.text) == (Change.AMEND, 2, "Mieux")
    wordless = [{"message_edit": {"mid": "m_1", "text": None, "num_edit": number}} for number in (0, 2)]
    batch = connector().parse_webhook(Meta().push([letters(*wordless), feed(verb="edited", message=None)]))
    assert not batch.messages and len(batch.unreadable) == 2, "an edit without words empties nothing"
    gone = one(letters({"message": {"mid": "m_1", "is_deleted": True}}))
    assert (gone.change, gone.revision, gone.external_id) == (Change.RETRACT, REMOVAL_REVISION, "m_1")


def test_comments_on_instagram_and_mentions() -> None:
    value = {"id": "180", "text": "Bravo", "from": {"id": "9", "username": "ana"}, "media": {"id": "179"}}
    entry = {"id": INSTAGRAM_ID, "time": AT, "changes": [{"field": "comments", "value": value}]}
    said = one(entry, on="instagram")
    assert (said.channel, said.thread, said.in_reply_to, said.author.handle) == ("instagram", "180", "179", "ana")
    named = {"item": "comment", "verb": "add", "comment_id": "5_6", "post_id": "4_5", "sender_id": "77"}
    mention = one(
        {"id": PAGE_ID, "time": AT, "changes": [{"field": "mention", "value": {**named, "message": "Valmont"}}]}
    )
    assert (mention.addressed, mention.author.id, mention.external_id) == (Addressed.COPY, "77", "5_6")
    silent = {"field": "mentions", "value": {"media_id": "179", "comment_id": "181"}}
    request = Meta("instagram").push([{"id": INSTAGRAM_ID, "time": AT, "changes": [silent]}])
    (left,) = connector(on="instagram").parse_webhook(request).unreadable
    assert left.external_id == "mention:181"


def test_an_unknown_kind_is_kept_once_a_broken_event_as_it_is_and_neither_stops_another() -> None:
    strange = {"field": "weather", "value": {"sun": True}}
    entries = [
        {"id": PAGE_ID, "time": AT, "changes": [strange, strange, {"field": "feed", "value": {"item": "hologram"}}]},
        feed(item="like"),
        feed(item="reaction", verb="edit"),
        letters({"read": {"watermark": 1}}, {"telepathy": {}}, {"message": {"text": "no id"}}),
        feed(created_time="yesterday"),
        feed(comment_id="../../me"),
        feed(comment_id="7_3"),
    ]
    batch = connector().parse_webhook(Meta().push(entries))
    assert [message.external_id for message in batch.messages] == ["7_3"]
    names = [item.external_id for item in batch.unreadable]
    assert names[:3] == ["kind:page/weather", "kind:feed/hologram/", "kind:messaging/telepathy"]
    assert len(names) == 6 and all(name.startswith("unread:") for name in names[3:])
    assert connector().parse_webhook(Meta().push(entries)) == batch


def test_meta_escapes_what_it_signs_and_the_bytes_count() -> None:
    request = Meta().push([feed(message="été 🌻 <a/b>")])
    assert b"\\u00e9t\\u00e9 \\ud83c\\udf3b <a\\/b>" in request.body, "the emulator does not escape as Meta does"
    (message,) = connector().parse(request)
    assert message.text == "été 🌻 <a/b>"
    unescaped = request.body.replace(b"\\u00e9", "é".encode())
    with pytest.raises(Refused):
        connector().parse(RawRequest("POST", "/", request.headers, unescaped, request.received_at))


def test_who_does_not_sign_or_means_somebody_else_is_refused() -> None:
    good = Meta().push([feed()])
    signature = good.headers["X-Hub-Signature-256"]
    headers = [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": signature[:-1] + ("0" if signature[-1] != "0" else "1")},
        {"X-Hub-Signature-256": signature.removeprefix("sha256=")},
        {"X-Hub-Signature": signature.replace("sha256", "sha1")},
        {"X-Hub-Signature-256": "sha256=" + "é" * 64},
    ]
    refused = [RawRequest("POST", "/", one, good.body, good.received_at) for one in headers]
    refused += [
        RawRequest("GET", "/", good.headers, good.body, good.received_at),
        signed(good.body, "another secret"),
        signed(good.body + b" " * MOST_BODY),
        signed(b""),
        signed(b"[" * 100_000),
        signed(json.dumps({"object": "page", "entry": [{**feed(), "id": "1"}]}).encode()),
        signed(json.dumps({"object": "instagram", "entry": [feed()]}).encode()),
    ]
    for request in refused:
        with pytest.raises(Refused):
            connector().parse(request)
    assert connector().parse(RawRequest("POST", "/", {"x-hub-signature-256": signature}, good.body, good.received_at))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from([PAGE_ID, "add"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
VALUE = st.fixed_dictionaries(
    {},
    optional={
        name: JSON | st.sampled_from(known)
        for name, known in {
            "item": ["comment", "post", "like"], "verb": ["add", "edited", "remove", "hide"], "comment_id": ["7_1"],
            "post_id": ["7"], "from": [{"id": "5"}], "id": ["180"], "text": ["a"], "message": ["a"],
            "created_time": [AT], "media": [{"id": "1"}], "photos": [["https://a.example/b"]], "parent_id": ["7_2"],
        }.items()
    },
)  # fmt: skip
EVENT = st.fixed_dictionaries(
    {},
    optional={
        "sender": JSON | st.just({"id": "501"}),
        "recipient": JSON | st.just({"id": PAGE_ID}),
        "timestamp": JSON | st.just(AT * 1000),
        "message": JSON | st.fixed_dictionaries({"mid": JSON, "text": JSON, "attachments": JSON, "is_deleted": JSON}),
        "message_edit": JSON | st.fixed_dictionaries({"mid": st.just("m_1"), "num_edit": JSON}),
        "postback": JSON,
    },
)
CHANGE = st.fixed_dictionaries(
    {"field": JSON | st.sampled_from(["feed", "mention", "comments"]), "value": VALUE | JSON}
)
ENTRY = st.fixed_dictionaries(
    {"id": st.sampled_from([PAGE_ID, INSTAGRAM_ID]) | JSON},
    optional={
        "time": JSON | st.just(AT),
        "changes": JSON | st.lists(CHANGE, max_size=3),
        "messaging": JSON | st.lists(EVENT | JSON, max_size=3),
        "standby": JSON,
    },
)


@pytest.mark.parametrize("on", ["facebook", "instagram"])
@given(told=st.fixed_dictionaries({"object": st.sampled_from(["page", "instagram"]), "entry": st.lists(ENTRY) | JSON}))
def test_whatever_is_signed_becomes_messages_or_is_refused(on, told) -> None:
    request = signed(json.dumps(told).encode())
    try:
        batch = connector(on=on).parse_webhook(request)
    except Refused:
        return
    for message in batch.messages:
        assert 0 < len(message.external_id) <= 500 and message.author.id and message.sent_at.tzinfo
        assert 0 <= message.revision < 2**31 and "\0" not in message.text
        json.dumps(message.text).encode()
    for item in batch.unreadable:
        assert item.external_id and item.reason and "\0" not in item.raw


@given(body=st.binary(max_size=300), header=st.text(max_size=80))
def test_any_bytes_are_refused_or_read(body, header) -> None:
    for request in (signed(body), RawRequest("POST", "/", {"X-Hub-Signature-256": header}, body, datetime.now(UTC))):
        with pytest.raises(Refused):
            connector().parse(request)


def test_the_handshake_answers_who_knows_the_word_and_nobody_else() -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
    assert handshake(query, VERIFY) == connector().handshake(query) == "1158201444"
    for wrong in ({"hub.mode": "x"}, {"hub.verify_token": "é"}, {"hub.challenge": "<script>"}, {"hub.challenge": ""}):
        with pytest.raises(Refused):
            handshake({**query, **wrong}, VERIFY)
    with pytest.raises(Refused):
        handshake({**query, "hub.verify_token": ""}, "")


def test_no_secret_shows() -> None:
    shown = repr(connector().settings)
    assert SECRET not in shown and VERIFY not in shown and "page-token" not in shown
