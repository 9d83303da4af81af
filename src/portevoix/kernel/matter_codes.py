"""Words of a matter (French: dossier): one subject of which several citizens speak."""

from enum import StrEnum

NO_TITLE = "…"
"""The title of a matter whose words nobody says any more."""


class MatterState(StrEnum):
    """State of a matter."""

    PROPOSED = "proposed"  # by the journal; nobody has looked at it yet
    CONFIRMED = "confirmed"
    REJECTED = "rejected"  # no subject of its own: never proposed again
    CLOSED = "closed"


class JoinedBy(StrEnum):
    """How a conversation came into a matter."""

    HOST = "host"  # a colleague put it there
    PROPOSAL = "proposal"  # the desk proposed it, and a colleague agreed
    JOURNAL = "journal"  # the journal found it among the week's messages


class MatterEventType(StrEnum):
    """Type of an event in a matter's history."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    RENAMED = "renamed"
    REJECTED = "rejected"
    MERGED = "merged"  # another matter became part of this one
    JOINED = "joined"  # conversations came in
    LEFT = "left"  # a conversation was taken out
    ANSWERED = "answered"  # its department answered a finding of the journal
    CLOSED = "closed"
    REOPENED = "reopened"
