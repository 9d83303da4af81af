"""An `Incoming` as JSON, whole: what an envelope keeps. Unlike the interchange format it holds the files too."""

import base64
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from portevoix.kernel.words import (
    About,
    Addressed,
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
    """JSON-ready; `read` gives the same value back."""
    raw = asdict(replace(message, files=()))
    raw["sent_at"] = message.sent_at.isoformat()
    raw["promised_at"] = message.promised_at.isoformat() if message.promised_at else None
    raw["files"] = [
        {**asdict(file), "content": None if file.content is None else base64.b64encode(file.content).decode()}
        for file in message.files
    ]
    return raw


def read(raw: dict[str, Any]) -> Incoming:
    return Incoming(
        **{
            **raw,
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
            "files": tuple(_file(file) for file in raw["files"]),
        }
    )


def _file(raw: dict[str, Any]) -> File:
    content = raw["content"]
    return File(**{**raw, "content": None if content is None else base64.b64decode(content)})
