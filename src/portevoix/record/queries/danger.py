"""A query of open conversations that mention danger to people."""

from dataclasses import dataclass

from django.db.models import F

from portevoix.record.models import Contact, Conversation
from portevoix.record.permissions import scope
from portevoix.record.queries.inbox import MOST, told
from portevoix.record.queries.site_cache import House
from portevoix.record.queries.size import Size

LEVEL = 2
"""The level of `text.urgency` at which people are in danger now."""
MOST_LISTED = 5


@dataclass(frozen=True, slots=True)
class Danger:
    """At most MOST_LISTED conversations, with `excerpt`: those without a promise first, then those due first.

    `number`: how many there are, up to MOST + 1.
    """

    rows: list[Conversation]
    number: int


def danger(contact: Contact, *, house: House) -> Danger:
    """Return the dangers that the colleague may see, whatever the inbox's filter; one query."""
    conditions = {"queue_at__isnull": False, "urgency": LEVEL}
    every = Conversation.objects.filter(scope(contact), **conditions).order_by().values("pk")[: MOST + 1]
    rows = told().filter(scope(contact), **conditions).annotate(number=Size(every))
    rows = rows.order_by(F("promised_at").asc(nulls_first=True), "queue_at", "pk")[:MOST_LISTED]
    conversations = [house.know(row, "account", "department", "assignee") for row in rows]
    return Danger(conversations, conversations[0].number if conversations else 0)
