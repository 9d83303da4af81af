"""The events of a conversation as plain sentences."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from portevoix.kernel.states import EventType
from portevoix.text.routing.routing_rule import parse_rule
from portevoix.web import label_words
from portevoix.web.formatting import format_date
from portevoix.web.rule_sentences import caption


@dataclass(frozen=True, slots=True)
class Names:
    """Names for the ids and slugs in events: departments and colleagues; and the dates that inquiries set."""

    departments: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[int, str] = field(default_factory=dict)
    not_before: Mapping[int, date | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventSentence:
    """One sentence of the history.

    `before`: the text of an edited message. `new`: not seen when the page was opened.
    """

    at: datetime
    what: str
    sentence: str
    before: str = ""
    new: bool = False

    @property
    def icon(self) -> str:
        return _ICONS[EventType(self.what)]


def describe_event(event: Any, names: Names, *, new: bool = False) -> EventSentence:
    """Describe an event in a sentence; it has `what`, `at`, `contact` (None: machine or citizen) and `data`."""
    sentence = _SENTENCES[EventType(event.what)](event, names)
    return EventSentence(event.at, event.what, sentence, before=event.data.get("before", ""), new=new)


def _actor_name(event: Any) -> str:
    return event.contact.name if event.contact else _("The city")


def _department_name(event: Any, names: Names) -> str:
    slug = event.data.get("department", "")
    return names.departments.get(slug, slug)


def _describe_receipt(event: Any, names: Names) -> str:
    if event.data.get("automatic"):
        return _("An automatic message came.")
    return _("The citizen named the city in passing.") if event.data.get("copy") else _("The citizen wrote.")


def _describe_holding_reply(event: Any, names: Names) -> str:
    promised_at = event.data.get("promised_at")
    if not promised_at:
        return _("%(who)s sent a holding reply.") % {"who": _actor_name(event)}
    return _("%(who)s promised an answer by %(date)s.") % {
        "who": _actor_name(event),
        "date": date_format(localtime(datetime.fromisoformat(promised_at)), "SHORT_DATETIME_FORMAT"),
    }


def _describe_answer(event: Any, names: Names) -> str:
    if event.data.get("post"):
        return _("%(who)s published a post.") % {"who": _actor_name(event)}
    return _("%(who)s answered.") % {"who": _actor_name(event)}


def _describe_acknowledgement(event: Any, names: Names) -> str:
    return _("An automatic acknowledgement left. It counts as no reply.")


def _describe_note(event: Any, names: Names) -> str:
    return _("%(who)s wrote a note.") % {"who": _actor_name(event)}


def _describe_routing(event: Any, names: Names) -> str:
    department = _department_name(event, names)
    if not department:
        return _("%(who)s took it from its department.") % {"who": _actor_name(event)}
    if event.contact:
        return _("%(who)s gave it to %(department)s.") % {"who": _actor_name(event), "department": department}
    if rule := event.data.get("rule"):
        return _describe_rule(rule, department, event.data.get("words", ()))
    if event.data.get("given"):
        return _("The message came sorted under %(department)s.") % {"department": department}
    if event.data.get("meaning"):
        return _("Sorted under %(department)s by what it means, not by its words alone.") % {"department": department}
    if words := event.data.get("words"):
        return _("Sorted under %(department)s on arrival, for the words: %(words)s.") % {
            "department": department,
            "words": ", ".join(words),
        }
    return _("Sorted under %(department)s on arrival.") % {"department": department}


def _describe_rule(rule: Mapping[str, Any], department: str, words: Sequence[str]) -> str:
    values = {"department": department, "rule": caption(parse_rule(rule, department)), "words": ", ".join(words)}
    if words and rule.get("name"):
        return _("Sorted under %(department)s on arrival, by the rule “%(rule)s”, for the words: %(words)s.") % values
    return _("Sorted under %(department)s on arrival, by the rule “%(rule)s”.") % values


def _describe_labels(event: Any, names: Names) -> str:
    titles = {
        name: label_words.word(table, event.data[name]) for name, table in _LABELS.items() if event.data.get(name)
    }
    if "kind" not in titles:
        return _("%(who)s said of its sentiment: %(label)s.") % {
            "who": _actor_name(event),
            "label": titles.get("valence", ""),
        }
    return _("%(who)s labelled it: %(labels)s.") % {"who": _actor_name(event), "labels": " · ".join(titles.values())}


def _describe_assignment(event: Any, names: Names) -> str:
    to = event.data.get("to")
    if event.contact and to == event.contact.pk:
        return _("%(who)s took it.") % {"who": _actor_name(event)}
    colleague = names.contacts.get(to, _("a colleague"))
    return _("%(who)s gave it to %(colleague)s.") % {"who": _actor_name(event), "colleague": colleague}


def _describe_release(event: Any, names: Names) -> str:
    return _("%(who)s gave it back to everybody.") % {"who": _actor_name(event)}


def _describe_inquiry(event: Any, names: Names) -> str:
    return _("%(who)s asked %(department)s.") % {
        "who": _actor_name(event),
        "department": _department_name(event, names),
    }


def _describe_inquiry_answer(event: Any, names: Names) -> str:
    day = names.not_before.get(event.data.get("inquiry", 0))
    match event.data.get("ruling"):
        case "may_not_say":
            sentence = _("%(who)s answered the inquiry: the citizen may not be told.")
        case "not_before" if day:
            sentence = _("%(who)s answered the inquiry: the citizen may be told from %(date)s on.")
        case _:
            sentence = _("%(who)s answered the inquiry: the citizen may be told.")
    return sentence % {"who": _actor_name(event), "date": format_date(day) if day else ""}


def _describe_edit(event: Any, names: Names) -> str:
    return _("The citizen edited the message on the network.")


def _describe_deletion(event: Any, names: Names) -> str:
    return _("The citizen deleted the message on the network.")


def _describe_withdrawal(event: Any, names: Names) -> str:
    return _("%(who)s had the reply deleted on the network.") % {"who": _actor_name(event)}


def _describe_closing(event: Any, names: Names) -> str:
    if why := event.data.get("why"):
        return _("%(who)s closed the conversation: %(why)s") % {"who": _actor_name(event), "why": why}
    return _("%(who)s closed the conversation.") % {"who": _actor_name(event)}


def _describe_reopening(event: Any, names: Names) -> str:
    if event.data.get("danger"):
        return _("It is open again: people are in danger by what the edited message says.")
    return _("%(who)s reopened the conversation.") % {"who": _actor_name(event)}


def _describe_merge(event: Any, names: Names) -> str:
    values = {"who": _actor_name(event), "number": event.data.get("joins")}
    if event.data.get("always") or event.contact is None:
        return _("The beginning of this thread came. No. %(number)s, begun by answers to it, is part of it.") % values
    return _("%(who)s joined no. %(number)s to this conversation: it is about the same matter.") % values


def _describe_erasure(event: Any, names: Names) -> str:
    if event.data.get("cause") == "age":
        return _("Words and names were erased: they were kept as long as the city keeps them.")
    return _("%(who)s erased the person: words and names are gone.") % {"who": _actor_name(event)}


_LABELS = {"kind": label_words.KINDS, "valence": label_words.SENTIMENTS}
_SENTENCES: dict[EventType, Callable[[Any, Names], str]] = {
    EventType.RECEIVED: _describe_receipt,
    EventType.HELD: _describe_holding_reply,
    EventType.ANSWERED: _describe_answer,
    EventType.ACKNOWLEDGED: _describe_acknowledgement,
    EventType.NOTED: _describe_note,
    EventType.ROUTED: _describe_routing,
    EventType.LABELLED: _describe_labels,
    EventType.ASSIGNED: _describe_assignment,
    EventType.RELEASED: _describe_release,
    EventType.INQUIRED: _describe_inquiry,
    EventType.INFORMED: _describe_inquiry_answer,
    EventType.AMENDED: _describe_edit,
    EventType.RETRACTED: _describe_deletion,
    EventType.WITHDRAWN: _describe_withdrawal,
    EventType.CLOSED: _describe_closing,
    EventType.REOPENED: _describe_reopening,
    EventType.MERGED: _describe_merge,
    EventType.ERASED: _describe_erasure,
}
_ICONS: dict[EventType, str] = {
    EventType.RECEIVED: "channel",
    EventType.HELD: "promise",
    EventType.ANSWERED: "reply",
    EventType.ACKNOWLEDGED: "automatic",
    EventType.NOTED: "note",
    EventType.ROUTED: "department",
    EventType.LABELLED: "label",
    EventType.ASSIGNED: "assigned",
    EventType.RELEASED: "open",
    EventType.INQUIRED: "inquiry",
    EventType.INFORMED: "inquiry",
    EventType.AMENDED: "edit",
    EventType.RETRACTED: "gone",
    EventType.WITHDRAWN: "gone",
    EventType.CLOSED: "closed",
    EventType.REOPENED: "open",
    EventType.MERGED: "merge",
    EventType.ERASED: "gone",
}
