"""The start page of the settings: the current state, and the steps left to do."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from portevoix.kernel.policy import parse_policy
from portevoix.record.permissions import Capability
from portevoix.record.queries import city as queries
from portevoix.record.queries import rules
from portevoix.web.permissions import allowed


@dataclass(frozen=True, slots=True)
class Todo:
    """One step that a city needs to start; `why` gives its purpose, `page` is where it is done."""

    label: str
    why: str
    page: str
    done: bool


_STEPS = (
    (
        "city",
        gettext_noop("Name your website"),
        gettext_noop("Only the sites that you name may show the citizens’ form in their pages."),
    ),
    (
        "departments",
        gettext_noop("Add your departments"),
        gettext_noop("Messages are routed by the words in which you describe them."),
    ),
    (
        "policy",
        gettext_noop("Set your hours"),
        gettext_noop("Deadlines count only the hours during which the city is at work."),
    ),
    (
        "channels",
        gettext_noop("Connect your mailbox"),
        gettext_noop("What citizens write to the city’s address arrives here, and answers leave from it."),
    ),
    (
        "form",
        gettext_noop("Open the citizens’ form"),
        gettext_noop("A page of its own, and a frame to place under each article of your site."),
    ),
    (
        "colleagues",
        gettext_noop("Invite your colleagues"),
        gettext_noop("Hosts who answer, and for each department somebody who knows."),
    ),
)
"""(page, label, why), in the order in which they are done."""


def checklist() -> list[Todo]:
    """Return the steps in the order in which they are done."""
    steps_done = _check_steps()
    return [Todo(gettext(label), gettext(why), page, steps_done[page]) for page, label, why in _STEPS]


def _check_steps() -> dict[str, bool]:
    """Return whether each step is done, by page."""
    departments = [department for department in queries.departments() if department.active]
    colleagues = [contact for contact in queries.contacts() if contact.is_active]
    policies = queries.policies()
    serving = {account.channel for account in queries.accounts() if account.state == "active"}
    return {
        "city": bool(queries.city().site),
        "departments": any(department.competences or department.description for department in departments),
        "policy": len(policies) > 1 or parse_policy(policies[0].text).hours is not None,
        "channels": "email" in serving,
        "form": "webform" in serving,
        "colleagues": len(colleagues) > 1 and all(_has_contact(department) for department in departments),
    }


def _has_contact(department: queries.Department) -> bool:
    return any(contact.is_active for contact in department.contacts.all())


@allowed(Capability.SETTINGS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    todos = checklist()
    context = {
        "todos": todos,
        "left": sum(not todo.done for todo in todos),
        "rules": rules.rows(),
        "paused": [account for account in queries.accounts() if account.state == "paused"],
    }
    return render(request, "web/settings/index.html", context)
