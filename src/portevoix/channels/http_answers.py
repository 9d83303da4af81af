"""Answers of the networks' servers, and the errors that refusals mean."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from portevoix.kernel.errors import ChannelError, Refused, TryLater
from portevoix.kernel.i18n import gettext_noop

LONGEST_WAIT: Final = timedelta(hours=1)
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""Half of a character beyond the first 65,536, as JSON writes it: two make one, and one alone nothing that is kept."""
_BUSY = frozenset({408, 425, 429})
COUNT = re.compile(r"[0-9]{1,11}")


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a server. The names in `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """Parse the content. Raise TryLater when it is not JSON: a page of a proxy, or an answer that was cut."""
        try:
            document = json.loads(self.content)
            if _HALF.search(self.content):
                document = json.loads(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"))
        except (ValueError, RecursionError) as error:
            raise TryLater(gettext_noop("What the network answers cannot be read.")) from error
        return document


class Rejected(Refused):
    """The network refused this request: `status` and `code` are its own, "" when it gives none.

    `answer` is the full answer, for channels whose errors say more than that.
    """

    def __init__(
        self,
        text: str,
        /,
        *,
        status: int,
        code: str = "",
        pause: bool = False,
        answer: Answer | None = None,
        **values: str | int,
    ) -> None:
        super().__init__(text, pause=pause, status=status, **values)
        self.status, self.code = status, code
        self.answer = answer or Answer(status, {}, b"")


class Doubtful(ChannelError):
    """No complete answer arrived; the server may have acted upon the request."""


def refusal(host: str, answer: Answer) -> ChannelError:
    """Return the error that an answer other than 2xx means."""
    status, headers = answer.status, answer.headers
    values: dict[str, str | int] = {"host": host, "status": status}
    if status == 429 or (status in _BUSY | {503} and "retry-after" in headers):
        after = min(_requested_wait(headers), LONGEST_WAIT)
        return TryLater(gettext_noop("{host} is busy (HTTP {status})."), after=after, **values)
    if status in _BUSY or status >= 500:
        return Doubtful(gettext_noop("{host} is out of order (HTTP {status})."), **values)
    if status < 400:
        message = gettext_noop("{host} sends us elsewhere (HTTP {status}): check its address.")
        return Refused(message, pause=True, **values)
    code, reason = _read_error(answer.content)
    if status == 401:
        message = gettext_noop("{host} does not accept our access any more (HTTP {status}). Connect the account again.")
        return Rejected(message, status=status, code=code, pause=True, answer=answer, host=host)
    message = gettext_noop("{host} refuses (HTTP {status}): {told}")
    return Rejected(message, status=status, code=code, answer=answer, host=host, told=reason or "—")


def _read_error(content: bytes) -> tuple[str, str]:
    """Return the network's error code and message, as most networks give them."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(document, dict):
        return "", ""
    code = next((value for value in (document.get("error"), document.get("type")) if isinstance(value, str)), "")
    message = (
        document.get("message") or document.get("error_description") or document.get("error") or _problem(document)
    )
    text = message[:300] if isinstance(message, str) else ""
    return code, "".join(letter if letter.isprintable() else " " for letter in text)


def _problem(document: Mapping[str, Any]) -> str:
    """Return the text of a problem document (RFC 9457), with each of the errors that some networks list in it."""
    errors = document.get("errors")
    details = (
        [error.get("message") for error in errors[:10] if isinstance(error, dict)] if isinstance(errors, list) else []
    )
    return " ".join(
        text for text in (document.get("detail") or document.get("title"), *details) if isinstance(text, str)
    )


def _requested_wait(headers: Mapping[str, str]) -> timedelta:
    """Return how long the network asks us to wait; a minute when it does not say."""
    retry_after = headers.get("retry-after", "")
    if COUNT.fullmatch(retry_after):
        return timedelta(seconds=int(retry_after))
    if retry_after and (when := _date(retry_after)):
        return max(when - datetime.now(UTC), timedelta())
    until = reset_at(headers)
    return max(until - datetime.now(UTC), timedelta()) if until else timedelta(minutes=1)


def reset_at(headers: Mapping[str, str]) -> datetime | None:
    """Return when a budget is renewed: given as a date, as seconds since 1970, or as seconds from now."""
    for name in ("x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset"):
        text = headers.get(name, "")
        if COUNT.fullmatch(text):
            count = int(text)
            return (
                datetime.fromtimestamp(count, UTC)
                if count > 10_000_000
                else datetime.now(UTC) + timedelta(seconds=count)
            )
        if text and (when := _date(text)):
            return when
    return None


def _date(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text) if text[:1].isdecimal() else parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
