"""What happened to a conversation, in plain sentences."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from portevoix.kernel.states import What
from portevoix.text.routing.rules import read
from portevoix.web import labels
from portevoix.web.formatting import dated
from portevoix.web.rules import caption


@dataclass(frozen=True, slots=True)
class Names:
    """How the ids and short names that events hold are called: departments, colleagues, and what inquiries ruled."""

    departments: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[int, str] = field(default_factory=dict)
    not_before: Mapping[int, date | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence of the history. `before`: what an edited message said. `new`: not seen when the page was opened."""

    at: datetime
    what: str
    sentence: str
    before: str = ""
    new: bool = False

    @property
    def icon(self) -> str:
        return _ICONS[What(self.what)]


def tell(event: Any, names: Names, *, new: bool = False) -> Told:
    """`event` has `what`, `at`, `contact` (None: the machine, or the citizen) and `data`."""
    sentence = _SENTENCES[What(event.what)](event, names)
    return Told(event.at, event.what, sentence, before=event.data.get("before", ""), new=new)


def _who(event: Any) -> str:
    return event.contact.name if event.contact else _("The city")


def _department(event: Any, names: Names) -> str:
    slug = event.data.get("department", "")
    return names.departments.get(slug, slug)


def _received(event: Any, names: Names) -> str:
    if event.data.get("automatic"):
        return _("An automatic message came.")
    return _("The citizen named the city in passing.") if event.data.get("copy") else _("The citizen wrote.")


def _held(event: Any, names: Names) -> str:
    promised = event.data.get("promised_at")
    if not promised:
        return _("%(who)s sent a holding reply.") % {"who": _who(event)}
    return _("%(who)s promised an answer by %(date)s.") % {
        "who": _who(event),
        "date": date_format(localtime(datetime.fromisoformat(promised)), "SHORT_DATETIME_FORMAT"),
    }


def _answered(event: Any, names: Names) -> str:
    if event.data.get("post"):
        return _("%(who)s published a post.") % {"who": _who(event)}
    return _("%(who)s answered.") % {"who": _who(event)}


def _acknowledged(event: Any, names: Names) -> str:
    return _("An automatic acknowledgement left. It counts as no reply.")


def _noted(event: Any, names: Names) -> str:
    return _("%(who)s wrote a note.") % {"who": _who(event)}


def _routed(event: Any, names: Names) -> str:
    department = _department(event, names)
    if not department:
        return _("%(who)s took it from its department.") % {"who": _who(event)}
    if event.contact:
        return _("%(who)s gave it to %(department)s.") % {"who": _who(event), "department": department}
    if rule := event.data.get("rule"):
        return _by_rule(rule, department, event.data.get("words", ()))
    if event.data.get("given"):
        return _("The message came sorted under %(department)s.") % {"department": department}
    if event.data.get("meaning"):
        return _("Sorted under %(department)s by what it means, not by its words alone.") % {"department": department}
    if said := event.data.get("words"):
        return _("Sorted under %(department)s on arrival, for the words: %(words)s.") % {
            "department": department,
            "words": ", ".join(said),
        }
    return _("Sorted under %(department)s on arrival.") % {"department": department}


def _by_rule(rule: Mapping[str, Any], department: str, said: Sequence[str]) -> str:
    values = {"department": department, "rule": caption(read(rule, department)), "words": ", ".join(said)}
    if said and rule.get("name"):
        return _("Sorted under %(department)s on arrival, by the rule “%(rule)s”, for the words: %(words)s.") % values
    return _("Sorted under %(department)s on arrival, by the rule “%(rule)s”.") % values


def _labelled(event: Any, names: Names) -> str:
    told = {name: labels.word(table, event.data[name]) for name, table in _LABELS.items() if event.data.get(name)}
    if "kind" not in told:
        return _("%(who)s said of its sentiment: %(label)s.") % {"who": _who(event), "label": told.get("valence", "")}
    return _("%(who)s labelled it: %(labels)s.") % {"who": _who(event), "labels": " · ".join(told.values())}


