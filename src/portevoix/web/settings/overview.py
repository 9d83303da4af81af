"""The front page of the settings: what is set, and what is left to do."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portevoix.kernel.policy import parse_policy
from portevoix.record.access import Capability
from portevoix.record.queries import city as queries
from portevoix.record.queries import rules
from portevoix.web.access import allowed


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that a city needs to start; `why` says what comes of it, `page` is where it is done."""

    label: str
    why: str
    page: str
    done: bool


def checklist() -> list[Todo]:
    """In the order in which one does them."""
    departments = [department for department in queries.departments() if department.active]
    colleagues = [contact for contact in queries.contacts() if contact.is_active]
    policies = queries.policies()
    serving = {account.channel for account in queries.accounts() if account.state == "active"}
    return [
        Todo(
            _("Name your website"),
            _("Only the sites that you name may show the citizens’ form in their pages."),
            "city",
            bool(queries.city().site),
        ),
        Todo(
            _("Add your departments"),
            _("Messages are routed by the words in which you describe them."),
            "departments",
            any(department.competences or department.description for department in departments),
        ),
        Todo(
            _("Set your hours"),
            _("Deadlines count only the hours during which the city is at work."),
            "policy",
            len(policies) > 1 or parse_policy(policies[0].text).hours is not None,
        ),
        Todo(
            _("Connect your mailbox"),
            _("What citizens write to the city’s address arrives here, and answers leave from it."),
            "channels",
            "email" in serving,
        ),
        Todo(
            _("Open the citizens’ form"),
            _("A page of its own, and a frame to place under each article of your site."),
            "form",
            "webform" in serving,
        ),
        Todo(
            _("Invite your colleagues"),
            _("Hosts who answer, and for each department somebody who knows."),
            "colleagues",
            len(colleagues) > 1 and all(_has_contact(department) for department in departments),
        ),
    ]


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
