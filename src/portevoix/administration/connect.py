"""Connecting an account by signing in at its network, and storing what the network grants."""

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

SIGN_IN_KEY: Final = "connecting"
"""Session key of what must come back unchanged, and of the secrets for the next request, encrypted."""
GRANTS_KEY: Final = "connectable"
"""Session key of the grants, encrypted, while the colleague chooses among several accounts."""
VALID: Final = timedelta(minutes=15)
_CODE = re.compile(r"[a-z_]{1,60}")


def _access(kind: str) -> Access:
    way = access(kind)
    if way is None:
        raise Http404
    return way


def _back(request: HttpRequest, kind: str) -> str:
    """Return the address to which the network redirects the colleague: the same in all requests to it."""
    return request.build_absolute_uri(reverse("web-settings:account-connected", args=[kind]))


@allowed(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask for the settings needed beforehand, then show the link to the network: a form may lead to this site only.

    `?of=` names an account that is connected again: its stored settings need not be typed.
    """
    way = _access(kind)
    stored_settings = _stored_settings(kind, request.GET.get("of", ""))
    form = AccountForm(request.POST or None, kind=kind, stored=stored_settings, only=way.asks, needed=way.needs)
    context: dict[str, Any] = {"form": form, "kind": kind}
    if way.announced:
        context["back"] = _back(request, kind)
    if request.method == "POST" and form.is_valid():
        try:
            authorization = way.ask(form.settings(), redirect=_back(request, kind))
        except PortevoixError as error:
            form.add_error(None, told(error))
        else:
            ciphertext = secrets.lock(json.dumps(dict(authorization.kept)))
            request.session[SIGN_IN_KEY] = {
                "kind": kind,
                "state": authorization.state,
                "kept": ciphertext,
                "at": _at(request),
            }
            context |= {"address": authorization.address, "host": urlsplit(authorization.address).hostname}
    return render(request, "web/settings/connect.html", context, status=status_of(form))


def _stored_settings(kind: str, pk: str) -> dict[str, Any]:
    account = queries.account(int(pk)) if pk.isascii() and pk.isdecimal() and len(pk) < 10 else None
    return _readable_settings(account) if account and account.connector == kind else {}


def _readable_settings(account: Any) -> dict[str, Any]:
    """Return the stored settings in clear; empty when they cannot be read: signing in replaces them."""
    try:
        return operations.settings_of(account)
    except BadInput:
        return {}


@allowed(Capability.SETTINGS)
@require_safe
def finish(request: HttpRequest, kind: str) -> HttpResponse:
    """Handle the redirect from the network. It is accepted once, and only in the session that began here."""
    way, pending = _access(kind), request.session.pop(SIGN_IN_KEY, None)
    fault = _find_fault(request, kind, pending)
    if fault:
        messages.error(request, fault)
        return redirect("web-settings:account-connect", kind)
    try:
        grants = way.granted(json.loads(secrets.unlock(pending["kept"])), request.GET["code"])
        if len(grants) == 1:
            return done(request, _success_text(_take(request, kind, grants[0])), "web-settings:channels")
    except PortevoixError as error:
        messages.error(request, told(error))
        return redirect("web-settings:account-connect", kind)
    ciphertext = secrets.lock(json.dumps([asdict(grant) for grant in grants]))
    request.session[GRANTS_KEY] = {"kind": kind, "found": ciphertext, "at": _at(request)}
    return redirect("web-settings:account-choose", kind)


def _find_fault(request: HttpRequest, kind: str, pending: Any) -> str:
    """Return what is wrong with the redirect and what to do, "" when it is valid."""
    state, error = request.GET.get("state", ""), request.GET.get("error", "")
    if not pending or pending["kind"] != kind or not random.compare_digest(pending["state"].encode(), state.encode()):
        return _("This connection was not begun here, or too long ago. Begin again.")
    if _at(request) - pending["at"] > VALID.total_seconds():
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
    """Choose the city's accounts among those that the network granted."""
    _access(kind)
    pending = request.session.get(GRANTS_KEY)
    if not pending or pending["kind"] != kind or _at(request) - pending["at"] > VALID.total_seconds():
        messages.error(request, _("This connection was not begun here, or too long ago. Begin again."))
        return redirect("web-settings:account-connect", kind)
    try:
        grants = [Granted(**grant) for grant in json.loads(secrets.unlock(pending["found"]))]
    except BadInput as error:
        messages.error(request, told(error))
        return redirect("web-settings:account-connect", kind)
    choices = [grant for number, grant in enumerate(grants) if str(number) in request.POST.getlist("chosen")]
    if request.method != "POST" or not choices:
        context = {"found": grants, "kind": kind, "none": request.method == "POST"}
        return render(request, "web/settings/choose.html", context, status=422 if context["none"] else 200)
    del request.session[GRANTS_KEY]
    for grant in choices:
        try:
            messages.success(request, _success_text(_take(request, kind, grant)))
        except PortevoixError as error:
            messages.error(request, f"{grant.account}: {told(error)}")
    return redirect("web-settings:channels")


def _take(request: HttpRequest, default_kind: str, granted: Granted) -> str:
    """Test the account, store it and take it into service; return its address. A known account keeps its own."""
    kind = granted.kind or default_kind
    account = _find_account(kind, granted)
    address = account.address if account else granted.account
    settings = {**(_readable_settings(account) if account else {}), **granted.settings}
    connector = build(kind, address, settings)
    connector.check()
    operations.connect(
        channel=kind,
        address=address,
        connector=kind,
        settings=settings,
        secret=hidden(channels()[kind].Settings),
        by=request.user,
        now=request.now,  # type: ignore[attr-defined]
    )
    if isinstance(connector, Subscribing):
        try:
            connector.subscribe()
        except PortevoixError as error:
            why = _("%(address)s is fetched every few minutes only: the network does not send by itself. %(why)s")
            messages.warning(request, why % {"address": address, "why": told(error)})
    return address


def _find_account(kind: str, granted: Granted) -> Any:
    """Return the existing account by its number or its address, whatever its letters' case; None for a new one."""
    number = granted.settings.get(granted.known_by)
    for row in (row for row in queries.accounts() if row.channel == kind):
        same = row.connector == kind and number and str(row.settings.get(granted.known_by)) == str(number)
        if same or row.address.casefold() == granted.account.casefold():
            return row
    return None


def _success_text(address: str) -> str:
    return _("%(address)s is saved and in service.") % {"address": address}


def _at(request: HttpRequest) -> float:
    return float(request.now.timestamp())  # type: ignore[attr-defined]
