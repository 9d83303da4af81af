"""Mentions on a shelf, in memory, as Mastodon's API hands them out: as fast as can be, in pages of eighty.

For figures only: `snac` and `mastodon_mock` are what the channel is tried on.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.servers.faulty import Answer, Line, serving, told

MOST = 80
ME = {"id": "1", "username": "ville", "acct": "ville", "url": "http://ville.test/@ville"}
ANA = {"id": "2", "username": "ana", "acct": "ana", "display_name": "Ana", "url": "http://ville.test/@ana"}


@dataclass
class Shelf(Line):
    """Notifications, the oldest first; ids grow."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    writing: Any = field(default_factory=threading.Lock)

    def mention(self, name: str, count: int) -> None:
        with self.writing:
            for _ in range(count):
                self._mention(f"{name} {len(self.rows)}")

    def _mention(self, words: str) -> None:
        key, now = str(100_000 + len(self.rows)), datetime.now(UTC).isoformat(timespec="milliseconds")
        address = f"http://ville.test/@ana/{key}"
        status = {
            "id": key, "created_at": now, "in_reply_to_id": None, "in_reply_to_account_id": None, "sensitive": False,
            "spoiler_text": "", "visibility": "public", "language": "fr", "uri": address, "url": address,
            "edited_at": None, "content": f"<p>@ville {words}</p>", "reblog": None, "account": ANA,
            "media_attachments": [], "mentions": [ME], "poll": None,
        }  # fmt: skip
        self.rows.append({"id": key, "type": "mention", "created_at": now, "account": ANA, "status": status})

    def serve(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path.endswith("/verify_credentials"):
            return told(200, ME)
        if parts.path == "/api/v1/notifications":
            return told(200, self._page(query))
        if parts.path == "/api/v1/statuses":
            wanted = set(parse_qs(parts.query).get("id[]", ()))
            return told(200, [row["status"] for row in self.rows if row["id"] in wanted])
        if parts.path.endswith("/statuses"):
            return told(200, [])
        return told(404, {"error": "Record not found"})

    def _page(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """Newest first; after `min_id` those that come next, else the last ones before `max_id`."""
        size = min(int(query.get("limit", "40")), MOST)
        if "min_id" in query:
            start = max(0, int(query["min_id"]) + 1 - 100_000)
            return self.rows[start : start + size][::-1]
        end = max(0, int(query["max_id"]) - 100_000) if "max_id" in query else len(self.rows)
        return self.rows[max(0, end - size) : end][::-1]


@contextmanager
def shelf() -> Iterator[Shelf]:
    made = Shelf()
    with serving(made.serve, made):
        yield made
