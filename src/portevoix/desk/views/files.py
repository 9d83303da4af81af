"""Citizens' files and original mails: offered as downloads, never rendered as pages of this site."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from portevoix.kernel.display_names import plain_name
from portevoix.record.operations import access_log
from portevoix.record.permissions import Capability
from portevoix.record.queries import conversation as conversations
from portevoix.record.queries import envelopes
from portevoix.web.permissions import require_capability

# What a browser may show without being able to run anything; all else is offered as bytes.
SAFE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"})


@require_capability(Capability.READ)
@require_safe
def attachment(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a citizen's file as a download."""
    file = conversations.attachment(request.user, pk)
    if file is None:
        raise Http404
    access_log.log(
        access_log.What.FILE, by=request.user, now=request.now, conversation=file.message.conversation_id, file=pk
    )
    name = plain_name(file.name).replace("/", "_")
    kind = file.type.split(";")[0].strip().lower()
    return _to_save(bytes(file.content), name or "file", kind if kind in SAFE_TYPES else "application/octet-stream")


@require_capability(Capability.ADMIT)
@require_safe
def download_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a mail that could not be read as it came, to be opened with a mail program."""
    mail = envelopes.unreadable_source(request.user, pk)
    if mail is None:
        raise Http404
    access_log.log(access_log.What.FILE, by=request.user, now=request.now, file=pk)
    return _to_save(mail, f"portevoix-{pk}.eml", "application/octet-stream")


def _to_save(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
