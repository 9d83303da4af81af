"""The desk's own data about conversations, registered for erasure, export and retention."""

from portevoix.desk.models import Draft, DraftPicture, Presence
from portevoix.kernel.i18n import gettext_noop
from portevoix.record.personal_data import Keeper
from portevoix.record.retention import DAYS, Kind, delete

KEEPERS = (
    Keeper(
        code="drafts",
        of=lambda conversations: Draft.objects.filter(conversation__in=conversations),
        told=lambda draft: {"conversation": draft.conversation_id, "saved_at": draft.saved_at, "text": draft.text},
    ),
    Keeper(
        code="draft_pictures",
        of=lambda conversations: DraftPicture.objects.filter(conversation__in=conversations).defer("content"),
        told=lambda one: {
            "conversation": one.conversation_id,
            "saved_at": one.saved_at,
            "name": one.name,
            "alt": one.alt,
        },
    ),
    Keeper(code="presence", of=lambda conversations: Presence.objects.filter(conversation__in=conversations)),
)
KINDS = (
    Kind(
        code="drafts",
        label=gettext_noop("Unsent drafts"),
        why=gettext_noop("Counted from the last word typed; what has not been sent for a month never will be."),
        unit=DAYS,
        default=30,
        older=lambda cut_off: Draft.objects.filter(saved_at__lt=cut_off).order_by("saved_at"),
        forget=delete,
    ),
    Kind(
        code="draft_pictures",
        label=gettext_noop("Pictures of unsent drafts"),
        why=gettext_noop("Counted from when they were attached."),
        unit=DAYS,
        default=30,
        older=lambda cut_off: DraftPicture.objects.filter(saved_at__lt=cut_off).order_by("saved_at"),
        forget=delete,
    ),
    Kind(
        code="presence",
        label=gettext_noop("Who had which conversation open"),
        why=gettext_noop("So that two do not answer at once; it is no register of who worked when."),
        unit=DAYS,
        default=1,
        older=lambda cut_off: Presence.objects.filter(seen_at__lt=cut_off).order_by("seen_at"),
        forget=delete,
    ),
)
