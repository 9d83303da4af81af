"""Permissions: the one place that decides who may see and do what."""

from collections import defaultdict
from collections.abc import Collection
from enum import StrEnum

from django.db.models import Q

from portevoix.kernel.errors import NotAllowed
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.states import EventType
from portevoix.record.models import Contact, Conversation, Event, JournalReader
from portevoix.record.models.people import Role


class Capability(StrEnum):
    """A permission that a page or an operation requires."""

    READ = "read"  # conversations within one's scope
    REPLY = "reply"  # reply, hold, route, assign, inquire, close, reopen, label
    NOTE = "note"  # write a note
    INFORM = "inform"  # answer for a department: its inquiries, and the journal's findings
    ADMIT = "admit"  # held and quarantined envelopes, stuck deliveries
    JOURNAL = "journal"
    EDIT_JOURNAL = "edit_journal"  # choose what of an edition the public reads
    CURATE_MATTER = "curate_matter"  # confirm, name, merge and reject what many speak of
    SETTINGS = "settings"
    PRIVACY = "privacy"  # what is held on a person, erasure, retention, the access log


_READS = frozenset({Capability.READ, Capability.NOTE, Capability.JOURNAL})
_ANSWERS = _READS | {Capability.REPLY, Capability.INFORM, Capability.ADMIT, Capability.CURATE_MATTER}
_MAY: dict[str, frozenset[Capability]] = {
    Role.CONTACT: _READS | {Capability.INFORM},
    Role.EDITOR: _READS | {Capability.CURATE_MATTER, Capability.EDIT_JOURNAL},
    Role.HOST: _ANSWERS,
    Role.ADMINISTRATOR: _ANSWERS | {Capability.EDIT_JOURNAL, Capability.SETTINGS, Capability.PRIVACY},
}


def can(contact: Contact | None, capability: Capability) -> bool:
    """Return whether the role allows it at all; `scope` then limits the conversations."""
    return contact is not None and contact.is_active and capability in _MAY.get(contact.role, frozenset())


def check(contact: Contact | None, capability: Capability) -> None:
    """Raise NotAllowed unless `can`."""
    if not can(contact, capability):
        raise NotAllowed(gettext_noop("Your role does not allow this. An administrator can change it."))


def having_capability(capability: Capability) -> Q:
    """Return a condition on Contact: colleagues whose role allows it."""
    return Q(is_active=True, role__in=[role for role, may in _MAY.items() if capability in may])


def is_confined(contact: Contact) -> bool:
    """Return whether the colleague sees only the conversations of their own departments."""
    return contact.role == Role.CONTACT


def sees_all(contact: Contact) -> bool:
    """Return whether `scope` leaves no conversation out."""
    return can(contact, Capability.READ) and not is_confined(contact)


def scope(contact: Contact) -> Q:
    """Return a condition on Conversation: those that this colleague may see."""
    if not can(contact, Capability.READ):
        return Q(pk__in=[])
    if not is_confined(contact):
        return Q()
    mine = list(contact.departments.values_list("pk", flat=True))
    inquiries = Conversation.inquiries.through.objects.filter(inquiry__department__in=mine)
    return Q(department__in=mine) | Q(pk__in=inquiries.values("conversation"))


def departments_involved(conversations: Collection[int]) -> dict[int, set[str]]:
    """Return the slugs of the departments that have, had or were asked about these conversations.

    Their contacts may be notified that something happened there, and of nothing else.
    """
    inquiries = Conversation.inquiries.through.objects.filter(conversation__in=conversations)
    routings = Event.objects.filter(conversation__in=conversations, what=EventType.ROUTED)
    slugs: dict[int, set[str]] = defaultdict(set)
    for pk, slug in (
        *Conversation.objects.filter(pk__in=conversations).values_list("pk", "department__slug"),
        *inquiries.values_list("conversation", "inquiry__department__slug"),
        *routings.values_list("conversation", "data__department"),
    ):
        if slug:
            slugs[pk].add(slug)
    return slugs


def answerable_inquiries(contact: Contact) -> Q:
    """Return a condition on Inquiry: the questions to departments that this colleague may answer."""
    if not can(contact, Capability.INFORM):
        return Q(pk__in=[])
    return Q(department__in=contact.departments.all()) if is_confined(contact) else Q()


def departments(contact: Contact) -> list[str] | None:
    """Return the slugs of the departments whose journal this colleague may read; None: all, and the whole city."""
    if not can(contact, Capability.JOURNAL):
        return []
    return list(contact.departments.values_list("slug", flat=True)) if is_confined(contact) else None


class JournalRight(StrEnum):
    """What somebody may do with the editions of a department."""

    READ = "read"
    CURATE = "curate"  # the matters of its subjects
    EDIT = "edit"  # what the public reads of it
    ANSWER = "answer"  # its findings, for the department


def journal_rights(contact: Contact, department: str) -> frozenset[JournalRight]:
    """Return what this colleague may do with the editions of a department, "" for the whole city."""
    mine = departments(contact)
    if mine is not None and department not in mine:
        return _rights_of_reader(contact, department)
    rights = {
        JournalRight.READ: Capability.JOURNAL,
        JournalRight.CURATE: Capability.CURATE_MATTER,
        JournalRight.EDIT: Capability.EDIT_JOURNAL,
        JournalRight.ANSWER: Capability.INFORM,
    }
    return frozenset(right for right, capability in rights.items() if can(contact, capability))


def _rights_of_reader(contact: Contact, department: str) -> frozenset[JournalRight]:
    """Return the rights of a colleague whom the city named as a reader of another department than their own.

    They read what is sent to them, and answer it; of the whole city's edition only the city's own colleagues answer.
    """
    named = JournalReader.objects.filter(contact=contact, department=department, added_by__isnull=False)
    if not can(contact, Capability.JOURNAL) or not named.exists():
        return frozenset()
    return frozenset({JournalRight.READ, JournalRight.ANSWER} if department else {JournalRight.READ})


def check_journal_right(contact: Contact, department: str, right: JournalRight) -> None:
    """Raise NotAllowed unless the colleague has this right to the editions of a department."""
    if right not in journal_rights(contact, department):
        raise NotAllowed(gettext_noop("Your role does not allow this. An administrator can change it."))
