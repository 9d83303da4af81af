"""`/live`: Server-Sent Events that name the conversations that changed, never their content."""

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

from portevoix.desk.push.notifications import Hub, News, watch_database
from portevoix.record.permissions import Capability, can, is_confined
from portevoix.record.queries.city import Contact
from portevoix.record.queries.live import Listener

BEAT = 15.0
LONGEST = 600.0
"""Seconds after which a stream ends: the browser reconnects by itself, and is authenticated again."""
RETRY_MS = 3000
MOST_NAMED = 200
AT_ONCE = 5
"""Number of open pages that ask for their list in one second, on average, while changes never pause."""
LONGEST_SPREAD = 60

# However many pages come at once, such as after a restart, so many are asked who they are at a time. Django would give
# each of them a thread and a connection of its own, of which PostgreSQL has a hundred.
_door = ThreadPoolExecutor(4, "door")
# One hub a loop: a server process has one loop, tests have several.
_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


@require_GET
async def live(request: HttpRequest) -> HttpResponseBase:
    """Stream `changed` and `presence` with numbers of conversations; `changed` without any: all may have changed."""
    if not isinstance(request, ASGIRequest):
        return _plain_text(
            _("Live updates are served by a process of their own; start it with “portevoix serve”."), 503
        )
    host, origin = request.get_host(), request.headers.get("Origin", "")  # a host that is not ours is refused
    if origin and not _is_same_host(origin, host):
        return _plain_text(_("Pages of another site are not told anything."), 403)
    contact = await sync_to_async(_find_listener, thread_sensitive=False, executor=_door)(request)
    if contact is None:
        return _allow_origin(_plain_text(_("Sign in first."), 401), origin)
    hub = _hubs.setdefault(asyncio.get_running_loop(), Hub(watch_database))
    confinee = contact.pk if is_confined(contact) else None
    listener = Listener.of(contact, request.session.session_key or "")
    lines = stream(hub, again="Last-Event-ID" in request.headers, confinee=confinee, listener=listener)
    response = StreamingHttpResponse(lines, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return _allow_origin(response, origin)


def _find_listener(request: HttpRequest) -> Contact | None:
    """Return the colleague who may listen, else None. A page stays open for long, and keeps no connection meanwhile."""
    try:
        contact: Contact = request.user  # type: ignore[assignment]
        return contact if contact.is_authenticated and can(contact, Capability.READ) else None
    finally:
        connections.close_all()


live.open_to_all = True  # it answers by itself to those who are not signed in: a page of sign-in would be no use


async def stream(
    hub: Hub,
    *,
    again: bool = False,
    confinee: int | None = None,
    listener: Listener | None = None,
    beat: float = BEAT,
    longest: float = LONGEST,
) -> AsyncIterator[bytes]:
    """Yield the lines for one page. `again`: it was connected before, and may have missed something.

    `confinee`: a colleague who receives only what concerns, or concerned, their departments. `listener`: whose sign-in
    it is, with which the stream ends.
    """
    loop = asyncio.get_running_loop()
    until, quiet = loop.time() + longest, loop.time() + beat
    last_spread = 0
    async with hub.open(confinee, listener) as box:
        yield f"retry: {RETRY_MS}\nid: 1\n\n".encode()
        if again:
            yield _format_event("changed", frozenset())
        while (now := loop.time()) < until:
            try:
                news = await asyncio.wait_for(box.take(), min(quiet, until) - now)
            except TimeoutError:
                quiet = loop.time() + beat
                yield b": here\n\n"
                continue
            if box.is_over:
                return
            quiet = loop.time() + beat
            if (seconds := spread(hub.pages)) != last_spread:
                last_spread = seconds
                yield f"event: spread\ndata: {seconds}\n\n".encode()
            for line in _lines(news):
                yield line


def spread(pages: int) -> int:
    """Return the seconds over which so many open pages spread their requests for a new list.

    Otherwise one reply would make two hundred pages ask for their lists in the same second. An open conversation is
    requested at once.
    """
    return min(2 * pages // AT_ONCE, LONGEST_SPREAD)


def _lines(news: News) -> list[bytes]:
    lines = []
    if news.updates or news.has_gap:
        everything = news.has_gap or len(news.updates) > MOST_NAMED
        lines.append(_format_event("changed", frozenset() if everything else news.updates))
    if news.presence:
        lines.append(_format_event("presence", news.presence))
    return lines


def _format_event(name: str, conversations: frozenset[int]) -> bytes:
    return f"event: {name}\ndata: {','.join(str(pk) for pk in sorted(conversations))}\n\n".encode()


def _is_same_host(origin: str, host: str) -> bool:
    """Return whether a page's origin is this host, on any port."""
    try:
        origin_url = urlsplit(origin)
    except ValueError:
        return False
    return origin_url.scheme in ("http", "https") and origin_url.hostname == urlsplit(f"//{host}").hostname


def _plain_text(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def _allow_origin[Response: HttpResponseBase](response: Response, origin: str) -> Response:
    response["Vary"] = "Origin, Cookie"
    if origin:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Credentials"] = "true"
    return response
