"""Rejects at once all similar messages among those that wait for a decision."""

from itertools import batched

import structlog
from django.db import transaction

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.record import permissions
from portevoix.record.models import Contact, Envelope
from portevoix.record.permissions import Capability
from portevoix.record.queries.bulk_refusal import STATES, Common, numbers

log = structlog.get_logger("portevoix.envelopes")
_BATCH = 1000


def refuse(*, common: Common, by: Contact) -> int:
    """Reject each envelope that matches, as `envelopes.reject`; return how many. Colleagues' decisions meanwhile stay.

    Raise BadInput where no criterion narrows them: that would be all.
    """
    permissions.check(by, Capability.ADMIT)
    if common.state not in STATES or common == Common(state=common.state):
        raise BadInput(gettext_noop("Say at least one thing that these messages have in common."))
    count = 0
    with transaction.atomic():
        for some in batched(list(numbers(common)), _BATCH, strict=False):  # to the end, before any of them changes
            rows = Envelope.objects.filter(pk__in=some, state=common.state)
            count += rows.update(state=Envelope.State.REJECTED)
    log.info("envelopes_refused", colleague=by.pk, count=count)
    return count
