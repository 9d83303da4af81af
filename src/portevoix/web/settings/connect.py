"""An account is connected by signing in at its network: from here to there, and back with what the network grants."""

import json
import secrets as random
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portevoix.channels.base import Access, Granted, access, channels, knobs
from portevoix.exchange.connectors import build
from portevoix.kernel.errors import PortevoixError
from portevoix.record import secrets
from portevoix.record.access import Capability
from portevoix.record.operations import accounts as operations
from portevoix.web.access import allowed
from portevoix.web.settings.account_forms import AccountForm
from portevoix.web.settings.common import done, status_of, told

KEPT = "connecting"
"""Under this the session keeps what must come back unchanged, and what the network is asked with then, encrypted."""


def _access(kind: str) -> Access:
    found = access(kind)
    if found is None:
        raise Http404
    return found


@allowed(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, kind: str) -> HttpResponse:
    """Asks what is needed beforehand, then shows where to go on. It is a link: a form may lead to this site only."""
    way = _access(kind)
    form = AccountForm(request.POST or None, kind=kind, stored={}, only=way.asks)
    context: dict[str, Any] = {"form": form, "kind": kind}
    if request.method == "POST" and form.is_valid():
        back = request.build_absolute_uri(reverse("web-settings:account-connected", args=[kind]))
        try:
            asked = way.ask(form.settings(), redirect=back)
        except PortevoixError as error:
            form.add_error(None, told(error))
        else:
            kept = secrets.lock(json.dumps(dict(asked.kept)))
            request.session[KEPT] = {"kind": kind, "state": asked.state, "kept": kept}
            context |= {"address": asked.address, "host": urlsplit(asked.address).hostname}
    return render(request, "web/settings/connect.html", context, status=status_of(form))


@allowed(Capability.SETTINGS)
@require_safe
def finish(request: HttpRequest, kind: str) -> HttpResponse:
    """The colleague is back. Only who left from here, in this session, and once, comes back to something."""
    way, left = _access(kind), request.session.pop(KEPT, None)
    state, code = request.GET.get("state", ""), request.GET.get("code", "")
    if not left or left["kind"] != kind or not random.compare_digest(left["state"].encode(), state.encode()):
        messages.error(request, _("This connection was not begun here, or too long ago. Begin again."))
    elif not code:
        messages.error(request, _("The network did not grant access. Begin again, and allow it there."))
    else:
        try:
            return _connected(request, kind, way.granted(json.loads(secrets.unlock(left["kept"])), code))
        except PortevoixError as error:
            messages.error(request, told(error))
    return redirect("web-settings:account-connect", kind)


def _connected(request: HttpRequest, kind: str, granted: Granted) -> HttpResponse:
    build(kind, granted.account, granted.settings).check()
    operations.connect(
        channel=kind,
        address=granted.account,
        connector=kind,
        settings=granted.settings,
        secret=[name for name, _, _, knob in knobs(channels()[kind].Settings) if knob.secret],
        by=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    return done(request, _("%(address)s is saved and in service.") % {"address": granted.account}, "channels")
