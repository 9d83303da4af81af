"""Sign-in with an e-mail address and a password of this installation, and sign-out."""

import structlog
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from portevoix.record.queries.city import contact_by_email
from portevoix.web.devices import known_device, remember_device
from portevoix.web.permissions import open_to_all
from portevoix.web.request_info import address, onward
from portevoix.web.sign_in_limits import SignInTry

log = structlog.get_logger("portevoix.access")


class SignInForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@open_to_all
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in. The answer and its time are the same for an unknown address and for a wrong password."""
    target = request.POST.get("next") or request.GET.get("next")
    onto = onward(request, target, otherwise=settings.LOGIN_REDIRECT_URL)
    if request.user.is_authenticated:
        return redirect(onto)
    form = SignInForm(request.POST or None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            answer = _authenticate(request, form, onto)
            if isinstance(answer, HttpResponseRedirect):
                return answer
            status = answer
    return render(request, "web/sign_in.html", {"form": form, "next": target or ""}, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    log.info("session_closed", colleague=request.user.pk, address=address(request))
    logout(request)
    return redirect(settings.LOGIN_URL)


def _authenticate(request: HttpRequest, form: SignInForm, onto: str) -> HttpResponseRedirect | int:
    """Return the way on, or the status of a refusal, whose reason is then in the form."""
    email, now = form.cleaned_data["email"].lower(), request.now  # type: ignore[attr-defined]
    where = address(request)
    device = known_device(request, contact_by_email(email))
    this = SignInTry.of(email, where, device=device.name if device else "")
    if this.is_too_many(now):
        log.warning("sign_in_paused", address=where)
        form.add_error(None, gettext("Too many tries. Wait a quarter of an hour, then try again."))
        return 429
    this.note(now)
    contact = authenticate(request, username=email, password=form.cleaned_data["password"])
    if contact is None:
        log.warning("sign_in_refused", address=where)  # not the address that was typed: it may be a password
        form.add_error(None, gettext("This address and this password do not belong together. Check both."))
        return 422
    this.forget(now)
    login(request, contact)  # under a new session key
    log.info("session_opened", colleague=contact.pk, address=where)
    answer = HttpResponseRedirect(onto)
    remember_device(request, answer, contact)
    return answer
