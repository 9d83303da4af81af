"""The Graph API: one request, one answer; Meta's error codes become ours, and its budgets are kept.

The token goes in a header, so that no address holds it; the proof that we hold the app secret goes with each request.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from portevoix.channels.facebook.settings import MetaSettings
from portevoix.channels.facebook.values import entries, mapping, text
from portevoix.channels.http import LONGEST_WAIT, Http, Parameters, Rejected
from portevoix.kernel.errors import ChannelError, Refused, TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop

NEARLY: Final = 95
"""Per cent of a budget at which asking stops; what Meta would refuse counts against it too."""
REST: Final = timedelta(minutes=5)
MOST_TOLD: Final = 300

_TOKEN = frozenset({102, 190})
_BUSY = frozenset({4, 17, 32, 341, 613, 80000, 80001, 80002, 80006})
_FAILED = frozenset({1, 2})
_BLOCKED: Final = 368
_PERMISSION = frozenset({3, 10, *range(200, 300)})
_MOST_NESTED: Final = 4_000
"""Characters of a usage header that are looked at."""


class Said(Refused):
    """Meta's no to one request: `code` and `subcode` are its own, 0 when it gives none."""

    def __init__(self, message: str, /, *, code: int, subcode: int, **values: str | int) -> None:
        super().__init__(message, False, code=code, **values)
        self.code, self.subcode = code, subcode


class Graph:
    """Asked with one account's access. Raises Refused for an address that may not be asked."""

    def __init__(self, settings: MetaSettings) -> None:
        headers = {"Authorization": f"Bearer {settings.access_token}"}
        self._http = Http(settings.graph_base, headers=headers, budget=settings.me)
        proof = hmac.new(settings.app_secret.encode(), settings.access_token.encode(), hashlib.sha256)
        self._proof = {"appsecret_proof": proof.hexdigest()}

    def get(self, path: str, **parameters: str | int) -> Mapping[str, Any]:
        """What is there, as JSON. Raises TryLater, and Refused, as `Said` where it concerns this request alone."""
        asked: Parameters = {**parameters, **self._proof}
        try:
            answer = self._http.get(path, asked)
        except Rejected as error:
            raise self._meant(error, writing=False) from error
        self._note(answer.headers)
        return mapping(answer.json())

    def post(self, path: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """What was made, as JSON. Raises Uncertain too: where it may have been made all the same."""
        try:
            answer = self._http.post(path, {**fields, **self._proof})
        except Rejected as error:
            raise self._meant(error, writing=True) from error
        self._note(answer.headers)
        try:
            return mapping(answer.json())
        except TryLater as error:  # it was taken: only what it says of it got lost
            raise Uncertain(error.text, **error.values) from error

    def delete(self, path: str) -> bool:
        """Whether it was deleted. Raises Uncertain too: where it may have been all the same."""
        try:
            answer = self._http.delete(f"{path}?{urlencode(self._proof)}")
        except Rejected as error:
            raise self._meant(error, writing=True) from error
        self._note(answer.headers)
        return mapping(answer.json()).get("success") is not False

    def _meant(self, error: Rejected, *, writing: bool) -> ChannelError:
        """What Meta's codes mean for us: see "Handling Errors" in the documentation of the Graph API."""
        told = _error(error.answer.content)
        code, subcode = _number(told.get("code")), _number(told.get("error_subcode"))
        message = (text(told.get("error_user_msg")) or text(told.get("message")) or "—")[:MOST_TOLD]
        if code in _TOKEN or (error.status == 401 and not code):
            return Refused(
                gettext_noop(
                    "Meta does not accept the access token any more (code {code}). Connect the account again."
                ),
                pause=True,
                code=code,
            )
        if code == _BLOCKED:
            return Refused(
                gettext_noop("Meta has blocked this account for now (code {code}): {told}"),
                pause=True,
                code=code,
                told=message,
            )
        if code in _BUSY:
            after = _regained(error.answer.headers) or REST
            self._http.rest(datetime.now(UTC) + after)
            return TryLater(gettext_noop("Meta asks us to wait (code {code})."), after=after, code=code)
        if code in _FAILED or (told.get("is_transient") is True and code not in _PERMISSION):
            kind = Uncertain if writing else TryLater
            return kind(gettext_noop("Meta is out of order (code {code}): {told}"), code=code, told=message)
        if code in _PERMISSION:
            sentence = gettext_noop("Meta does not allow it (code {code}): {told} Check the app's permissions.")
            return Said(sentence, code=code, subcode=subcode, told=message)
        return Said(gettext_noop("Meta refuses (code {code}): {told}"), code=code, subcode=subcode, told=message)

    def _note(self, headers: Mapping[str, str]) -> None:
        """Stops before Meta says so: what is asked beyond the budget makes the wait longer."""
        if max(_used(headers), default=0) >= NEARLY:
            self._http.rest(datetime.now(UTC) + (_regained(headers) or REST))


def after(edge: Any) -> str:
    """The cursor of the next page, "" on the last one. Of `paging.next` only a parameter is used, never its host."""
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
    """Meta's own code of what it refuses, 0 when it gives none."""
    return _number(_error(error.answer.content).get("code"))


def _error(content: bytes) -> Mapping[str, Any]:
    try:
        return mapping(mapping(json.loads(content)).get("error"))
    except (ValueError, RecursionError):
        return {}


def _number(value: Any) -> int:
    return value if type(value) is int and 0 <= value < 10**9 else 0


def _usages(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """Each budget that the answer speaks of: the app's, and those of the page or account by kind."""
    for name in ("x-app-usage", "x-business-use-case-usage", "x-page-usage"):
        try:
            told = mapping(json.loads(headers.get(name, "{}")[:_MOST_NESTED]))
        except (ValueError, RecursionError):
            continue
        yield told
        for several in told.values():
            yield from (mapping(one) for one in entries(several))


def _used(headers: Mapping[str, str]) -> Iterator[int]:
    for usage in _usages(headers):
        yield from (_number(usage.get(name)) for name in ("call_count", "total_time", "total_cputime"))


def _regained(headers: Mapping[str, str]) -> timedelta:
    """How long until Meta answers again; nothing when it does not say. It says so in minutes."""
    longest = max((_number(usage.get("estimated_time_to_regain_access")) for usage in _usages(headers)), default=0)
    return min(timedelta(minutes=longest), LONGEST_WAIT)
