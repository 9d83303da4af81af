"""Settings of channels: the accounts in service, their state, and a test before settings are saved."""

from datetime import datetime
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portevoix.administration.account_forms import AccountForm
from portevoix.channels.base import access, fields_to_ask, installed_channels, network_fields, secret_names
from portevoix.exchange.connectors import bill, build
from portevoix.kernel.errors import BadInput, PortevoixError
from portevoix.kernel.i18n import gettext_noop
from portevoix.record.operations import accounts as operations
from portevoix.record.permissions import Capability
from portevoix.record.queries import city as queries
from portevoix.web.notices import attempt, confirm, status_of, to_sentence
from portevoix.web.permissions import require_capability

ELSEWHERE = frozenset({"fake", "importers", "webform"})
"""Channels without a generated form: one leads nowhere, one reads files, and one has its own page."""


def list_kinds() -> list[str]:
    """Return the installed channels that can be set up here: those whose settings have a field to fill in."""
    return [
        kind
        for kind, connector in installed_channels().items()
        if kind not in ELSEWHERE and any(fields_to_ask(connector.Settings))
    ]


@require_capability(Capability.SETTINGS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    accounts = [account for account in queries.accounts() if account.connector]
    imported_accounts = [account for account in queries.accounts() if not account.connector]
    signing_in = [kind for kind in list_kinds() if access(kind)]
    context = {"accounts": accounts, "imported": imported_accounts, "offered": list_kinds(), "signing_in": signing_in}
    return render(request, "web/settings/channels.html", context)


@require_capability(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in list_kinds():
        raise Http404
    return _edit(request, kind, None)


@require_capability(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    account = _account(pk)
    if account.connector not in list_kinds():
        raise Http404
    return _edit(request, account.connector, account)


def _edit(request: HttpRequest, kind: str, account: Any) -> HttpResponse:
    """Show, test or save the settings. A POST with "test" tries them and saves nothing."""
    stored_settings, trouble = _stored_settings(account)
    initial = {"address": request.GET.get("address", "")}
    form = AccountForm(request.POST or None, kind=kind, stored=stored_settings, initial=initial)
    context: dict[str, Any] = {"form": form, "kind": kind, "account": account, "unreadable": trouble}
    if account and hasattr(installed_channels()[kind], "parse_webhook"):
        context["hook"] = request.build_absolute_uri(reverse("web:hook", args=[kind, account.pk]))
    if account:
        context["bill"] = _bill(account, request.now)
    if request.method == "POST" and form.is_valid():
        address = account.address if account else form.cleaned_data["address"].strip()
        if "save" in request.POST and attempt(form, partial(_save, form, address, request)):
            return confirm(
                request, _("%(address)s is saved and in service.") % {"address": address}, "web-settings:channels"
            )
        if "test" in request.POST:
            context |= _try_settings(kind, address, form.settings())
    part = "web/settings/tried.html" if request.htmx and "test" in request.POST else "web/settings/account.html"
    return render(request, part, context, status=status_of(form))


def _bill(account: Any, now: datetime) -> dict[str, Any] | None:
    """Return the account's costs, in the reader's language; None for a free one."""
    costs = bill(account, now=now)
    if costs is None:
        return None
    uses = [(to_sentence(use.what), use) for use in costs.uses]
    then = [to_sentence(sentence) for sentence in costs.then]
    return {"uses": uses, "since": costs.since, "until": costs.until, "told": to_sentence(costs.told), "then": then}


def _stored_settings(account: Any) -> tuple[dict[str, Any] | None, str]:
    """Return the stored settings in clear (None for a new account), and why a secret cannot be read, or ""."""
    if account is None:
        return None, ""
    try:
        return operations.settings_of(account), ""
    except BadInput as error:
        plain = {name: value for name, value in account.settings.items() if not str(value).startswith("encrypted:")}
        return plain, to_sentence(error)


def _save(form: AccountForm, address: str, request: HttpRequest) -> None:
    """Connect the account.

    Raise BadInput for settings that the channel rejects, and for a new account that exists already.
    """
    build(form.kind, address, form.settings())
    there = queries.account_named(form.kind, address)
    if "address" in form.cleaned_data and there and there.connector:
        raise BadInput(gettext_noop("The account {address} is there already. Change it on its page."), address=address)
    operations.connect(
        channel=form.kind,
        address=address,
        connector=form.kind,
        settings=form.settings(),
        secret=secret_names(installed_channels()[form.kind].Settings),
        kept=network_fields(installed_channels()[form.kind].Settings),
        by=request.user,
        now=request.now,
    )


def _try_settings(kind: str, address: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the result of a test of the settings.

    Mail servers inside the city's own network are meant to be reachable.
    """
    try:
        works = build(kind, address, settings).check()
    except PortevoixError as error:
        return {"tried": True, "trouble": to_sentence(error)}
    return {"tried": True, "works": [to_sentence(sentence) for sentence in works]}


@require_capability(Capability.SETTINGS)
@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    account = _account(pk)
    operations.pause(account=account.pk, by=request.user, why=request.POST.get("why", ""), now=request.now)
    message = _("%(address)s is paused. Nothing is lost: it goes on from where it stopped.")
    return confirm(request, message % {"address": account.address}, "web-settings:channels")


@require_capability(Capability.SETTINGS)
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    account = _account(pk)
    operations.resume(account=account.pk, by=request.user, now=request.now)
    return confirm(
        request, _("%(address)s is in service again.") % {"address": account.address}, "web-settings:channels"
    )


@require_capability(Capability.SETTINGS)
@require_POST
def disconnect(request: HttpRequest, pk: int) -> HttpResponse:
    account = _account(pk)
    operations.disconnect(account=account.pk, by=request.user, now=request.now)
    message = _("%(address)s is out of service. What it brought stays.") % {"address": account.address}
    return confirm(request, message, "web-settings:channels")


def _account(pk: int) -> Any:
    account = queries.account(pk)
    if account is None or not account.connector:
        raise Http404
    return account
