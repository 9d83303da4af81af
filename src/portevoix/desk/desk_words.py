"""The desk's labels for views, kinds, sentiments, rulings and promises."""

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from portevoix.web import label_words

VIEWS: dict[str, Lazy] = {
    "open": _("Open"),
    "urgent": _("Urgent ones"),
    "late": _("Late"),
    "soon": _("Due within the hour"),
    "promised": _("Promised"),
    "awaiting": _("Waiting for a department"),
    "mine": _("Mine"),
    "answered": _("Answered"),
    "closed": _("Closed"),
    "all": _("All"),
}
KINDS = label_words.titles(label_words.KINDS)
SENTIMENTS = label_words.titles(label_words.SENTIMENTS)
RULINGS: dict[str, Lazy] = {
    "may_say": _("The citizen may be told"),
    "not_before": _("The citizen may be told, but only from a date on"),
    "may_not_say": _("The citizen may not be told"),
}
PROMISES: dict[str, tuple[str, str, Lazy]] = {
    "open": ("wait", "promise", _("still open")),
    "kept": ("good", "good", _("kept")),
    "late": ("warn", "warn", _("kept, but late")),
    "broken": ("bad", "bad", _("not kept")),
}
"""Outcome of a promise: status, icon, word."""
ADDRESS_TYPES: dict[str, Lazy] = {
    "direct": _("Addressed to the city"),
    "copy": _("City in copy"),
}
EMPTY: dict[str, tuple[Lazy, Lazy]] = {
    "open": (_("Every citizen has an answer."), _("New messages appear here by themselves, the most urgent first.")),
    "urgent": (
        _("No open message speaks of danger."),
        _("Those that do stand here, and above every list when people are in danger now."),
    ),
    "late": (_("Nothing is late."), _("See what is due within the hour, or take the next open conversation.")),
    "soon": (_("Nothing is due within the hour."), _("A good moment for what was promised.")),
    "promised": (
        _("No promise is open."),
        _("A holding reply opens one: it tells the citizen by when the answer comes."),
    ),
    "awaiting": (
        _("No department owes an answer."),
        _("When you do not know, open a conversation and ask the department."),
    ),
    "mine": (_("You have no conversation."), _("Open one and take it, so that colleagues see that you are on it.")),
    "answered": (_("Nothing has been answered yet."), _("Answered conversations wait here, should the citizen reply.")),
    "closed": (_("Nothing has been closed."), _("Close what needs no answer, such as thanks or a mention in passing.")),
    "all": (_("No message has arrived yet."), _("Connect an account in the settings, or place the form on your site.")),
}
FOUND_NOTHING = (
    _("No conversation matches."),
    _("Use fewer words or filters: every word is looked for at the beginning of words, without accents."),
)


def word(table: dict[str, Lazy], key: str) -> str:
    """Return the word for `key`; the key itself when the table lacks it, as with labels of an import."""
    return str(table.get(key, key))
