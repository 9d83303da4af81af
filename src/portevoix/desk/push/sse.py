"""`/live`: Server-Sent Events that say which conversations changed, never what was said."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portevoix.desk.push.notifications import Hub, News, of_database
from portevoix.record.permissions import Capability, can, confined
from portevoix.record.queries.city import Contact

BEAT = 15.0
LONGEST = 600.0
"""Seconds after which a stream ends: the browser comes back by itself, and is asked anew who it is."""
RETRY_MS = 3000
MOST_NAMED = 200
AT_ONCE = 5
"""How many open pages ask for their list in one second, on average, while things happen without cease."""
LONGEST_SPREAD = 60

# However many pages come at once, such as after a restart, so many are asked who they are at a time. Django would give
# each of them a thread and a connection of its own, of which PostgreSQL has a hundred.
_door = ThreadPoolExecutor(4, "door")
# One hub a loop: a server process has one loop, tests have several.
_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


@require_GET
async def live(request: HttpRequest) -> HttpResponseBase:
    """`changed` and `presence`, each with the numbers of conversations; `changed` without any: all may have changed."""
    if not isinstance(request, ASGIRequest):
        return _plain(_("Live updates are served by a process of their own; start it with “portevoix serve”."), 503)
    host, origin = request.get_host(), request.headers.get("Origin", "")  # a host that is not ours is refused
    if origin and not _neighbour(origin, host):
        return _plain(_("Pages of another site are not told anything."), 403)
    contact = await sync_to_async(_who, thread_sensitive=False, executor=_door)(request)
    if contact is None:
        return _allow(_plain(_("Sign in first."), 401), origin)
    hub = _hubs.setdefault(asyncio.get_running_loop(), Hub(of_database))
    confinee = contact.pk if confined(contact) else None
    response = StreamingHttpResponse(
        stream(hub, again="Last-Event-ID" in request.headers, confinee=confinee), content_type="text/event-stream"
    )
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return _allow(response, origin)


def _who(request: HttpRequest) -> Contact | None:
    """The colleague who may listen. A page stays open for long, and keeps no connection meanwhile."""
    try:
        contact: Contact = request.user  # type: ignore[assignment]
        return contact if contact.is_authenticated and can(contact, Capability.READ) else None
    finally:
        connections.close_all()


live.open_to_all = True  # it answers by itself to those who are not signed in: a page of sign-in would be no use


async def stream(
    hub: Hub, *, again: bool = False, confinee: int | None = None, beat: float = BEAT, longest: float = LONGEST
) -> AsyncIterator[bytes]:
    """The lines for one page. `again`: it was connected before, and may have missed something.

    `confinee`: a colleague who is told only of what concerns, or concerned, their departments.
    """
    loop = asyncio.get_running_loop()
    until, quiet = loop.time() + longest, loop.time() + beat
    told = 0
    async with hub.open(confinee) as box:
        yield f"retry: {RETRY_MS}\nid: 1\n\n".encode()
        if again:
            yield _written("changed", frozenset())
        while (now := loop.time()) < until:
            try:
                news = await asyncio.wait_for(box.take(), min(quiet, until) - now)
            except TimeoutError:
                quiet = loop.time() + beat
                yield b": here\n\n"
                continue
            quiet = loop.time() + beat
            if (seconds := spread(hub.pages)) != told:
                told = seconds
                yield f"event: spread\ndata: {seconds}\n\n".encode()
            for line in _lines(news):
                yield line


def spread(pages: int) -> int:
    """Seconds within which so many open pages ask for their lists anew, each at a moment of its own.

    One reply would otherwise have two hundred colleagues' pages ask for two hundred lists in the same second. A
    conversation that is open is asked for at once.
    """
    return min(2 * pages // AT_ONCE, LONGEST_SPREAD)


def _lines(news: News) -> list[bytes]:
    lines = []
    if news.changed or news.missed:
        everything = news.missed or len(news.changed) > MOST_NAMED
        lines.append(_written("changed", frozenset() if everything else news.changed))
    if news.presence:
        lines.append(_written("presence", news.presence))
    return lines


def _written(name: str, conversations: frozenset[int]) -> bytes:
    return f"event: {name}\ndata: {','.join(str(pk) for pk in sorted(conversations))}\n\n".encode()


def _neighbour(origin: str, host: str) -> bool:
    """Whether a page's origin is this host, on whatever port."""
    try:
        asked = urlsplit(origin)
    except ValueError:
        return False
    return asked.scheme in ("http", "https") and asked.hostname == urlsplit(f"//{host}").hostname


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def _allow[Response: HttpResponseBase](response: Response, origin: str) -> Response:
    response["Vary"] = "Origin, Cookie"
    if origin:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Credentials"] = "true"
    return response
