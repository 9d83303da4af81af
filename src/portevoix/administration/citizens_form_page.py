"""Settings of the citizens' form: opening it, and the frame to copy into the city's website."""

import secrets
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portevoix.exchange.inbound import webform
from portevoix.kernel.errors import BadInput
from portevoix.record.operations import accounts as operations
from portevoix.record.permissions import Capability
from portevoix.record.queries import city as queries
from portevoix.web.notices import attempt, confirm, status_of
from portevoix.web.permissions import require_capability

KIND = "webform"
HEIGHT = 760
"""Height in pixels of the frame on a wide screen, error messages included; a telephone needs 840."""


class OpenForm(forms.Form):
    mail_address = forms.ChoiceField(
        label=gettext_lazy("Replies are sent from"),
        required=False,
        help_text=gettext_lazy("Whoever leaves an e-mail address gets the reply from there."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mailboxes = [a.address for a in queries.accounts() if a.channel == "email" and a.connector]
        self.fields["mail_address"].choices = [
            ("", _("none: nobody can be answered") if mailboxes else _("no mailbox yet: nobody can be answered")),
            *((address, address) for address in mailboxes),
        ]


@require_capability(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    account = _account()
    form = OpenForm(request.POST or None, initial={"mail_address": _mailbox(account)})
    if request.method == "POST" and form.is_valid() and attempt(form, partial(_open, form, account, request)):
        return confirm(request, _("The citizens’ form is open."), "web-settings:form")
    serving = account is not None and webform.account() == account
    context = {"form": form, "account": account, "open": serving, "height": HEIGHT}
    if serving:
        context |= {"snippet": snippet(request), "preview": f"{reverse('public:embed')}?{urlencode(_example())}"}
    return render(request, "web/settings/form.html", context, status=status_of(form))


def snippet(request: HttpRequest) -> str:
    """Return the HTML of the frame, for the template of the city's articles."""
    city = queries.city()
    return format_html(
        '<iframe src="{address}?lang={lang}&amp;url=ARTICLE-ADDRESS&amp;title=ARTICLE-TITLE"\n'
        '  title="{title}" width="100%" height="{height}" loading="lazy"\n'
        '  referrerpolicy="no-referrer-when-downgrade"></iframe>',
        address=request.build_absolute_uri(reverse("public:embed")),
        lang=city.language if city else "fr",
        title=_("Your turn: write to the city"),
        height=HEIGHT,
    )


def _example() -> dict[str, str]:
    return {"url": "https://www.example.org/article", "title": _("The title of the article stands here")}


def _account() -> Any:
    """Return the form's account, in service or not; one that an import created is reused."""
    rows = sorted(queries.accounts(), key=lambda row: (row.state != "active", row.connector != KIND))
    return next((row for row in rows if row.channel == KIND), None)


def _mailbox(account: Any) -> str:
    """Return the chosen mailbox; without a choice, the only one there is."""
    if account is not None and account.connector:
        return account.settings.get("mail_address", "")
    mailboxes = [row.address for row in queries.accounts() if row.channel == "email" and row.connector]
    return mailboxes[0] if len(mailboxes) == 1 else ""


def _open(form: OpenForm, account: Any, request: HttpRequest) -> None:
    address = account.address if account else queries.city().site.split(",")[0].strip() or request.get_host()
    operations.connect(
        channel=KIND,
        address=address,
        connector=KIND,
        settings={"secret": _secret(account), "mail_address": form.cleaned_data["mail_address"]},
        secret=["secret"],
        by=request.user,
        now=request.now,
    )


def _secret(account: Any) -> str:
    """Return the secret that signs puzzles now, so that forms already open stay valid; else a new one."""
    try:
        secret = operations.settings_of(account).get("secret", "") if account else ""
    except BadInput:
        secret = ""  # the installation's key has changed: only puzzles being solved right now are lost
    return secret or secrets.token_hex(32)
