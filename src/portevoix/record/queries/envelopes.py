"""What a page shows of envelopes: not the files and whole mails that they hold."""

import base64

from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject, Left

from portevoix.record.models import Contact, Envelope
from portevoix.record.permissions import Capability, can

MOST_SHOWN = 2_000
"""Characters of each text."""
_TEXTS = ("text", "subject", "unreadable")


def with_shown(envelopes: QuerySet[Envelope]) -> QuerySet[Envelope]:
    """With their accounts, without `raw`; `shown` has the same keys, but no key for what files hold.

    `shown["whole"]` says whether all of what cannot be read is there, to be saved.
    """
    fields = JSONObject(
        **{name: Left(KT(f"raw__{name}"), MOST_SHOWN) for name in _TEXTS},
        author="raw__author",
        files="raw__files",
        whole=Left(KT("raw__whole"), 1),
    )
    return envelopes.select_related("account").defer("raw").annotate(shown=fields)


def whole(contact: Contact, pk: int) -> bytes | None:
    """What could not be read and waits for a decision, as it came; None: there is none, or not for this colleague."""
    if not can(contact, Capability.ADMIT):
        return None
    rows = Envelope.objects.filter(pk=pk, message=None, state=Envelope.State.QUARANTINED, raw__has_key="whole")
    raw = rows.values_list("raw", flat=True).first()
    return base64.b64decode(raw["whole"]) if raw else None
