"""The page on which a colleague makes the address of a feed, and the feed."""

import hashlib
from datetime import timedelta

import structlog
from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override
from django.views.decorators.http import require_http_methods, require_safe

from portevoix.journal.pages.edition_feed import TYPE, announce_expiry, list_entries, write_feed
from portevoix.kernel.errors import BadInput, NotThere
from portevoix.kernel.links import LinkPurpose
from portevoix.record.operations.signed_links import make_link, revoke_link
from portevoix.record.permissions import Capability, can
from portevoix.record.queries import city as houses
from portevoix.record.queries.signed_links import contact_behind, find_link, sign_link
from portevoix.web.permissions import open_to_all, require_capability

log = structlog.get_logger("portevoix.access")
EXPIRES_SOON = timedelta(days=30)
_FEED = LinkPurpose.JOURNAL_FEED


@require_capability(Capability.JOURNAL)
@require_http_methods(["GET", "HEAD", "POST"])
def feed(request: HttpRequest) -> HttpResponse:
    """Show the address of the colleague's feed; make another one or revoke it, as the form says."""
    if request.method == "POST":
        return _change_feed(request)
    link = find_link(request.user, _FEED)
    working = link if link and link.expires_at > request.now else None
    address = _feed_address(request, sign_link(working)) if working else ""
    context = {"address": address, "link": link, "working": working}
    return render(request, "journal/feed.html", context)


def _change_feed(request: HttpRequest) -> HttpResponse:
    match request.POST.get("action"):
        case "make":
            make_link(contact=request.user, purpose=_FEED, now=request.now)
            flash.success(request, _("This is the new address of your feed. An earlier one works no more."))
        case "revoke":
            revoke_link(contact=request.user, purpose=_FEED)
            flash.success(request, _("Revoked: the address of your feed works no more."))
        case _:
            raise BadInput(gettext_noop("Choose whether to make an address or to revoke it."))
    log.info("journal_feed_changed", colleague=request.user.pk, action=request.POST["action"])
    return redirect("journal:feed")


@open_to_all
@require_safe
def atom(request: HttpRequest, token: str) -> HttpResponseBase:
    """Return the feed of the colleague for whom the address acts. It is read by programs, without signing in."""
    found = contact_behind(token, _FEED, now=request.now)
    if found is None or not can(found[0], Capability.JOURNAL):
        raise NotThere(gettext_noop("This address of a feed works no more. Make a new one in the journal."))
    contact, link = found
    city = houses.city()
    with override(contact.language or (city.language if city else None)):
        entries = list_entries(contact, absolute=request.build_absolute_uri)
        page = request.build_absolute_uri(reverse("journal:feed"))
        if link.expires_at < request.now + EXPIRES_SOON:
            begins = link.expires_at - EXPIRES_SOON
            entries.insert(0, announce_expiry(link.expires_at, now=begins, address=page))
        document = write_feed(
            entries,
            city=city.name if city else "",
            address=_feed_address(request, token),
            home=request.build_absolute_uri(reverse("journal:home")),
            made_at=link.made_at,
        )
    headers = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
    response = HttpResponse(document, content_type=TYPE, headers=headers)
    response["ETag"] = quote_etag(hashlib.sha256(document).hexdigest())
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _feed_address(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("journal:atom", args=[token]))
