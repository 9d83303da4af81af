"""An account is connected by signing in at its network: from here to there, and back with what the network grants."""

import json
import re
import secrets as random
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portevoix.administration.account_forms import AccountForm
from portevoix.channels.base import Access, Granted, Subscribing, access, channels, hidden
from portevoix.exchange.connectors import build
from portevoix.kernel.errors import BadInput, PortevoixError
from portevoix.record import secrets
from portevoix.record.operations import accounts as operations
from portevoix.record.permissions import Capability
from portevoix.record.queries import city as queries
from portevoix.web.notices import done, status_of, told
from portevoix.web.permissions import allowed

KEPT: Final = "connecting"
"""Under this the session keeps what must come back unchanged, and what the network is asked with then, encrypted."""
FOUND: Final = "connectable"
"""And under this what the network granted, encrypted, while the colleague chooses among several accounts."""
VALID: Final = timedelta(minutes=15)
_CODE = re.compile(r"[a-z_]{1,60}")


def _access(kind: str) -> Access:
    found = access(kind)
    if found is None:
        raise Http404
    return found


def _back(request: HttpRequest, kind: str) -> str:
    """The address to which the network sends the colleague: the very same in all that it is told."""
    return request.build_absolute_uri(reverse("web-settings:account-connected", args=[kind]))


@allowed(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, kind: str) -> HttpResponse:
    """Asks what is needed beforehand, then shows where to go on. It is a link: a form may lead to this site only.

    `?of=` names an account that is connected again: what is stored of it need not be typed.
    """
    way = _access(kind)
    stored = _stored(kind, request.GET.get("of", ""))
    form = AccountForm(request.POST or None, kind=kind, stored=stored, only=way.asks, needed=way.needs)
    context: dict[str, Any] = {"form": form, "kind": kind}
    if way.announced:
        context["back"] = _back(request, kind)
    if request.method == "POST" and form.is_valid():
        try:
            asked = way.ask(form.settings(), redirect=_back(request, kind))
        except PortevoixError as error:
            form.add_error(None, told(error))
        else:
            kept = secrets.lock(json.dumps(dict(asked.kept)))
            request.session[KEPT] = {"kind": kind, "state": asked.state, "kept": kept, "at": _at(request)}
            context |= {"address": asked.address, "host": urlsplit(asked.address).hostname}
    return render(request, "web/settings/connect.html", context, status=status_of(form))


def _stored(kind: str, pk: str) -> dict[str, Any]:
    account = queries.account(int(pk)) if pk.isascii() and pk.isdecimal() and len(pk) < 10 else None
    return _settings(account) if account and account.connector == kind else {}


def _settings(account: Any) -> dict[str, Any]:
    """What is stored, in clear; nothing when it cannot be read: signing in puts something else in its place."""
    try:
        return operations.settings_of(account)
    except BadInput:
        return {}


@allowed(Capability.SETTINGS)
@require_safe
def finish(request: HttpRequest, kind: str) -> HttpResponse:
    """The colleague is back. Only who left from here, in this session, and once, comes back to something."""
    way, left = _access(kind), request.session.pop(KEPT, None)
    wrong = _wrong(request, kind, left)
    if wrong:
        messages.error(request, wrong)
        return redirect("web-settings:account-connect", kind)
    try:
        found = way.granted(json.loads(secrets.unlock(left["kept"])), request.GET["code"])
        if len(found) == 1:
            return done(request, _saved(_take(request, kind, found[0])), "web-settings:channels")
    except PortevoixError as error:
        messages.error(request, told(error))
        return redirect("web-settings:account-connect", kind)
    kept = secrets.lock(json.dumps([asdict(each) for each in found]))
    request.session[FOUND] = {"kind": kind, "found": kept, "at": _at(request)}
    return redirect("web-settings:account-choose", kind)


def _wrong(request: HttpRequest, kind: str, left: Any) -> str:
    """What to do where this is not the way back of who left from here, "" where it is."""
    state, error = request.GET.get("state", ""), request.GET.get("error", "")
    if not left or left["kind"] != kind or not random.compare_digest(left["state"].encode(), state.encode()):
        return _("This connection was not begun here, or too long ago. Begin again.")
    if _at(request) - left["at"] > VALID.total_seconds():
        return _("Signing in there took longer than fifteen minutes. Begin again.")
    if error not in ("", "access_denied"):
        code = error if _CODE.fullmatch(error) else "—"
        return _("The network refused (%(code)s). Check what is typed here against its own pages, and begin again.") % {
            "code": code
        }
    if error or not request.GET.get("code"):
        return _("The network did not grant access. Begin again, and allow it there.")
    return ""


@allowed(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, kind: str) -> HttpResponse:
    """Which of the accounts that the network granted the city's are."""
    _access(kind)
    left = request.session.get(FOUND)
    if not left or left["kind"] != kind or _at(request) - left["at"] > VALID.total_seconds():
        messages.error(request, _("This connection was not begun here, or too long ago. Begin again."))
        return redirect("web-settings:account-connect", kind)
    try:
        found = [Granted(**each) for each in json.loads(secrets.unlock(left["found"]))]
    except BadInput as error:
        messages.error(request, told(error))
        return redirect("web-settings:account-connect", kind)
    chosen = [each for number, each in enumerate(found) if str(number) in request.POST.getlist("chosen")]
    if request.method != "POST" or not chosen:
        context = {"found": found, "kind": kind, "none": request.method == "POST"}
        return render(request, "web/settings/choose.html", context, status=422 if context["none"] else 200)
    del request.session[FOUND]
    for each in chosen:
        try:
            messages.success(request, _saved(_take(request, kind, each)))
        except PortevoixError as error:
            messages.error(request, f"{each.account}: {told(error)}")
    return redirect("web-settings:channels")


def _take(request: HttpRequest, asked: str, granted: Granted) -> str:
    """Tries the account, stores it and takes it into service; returns its address. One that is known stays the same."""
    kind = granted.kind or asked
    there = _known(kind, granted)
    address = there.address if there else granted.account
    settings = {**(_settings(there) if there else {}), **granted.settings}
    served = build(kind, address, settings)
    served.check()
    operations.connect(
        channel=kind,
        address=address,
        connector=kind,
        settings=settings,
        secret=hidden(channels()[kind].Settings),
        by=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    if isinstance(served, Subscribing):
        try:
            served.subscribe()
        except PortevoixError as error:
            why = _("%(address)s is fetched every few minutes only: the network does not send by itself. %(why)s")
            messages.warning(request, why % {"address": address, "why": told(error)})
    return address


def _known(kind: str, granted: Granted) -> Any:
    """The account that is there already, by its number or its address, whatever its letters' case. None: it is new."""
    number = granted.settings.get(granted.known_by)
    for row in (row for row in queries.accounts() if row.channel == kind):
        same = row.connector == kind and number and str(row.settings.get(granted.known_by)) == str(number)
        if same or row.address.casefold() == granted.account.casefold():
            return row
    return None


def _saved(address: str) -> str:
    return _("%(address)s is saved and in service.") % {"address": address}


def _at(request: HttpRequest) -> float:
    return float(request.now.timestamp())  # type: ignore[attr-defined]
