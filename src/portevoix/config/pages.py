"""The pages as `portevoix serve` serves them: each request is received completely, then answered by a thread of its
lane.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache, partial
from http import HTTPStatus

import structlog
from django.conf import settings

from portevoix.config import env, request_limits, wsgi
from portevoix.config.bridge import Scope, build_environ, call_wsgi
from portevoix.config.lanes import HEALTH, Lane, Visitor, make_lanes
from portevoix.config.refusals import Answer, RequestRefused, refusal
from portevoix.config.request_body import MOST_BYTES_OF_STRANGERS, BodyReader, Disconnected, Message, Receive
from portevoix.kernel.visitor_addresses import client_address, line_of, site_of
from portevoix.web.devices import read_device
from portevoix.web.metrics_text import REFUSED

log = structlog.get_logger("portevoix.serve")
MOST_HEADER_BYTES = 16_384
"""Of one request: more than browsers send, and than proxies pass on."""
HEALTH_SECONDS = 5.0
"""A database that has not answered monitoring after so long is not well."""

type Send = Callable[[Message], Awaitable[None]]
type Headers = dict[bytes, bytes]

_lanes = make_lanes(env.threads())
_bodies = {True: BodyReader(), False: BodyReader(MOST_BYTES_OF_STRANGERS)}
"""Of visitors that are known, and of strangers."""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request (ASGI)."""
    scope = {**scope, "method": scope["method"].upper()}  # as Django reads it
    headers: Headers = dict(scope["headers"])
    address = _address(scope, headers)
    try:
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADER_BYTES:
            raise RequestRefused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        visitor = Visitor(line_of(address), _is_known(headers), site_of(address))
        answer = await _answer(scope, headers, visitor, receive)
    except Disconnected:
        return
    except RequestRefused as error:
        log.warning("request_refused", status=int(error.status), address=address)
        REFUSED.labels(str(int(error.status))).inc()
        answer = refusal(error.status)
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": b"".join(answer.parts)})


async def _answer(scope: Scope, headers: Headers, visitor: Visitor, receive: Receive) -> Answer:
    """Answer a request. Raise RequestRefused and Disconnected."""
    lane = _lanes.lane_of(scope["method"], scope["path"], known=visitor.known)
    if lane is _lanes.machines:
        return await _answer_machine(lane, scope, visitor)
    lane.check_room(visitor)  # what would be refused afterwards is not received
    if not (b"content-length" in headers or b"transfer-encoding" in headers):
        return await _call(lane, scope, b"", visitor)
    most = request_limits.most_at(scope["path"]) if visitor.known else request_limits.MOST_BYTES
    length = headers.get(b"content-length", b"0").decode("latin-1")
    if not request_limits.is_length(length) or int(length) > most:
        raise RequestRefused(HTTPStatus.CONTENT_TOO_LARGE)
    async with _bodies[visitor.known].body(receive, line=visitor.line, most=most) as body:
        return await _call(lane, scope, body, visitor)


async def _call(lane: Lane, scope: Scope, body: bytes, visitor: Visitor) -> Answer:
    return await lane.run(partial(call_wsgi, wsgi.application, build_environ(scope, body)), visitor)


async def _answer_machine(lane: Lane, scope: Scope, visitor: Visitor) -> Answer:
    """Answer monitoring, whatever keeps the pages busy; also when the database does not answer at all."""
    asks_health = scope["path"] == HEALTH and scope["method"] in ("GET", "HEAD")
    try:
        async with asyncio.timeout(HEALTH_SECONDS):
            return await (_health.ask(lane, scope) if asks_health else _call(lane, scope, b"", visitor))
    except TimeoutError:
        body = json.dumps({"well": False, "database": False}).encode()
        return Answer(503, [(b"content-type", b"application/json"), (b"cache-control", b"no-store")], [body])


@dataclass(slots=True)
class Health:
    """The health check, shared by all who ask while one runs, so that nobody can block monitoring."""

    _looking: asyncio.Task[Answer] | None = None

    async def ask(self, lane: Lane, scope: Scope) -> Answer:
        if self._looking is None or self._looking.done():
            bare = {**scope, "method": "GET", "query_string": b"", "headers": []}
            ours = _call(lane, bare, b"", Visitor("", known=True))
            self._looking = asyncio.get_running_loop().create_task(ours)
        return await asyncio.shield(self._looking)


_health = Health()


def _address(scope: Scope, headers: Headers) -> str:
    forwarded_for = headers.get(b"x-forwarded-for", b"").decode("latin-1") if settings.TRUST_PROXY else None
    return client_address(forwarded_for, (scope.get("client") or ("",))[0])


def _is_known(headers: Headers) -> bool:
    """Return whether a colleague has signed in from this device before; known devices do not wait for strangers."""
    match = _device_cookie().search(headers.get(b"cookie", b""))
    return read_device(match[1].decode("latin-1") if match else None) is not None


@cache
def _device_cookie() -> re.Pattern[bytes]:
    """Return what finds the device's cookie. All cookies are not parsed before a request has a lane."""
    return re.compile(rb'(?:^|;)[ ]?%s="?([^;"]*)' % re.escape(settings.DEVICE_COOKIE_NAME.encode()))
