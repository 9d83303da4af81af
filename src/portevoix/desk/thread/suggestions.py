"""What is suggested of a conversation: how sure it is and why, and who has decided instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from portevoix.desk import labels as words
from portevoix.desk.thread.event_text import Names
from portevoix.kernel.states import What
from portevoix.record.queries.conversation import Thread
from portevoix.text.routing.rules import read
from portevoix.text.tokens import digest
from portevoix.web.rules import caption

MOST = 3
_LABELS: tuple[tuple[str, Lazy, dict[str, Lazy]], ...] = (
    ("kind", _("Kind"), words.KINDS),
    ("valence", _("Sentiment"), words.SENTIMENTS),
)


@dataclass(frozen=True, slots=True)
class Label:
    """What a conversation is: `value`, "" when nobody can be sure, whatever is most likely and counted meanwhile.

    `by`: the colleague who said so; `given`: the message came with it. Else `guesses` are words with their
    probabilities, the best first, for which `spoke` some words; `sure` when the first is probable enough.
    """

    name: str
    title: Lazy
    choices: list[tuple[str, Lazy]]
    value: str
    by: str
    given: bool
    sure: bool
    guesses: list[tuple[str, float]]
    spoke: list[str]


def labels(thread: Thread) -> list[Label]:
    """Kind and sentiment."""
    return [_label(thread, *one) for one in _LABELS]


def _label(thread: Thread, name: str, title: Lazy, known: dict[str, Lazy]) -> Label:
    row = thread.conversation
    events = (event for event in reversed(thread.events) if event.what == What.LABELLED and name in event.data)
    decided = next(events, None)
    opener = _opener(thread)
    several = [] if decided else row.suggestions.get(name, [])
    told = [one for one in several if one["label"]][:MOST]
    sure = bool(several) and several[0]["label"] is not None
    return Label(
        name=name,
        title=title,
        choices=list(known.items()),
        value=getattr(row, name) if sure or not several else "",
        by=decided.contact.name if decided and decided.contact else "",
        given=not decided and bool(opener and opener.labels.get(name)),
        sure=sure,
        guesses=[(words.word(known, one["label"]), one["probability"]) for one in told],
        spoke=told[0].get("words", []) if told else [],
    )


def unsure(row: Any) -> bool:
    """Whether the kind of a listed conversation is but the most likely one, and nobody has decided."""
    several = row.suggestions.get("kind", [])
    return bool(row.kind) and bool(several) and several[0]["label"] is None


def by_rule(thread: Thread) -> dict[str, Any] | None:
    """The rule that gave the conversation its department, as it was then; `pk` None: it is gone. None: no rule did."""
    department = thread.conversation.department
    routed = next((event for event in reversed(thread.events) if event.what == What.ROUTED), None)
    told = routed.data.get("rule") if routed else None
    if not routed or not told or not department or routed.data.get("department") != department.slug:
        return None
    return {"caption": caption(read(told, department.slug)), "pk": routed.rule_id}


def departments(row: Any, names: Names, receiving: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """The router's three best guesses; `slug` None: it does not know. `open`: the department receives messages."""
    slugs = {slug for slug, _ in receiving}
    return [
        {
            "slug": one.get("label"),
            "name": names.departments.get(one.get("label"), one.get("label")),
            "share": one.get("probability", 0),
            "open": one.get("label") in slugs,
            "words": one.get("words", []),
        }
        for one in row.suggestions.get("department", [])[:MOST]
    ]


def topics(thread: Thread, names: Names) -> list[dict[str, Any]]:
    """Passages of the message that opened the conversation, when it speaks of several things and was not changed."""
    suggested, first = thread.conversation.suggestions, _opener(thread)
    if first is None or "topics" not in suggested or digest(first.text) != suggested["topics_of"]:
        return []
    return [
        {
            "slug": one["department"],
            "name": names.departments.get(one["department"], one["department"]),
            "share": one["probability"],
            "said": first.text[one["start"] : one["end"]],
            "sentiment": words.SENTIMENTS.get(one["valence"], ""),
            "sentiment_share": one["valence_probability"],
        }
        for one in suggested["topics"]
    ]


def _opener(thread: Thread) -> Any:
    return next((message for message in thread.messages if message.direction == "in"), None)
