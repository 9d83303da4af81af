"""The pages as `portevoix serve` serves them: each request is received whole, then answered by a thread of its lane."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie

import structlog
from django.conf import settings

from portevoix.config import env, gate, wsgi
from portevoix.config.body import BodyReader, Disconnected, Message, Receive
from portevoix.config.bridge import Scope, build_environ, call_wsgi
from portevoix.config.lanes import Lane, make_lanes
from portevoix.config.refusals import Answer, RequestRefused, refusal
from portevoix.kernel.addresses import client_address
from portevoix.web.devices import read_device
from portevoix.web.monitor import REFUSED

log = structlog.get_logger("portevoix.serve")
HEALTH_SECONDS = 5.0
"""A database that has not answered monitoring after so long is not well."""

type Send = Callable[[Message], Awaitable[None]]
type Headers = dict[bytes, bytes]

_lanes = make_lanes(env.threads())
_bodies = BodyReader()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request (ASGI)."""
    headers: Headers = dict(scope["headers"])
    address = _address(scope, headers)
    try:
        answer = await _answer(scope, headers, address, receive)
    except Disconnected:
        return
    except RequestRefused as error:
        log.warning("request_refused", status=int(error.status), address=address)
        REFUSED.labels(str(int(error.status))).inc()
        answer = refusal(error.status)
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": b"".join(answer.parts)})


async def _answer(scope: Scope, headers: Headers, address: str, receive: Receive) -> Answer:
    """Raises RequestRefused and Disconnected."""
    lane = _lanes.lane_of(scope["method"], scope["path"])
    if lane is _lanes.machines:
        return await _answer_machine(lane, scope)
    known = lane is _lanes.sign_in and _is_known(headers)
    lane.check_room(known)  # what would be refused afterwards is not received
    if not (b"content-length" in headers or b"transfer-encoding" in headers):
        return await _call(lane, scope, b"", known)
    most = gate.most_at(scope["path"])
    length = headers.get(b"content-length", b"0").decode("latin-1")
    if not gate.is_length(length) or int(length) > most:
        raise RequestRefused(HTTPStatus.CONTENT_TOO_LARGE)
    async with _bodies.body(receive, address=address, most=most) as body:
        return await _call(lane, scope, body, known)


async def _call(lane: Lane, scope: Scope, body: bytes, known: bool = False) -> Answer:
    return await lane.run(partial(call_wsgi, wsgi.application, build_environ(scope, body)), known)


async def _answer_machine(lane: Lane, scope: Scope) -> Answer:
    """Answer monitoring, whatever keeps the pages busy; also when the database does not answer at all."""
    try:
        async with asyncio.timeout(HEALTH_SECONDS):
            return await _call(lane, scope, b"")
    except TimeoutError:
        body = json.dumps({"well": False, "database": False}).encode()
        return Answer(503, [(b"content-type", b"application/json"), (b"cache-control", b"no-store")], [body])


def _address(scope: Scope, headers: Headers) -> str:
    forwarded = headers.get(b"x-forwarded-for", b"").decode("latin-1") if settings.TRUST_PROXY else None
    return client_address(forwarded, (scope.get("client") or ("",))[0])


def _is_known(headers: Headers) -> bool:
    """Whether a colleague has signed in from there before: strangers' tries do not keep them waiting."""
    try:
        cookies = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return False
    morsel = cookies.get(settings.DEVICE_COOKIE_NAME)
    return read_device(morsel.value if morsel else None) is not None
