"""The public conformance suite that every channel passes, built-in or not.

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

from portevoix.channels.base import Connector, Deleting, Pictures, setting_fields
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
_INJECTED_HEADER: Final = "X-Injected"
_PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg=="
)
_SECRET_NAMES: Final = ("password", "secret", "token")


@dataclass(frozen=True, slots=True)
class Fixtures:
    """Access to the far end of the channel under test. The fields of an ability are needed only with that ability.

    `write(n)` makes `n` new messages arrive, and returns when they can be read (POLL). `request` is a genuine request,
    `forgeries` are requests that are not genuine (PUSH). `outgoing(key)` is a reply that may be sent (REPLY).
    `read_copies(key)` returns each copy of it that arrived at the far end, as text: its headers as they were sent, if
    the channel knows any, an empty line, and the decoded body. `read_descriptions(key)` returns the descriptions of the
    pictures of each copy (MEDIA). While `down()` lasts, the far end cannot be reached (None: the channel has no far
    end). `secrets` are values that must never be shown.
    """

    settings: Any
    write: Callable[[int], None] | None = None
    request: RawRequest | None = None
    forgeries: tuple[RawRequest, ...] = ()
    outgoing: Callable[[str], Outgoing] | None = None
    read_copies: Callable[[str], Sequence[str]] | None = None
    read_descriptions: Callable[[str], Sequence[Sequence[str]]] | None = None
    down: Callable[[], AbstractContextManager[object]] | None = None
    secrets: tuple[str, ...] = ()


Build = Callable[[], Connector]
Check = Callable[[Build, Fixtures], None]


def check_connector(build: Build, fixtures: Fixtures) -> None:
    """Run every check; `build` makes a new connector of the same account each time."""
    for check in CHECKS:
        check(build, fixtures)


def check_shape(build: Build, fixtures: Fixtures) -> None:
    """Check that it is a connector, and that it declares its kind and abilities."""
    connector = build()
    assert isinstance(connector, Connector), f"{type(connector).__name__} lacks a part of channels.base.Connector"
    assert connector.kind, "kind is empty"
    assert connector.kind == connector.kind.strip().lower(), f"kind {connector.kind!r} is not in small letters"
    assert isinstance(connector.abilities, frozenset), "abilities is not a frozenset"
    strangers = [ability for ability in connector.abilities if not isinstance(ability, Ability)]
    assert not strangers, f"abilities holds what is no Ability: {strangers}"
    assert isinstance(fixtures.settings, connector.Settings), "Fixtures.settings is not of the connector's Settings"


def check_settings(build: Build, fixtures: Fixtures) -> None:
    """Check that settings are frozen, that each has a label, and that secrets are marked and not shown."""
    settings = build().Settings
    assert is_dataclass(settings), "Settings is not a dataclass"
    assert settings.__dataclass_params__.frozen, "Settings is not frozen"  # type: ignore[attr-defined]
    in_repr = {field.name: field.repr for field in fields(settings)}
    by_name = {name: knob for name, _, _, knob in setting_fields(settings)}
    for name, knob in by_name.items():
        assert knob.label, f"the knob of {name} has no label"
        assert not (knob.secret and in_repr[name]), f"{name} is secret, but repr shows it: field(repr=False)"
    for name in in_repr:
        suspect = any(part in name for part in _SECRET_NAMES)
        assert not suspect or (name in by_name and by_name[name].secret), f"{name} is not marked secret in its knob"
    _assert_no_secret(repr(fixtures.settings), fixtures, "repr(settings)")
    _assert_no_secret(repr(build()), fixtures, "repr(connector)")


def check_length(build: Build, fixtures: Fixtures) -> None:
    """Check that a text that is too long is cut into messages that each fit, without losing a word."""
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
    """Check that `check` returns sentences that say what works."""
    lines = build().check()
    assert isinstance(lines, tuple), "check() does not return a tuple"
    assert all(isinstance(sentence, str) and sentence.strip() for sentence in lines), "check() returns a blank sentence"
    _assert_no_secret(" ".join(lines), fixtures, "what check() tells")


def check_reading(build: Build, fixtures: Fixtures) -> None:
    """Check that each message is read once, and that a cursor survives JSON and brings the same to a new connector."""
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
    """Check that a genuine request is accepted, with the same result each time, and that a forged one is refused."""
    request = fixtures.request
    if Ability.PUSH not in build().abilities:
        request = request or _any_request()
        _assert_raises(Refused, lambda: build().parse(request), "parse takes a request without PUSH", fixtures)
        return
    assert request, "the channel has PUSH: Fixtures.request is needed"
    assert fixtures.forgeries, "the channel has PUSH: Fixtures.forged is needed"
    messages = build().parse(request)
    assert messages, "the genuine request brings nothing"
    for message in messages:
        _assert_incoming(message, build().kind)
    assert build().parse(request) == messages, "parsing one request twice does not bring the same messages"
    for forgery in fixtures.forgeries:
        _assert_raises(Refused, partial(build().parse, forgery), "parse takes a forged request", fixtures)


def check_sending(build: Build, fixtures: Fixtures) -> None:
    """Check that one key arrives once: either a second `send` changes nothing, or `find` finds the first."""
    connector = build()
    if Ability.REPLY not in connector.abilities:
        if fixtures.outgoing:
            never = fixtures.outgoing("conformance-never")
            _assert_raises(Refused, lambda: build().send(never), "send sends without REPLY", fixtures)
        return
    outgoing, read_copies = _far_end(fixtures)
    message = outgoing("conformance-once")
    assert _find_receipt(connector, message) is None, "find finds what was never sent"
    receipt = connector.send(message)
    assert isinstance(receipt, Receipt), "send does not return a Receipt"
    assert receipt.external_id, "the receipt has no external_id"
    found_receipt = _find_receipt(build(), message)
    assert found_receipt == receipt or Ability.FIND not in connector.abilities, "find does not find what was sent"
    if found_receipt is None:
        assert build().send(message) == receipt, "sending twice with one key gives two receipts"
    copies = read_copies(message.key)
    assert len(copies) == 1, f"{len(copies)} copies arrived under one key"
    assert message.text in copies[0].replace("\r\n", "\n"), "the text did not arrive whole"


def check_pictures(build: Build, fixtures: Fixtures) -> None:
    """Check that pictures arrive once, in order, with descriptions, and that unsuitable ones are refused."""
    connector = build()
    if Ability.REPLY not in connector.abilities:
        return
    outgoing, read_copies = _far_end(fixtures)
    if Ability.MEDIA not in connector.abilities:
        message = replace(outgoing("conformance-bare"), media=(_picture("Un plan"),))
        _assert_raises(Refused, lambda: build().send(message), "send leaves pictures out without MEDIA", fixtures)
        assert not read_copies(message.key), "a message whose pictures are refused left without them"
        return
    takes = getattr(connector, "pictures", None)
    assert isinstance(takes, Pictures), "the channel has MEDIA: it needs `pictures` of channels.base.Pictures"
    assert fixtures.read_descriptions, "the channel has MEDIA: Fixtures.shown is needed"
    descriptions = ("Un lampadaire éteint", 'La rue « Haute », vue du "quai"')[: takes.most]
    message = replace(outgoing("conformance-seen"), media=tuple(map(_picture, descriptions)))
    receipt = connector.send(message)
    if _find_receipt(build(), message) is None:
        assert build().send(message) == receipt, "sending pictures twice with one key gives two receipts"
    copies = [tuple(copy) for copy in fixtures.read_descriptions(message.key)]
    assert copies == [descriptions], f"the pictures should be described as {descriptions}, but arrived as {copies}"
    picture = _picture("Un plan")
    too_many = (picture,) * (takes.most + 1)
    too_large = (replace(picture, content=picture.content + bytes(takes.bytes)),)
    refusable = (too_many, too_large, (replace(picture, alt=""),), (replace(picture, type="image/tiff"),))
    for number, media in enumerate(refusable):
        invalid = replace(outgoing(f"conformance-unseen-{number}"), media=media)
        _assert_raises(Refused, partial(build().send, invalid), "send takes pictures that it should refuse", fixtures)
        assert not read_copies(invalid.key), "a message whose pictures are refused left without them"


def check_publishing(build: Build, fixtures: Fixtures) -> None:
    """Check that a message without a recipient is posted as the city's own, once per key."""
    if Ability.PUBLISH not in build().abilities:
        return
    outgoing, read_copies = _far_end(fixtures)
    message = _own(outgoing("conformance-own"))
    receipt = build().send(message)
    found_receipt = _find_receipt(build(), message)
    assert found_receipt == receipt or Ability.FIND not in build().abilities, "find does not find a post of one's own"
    if found_receipt is None:
        assert build().send(message) == receipt, "posting twice with one key gives two receipts"
    assert len(read_copies(message.key)) == 1, f"{len(read_copies(message.key))} posts stand there under one key"


