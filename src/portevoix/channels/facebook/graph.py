"""Client of the Graph API: one request, one answer, with Meta's error codes translated and its budgets respected.

The token is sent in a header, so that no address contains it; each request carries the proof of the app secret.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from portevoix.channels.facebook.settings import MetaSettings
from portevoix.channels.facebook.values import entries, mapping, text
from portevoix.channels.http import Http, Parameters
from portevoix.channels.http_answers import LONGEST_WAIT, Rejected
from portevoix.kernel.errors import ChannelError, Refused, TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop

NEARLY: Final = 95
"""Per cent of a budget at which asking stops; what Meta would refuse counts against it too."""
REST: Final = timedelta(minutes=5)
MOST_TOLD: Final = 300

_TOKEN = frozenset({102, 190})
_BUSY = frozenset({4, 17, 32, 341, 613, 80000, 80001, 80002, 80006})
_FAILURE_CODES = frozenset({1, 2})
_BLOCKED_CODE: Final = 368
_PERMISSION = frozenset({3, 10, *range(200, 300)})
_MOST_NESTED: Final = 4_000
"""Characters of a usage header that are looked at."""


class GraphRefusal(Refused):
    """Meta refused one request: `code` and `subcode` are its own, 0 when it gives none."""

    def __init__(self, message: str, /, *, code: int, subcode: int, **values: str | int) -> None:
        super().__init__(message, False, code=code, **values)
        self.code, self.subcode = code, subcode


class Graph:
    """Client with one account's access. Raises Refused for an address that may not be asked."""

    def __init__(self, settings: MetaSettings) -> None:
        headers = {"Authorization": f"Bearer {settings.access_token}"}
        self._http = Http(settings.graph_base, headers=headers, budget=settings.me)
        proof = hmac.new(settings.app_secret.encode(), settings.access_token.encode(), hashlib.sha256)
        self._proof = {"appsecret_proof": proof.hexdigest()}

    def get(self, path: str, **parameters: str | int) -> Mapping[str, Any]:
        """Return the object as JSON. Raise TryLater or Refused: `GraphRefusal` when it concerns this request alone."""
        query: Parameters = {**parameters, **self._proof}
        try:
            answer = self._http.get(path, query)
        except Rejected as error:
            raise self._translate_error(error, writing=False) from error
        self._note(answer.headers)
        return mapping(answer.json())

    def post(self, path: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """Create an object and return it as JSON. Raise Uncertain too, when it may have been created anyway."""
        try:
            answer = self._http.post(path, {**fields, **self._proof})
        except Rejected as error:
            raise self._translate_error(error, writing=True) from error
        self._note(answer.headers)
        try:
            return mapping(answer.json())
        except TryLater as error:  # it was taken: only what it says of it got lost
            raise Uncertain(error.text, **error.values) from error

    def delete(self, path: str) -> bool:
        """Delete, and return whether it was deleted. Raise Uncertain too, when it may have been deleted anyway."""
        try:
            answer = self._http.delete(f"{path}?{urlencode(self._proof)}")
        except Rejected as error:
            raise self._translate_error(error, writing=True) from error
        self._note(answer.headers)
        return mapping(answer.json()).get("success") is not False

    def _translate_error(self, error: Rejected, *, writing: bool) -> ChannelError:
        """Translate Meta's error code: see "Handling Errors" in the documentation of the Graph API."""
        details = _error(error.answer.content)
        code, subcode = _number(details.get("code")), _number(details.get("error_subcode"))
        message = (text(details.get("error_user_msg")) or text(details.get("message")) or "—")[:MOST_TOLD]
        if code in _TOKEN or (error.status == 401 and not code):
            return Refused(
                gettext_noop(
                    "Meta does not accept the access token any more (code {code}). Connect the account again."
                ),
                pause=True,
                code=code,
            )
        if code == _BLOCKED_CODE:
            return Refused(
                gettext_noop("Meta has blocked this account for now (code {code}): {told}"),
                pause=True,
                code=code,
                told=message,
            )
        if code in _BUSY:
            after = _wait_time(error.answer.headers) or REST
            self._http.pause_for(after)
            return TryLater(gettext_noop("Meta asks us to wait (code {code})."), after=after, code=code)
        if code in _FAILURE_CODES or (details.get("is_transient") is True and code not in _PERMISSION):
            kind = Uncertain if writing else TryLater
            return kind(gettext_noop("Meta is out of order (code {code}): {told}"), code=code, told=message)
        if code in _PERMISSION:
            sentence = gettext_noop("Meta does not allow it (code {code}): {told} Check the app's permissions.")
            return GraphRefusal(sentence, code=code, subcode=subcode, told=message)
        return GraphRefusal(
            gettext_noop("Meta refuses (code {code}): {told}"), code=code, subcode=subcode, told=message
        )

    def _note(self, headers: Mapping[str, str]) -> None:
        """Pause before a budget is used up: requests beyond it make the wait longer."""
        if max(_used_percentages(headers), default=0) >= NEARLY:
            self._http.pause_for(_wait_time(headers) or REST)


def after(edge: Any) -> str:
    """Return the cursor of the next page, "" on the last one. Of `paging.next` only a parameter is used, never its
    host.
    """
    paging = mapping(mapping(edge).get("paging"))
    onward = paging.get("next")
    if not isinstance(onward, str):
        return ""
    cursor = mapping(paging.get("cursors")).get("after")
    if not isinstance(cursor, str):
        try:
            cursor = parse_qs(urlsplit(onward).query).get("after", [""])[0]
        except ValueError:
            return ""
    return cursor if len(cursor) <= 2000 and cursor.isprintable() else ""


def code_of(error: Rejected) -> int:
    """Return Meta's own error code, 0 when it gives none."""
    return _number(_error(error.answer.content).get("code"))


def _error(content: bytes) -> Mapping[str, Any]:
    try:
        return mapping(mapping(json.loads(content)).get("error"))
    except (ValueError, RecursionError):
        return {}


def _number(value: Any) -> int:
    return value if type(value) is int and 0 <= value < 10**9 else 0


def _usages(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """Yield each budget in the answer: the app's, and those of the page or account by kind."""
    for name in ("x-app-usage", "x-business-use-case-usage", "x-page-usage"):
        try:
            usage = mapping(json.loads(headers.get(name, "{}")[:_MOST_NESTED]))
        except (ValueError, RecursionError):
            continue
        yield usage
        for use_cases in usage.values():
            yield from (mapping(use_case) for use_case in entries(use_cases))


def _used_percentages(headers: Mapping[str, str]) -> Iterator[int]:
    for usage in _usages(headers):
        yield from (_number(usage.get(name)) for name in ("call_count", "total_time", "total_cputime"))


def _wait_time(headers: Mapping[str, str]) -> timedelta:
    """Return how long until Meta answers again; zero when it does not say. It says so in minutes."""
    longest = max((_number(usage.get("estimated_time_to_regain_access")) for usage in _usages(headers)), default=0)
    return min(timedelta(minutes=longest), LONGEST_WAIT)
