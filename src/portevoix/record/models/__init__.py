"""The record's models. No other package imports them: others use the record's queries and operations."""

from portevoix.record.models.accounts import Account, Alert, Attempt, Delivery, Envelope, LifeSign
from portevoix.record.models.city import City, Department, Policy
from portevoix.record.models.conversation import Attachment, Conversation, Event, Inquiry, Message, Promise
from portevoix.record.models.dispatch import Dispatch, SuppressedAddress
from portevoix.record.models.embeddings import Reading, Vector
from portevoix.record.models.feed import Article, Feed
from portevoix.record.models.journal import EditionVersion, FindingAnswer, JournalReader, JournalSchedule
from portevoix.record.models.links import SignedLink
from portevoix.record.models.matter import Matter, MatterConversation, MatterEvent
from portevoix.record.models.measured import Edition, Fact, PublicFinding, Week
from portevoix.record.models.people import Author, Contact, Person
from portevoix.record.models.privacy import Access, Mark, Sweep
from portevoix.record.models.rule import Rule
from portevoix.record.models.study import Study
from portevoix.record.models.trained_models import ColdModel, Model, Refit

__all__ = [
    "Access",
    "Account",
    "Alert",
    "Article",
    "Attachment",
    "Attempt",
    "Author",
    "City",
    "ColdModel",
    "Contact",
    "Conversation",
    "Delivery",
    "Department",
    "Dispatch",
    "Edition",
    "EditionVersion",
    "Envelope",
    "Event",
    "Fact",
    "Feed",
    "FindingAnswer",
    "Inquiry",
    "JournalReader",
    "JournalSchedule",
    "LifeSign",
    "Mark",
    "Matter",
    "MatterConversation",
    "MatterEvent",
    "Message",
    "Model",
    "Person",
    "Policy",
    "Promise",
    "PublicFinding",
    "Reading",
    "Refit",
    "Rule",
    "SignedLink",
    "Study",
    "SuppressedAddress",
    "Sweep",
    "Vector",
    "Week",
]
