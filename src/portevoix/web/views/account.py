"""The colleague's own account: language, password, keyboard."""

from typing import Any

import structlog
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from portevoix.kernel.errors import BadInput
from portevoix.record import ratelimit
from portevoix.record.operations.city import change_own
from portevoix.web.notices import told
from portevoix.web.permissions import open_to_all
from portevoix.web.request_info import address, onward
from portevoix.web.sign_in_limits import WITHIN

log = structlog.get_logger("portevoix.access")
TRIES = 10


class PasswordForm(forms.Form):
    current = forms.CharField(
        label=gettext_lazy("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy("At least 8 characters; a sentence that only you would write is best."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("New password, once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        if fields.get("new") and fields.get("again") and fields["new"] != fields["again"]:
            self.add_error("again", gettext("The two new passwords differ."))
        return fields


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request.POST or None)
    if form.is_bound and form.is_valid() and _change(request, form):
        messages.success(request, gettext("Your password is changed. You stay signed in here, and nowhere else."))
        return redirect("web:account")
    return render(request, "web/account.html", {"form": form}, status=422 if form.is_bound else 200)


def _change(request: HttpRequest, form: PasswordForm) -> bool:
    """Return whether the password was changed; if not, the form says why."""
    contact: Any = request.user
    who, now = str(contact.pk), request.now  # type: ignore[attr-defined]
    if ratelimit.exceeded("password", {who: TRIES}, within=WITHIN, now=now):
        form.add_error(None, gettext("Too many tries. Wait a quarter of an hour, then try again."))
        return False
    ratelimit.note("password", (who,), now=now)
    if not contact.check_password(form.cleaned_data["current"]):
        log.warning("password_refused", colleague=contact.pk, address=address(request))
        form.add_error("current", gettext("This is not your current password."))
        return False
    try:
        change_own(contact=contact, language=contact.language, password=form.cleaned_data["new"])
    except BadInput as error:
        form.add_error("new", told(error))
        return False
    update_session_auth_hash(request, contact)
    log.info("password_changed", colleague=contact.pk, address=address(request))
    return True


@open_to_all
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Store the choice in a cookie and, for a colleague, in the record; redirect to the page."""
    code = request.POST.get("language", "")
    response = redirect(onward(request, request.POST.get("next"), otherwise=settings.LOGIN_REDIRECT_URL))
    if code not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        change_own(contact=request.user, language=code)  # type: ignore[arg-type]
    translation.activate(code)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 86400,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