def check_deleting(build: Build, fixtures: Fixtures) -> None:
    """Check that a deleted message is gone, and that deleting it again changes nothing."""
    if Ability.DELETE not in build().abilities:
        return
    outgoing, read_copies = _far_end(fixtures)
    connector = build()
    assert isinstance(connector, Deleting), "the channel has DELETE: it needs the method `delete`"
    message, other_message = outgoing("conformance-gone"), outgoing("conformance-kept")
    receipt, _ = connector.send(message), connector.send(other_message)
    connector.delete(message, receipt.external_id)
    assert not read_copies(message.key), "what was deleted is still there"
    assert len(read_copies(other_message.key)) == 1, "something else was deleted"
    connector.delete(message, receipt.external_id)
    assert _find_receipt(build(), message) is None, "find finds what was deleted"


def check_injection(build: Build, fixtures: Fixtures) -> None:
    """Check that line breaks in a subject, name or id add no header; refusing such a reply is fine too."""
    if Ability.REPLY not in build().abilities:
        return
    outgoing, read_copies = _far_end(fixtures)
    breaks = ("\r\n", "\n", "\r", "\x85", "\u2028")
    for number, end in enumerate(breaks):
        evil = f"Hello{end}{_INJECTED_HEADER}: yes"
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
            for copy in read_copies(message.key):
                lines = copy.replace("\r\n", "\n").split("\n\n")[0].splitlines()
                injected_lines = [line for line in lines if line.lower().startswith(f"{_INJECTED_HEADER}:".lower())]
                assert not injected_lines, f"a header got through {end!r}: {injected_lines}"


