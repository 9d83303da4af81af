"""The form "Et maintenant, c'est à vous" by which citizens write, on its own page and under each article.

The posts are exempt from CSRF protection. Inside a frame on the city's site, browsers do not send our cookies, on which
that protection rests; and there is nothing to protect, since the form uses no session: a post is always made in the
sender's own name. A proof of work, a token that is valid for one message and a limit per connection keep machines out.
"""

import secrets
from datetime import datetime
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from portevoix.exchange.inbound import webform
from portevoix.kernel.errors import Refused, TryLater
from portevoix.public.forms import CitizenForm, web_address
from portevoix.public.framing import allow_framing
from portevoix.public.language import in_language
from portevoix.web import formatting, request_info
from portevoix.web.permissions import json_errors, open_to_all

_SALT = "portevoix.public.thanks"


@open_to_all
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_language
def form(request: HttpRequest) -> HttpResponse:
    """Show the form on its own page."""
    return _form(request, frame=False)


@open_to_all
@allow_framing
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_language
def embed(request: HttpRequest) -> HttpResponse:
    """Show the form in a frame under an article, which ?url= and ?title= name, else the address of the framing page."""
    return _form(request, frame=True)


@open_to_all
@require_safe
@in_language
def thanks(request: HttpRequest) -> HttpResponse:
    return _thanks(request, frame=False)


@open_to_all
@allow_framing
@require_safe
@in_language
def embed_thanks(request: HttpRequest) -> HttpResponse:
    return _thanks(request, frame=True)


@open_to_all
@json_errors
@never_cache
@require_safe
def challenge(request: HttpRequest) -> JsonResponse:
    """Return a new puzzle for the browser, valid for one message."""
    account = webform.account()
    if account is None:
        raise Http404
    return JsonResponse(webform.challenge(account, now=request.now))


def _form(request: HttpRequest, *, frame: bool) -> HttpResponse:
    account = webform.account()
    if account is None:
        return render(request, "public/closed.html", {"frame": frame}, status=404)
    if request.method != "POST":
        return _page(request, CitizenForm(initial=_article(request, frame=frame)), frame=frame)
    raw = request_info.raw(request)
    citizen = CitizenForm(request.POST)
    if not citizen.is_valid():
        return _page(request, citizen, frame=frame, status=422)
    try:
        receipt = webform.take_post(account, raw, client=request_info.address(request), now=raw.received_at)
    except TryLater as error:
        return _page(request, citizen, frame=frame, status=429, trouble=_(error.text))
    except Refused as error:
        return _page(request, citizen, frame=frame, status=422, trouble=_(error.text))
    return _thank(receipt, frame=frame, reply=bool(citizen.cleaned_data["email"]))


def _page(
    request: HttpRequest, form: CitizenForm, *, frame: bool, status: int = 200, trouble: str = ""
) -> HttpResponse:
    """Render the form with all that was typed. Its token is new each time: a form shown again was not accepted."""
    context = {
        "form": form,
        "article": form.article(),
        "frame": frame,
        "token": secrets.token_urlsafe(16),
        "trouble": trouble,
    }
    return render(request, "public/form.html", context, status=status)


def _article(request: HttpRequest, *, frame: bool) -> dict[str, str]:
    url = web_address(request.GET.get("url", ""))
    if frame and not url:
        url = web_address(request.headers.get("Referer", ""))
    return {"about_url": url, "about_title": request.GET.get("title", "")}


def _thank(receipt: webform.Confirmation, *, frame: bool, reply: bool) -> HttpResponseRedirect:
    """Redirect to the page of thanks, with its content signed in the address: the form keeps no session."""
    payload = {
        "reference": receipt.reference,
        "held": receipt.held,
        "by": receipt.by and receipt.by.isoformat(),
        "reply": reply,
    }
    query = {"of": signing.dumps(payload, salt=_SALT), "lang": translation.get_language()}
    page = reverse("public:embed-thanks" if frame else "public:thanks")
    return HttpResponseRedirect(f"{page}?{urlencode(query)}")


def _thanks(request: HttpRequest, *, frame: bool) -> HttpResponse:
    try:
        payload: dict[str, Any] = signing.loads(request.GET.get("of", ""), salt=_SALT)
    except signing.BadSignature as error:
        raise Http404 from error
    payload["by"] = payload["by"] and formatting.in_full(datetime.fromisoformat(payload["by"]))
    again = f"{reverse('public:embed' if frame else 'public:form')}?{urlencode({'lang': translation.get_language()})}"
    return render(request, "public/thanks.html", {**payload, "frame": frame, "again": again})
