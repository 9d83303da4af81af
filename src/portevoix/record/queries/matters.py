"""Which conversations may be about the same matter: those of one citizen on one channel."""

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.record.models import Conversation


def check_joinable(one: Conversation, other: Conversation) -> None:
    """Raises BadInput with the reason when one may not become part of the other.

    A reply leaves by one channel, for one citizen: whoever else waits would be counted as answered, and be without one.
    """
    if one.pk == other.pk:
        raise BadInput(gettext_noop("This is the conversation itself. Choose another one."))
    if one.account.channel != other.account.channel:
        message = gettext_noop("No. {number} came by another channel: each is owed its reply where it was asked.")
        raise BadInput(message, number=other.pk)
    if not _same_citizen(one, other):
        raise BadInput(gettext_noop("No. {number} is another citizen's: each is owed a reply."), number=other.pk)


def _same_citizen(one: Conversation, other: Conversation) -> bool:
    mine, theirs = one.author, other.author
    if mine is None or theirs is None:
        return False
    return mine.pk == theirs.pk or (mine.person_id is not None and mine.person_id == theirs.person_id)
