"""A file of messages of the made-up town, for what is built without a record."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from tests.journal.weeks_of_words import MONDAY, WeekMessage, pool, week

SUMMER = timezone(timedelta(hours=2))
WEEK = "2025-W46"
BEGIN = datetime(2025, 11, 10, tzinfo=SUMMER)


def lines_of(messages: Iterable[WeekMessage], *, labels: bool = True) -> list[dict[str, Any]]:
    return [
        {
            "channel": each.channel,
            "account": "@testville",
            "external_id": each.id,
            "direction": "in",
            "author": {"id": each.author, "handle": f"h{each.author}", "name": "Zoé Quelquune"},
            "sent_at": (each.sent_at - MONDAY + BEGIN).isoformat(),
            "text": each.text,
            **(
                {"labels": {"department": each.department, "kind": each.kind, "valence": each.valence}}
                if labels
                else {}
            ),
        }
        for each in messages
    ]


def town(*, past: int = 8, labels: bool = True) -> list[dict[str, Any]]:
    """Usual weeks, and the week in which people write of a closed pool."""
    read = week(pool(), past=past)
    return lines_of([*read.messages, *(each for some in read.past for each in some)], labels=labels)


def reply_to(line: dict[str, Any], *, after: timedelta = timedelta(hours=3), **more: Any) -> dict[str, Any]:
    sent = datetime.fromisoformat(line["sent_at"]) + after
    own = {
        "external_id": f"reply-{line['external_id']}-{after}",
        "in_reply_to": line["external_id"],
        "direction": "out",
    }
    place = {"channel": line["channel"], "account": line["account"], "author": {"id": "city"}}
    return {**place, **own, "sent_at": sent.isoformat(), "text": "Bonjour, voici.", **more}


def write_lines(path: Path, lines: Iterable[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path
