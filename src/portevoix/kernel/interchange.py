"""The interchange format: JSON Lines in UTF-8, one message a line. docs/en/reference/interchange.md lists
the fields.

Unknown fields are ignored, and null counts as absent. Values that no database can store (null characters, surrogate
halves, infinite numbers) are refused here, with the field and the reason.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import isfinite
from typing import Any, BinaryIO

from portevoix.kernel.bounds import MOST_TEXT
from portevoix.kernel.clock import parse_instant
from portevoix.kernel.errors import BadInput, BadLine
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import About, Addressed, Direction, Incoming, Media, Place, ReplyKind, Visibility, Writer
from portevoix.kernel.streams import BOM, parse_lines

MOST_ID = 500
MOST_URL = 4000
MOST_MEDIA = 100
MOST_DEPTH = 10
PRIVATE_CHANNELS = frozenset({"email", "webform"})
"""What is answered by mail."""

_COUNTS = ("likes", "reposts", "replies")
_FIELDS = frozenset(Incoming.__dataclass_fields__)
_CHANNEL = re.compile(r"[a-z0-9_-]{1,32}")
_LANG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,6}")
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_UNSTORABLE_ESCAPE = re.compile(rb"\\u(0000|[dD][89a-fA-F])")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

type _Object = Mapping[str, Any]


def default_visibility(channel: str) -> Visibility:
    """Return the visibility of a message that does not state it: private for e-mail and forms, public for networks."""
    return Visibility.PRIVATE if channel in PRIVATE_CHANNELS else Visibility.PUBLIC


def read_line(line: str | bytes, number: int) -> Incoming:
    """Return the message in `line`. Raise BadLine with `number`, 1-based, and the field that is wrong."""
    try:
        return _incoming(_decode(line))
    except BadLine as bad:
        bad.line = number
        raise


def read_object(data: Mapping[str, Any], number: int) -> Incoming:
    """Return the message in an object already decoded from JSON. Raise BadLine as `read_line` does."""
    try:
        for key in sorted(data.keys() & _FIELDS):
            check_storable(data[key], key)
        return _incoming(data)
    except BadLine as bad:
        bad.line = number
        raise


def read_lines(stream: BinaryIO) -> Iterator[Incoming | BadLine]:
    """Yield each message, or the error of its line, in order and in bounded memory. Blank lines are skipped."""
    return parse_lines(stream, read_line)


def read_texts(stream: BinaryIO) -> Iterator[Mapping[str, Any] | BadLine]:
    """Yield the object on each line, which needs no field but `text`: a message or a draft."""
    return parse_lines(stream, _text_line)


def _text_line(line: bytes, number: int) -> _Object:
    try:
        data = _decode(line)
        if not isinstance(data.get("text"), str):
            raise BadLine(gettext_noop("It has no “text”."))
        if len(data["text"]) > MOST_TEXT:
            raise BadLine(gettext_noop("“text” is longer than {most} characters."), most=MOST_TEXT)
    except BadLine as bad:
        bad.line = number
        raise
    return data


def write_line(message: Incoming) -> str:
    """Return the message as one line without line end, which `read_line` restores; absent and default values omitted.

    Raise BadInput for a note between colleagues: only messages from a citizen or from the city have a line.
    """
    if message.direction is Direction.NOTE:
        raise BadInput(gettext_noop("Notes between colleagues stay in the house: they have no line."))
    usual = message.visibility is default_visibility(message.channel)
    data = {
        "channel": message.channel,
        "account": message.account,
        "external_id": message.external_id,
        "thread": message.thread,
        "in_reply_to": message.in_reply_to,
        "direction": message.direction,
        "author": _present(message.author),
        "sent_at": _format_instant(message.sent_at),
        "text": message.text,
        "lang": message.lang,
        "url": message.url,
        "media": [_present(item) for item in message.media],
        "place": message.place and asdict(message.place),
        "addressed": message.addressed if message.addressed is Addressed.COPY else None,
        "visibility": None if usual else message.visibility,
        "about": message.about and _present(message.about),
        "automatic": message.automatic,
        "reply_kind": message.reply_kind,
        "promised_at": message.promised_at and _format_instant(message.promised_at),
        "counts": dict(message.counts),
        "labels": dict(message.labels),
    }
    fields = {key: value for key, value in data.items() if value or key == "text"}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def read_json(line: str | bytes) -> object:
    """Return the value of a line, or a whole file, of JSON.

    Raise BadLine when it is not JSON in UTF-8, is nested too deeply, or holds a number that is infinite or too large.
    """
    try:
        return _DECODER.decode(_text(line))
    except UnicodeDecodeError as error:
        raise BadLine(gettext_noop("The line is not UTF-8 (byte {at})."), at=error.start + 1) from None
    except json.JSONDecodeError as error:
        message = gettext_noop("The line is not JSON: {why} (character {at}).")
        raise BadLine(message, why=error.msg, at=error.colno) from None
    except RecursionError:
        raise BadLine(gettext_noop("The line is nested too deeply.")) from None
    except ValueError:  # NaN, 1e999, or more digits than Python reads
        raise BadLine(gettext_noop("The line holds a number that is infinite or too large.")) from None


def _text(line: str | bytes) -> str:
    return line.removeprefix(BOM).decode() if isinstance(line, bytes) else line.removeprefix("\ufeff")


def _decode(line: str | bytes) -> _Object:
    if not isinstance(data := read_json(line), dict):
        raise BadLine(gettext_noop("The line is not an object. Write one message a line, between braces."))
    if isinstance(line, str) or _UNSTORABLE_ESCAPE.search(line):
        for key in sorted(data.keys() & _FIELDS):
            check_storable(data[key], key)
    return data


def _finite(text: str) -> float:
    if not isfinite(value := float(text)):
        raise ValueError(text)
    return value


_DECODER = json.JSONDecoder(parse_constant=_finite, parse_float=_finite)


def _incoming(data: _Object) -> Incoming:
    channel = _string(data, "channel", required=True)
    if not _CHANNEL.fullmatch(channel):
        message = gettext_noop("“{field}” is {value}. Write up to 32 small letters, digits, - or _.")
        raise _wrong(message, "channel", channel)
    if data.get("direction") is None:
        raise _missing("direction")
    return Incoming(
        channel=channel,
        account=_string(data, "account", required=True),
        external_id=_string(data, "external_id", required=True),
        thread=_string(data, "thread"),
        in_reply_to=_string(data, "in_reply_to"),
        direction=_choice(data, "direction", (Direction.IN, Direction.OUT), default=Direction.IN),
        author=_author(data),
        sent_at=_instant(data, "sent_at"),
        text=_string(data, "text", most=MOST_TEXT, required=True, blank=True),
        lang=_lang(data),
        url=_url(data),
        media=_media(data),
        place=_place(data),
        addressed=_choice(data, "addressed", tuple(Addressed), default=Addressed.DIRECT),
        visibility=_choice(data, "visibility", tuple(Visibility), default=default_visibility(channel)),
        about=_about(data),
        automatic=_automatic(data),
        reply_kind=_choice(data, "reply_kind", tuple(ReplyKind), default=None)
        if _outward(data, "reply_kind")
        else None,
        promised_at=_instant(data, "promised_at") if _outward(data, "promised_at") else None,
        counts=_counts(data),
        labels=_labels(data),
    )


def _string(
    data: _Object, key: str, *, within: str = "", most: int = MOST_ID, required: bool = False, blank: bool = False
) -> str:
    """Return the text at `key`, "" when absent. Raise BadLine.

    `within` is the object that holds `key`, as errors name it; `blank` lets a required text be empty.
    """
    value = data.get(key)
    if value is None:
        if required:
            raise _missing(within + key)
        return ""
    if not isinstance(value, str):
        raise _wrong(gettext_noop("“{field}” is {value}. Write a text in quotes."), within + key, value)
    if len(value) > most:
        message = gettext_noop("“{field}” has {count} characters; {most} at most.")
        raise BadLine(message, field=within + key, count=len(value), most=most)
    if required and not blank and not value.strip():
        raise BadLine(gettext_noop("“{field}” is empty."), field=within + key)
    return value


def _choice[Choice: StrEnum, Default](
    data: _Object, key: str, choices: tuple[Choice, ...], *, default: Default
) -> Choice | Default:
    value = data.get(key)
    if value is None:
        return default
    if value in choices:
        return choices[choices.index(value)]
    raise _wrong(gettext_noop("“{field}” is {value}. Write one of: {known}."), key, value, known=", ".join(choices))


def _object(data: _Object, key: str) -> _Object | None:
    value = data.get(key)
    if value is not None and not isinstance(value, dict):
        raise _wrong(gettext_noop("“{field}” is {value}. Write an object, between braces."), key, value)
    return value


def _author(data: _Object) -> Writer:
    if (author := _object(data, "author")) is None:
        raise _missing("author")
    return Writer(
        id=_string(author, "id", within="author.", required=True),
        handle=_string(author, "handle", within="author."),
        name=_string(author, "name", within="author."),
    )


def _instant(data: _Object, key: str) -> datetime:
    value = data.get(key)
    if value is None:
        raise _missing(key)
    try:
        return parse_instant(value if isinstance(value, str) else _quote(value))
    except BadInput as bad:
        raise BadLine(gettext_noop("“{field}”: {why}"), field=key, why=str(bad)) from None


def _lang(data: _Object) -> str:
    value = _string(data, "lang")
    if value and not _LANG.fullmatch(value):
        raise _wrong(gettext_noop("“{field}” is {value}. Write a language tag like fr or fr-CA."), "lang", value)
    return value


def _url(data: _Object, *, within: str = "", required: bool = False) -> str:
    value = _string(data, "url", within=within, most=MOST_URL, required=required)
    # Pages link to it: anything but the web's own schemes could be code.
    if value and not _URL.fullmatch(value):
        message = gettext_noop("“{field}” is {value}. Write an address that begins with https:// or http://.")
        raise _wrong(message, f"{within}url", value)
    return value


def _media(data: _Object) -> tuple[Media, ...]:
    if (value := data.get("media")) is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value) or len(value) > MOST_MEDIA:
        message = gettext_noop("“{field}” is {value}. Write a list of {most} objects at most, each with its url.")
        raise _wrong(message, "media", value, most=MOST_MEDIA)
    return tuple(
        Media(
            url=_url(item, within="media.", required=True),
            type=_string(item, "type", within="media."),
            alt=_string(item, "alt", within="media.", most=MOST_TEXT),
        )
        for item in value
    )


def _place(data: _Object) -> Place | None:
    if (place := _object(data, "place")) is None:
        return None
    return Place(lat=_degrees(place, "lat", 90), lon=_degrees(place, "lon", 180))


def _degrees(place: _Object, key: str, most: int) -> float:
    value = place.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool) and -most <= value <= most:
        return float(value)
    message = gettext_noop("“{field}” is {value}. Write degrees from -{most} to {most}.")
    raise _wrong(message, f"place.{key}", value, most=most)


def _about(data: _Object) -> About | None:
    if (about := _object(data, "about")) is None:
        return None
    title = _string(about, "title", within="about.", most=MOST_URL)
    return About(url=_url(about, within="about.", required=True), title=title)


def _automatic(data: _Object) -> bool:
    value = data.get("automatic")
    if value is not None and not isinstance(value, bool):
        raise _wrong(gettext_noop("“{field}” is {value}. Write true or false."), "automatic", value)
    return bool(value)


def _outward(data: _Object, key: str) -> bool:
    """Return whether `key` is present. Raise BadLine when the message is not from the city."""
    if data.get(key) is None:
        return False
    if data["direction"] != Direction.OUT:
        raise BadLine(gettext_noop("“{field}” is for messages of the city only, whose direction is out."), field=key)
    return True


def _counts(data: _Object) -> dict[str, int]:
    raw_counts = _object(data, "counts") or {}
    counts = {key: raw_counts[key] for key in _COUNTS if raw_counts.get(key) is not None}
    for key, value in counts.items():
        if type(value) is not int or not 0 <= value < 2**53:
            raise _wrong(gettext_noop("“{field}” is {value}. Write a whole number from 0 up."), f"counts.{key}", value)
    return counts


def _labels(data: _Object) -> dict[str, Any]:
    labels = dict(_object(data, "labels") or {})
    _check_depth(labels, MOST_DEPTH)
    return labels


def _check_depth(value: object, left: int) -> None:
    if isinstance(value, dict | list):
        if not left:
            raise BadLine(gettext_noop("“labels” is nested deeper than {most} levels."), most=MOST_DEPTH)
        for item in value.values() if isinstance(value, dict) else value:
            _check_depth(item, left - 1)


def check_storable(value: object, field: str, left: int = MOST_DEPTH) -> None:
    """Raise BadLine for a character that no database stores, down to `left` levels deep.

    No accepted value is nested deeper than MOST_DEPTH.
    """
    if isinstance(value, str) and (match := _UNSTORABLE.search(value)):
        message = gettext_noop("“{field}” holds the character U+{code}, which cannot be kept. Leave it out.")
        raise BadLine(message, field=field, code=f"{ord(match[0]):04X}")
    if isinstance(value, dict | list) and left:
        for item in (*value, *value.values()) if isinstance(value, dict) else value:
            check_storable(item, field, left - 1)


def _missing(field: str) -> BadLine:
    return BadLine(gettext_noop("“{field}” is missing."), field=field)


def _wrong(message: str, field: str, value: object, **values: str | int) -> BadLine:
    return BadLine(message, line=None, field=field, value=_quote(value), **values)


def _present(value: Writer | Media | About) -> dict[str, str]:
    return {key: text for key, text in asdict(value).items() if text}


def _format_instant(instant: datetime) -> str:
    # RFC 3339 knows no seconds in an offset, as the local times of long ago have them.
    offset = instant.utcoffset() or timedelta()
    return (instant.astimezone(UTC) if offset % timedelta(minutes=1) else instant).isoformat()


def _quote(value: object) -> str:
    if isinstance(value, dict | list):
        return "[…]" if isinstance(value, list) else "{…}"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"
