"""The public conformance suite: what every channel keeps to, built-in or not.

    check_connector(lambda: MyConnector("city@example.org", settings), Fixtures(settings=settings, …))

Plain functions that raise AssertionError with a telling message; `CHECKS` lets a test runner name them one by one.
"""

import base64
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from portevoix.channels.base import Connector, Deleting, Pictures, knobs
from portevoix.kernel.errors import ChannelError, Refused, TryLater, Uncertain
from portevoix.kernel.messages import (
    Ability,
    Attachment,
    Batch,
    Incoming,
    Outgoing,
    RawRequest,
    Receipt,
    Unreadable,
    Writer,
)

MOST_ID: Final = 1000
_MOST_PAGES: Final = 1000
_INJECTED: Final = "X-Injected"
_PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg=="
)
_SECRET_NAMES: Final = ("password", "secret", "token")


@dataclass(frozen=True, slots=True)
class Fixtures:
    """What the suite needs of the channel's far end. What belongs to an ability is needed where the ability is.

    `write(n)` has `n` new messages arrive, and returns when they can be read (POLL). `request` is a genuine one and
    `forged` are ones that are not (PUSH). `outgoing(key)` is a reply that may be sent (REPLY), and `sent(key)` is
    each copy of it that arrived at the far end, as text: its headers as they were sent, if the channel knows any, an
    empty line, its body decoded. `shown(key)` is, for each copy, the descriptions of its pictures (MEDIA). While
    `down()` lasts, the far end is out of reach (None: the channel has no far end). `secrets` are values that must never
    show.
    """

    settings: Any
    write: Callable[[int], None] | None = None
    request: RawRequest | None = None
    forged: tuple[RawRequest, ...] = ()
    outgoing: Callable[[str], Outgoing] | None = None
    sent: Callable[[str], Sequence[str]] | None = None
    shown: Callable[[str], Sequence[Sequence[str]]] | None = None
    down: Callable[[], AbstractContextManager[object]] | None = None
    secrets: tuple[str, ...] = ()


Build = Callable[[], Connector]
Check = Callable[[Build, Fixtures], None]


def check_connector(build: Build, fixtures: Fixtures) -> None:
    """Runs every check; `build` makes a connector of one and the same account each time."""
    for check in CHECKS:
        check(build, fixtures)


def check_shape(build: Build, fixtures: Fixtures) -> None:
    """It is a connector, and says of itself what it can do."""
    connector = build()
    assert isinstance(connector, Connector), f"{type(connector).__name__} lacks a part of channels.base.Connector"
    assert connector.kind, "kind is empty"
    assert connector.kind == connector.kind.strip().lower(), f"kind {connector.kind!r} is not in small letters"
    assert isinstance(connector.abilities, frozenset), "abilities is not a frozenset"
    strangers = [ability for ability in connector.abilities if not isinstance(ability, Ability)]
    assert not strangers, f"abilities holds what is no Ability: {strangers}"
    assert isinstance(fixtures.settings, connector.Settings), "Fixtures.settings is not of the connector's Settings"


def check_settings(build: Build, fixtures: Fixtures) -> None:
    """Settings are frozen; each knob has a label; what is secret is marked so and does not show."""
    settings = build().Settings
    assert is_dataclass(settings), "Settings is not a dataclass"
    assert settings.__dataclass_params__.frozen, "Settings is not frozen"  # type: ignore[attr-defined]
    shown = {field.name: field.repr for field in fields(settings)}
    asked = {name: knob for name, _, _, knob in knobs(settings)}
    for name, knob in asked.items():
        assert knob.label, f"the knob of {name} has no label"
        assert not (knob.secret and shown[name]), f"{name} is secret, but repr shows it: field(repr=False)"
    for name in shown:
        named_so = any(part in name for part in _SECRET_NAMES)
        assert not named_so or (name in asked and asked[name].secret), f"{name} is not marked secret in its knob"
    _assert_no_secret(repr(fixtures.settings), fixtures, "repr(settings)")
    _assert_no_secret(repr(build()), fixtures, "repr(connector)")


def check_length(build: Build, fixtures: Fixtures) -> None:
    """What is too long for one message is cut into messages that each fit, without losing a word."""
    connector = build()
    text = "La rue Haute est barrée. " * 12
    limit = connector.text_limit({}, Writer("")) if hasattr(connector, "text_limit") else None
    if limit is None:
        return
    while limit.count(text) <= limit.most:
        text += text
    parts = limit.cut(text)
    assert limit.cut("Oui.") == ("Oui.",), "what fits into one message is changed"
    assert len(parts) > 1 and all(limit.count(part) <= limit.most for part in parts), "a part is too long"
    words, left = iter(" ".join(parts).split()), text.split()
    assert all(word in words for word in left), "what is cut loses words"


