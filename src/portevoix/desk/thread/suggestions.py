"""Suggested labels and departments of a conversation: confidence, reasons, and who decided otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from portevoix.desk import desk_words
from portevoix.desk.thread.event_text import Names
from portevoix.kernel.states import EventType
from portevoix.record.queries.conversation import Thread
from portevoix.text.routing.routing_rule import parse_rule
from portevoix.text.tokens import digest
from portevoix.web.rule_sentences import caption

MOST = 3
_LABELS: tuple[tuple[str, Lazy, dict[str, Lazy]], ...] = (
    ("kind", _("Kind"), desk_words.KINDS),
    ("valence", _("Sentiment"), desk_words.SENTIMENTS),
)


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a conversation: `value` is the decided or most likely one, "" when none is certain enough.

    `by`: the colleague who set it; `given`: it came with the message. Else `guesses` are words with their
    probabilities, the best first, and `spoke` the words that led to the first; `sure` when the first is probable
    enough.
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
    """Return the labels of kind and sentiment."""
    return [_label(thread, *one) for one in _LABELS]


def _label(thread: Thread, name: str, title: Lazy, choices: dict[str, Lazy]) -> Label:
    row = thread.conversation
    events = (event for event in reversed(thread.events) if event.what == EventType.LABELLED and name in event.data)
    decision = next(events, None)
    opener = _opener(thread)
    suggestions = [] if decision else row.suggestions.get(name, [])
    guesses = [guess for guess in suggestions if guess["label"]][:MOST]
    sure = bool(suggestions) and suggestions[0]["label"] is not None
    return Label(
        name=name,
        title=title,
        choices=list(choices.items()),
        value=getattr(row, name) if sure or not suggestions else "",
        by=decision.contact.name if decision and decision.contact else "",
        given=not decision and bool(opener and opener.labels.get(name)),
        sure=sure,
        guesses=[(desk_words.word(choices, guess["label"]), guess["probability"]) for guess in guesses],
        spoke=guesses[0].get("words", []) if guesses else [],
    )


def by_rule(thread: Thread) -> dict[str, Any] | None:
    """Return the rule that set the conversation's department, as it was then; `pk` None when it was deleted.

    Return None when no rule did.
    """
    department = thread.conversation.department
    routing = next((event for event in reversed(thread.events) if event.what == EventType.ROUTED), None)
    rule = routing.data.get("rule") if routing else None
    if not routing or not rule or not department or routing.data.get("department") != department.slug:
        return None
    return {"caption": caption(parse_rule(rule, department.slug)), "pk": routing.rule_id}


def departments(row: Any, names: Names, receiving: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the router's three best guesses; `slug` None: unknown. `open`: the department receives messages."""
    slugs = {slug for slug, _ in receiving}
    return [
        {
            "slug": guess.get("label"),
            "name": names.departments.get(guess.get("label"), guess.get("label")),
            "share": guess.get("probability", 0),
            "open": guess.get("label") in slugs,
            "words": guess.get("words", []),
        }
        for guess in row.suggestions.get("department", [])[:MOST]
    ]


def topics(thread: Thread, names: Names) -> list[dict[str, Any]]:
    """Return the passages of the opening message when it has several topics and was not changed since."""
    suggestions, first = thread.conversation.suggestions, _opener(thread)
    if first is None or "topics" not in suggestions or digest(first.text) != suggestions["topics_of"]:
        return []
    return [
        {
            "slug": topic["department"],
            "name": names.departments.get(topic["department"], topic["department"]),
            "share": topic["probability"],
            "said": first.text[topic["start"] : topic["end"]],
            "sentiment": desk_words.SENTIMENTS.get(topic["valence"], ""),
            "sentiment_share": topic["valence_probability"],
        }
        for topic in suggestions["topics"]
    ]


def _opener(thread: Thread) -> Any:
    return next((message for message in thread.messages if message.direction == "in"), None)
