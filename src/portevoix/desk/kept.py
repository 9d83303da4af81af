"""What the desk keeps of conversations outside of the record, for whoever erases, exports or forgets there."""

from portevoix.desk.models import Draft, Presence
from portevoix.record.keepers import Keeper

KEEPERS = (
    Keeper(
        code="drafts",
        of=lambda conversations: Draft.objects.filter(conversation__in=conversations),
        older=lambda than: Draft.objects.filter(saved_at__lt=than),
        told=lambda draft: {"conversation": draft.conversation_id, "saved_at": draft.saved_at, "text": draft.text},
    ),
    Keeper(
        code="presence",
        of=lambda conversations: Presence.objects.filter(conversation__in=conversations),
        older=lambda than: Presence.objects.filter(seen_at__lt=than),
    ),
)
