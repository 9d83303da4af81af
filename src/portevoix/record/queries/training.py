"""Training data of the labellers: the departments' descriptions, and people's decisions."""

from datetime import datetime

from django.db.models import Q, QuerySet

from portevoix.kernel.states import EventType
from portevoix.record.models import City, Department, Event, Message, Model
from portevoix.record.queries.embeddings import stored_vectors
from portevoix.text.tokens import with_subject

MOST = 5000


def departments() -> list[Department]:
    return list(Department.objects.filter(active=True).order_by("slug"))


def languages() -> tuple[str, ...]:
    city = City.objects.first()
    return tuple(city.languages) if city else ("fr", "en")


def state() -> tuple[object, ...]:
    """Return a value that changes with the departments, the city's languages and the models in service."""
    rows = Department.objects.filter(active=True).order_by("slug")
    serving = Model.objects.filter(active=True).order_by("pk").values_list("pk", flat=True)
    return (
        *rows.values_list("slug", "name", "description"),
        *(str(c) for c in _competences()),
        languages(),
        tuple(serving),
    )


def _competences() -> list[object]:
    return list(Department.objects.filter(active=True).order_by("slug").values_list("competences", flat=True))


def examples(name: str) -> list[tuple[str, str]]:
    """Return (text, label) of the latest messages with a known label, as `dated_examples` does."""
    return [(text, label) for text, label, _ in dated_examples(name)]


def dated_examples(name: str) -> list[tuple[str, str, datetime]]:
    """Return (text, label, time sent) of the latest messages whose label came with them or from a host.

    `name` is "department", "kind" or "valence".
    """
    rows = _labelled_messages(name).values_list("subject", "text", _field(name), "sent_at")
    return [(with_subject(subject, text), label, at) for subject, text, label, at in rows if text]


def vectors(name: str, encoder: str) -> dict[str, bytes]:
    """Return the stored vectors of this encoder for the texts of `dated_examples`, by text."""
    texts = {
        pk: with_subject(subject, text)
        for pk, subject, text in _labelled_messages(name).values_list("pk", "subject", "text")
    }
    return {texts[pk]: content for pk, content in stored_vectors(encoder, texts).items()}


def _labelled_messages(name: str) -> QuerySet[Message]:
    """Return messages with a known label: a department is the whole conversation's, a kind each message's own."""
    condition = Q(**{f"labels__{name}__isnull": False})
    if name == "department":
        routings = Event.objects.filter(what=EventType.ROUTED, contact__isnull=False, data__has_key=name)
        condition |= Q(conversation__in=routings.values("conversation"))
    rows = Message.objects.filter(condition, direction="in", automatic=False, retracted_at=None)
    field = _field(name)
    return rows.exclude(**{f"{field}__isnull": True}).exclude(**{field: ""}).order_by("-pk")[:MOST]


def _field(name: str) -> str:
    return "conversation__department__slug" if name == "department" else name