def check_working(build: Build, fixtures: Fixtures) -> None:
    """`check` tells in sentences what works."""
    told = build().check()
    assert isinstance(told, tuple), "check() does not return a tuple"
    assert all(isinstance(sentence, str) and sentence.strip() for sentence in told), "check() returns a blank sentence"
    _assert_no_secret(" ".join(told), fixtures, "what check() tells")


def check_reading(build: Build, fixtures: Fixtures) -> None:
    """What is written is read, each once; a cursor gives the same again and survives JSON, and a new connector."""
    if Ability.POLL not in build().abilities:
        batch = build().receive(None)
        assert not (batch.messages or batch.unreadable or batch.more), "receive brings something without POLL"
        return
    assert fixtures.write, "the channel has POLL: Fixtures.write is needed"
    _, start = _read_all(build, None)
    fixtures.write(3)
    first, end = _read_all(build, start)
    assert len(first) == 3, f"3 messages were written, {len(first)} were read"
    again, _ = _read_all(build, start)
    assert again == first, "reading twice from one cursor does not bring the same messages"
    nothing, end = _read_all(build, end)
    assert not nothing, "after everything was read, the cursor brings it again"
    fixtures.write(1)
    last, _ = _read_all(build, end)
    assert len(last) == 1, f"1 message was written after the cursor, {len(last)} were read"
    ids = [(message.external_id, message.revision) for message in first + last]
    assert len(set(ids)) == len(ids), f"ids are not unique: {ids}"


def check_pushing(build: Build, fixtures: Fixtures) -> None:
    """A genuine request is taken, the same way each time; a forged one is refused."""
    request = fixtures.request
    if Ability.PUSH not in build().abilities:
        request = request or _any_request()
        _assert_raises(Refused, lambda: build().parse(request), "parse takes a request without PUSH", fixtures)
        return
    assert request, "the channel has PUSH: Fixtures.request is needed"
    assert fixtures.forged, "the channel has PUSH: Fixtures.forged is needed"
    messages = build().parse(request)
    assert messages, "the genuine request brings nothing"
    for message in messages:
        _assert_incoming(message, build().kind)
    assert build().parse(request) == messages, "parsing one request twice does not bring the same messages"
    for forged in fixtures.forged:
        _assert_raises(Refused, partial(build().parse, forged), "parse takes a forged request", fixtures)


def check_sending(build: Build, fixtures: Fixtures) -> None:
    """One key arrives once: either a second `send` changes nothing, or `find` finds the first."""
    connector = build()
    if Ability.REPLY not in connector.abilities:
        if fixtures.outgoing:
            never = fixtures.outgoing("conformance-never")
            _assert_raises(Refused, lambda: build().send(never), "send sends without REPLY", fixtures)
        return
    outgoing, sent = _far_end(fixtures)
    message = outgoing("conformance-once")
    assert _found(connector, message) is None, "find finds what was never sent"
    receipt = connector.send(message)
    assert isinstance(receipt, Receipt), "send does not return a Receipt"
    assert receipt.external_id, "the receipt has no external_id"
    found = _found(build(), message)
    assert found == receipt or Ability.FIND not in connector.abilities, "find does not find what was sent"
    if found is None:
        assert build().send(message) == receipt, "sending twice with one key gives two receipts"
    copies = sent(message.key)
    assert len(copies) == 1, f"{len(copies)} copies arrived under one key"
    assert message.text in copies[0].replace("\r\n", "\n"), "the text did not arrive whole"


