"""`/hooks/<connector>/<account>/`: webhooks by which networks deliver new messages.

Exempt from CSRF protection: they use no session, and the network's signature authenticates the sender. Every invalid
request gets the same answer, so that strangers learn nothing about the accounts here.
"""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portevoix.exchange.inbound import webhooks
from portevoix.kernel.errors import Refused, TryLater
from portevoix.web import request_info
from portevoix.web.permissions import json_errors, open_to_all


@open_to_all
@json_errors
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hook(request: HttpRequest, connector: str, pk: int) -> HttpResponse:
    """Return 200 when the request is stored; answer the network's own question when it tests the address."""
    client = request_info.address(request)
    try:
        if request.method == "POST":
            webhooks.take_request(connector, pk, request_info.raw(request), client=client, now=request.now)
            return _plain(200)
        return _plain(200, webhooks.greet(connector, pk, request.GET.dict(), client=client, now=request.now))
    except RequestDataTooBig:
        return _plain(413)
    except TryLater:
        return _plain(429)
    except Refused:
        return _plain(400)


def _plain(status: int, text: str = "") -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
