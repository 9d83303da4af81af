"""Queries of envelopes as pages show them, without the files and whole mails in them."""

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
    """Load envelopes with their accounts, without `raw`; `shown` has the same keys, without the files' contents.

    `shown["whole"]` tells whether the complete unreadable source is stored and can be downloaded.
    """
    fields = JSONObject(
        **{name: Left(KT(f"raw__{name}"), MOST_SHOWN) for name in _TEXTS},
        author="raw__author",
        files="raw__files",
        whole=Left(KT("raw__whole"), 1),
    )
    return envelopes.select_related("account").defer("raw").annotate(shown=fields)


def whole(contact: Contact, pk: int) -> bytes | None:
    """Return the source of an unreadable envelope that waits for a decision; None: none, or not for this colleague."""
    if not can(contact, Capability.ADMIT):
        return None
    rows = Envelope.objects.filter(pk=pk, message=None, state=Envelope.State.QUARANTINED, raw__has_key="whole")
    raw = rows.values_list("raw", flat=True).first()
    return base64.b64decode(raw["whole"]) if raw else None