def check_pictures(build: Build, fixtures: Fixtures) -> None:
    """Pictures arrive in their order, once, with their descriptions; what the network does not take is not sent."""
    connector = build()
    if Ability.REPLY not in connector.abilities:
        return
    outgoing, sent = _far_end(fixtures)
    if Ability.MEDIA not in connector.abilities:
        message = replace(outgoing("conformance-bare"), media=(_picture("Un plan"),))
        _assert_raises(Refused, lambda: build().send(message), "send leaves pictures out without MEDIA", fixtures)
        assert not sent(message.key), "a message whose pictures are refused left without them"
        return
    takes = getattr(connector, "pictures", None)
    assert isinstance(takes, Pictures), "the channel has MEDIA: it needs `pictures` of channels.base.Pictures"
    assert fixtures.shown, "the channel has MEDIA: Fixtures.shown is needed"
    told = ("Un lampadaire éteint", 'La rue « Haute », vue du "quai"')[: takes.most]
    message = replace(outgoing("conformance-seen"), media=tuple(map(_picture, told)))
    receipt = connector.send(message)
    if _found(build(), message) is None:
        assert build().send(message) == receipt, "sending pictures twice with one key gives two receipts"
    arrived = [tuple(copy) for copy in fixtures.shown(message.key)]
    assert arrived == [told], f"the pictures should be described as {told}, but arrived as {arrived}"
    one = _picture("Un plan")
    too_many = (one,) * (takes.most + 1)
    too_large = (replace(one, content=one.content + bytes(takes.bytes)),)
    for number, media in enumerate((too_many, too_large, (replace(one, alt=""),), (replace(one, type="image/tiff"),))):
        refused = replace(outgoing(f"conformance-unseen-{number}"), media=media)
        _assert_raises(Refused, partial(build().send, refused), "send takes pictures that it should refuse", fixtures)
        assert not sent(refused.key), "a message whose pictures are refused left without them"


def check_publishing(build: Build, fixtures: Fixtures) -> None:
    """What answers nobody is a post of the city's own, and there once like a reply."""
    if Ability.PUBLISH not in build().abilities:
        return
    outgoing, sent = _far_end(fixtures)
    message = _own(outgoing("conformance-own"))
    receipt = build().send(message)
    found = _found(build(), message)
    assert found == receipt or Ability.FIND not in build().abilities, "find does not find a post of one's own"
    if found is None:
        assert build().send(message) == receipt, "posting twice with one key gives two receipts"
    assert len(sent(message.key)) == 1, f"{len(sent(message.key))} posts stand there under one key"


def check_deleting(build: Build, fixtures: Fixtures) -> None:
    """What was sent is gone once it is deleted; deleting it once more changes nothing."""
    if Ability.DELETE not in build().abilities:
        return
    outgoing, sent = _far_end(fixtures)
    connector = build()
    assert isinstance(connector, Deleting), "the channel has DELETE: it needs the method `delete`"
    message, kept = outgoing("conformance-gone"), outgoing("conformance-kept")
    receipt, _ = connector.send(message), connector.send(kept)
    connector.delete(message, receipt.external_id)
    assert not sent(message.key), "what was deleted is still there"
    assert len(sent(kept.key)) == 1, "something else was deleted"
    connector.delete(message, receipt.external_id)
    assert _found(build(), message) is None, "find finds what was deleted"


def check_injection(build: Build, fixtures: Fixtures) -> None:
    """Line ends in a subject, a name or an id write no header of their own; to refuse such a reply is also right."""
    if Ability.REPLY not in build().abilities:
        return
    outgoing, sent = _far_end(fixtures)
    breaks = ("\r\n", "\n", "\r", "\x85", "\u2028")
    for number, end in enumerate(breaks):
        evil = f"Hello{end}{_INJECTED}: yes"
        plain = outgoing(f"conformance-evil-{number}")
        plans = (
            replace(plain, subject=evil),
            replace(plain, key=f"{plain.key}-name", to=replace(plain.to, name=evil)),
            replace(plain, key=f"{plain.key}-parent", in_reply_to=evil, references=(evil,)),
            replace(plain, key=f"{plain.key}-text", text=f"{evil}{end}{end}."),
        )
        for message in plans:
            try:
                build().send(message)
            except Refused:
                continue
            for copy in sent(message.key):
                lines = copy.replace("\r\n", "\n").split("\n\n")[0].splitlines()
                injected = [line for line in lines if line.lower().startswith(f"{_INJECTED}:".lower())]
                assert not injected, f"a header got through {end!r}: {injected}"


