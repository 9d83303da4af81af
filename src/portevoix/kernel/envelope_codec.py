"""JSON form of an `Incoming`, as envelopes store it. Unlike the interchange format it includes the files."""

import base64
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from portevoix.kernel.messages import (
    About,
    Addressed,
    Bounce,
    Change,
    Direction,
    File,
    Incoming,
    Media,
    Place,
    ReplyKind,
    Visibility,
    Writer,
)


def write(message: Incoming) -> dict[str, Any]:
    """Return `message` as JSON-ready values, which `read` restores; the files' contents are under "contents"."""
    contents = [None if file.content is None else base64.b64encode(file.content).decode() for file in message.files]
    return {**write_without_contents(message), "contents": contents}


def write_without_contents(message: Incoming) -> dict[str, Any]:
    """Return `message` as JSON-ready values, without the contents of its files."""
    raw = _flat(message)
    raw["author"] = _flat(message.author)
    raw["sent_at"] = message.sent_at.isoformat()
    raw["media"] = [_flat(media) for media in message.media]
    raw["place"] = _flat(message.place) if message.place else None
    raw["about"] = _flat(message.about) if message.about else None
    raw["bounce"] = _flat(message.bounce) if message.bounce else None
    raw["promised_at"] = message.promised_at.isoformat() if message.promised_at else None
    raw["files"] = [{**_flat(file), "content": None} for file in message.files]
    return raw


_KINDS = (Incoming, Writer, Media, Place, About, File, Bounce)
_NAMES = {kind: tuple(field.name for field in fields(kind)) for kind in _KINDS}


def _flat(value: Any) -> dict[str, Any]:
    """Return the fields by name, not copied: `dataclasses.asdict` copies deeply and takes ten times as long."""
    return {name: getattr(value, name) for name in _NAMES[type(value)]}


def read(raw: dict[str, Any]) -> Incoming:
    """Return the message that `write` stored. Older versions stored a file's content beside its name."""
    contents = raw.get("contents", [file["content"] for file in raw["files"]])
    return read_with_contents(raw, [None if content is None else base64.b64decode(content) for content in contents])


def read_with_contents(raw: dict[str, Any], contents: Sequence[bytes | None]) -> Incoming:
    """Return the message with `contents` as its files' contents, in order; None where a content is absent."""
    return Incoming(
        **{
            **{name: raw[name] for name in _NAMES[Incoming] if name in raw},
            "direction": Direction(raw["direction"]),
            "author": Writer(**raw["author"]),
            "sent_at": datetime.fromisoformat(raw["sent_at"]),
            "media": tuple(Media(**media) for media in raw["media"]),
            "place": Place(**raw["place"]) if raw["place"] else None,
            "addressed": Addressed(raw["addressed"]),
            "visibility": Visibility(raw["visibility"]),
            "about": About(**raw["about"]) if raw["about"] else None,
            "reply_kind": ReplyKind(raw["reply_kind"]) if raw["reply_kind"] else None,
            "promised_at": datetime.fromisoformat(raw["promised_at"]) if raw["promised_at"] else None,
            "change": Change(raw["change"]),
            "references": tuple(raw["references"]),
            "files": tuple(
                File(**{**file, "content": content}) for file, content in zip(raw["files"], contents, strict=True)
            ),
            "bounce": Bounce(**raw["bounce"]) if raw.get("bounce") else None,  # not in what older versions kept
        }
    )