def _assigned(event: Any, names: Names) -> str:
    to = event.data.get("to")
    if event.contact and to == event.contact.pk:
        return _("%(who)s took it.") % {"who": _who(event)}
    colleague = names.contacts.get(to, _("a colleague"))
    return _("%(who)s gave it to %(colleague)s.") % {"who": _who(event), "colleague": colleague}


def _released(event: Any, names: Names) -> str:
    return _("%(who)s gave it back to everybody.") % {"who": _who(event)}


def _inquired(event: Any, names: Names) -> str:
    return _("%(who)s asked %(department)s.") % {"who": _who(event), "department": _department(event, names)}


def _informed(event: Any, names: Names) -> str:
    day = names.not_before.get(event.data.get("inquiry", 0))
    match event.data.get("ruling"):
        case "may_not_say":
            told = _("%(who)s answered the inquiry: the citizen may not be told.")
        case "not_before" if day:
            told = _("%(who)s answered the inquiry: the citizen may be told from %(date)s on.")
        case _:
            told = _("%(who)s answered the inquiry: the citizen may be told.")
    return told % {"who": _who(event), "date": dated(day) if day else ""}


def _amended(event: Any, names: Names) -> str:
    return _("The citizen edited the message on the network.")


def _retracted(event: Any, names: Names) -> str:
    return _("The citizen deleted the message on the network.")


def _withdrawn(event: Any, names: Names) -> str:
    return _("%(who)s had the reply deleted on the network.") % {"who": _who(event)}


def _closed(event: Any, names: Names) -> str:
    if why := event.data.get("why"):
        return _("%(who)s closed the conversation: %(why)s") % {"who": _who(event), "why": why}
    return _("%(who)s closed the conversation.") % {"who": _who(event)}


def _reopened(event: Any, names: Names) -> str:
    return _("%(who)s reopened the conversation.") % {"who": _who(event)}


def _merged(event: Any, names: Names) -> str:
    values = {"who": _who(event), "number": event.data.get("joins")}
    if event.data.get("always"):
        return _("The beginning of this thread came. No. %(number)s, begun by answers to it, is part of it.") % values
    return _("%(who)s joined no. %(number)s to this conversation: it is about the same matter.") % values


def _erased(event: Any, names: Names) -> str:
    if event.data.get("cause") == "age":
        return _("Words and names were erased: they were kept as long as the city keeps them.")
    return _("%(who)s erased the person: words and names are gone.") % {"who": _who(event)}


_LABELS = {"kind": labels.KINDS, "valence": labels.SENTIMENTS}
_SENTENCES: dict[What, Callable[[Any, Names], str]] = {
    What.RECEIVED: _received,
    What.HELD: _held,
    What.ANSWERED: _answered,
    What.ACKNOWLEDGED: _acknowledged,
    What.NOTED: _noted,
    What.ROUTED: _routed,
    What.LABELLED: _labelled,
    What.ASSIGNED: _assigned,
    What.RELEASED: _released,
    What.INQUIRED: _inquired,
    What.INFORMED: _informed,
    What.AMENDED: _amended,
    What.RETRACTED: _retracted,
    What.WITHDRAWN: _withdrawn,
    What.CLOSED: _closed,
    What.REOPENED: _reopened,
    What.MERGED: _merged,
    What.ERASED: _erased,
}
_ICONS: dict[What, str] = {
    What.RECEIVED: "channel",
    What.HELD: "promise",
    What.ANSWERED: "reply",
    What.ACKNOWLEDGED: "automatic",
    What.NOTED: "note",
    What.ROUTED: "department",
    What.LABELLED: "label",
    What.ASSIGNED: "assigned",
    What.RELEASED: "open",
    What.INQUIRED: "inquiry",
    What.INFORMED: "inquiry",
    What.AMENDED: "edit",
    What.RETRACTED: "gone",
    What.WITHDRAWN: "gone",
    What.CLOSED: "closed",
    What.REOPENED: "open",
    What.MERGED: "merge",
    What.ERASED: "gone",
}