def check_down(build: Build, fixtures: Fixtures) -> None:
    """With the far end out of reach only named errors are raised; none tells a secret."""
    if fixtures.down is None:
        return
    abilities = build().abilities
    with fixtures.down():
        _assert_raises((TryLater, Refused), lambda: build().check(), "check() finds a far end that is down", fixtures)
        if Ability.POLL in abilities:
            _assert_raises(
                (TryLater, Refused), lambda: build().receive(None), "receive reads from what is down", fixtures
            )
        if Ability.REPLY in abilities and fixtures.outgoing:
            message = fixtures.outgoing("conformance-down")
            _assert_raises(
                (TryLater, Refused, Uncertain), lambda: build().send(message), "send sends to what is down", fixtures
            )
        if Ability.FIND in abilities and fixtures.outgoing:
            message = fixtures.outgoing("conformance-down")
            _assert_raises(
                (TryLater, Refused, Uncertain), lambda: build().find(message), "find answers for what is down", fixtures
            )


CHECKS: Final[tuple[Check, ...]] = (
    check_shape,
    check_settings,
    check_length,
    check_working,
    check_reading,
    check_pushing,
    check_sending,
    check_pictures,
    check_publishing,
    check_deleting,
    check_injection,
    check_down,
)


def _read_all(build: Build, cursor: str | None) -> tuple[list[Incoming], str | None]:
    """Every message from `cursor` on, page by page, each page through a new connector, and the last cursor."""
    found: list[Incoming] = []
    for _ in range(_MOST_PAGES):
        connector = build()
        batch = connector.receive(cursor)
        _assert_batch(batch, connector.kind)
        found += batch.messages
        if not batch.more:
            return found, batch.cursor
        assert batch.cursor != cursor, "receive asks to be called again, but its cursor stands still"
        cursor = batch.cursor
    raise AssertionError(f"receive asks to be called again after {_MOST_PAGES} batches")


def _assert_batch(batch: Batch, kind: str) -> None:
    assert isinstance(batch, Batch), "receive does not return a Batch"
    assert isinstance(batch.cursor, str | None), "the cursor is neither text nor None"
    assert json.loads(json.dumps(batch.cursor)) == batch.cursor, "the cursor does not survive JSON"
    for message in batch.messages:
        _assert_incoming(message, kind)
    for unreadable in batch.unreadable:
        assert isinstance(unreadable, Unreadable), "unreadable holds what is no Unreadable"
        assert unreadable.external_id and unreadable.reason, "an Unreadable lacks its id or its reason"


def _assert_incoming(message: Incoming, kind: str) -> None:
    assert isinstance(message, Incoming), "messages holds what is no Incoming"
    assert message.channel == kind or kind == "importers", f"the message is of channel {message.channel!r}"
    assert message.account, "the message names no account"
    assert 0 < len(message.external_id) <= MOST_ID, f"the id is empty or too long: {message.external_id!r}"
    assert message.author.id, f"{message.external_id} has no author"
    assert message.sent_at.utcoffset() is not None, f"sent_at of {message.external_id} has no time zone"
    assert "\x00" not in message.text + message.subject, f"{message.external_id} holds a null character"


def _assert_raises(
    named: type[ChannelError] | tuple[type[ChannelError], ...],
    call: Callable[[], object],
    otherwise: str,
    fixtures: Fixtures,
) -> None:
    """`call` raises one of `named`, and neither it nor what caused it tells a secret."""
    try:
        call()
    except named as error:
        link: BaseException | None = error
        while link is not None:
            _assert_no_secret(f"{link} {link!r}", fixtures, "an error")
            link = link.__cause__ or link.__context__
        return
    raise AssertionError(otherwise)


def _assert_no_secret(text: str, fixtures: Fixtures, where: str) -> None:
    assert not any(secret in text for secret in fixtures.secrets), f"{where} tells a secret"


def _far_end(fixtures: Fixtures) -> tuple[Callable[[str], Outgoing], Callable[[str], Sequence[str]]]:
    assert fixtures.outgoing, "the channel has REPLY: Fixtures.outgoing is needed"
    assert fixtures.sent, "the channel has REPLY: Fixtures.sent is needed"
    return fixtures.outgoing, fixtures.sent


def _found(connector: Connector, message: Outgoing) -> Receipt | None:
    """None too where the network cannot tell that something is absent."""
    try:
        return connector.find(message)
    except Uncertain:
        return None


def _own(message: Outgoing) -> Outgoing:
    """The same as a post that answers nobody."""
    return replace(message, to=Writer(""), in_reply_to="", references=(), thread="", subject="")


def _picture(alt: str) -> Attachment:
    return Attachment("plan.png", "image/png", _PIXEL, alt)


def _any_request() -> RawRequest:
    return RawRequest(method="POST", path="/", headers={}, body=b"{}", received_at=datetime(2026, 1, 1, tzinfo=UTC))
