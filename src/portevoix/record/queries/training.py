"""What the labellers learn from: departments' own words, and what people decided."""

from datetime import datetime

from django.db.models import Q, QuerySet

from portevoix.kernel.states import What
from portevoix.record.models import City, Department, Event, Message, Model
from portevoix.record.queries.embeddings import stored
from portevoix.text.tokens import whole

MOST = 5000


def departments() -> list[Department]:
    return list(Department.objects.filter(active=True).order_by("slug"))


def languages() -> tuple[str, ...]:
    city = City.objects.first()
    return tuple(city.languages) if city else ("fr", "en")


def state() -> tuple[object, ...]:
    """Changes when a department, the city's languages or what was learnt and serves do."""
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
    """(text, label) of the latest messages whose label is known, as `dated` has them."""
    return [(text, label) for text, label, _ in dated(name)]


def dated(name: str) -> list[tuple[str, str, datetime]]:
    """(text, label, when it was sent) of the latest messages whose label is known: by the message, or by a host.

    `name` is "department", "kind" or "valence".
    """
    rows = _labelled_messages(name).values_list("subject", "text", _field(name), "sent_at")
    return [(whole(subject, text), label, at) for subject, text, label, at in rows if text]


def vectors(name: str, encoder: str) -> dict[str, bytes]:
    """The stored vectors of this encoder of what `dated` has, by the texts."""
    texts = {
        pk: whole(subject, text) for pk, subject, text in _labelled_messages(name).values_list("pk", "subject", "text")
    }
    return {texts[pk]: content for pk, content in stored(encoder, texts).items()}


def _labelled_messages(name: str) -> QuerySet[Message]:
    """A conversation goes to a department whole; of what kind a message is, each says by itself."""
    condition = Q(**{f"labels__{name}__isnull": False})
    if name == "department":
        routings = Event.objects.filter(what=What.ROUTED, contact__isnull=False, data__has_key=name)
        condition |= Q(conversation__in=routings.values("conversation"))
    rows = Message.objects.filter(condition, direction="in", automatic=False, retracted_at=None)
    field = _field(name)
    return rows.exclude(**{f"{field}__isnull": True}).exclude(**{field: ""}).order_by("-pk")[:MOST]


def _field(name: str) -> str:
    return "conversation__department__slug" if name == "department" else name
