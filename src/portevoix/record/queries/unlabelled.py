"""A query of citizens' messages that have no labels yet."""

from portevoix.record.models import Message
from portevoix.text.tokens import whole


def messages_without_labels(most: int) -> list[tuple[int, str]]:
    """Return number and full text of at most so many of them, the newest first; "" where the text is gone."""

    rows = Message.objects.filter(kind=None).order_by("-pk").values_list("pk", "subject", "text")[:most]
    return [(pk, whole(subject, text) if text else "") for pk, subject, text in rows]
