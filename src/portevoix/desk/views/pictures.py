"""Pictures of a reply: attached, described and removed while it is written, shown once it is sent."""

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from portevoix.channels import base as channels
from portevoix.channels.base import Pictures
from portevoix.channels.media import MOST_BYTES, TYPES, check_size, prepare_picture
from portevoix.desk import forms
from portevoix.desk.composer import drafts, pictures
from portevoix.desk.inbox.inbox_context import build_query
from portevoix.desk.views.conversation_page import MOST_DRAFT, show
from portevoix.kernel.errors import BadInput, NotAllowed, PortevoixError
from portevoix.record.permissions import Capability
from portevoix.record.queries import conversation as conversations
from portevoix.web.permissions import require_capability
from portevoix.web.uploads import MOST_FILES, takes_files

UNUSABLE = 422
PART = "pictures"


@takes_files(MOST_BYTES)
@require_capability(Capability.REPLY)
@require_POST
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Store the chosen files, the text and the descriptions; show the reply as it is being written."""
    return _show_composer(request, pk, problem=take(request, pk))


@takes_files(MOST_BYTES)
@require_capability(Capability.REPLY)
@require_POST
def remove(request: HttpRequest, pk: int, picture: int) -> HttpResponse:
    problem = take(request, pk)
    drafts.detach(request.user, pk, picture)
    return _show_composer(request, pk, problem=problem)


def take(request: HttpRequest, pk: int) -> PortevoixError | None:
    """Store the descriptions and files of a submitted composer; return the first problem."""
    kind = conversations.connector_kind(request.user, pk)
    if kind is None:
        raise Http404
    takes, files = channels.pictures(kind), request.FILES.getlist("pictures")
    problems = [_save_descriptions(request, pk), *(_save_picture(request, pk, file, takes) for file in files)]
    if len(files) == MOST_FILES:
        problems.append(BadInput(gettext_noop("Attach at most {most} pictures at once."), most=MOST_FILES - 1))
    return next(filter(None, problems), None)


def _save_descriptions(request: HttpRequest, pk: int) -> BadInput | None:
    try:
        drafts.describe(request.user, pk, request.POST)
    except BadInput as problem:
        return problem
    return None


def _save_picture(request: HttpRequest, pk: int, file: UploadedFile, takes: Pictures | None) -> BadInput | None:
    try:
        if takes is None:
            raise BadInput(gettext_noop("This network takes no pictures with a reply. Send it without."))
        check_size(file.name, file.size)
        attachment = prepare_picture(file.name, file.read(), "")
        drafts.attach(request.user, pk, attachment, takes=takes, now=request.now)
    except BadInput as problem:
        return problem
    return None


def _show_composer(request: HttpRequest, pk: int, *, problem: PortevoixError | None) -> HttpResponse:
    status = UNUSABLE if problem else 200
    if request.htmx.target == PART:
        kind = conversations.connector_kind(request.user, pk) or ""
        context = {"conversation": {"pk": pk}, "picture_problem": problem, "query": build_query(request.GET)}
        context |= {"fresh": True, **pictures.picture_context(request.user, pk, kind)}
        return render(request, "desk/pictures.html", context, status=status)
    fields = request.POST
    drafts.save_draft(request.user, pk, fields.get("text", "")[:MOST_DRAFT], now=request.now)
    reply = forms.ReplyForm(
        initial={name: fields.get(name, "") for name in ("text", "reply", "promise", "promised_at")}
    )
    return show(request, pk, status=status, reply=reply, picture_problem=problem, fresh=True)


@require_capability(Capability.REPLY)
@require_safe
def waiting(request: HttpRequest, pk: int, picture: int) -> HttpResponse:
    """Send a picture of the colleague's own draft."""
    row = drafts.picture(pk, picture) if conversations.sees(request.user, pk) else None
    if row is None:
        raise Http404
    if row.contact_id != request.user.pk:
        raise NotAllowed(gettext_noop("This picture waits with a colleague's draft."))
    return _image(row.type, bytes(row.content))


@require_capability(Capability.READ)
@require_safe
def show_sent(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a picture of a reply that was sent or is about to be: it is the city's own and is not logged."""
    row = conversations.picture(request.user, pk)
    if row is None:
        raise Http404
    return _image(row.type, bytes(row.content))


def _image(kind: str, content: bytes) -> HttpResponse:
    if kind not in TYPES:
        raise Http404
    response = HttpResponse(content, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