def check_down(build: Build, fixtures: Fixtures) -> None:
    """Check that only the named errors are raised while the far end is down, and that none shows a secret."""
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
    """Read every message from `cursor` on, each batch with a new connector; return them and the last cursor."""
    messages: list[Incoming] = []
    for _ in range(_MOST_PAGES):
        connector = build()
        batch = connector.receive(cursor)
        _assert_batch(batch, connector.kind)
        messages += batch.messages
        if not batch.more:
            return messages, batch.cursor
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
    expected: type[ChannelError] | tuple[type[ChannelError], ...],
    call: Callable[[], object],
    otherwise: str,
    fixtures: Fixtures,
) -> None:
    """Assert that `call` raises one of `expected`, and that neither it nor its causes show a secret."""
    try:
        call()
    except expected as error:
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
    assert fixtures.read_copies, "the channel has REPLY: Fixtures.sent is needed"
    return fixtures.outgoing, fixtures.read_copies


def _find_receipt(connector: Connector, message: Outgoing) -> Receipt | None:
    """Return the receipt that `find` finds; None also where the network cannot tell that there is none."""
    try:
        return connector.find(message)
    except Uncertain:
        return None


def _own(message: Outgoing) -> Outgoing:
    """Return the same message as a post that answers nobody."""
    return replace(message, to=Writer(""), in_reply_to="", references=(), thread="", subject="")


def _picture(alt: str) -> Attachment:
    return Attachment("plan.png", "image/png", _PIXEL, alt)


def _any_request() -> RawRequest:
    return RawRequest(method="POST", path="/", headers={}, body=b"{}", received_at=datetime(2026, 1, 1, tzinfo=UTC))
