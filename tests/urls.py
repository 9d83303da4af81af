"""Who may call what: one row for each address of the site, by its name. `tests/test_urls.py` walks it.

To add an address, add its row to TABLE. When it takes a number or a name that is new here, say in PLACES what it is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

COLLEAGUES = "contact editor host administrator"
ALL = f"nobody inactive {COLLEAGUES}"
REPLIES = "host administrator"
INFORMS = "contact host administrator"
SETTINGS = "administrator"
NONE = ""
ROLES = (*ALL.split(), "elsewhere")
""" "contact" is of the department whose conversation is asked for, "elsewhere" of another one; whoever is "inactive"
was an administrator."""

# The address's name: who may GET it, who may POST to it. NONE: the method is offered to nobody.
TABLE: dict[str, tuple[str, str]] = {
    "home": (COLLEAGUES, NONE),
    "web:sign-in": (ALL, ALL),
    "web:sign-out": (NONE, COLLEAGUES),
    "web:account": (COLLEAGUES, COLLEAGUES),
    "web:language": (NONE, ALL),
    "web:theme": (ALL, NONE),
    "web:accessibility": (ALL, NONE),
    "web:keyboard": (ALL, NONE),
    "web:hook": (ALL, ALL),  # it looks itself who signed: see tests/web/test_hooks.py
    "web:health": (ALL, NONE),
    "web:metrics": (ALL, NONE),  # it asks for a token itself: see tests/operate/test_health.py
    "desk:live": (ALL, NONE),  # it looks itself who asks, in the process that serves it: see tests/desk/test_live.py
    "desk:inbox": (COLLEAGUES, NONE),
    "desk:inquiries": (INFORMS, NONE),
    "desk:aside": (REPLIES, NONE),
    "desk:refuse": (REPLIES, REPLIES),
    "desk:admit": (NONE, REPLIES),
    "desk:reject": (NONE, REPLIES),
    "desk:whole": (REPLIES, NONE),
    "desk:arrived": (NONE, REPLIES),
    "desk:again": (NONE, REPLIES),
    "desk:conversation": (COLLEAGUES, NONE),
    "desk:alike": (COLLEAGUES, NONE),
    "desk:message": (COLLEAGUES, NONE),
    "desk:attachment": (COLLEAGUES, NONE),
    "desk:present": (NONE, COLLEAGUES),
    "desk:note": (NONE, COLLEAGUES),
    "desk:inform": (NONE, INFORMS),
    "desk:merge": (REPLIES, REPLIES),
    "desk:pictures": (NONE, REPLIES),
    "desk:draft-picture": ("host", NONE),  # whose it is
    "desk:remove-picture": (NONE, REPLIES),
    "desk:picture": (COLLEAGUES, NONE),
    "desk:withdraw": (REPLIES, REPLIES),
    **{
        f"desk:{verb}": (NONE, REPLIES)
        for verb in ("draft", "reply", "take", "assign", "release", "route", "label", "inquire", "close", "reopen")
    },
    "journal:home": (COLLEAGUES, NONE),
    "journal:week": ("editor host administrator", NONE),
    "journal:department": (COLLEAGUES, NONE),
    "journal:messages": ("editor host administrator", NONE),
    "journal:department_messages": (COLLEAGUES, NONE),
    "journal:matter": (NONE, "editor host administrator"),
    "journal:choose-finding": (NONE, "editor administrator"),
    "journal:answers": (COLLEAGUES, NONE),
    "journal:answer-finding": (NONE, INFORMS),
    "journal:publish-answer": (NONE, "editor administrator"),
    "journal:answer": (ALL, ALL),  # its address acts for one colleague: see tests/journal/test_answers.py
    "journal:public": (ALL, NONE),
    "journal:public-week": (ALL, NONE),
    "journal:letters": ("editor administrator", NONE),
    "journal:decide-letters": (NONE, "editor administrator"),
    "journal:lift-suppression": (NONE, "editor administrator"),
    "journal:archive": (COLLEAGUES, NONE),
    "journal:compare": (COLLEAGUES, NONE),
    "journal:feed": (COLLEAGUES, COLLEAGUES),
    "journal:atom": (ALL, NONE),  # its address acts for one colleague: see tests/journal/test_edition_feed.py
    "barometer:home": (COLLEAGUES, NONE),
    "barometer:study": (COLLEAGUES, NONE),
    "barometer:add": (SETTINGS, SETTINGS),
    "barometer:remove": (SETTINGS, SETTINGS),
    **{
        f"web-settings:{page}": (SETTINGS, NONE)
        for page in (
            "index",
            "departments",
            "rules",
            "learnt",
            "colleagues",
            "policy-version",
            "channels",
            "access-log",
            "persons",
            "person",
        )
    },
    **{
        f"web-settings:{page}": (SETTINGS, SETTINGS)
        for page in ("city", "department-add", "department", "colleague-add", "colleague", "policy", "policy-toml")
    },
    **{f"web-settings:{page}": (SETTINGS, SETTINGS) for page in ("form", "account-add", "account", "account-connect")},
    "web-settings:account-connected": (SETTINGS, NONE),
    "web-settings:account-choose": (SETTINGS, SETTINGS),
    **{f"web-settings:account-{verb}": (NONE, SETTINGS) for verb in ("pause", "resume", "disconnect")},
    "web-settings:learnt-use": (NONE, SETTINGS),
    **{f"web-settings:{page}": (SETTINGS, SETTINGS) for page in ("rule-add", "rule", "rule-delete")},
    "web-settings:rule-move": (NONE, SETTINGS),
    **{f"web-settings:{page}": (SETTINGS, SETTINGS) for page in ("person-erase", "retention")},
    **{f"web-settings:{verb}": (NONE, SETTINGS) for verb in ("persons-join", "person-part", "person-export")},
    "public:form": (ALL, ALL),
    "public:embed": (ALL, ALL),
    "public:thanks": (ALL, NONE),
    "public:embed-thanks": (ALL, NONE),
    "public:challenge": (ALL, NONE),
}
FORGEABLE = {"public:form", "public:embed", "web:hook"}
"""Posts that another site may send: no session stands behind them, see `public.views` and `web.views.hooks`."""
NO_HEAD = {"desk:live"}
"""A stream without its content would say nothing."""

# What the arguments of addresses that begin like this mean; the longest beginning holds. What is marked True belongs to
# a department: for the contacts of every other one it does not exist.
PLACES: dict[str, tuple[str, bool]] = {
    "inbox/<int:pk>/": ("conversation", True),
    "inbox/<int:pk>/inform/<int:inquiry>/": ("inquiry", True),
    "inbox/<int:pk>/pictures/": ("conversation", True),
    "inbox/<int:pk>/pictures/<int:picture>/": ("draft", True),
    "inbox/<int:pk>/withdraw/<int:message>/": ("reply", True),
    "inbox/<int:pk>/message/<int:message>/": ("reply", True),
    "picture/<int:pk>/": ("picture", True),
    "inbox/aside/envelope/<int:pk>/": ("envelope", False),
    "inbox/aside/envelope/<int:pk>/whole/": ("unread", False),
    "inbox/aside/reply/<int:pk>/": ("delivery", False),
    "file/<int:pk>/": ("file", True),
    "journal/<str:week>/": ("week", False),
    "journal/<str:week>/<slug:department>/": ("edition", True),
    "journal/<str:week>/messages/<str:key>/": ("week_number", False),
    "journal/<str:week>/<slug:department>/messages/<str:key>/": ("edition_number", True),
    "journal/matters/<int:number>/": ("matter", False),
    "journal/findings/": ("form_of_journal", False),
    "journal/answers/": ("form_of_journal", False),
    "journal/answers/<str:token>/": ("answer", False),
    "journal/public/": ("form_of_journal", False),
    "journal/public/<str:week>/": ("public_week", False),
    "journal/feed/<str:token>/": ("feed", False),
    "barometer/<int:pk>/": ("study", False),
    "settings/departments/<slug:slug>/": ("department", False),
    "settings/rules/<int:pk>/": ("rule", False),
    "settings/learnt/<int:pk>/": ("model", False),
    "settings/colleagues/<int:pk>/": ("colleague", False),
    "settings/policy/versions/<int:number>/": ("policy", False),
    "settings/channels/add/<slug:kind>/": ("kind", False),
    "settings/channels/connect/<slug:kind>/": ("network", False),
    "settings/channels/connected/<slug:kind>/": ("network", False),
    "settings/channels/choose/<slug:kind>/": ("network", False),
    "settings/channels/<int:pk>/": ("account", False),
    "settings/privacy/persons/<int:pk>/": ("author", False),
    "hooks/<slug:connector>/<int:pk>/": ("hook", False),
    "form/thank-you/": ("thanks", False),
    "form/embed/thank-you/": ("thanks", False),
}


@dataclass(frozen=True, slots=True)
class Page:
    """One address of the site. `owned`: what it shows belongs to a department."""

    name: str
    route: str
    view: Callable[..., Any]

    @property
    def place(self) -> str:
        """The longest of PLACES that the route begins with, "" when there is none."""
        return max((place for place in PLACES if self.route.startswith(place)), key=len, default="")

    @property
    def owned(self) -> bool:
        return bool(self.place) and PLACES[self.place][1]

    def address(self, things: Mapping[str, Mapping[str, Any]]) -> str:
        """`things` says how each kind of thing is named: arguments of the route, and `query` for what follows a ?."""
        named = dict(things[PLACES[self.place][0]]) if self.place else {}
        query = named.pop("query", "")
        return reverse(self.name, kwargs=named) + query


def pages(patterns: Any = None, *, space: str = "", route: str = "") -> Iterator[Page]:
    """Every address that the site answers."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from pages(pattern.url_patterns, space=inner, route=here)
        else:
            assert isinstance(pattern, URLPattern) and pattern.name, f"{here} has no name: give it one"
            yield Page(space + pattern.name, here, pattern.callback)


def by_name() -> dict[str, Page]:
    return {page.name: page for page in pages()}


def advice() -> list[str]:
    """What is to be written in this file so that it knows the site again; nothing when it does."""
    there = by_name()
    told = [f'TABLE names "{name}", which is no address any more: take its row out.' for name in TABLE.keys() - there]
    for page in there.values():
        if page.name not in TABLE:
            told.append(
                f'/{page.route} is not in TABLE. Say who may GET it and who may POST to it: "{page.name}": '
                f"(COLLEAGUES, NONE), with NONE for a method that it does not offer."
            )
        if page.route.count("<") > page.place.count("<"):
            kinds = ", ".join(sorted({kind for kind, _ in PLACES.values()}))
            told.append(
                f'/{page.route} takes what PLACES does not know. Say what it is: "{page.route}": ("conversation", '
                f"True), where True is for what belongs to a department. Kinds: {kinds}; a new kind is made in "
                f"tests/world.py."
            )
    return sorted(told)
