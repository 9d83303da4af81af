"""What the labellers learn from: departments' own words, and what people decided."""

from datetime import datetime

from django.db.models import Q

from portevoix.kernel.states import What
from portevoix.record.models import City, Department, Event, Message, Model

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
    """(text, label) of the latest conversations whose label is known, as `dated` has them."""
    return [(text, label) for text, label, _ in dated(name)]


def dated(name: str) -> list[tuple[str, str, datetime]]:
    """(text, label, when it was sent) of the latest messages whose label is known: by the message, or by a host.

    `name` is "department", "kind" or "valence".
    """
    what = What.ROUTED if name == "department" else What.LABELLED
    decided = Event.objects.filter(what=what, contact__isnull=False).values("conversation")
    rows = Message.objects.filter(direction="in", automatic=False, retracted_at=None).filter(
        Q(conversation__in=decided) | Q(**{f"labels__{name}__isnull": False})
    )
    field = "conversation__department__slug" if name == "department" else f"conversation__{name}"
    found = rows.exclude(**{f"{field}__isnull": True}).exclude(**{field: ""}).order_by("-pk")[:MOST]
    rows_read = found.values_list("subject", "text", field, "sent_at")
    return [(f"{subject}\n{text}" if subject else text, label, at) for subject, text, label, at in rows_read if text]
