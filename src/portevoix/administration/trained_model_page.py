"""Settings of trained models: their versions, their accuracy, and the one in service."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from portevoix.exchange.prediction.embedding_config import source
from portevoix.kernel.errors import PortevoixError
from portevoix.record.operations.trained_models import use_version as put_into_service
from portevoix.record.permissions import Capability
from portevoix.record.queries import trained_models as queries
from portevoix.record.queries.city import departments
from portevoix.record.queries.embeddings import number_read, state
from portevoix.web.notices import confirm, to_sentence
from portevoix.web.permissions import require_capability
from portevoix.web.templatetags.shell import kind_word, sentiment_word

TASKS = {
    "department": (
        gettext_lazy("Departments"),
        gettext_lazy("Until then messages are routed by the words in which departments are described."),
    ),
    "kind": (
        gettext_lazy("Kinds"),
        gettext_lazy("Until then kinds are suggested by what Portevoix brings with it."),
    ),
    "valence": (
        gettext_lazy("Sentiments"),
        gettext_lazy("Until then sentiments are suggested by what Portevoix brings with it."),
    ),
}
OUTCOMES = {
    "kept": gettext_lazy("A new version was kept."),
    "same": gettext_lazy("There was nothing new to learn from."),
    "worse": gettext_lazy("What was learnt was less often right than what serves: it was not kept."),
    "failed": gettext_lazy("Learning failed: the worker's log says why. It is tried again in the next night."),
    "few": gettext_lazy("There were too few decisions to learn from and to measure by."),
}


@dataclass(frozen=True, slots=True)
class Version:
    """A version as the page shows it: `now` and `before` are what was measured of it and of the previous one."""

    row: Any
    now: Mapping[str, Any]
    before: Mapping[str, Any]
    since: datetime
    fits: bool


@dataclass(frozen=True, slots=True)
class Task:
    """`meanwhile` describes what serves without a version, `came` the outcome of the last night.

    `lately`: by what factor labels are suggested more or less readily because of how often they occurred lately.
    """

    code: str
    name: str
    meanwhile: str
    versions: list[Version]
    serving: Version | None
    came: str
    lately: list[tuple[str, float]]


@require_capability(Capability.SETTINGS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    run = queries.last_run()
    outcomes = {code: outcome["came"] for code, outcome in run.told.items()} if run else {}
    reading = source()
    context = {
        "tasks": [_task(code, outcomes.get(code, "")) for code in TASKS],
        "run": run,
        "reading": reading,
        "state": state(reading.name, reading.encoders),
        "number_read": number_read(reading.encoders),
    }
    return render(request, "web/settings/learnt.html", context)


@require_capability(Capability.SETTINGS)
@require_POST
def use(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        row = put_into_service(model=pk, by=request.user, now=request.now)
    except PortevoixError as error:
        messages.error(request, to_sentence(error))
        return redirect("web-settings:learnt")
    values = {"number": row.version, "what": TASKS[row.task][0]}
    return confirm(request, _("%(what)s: version %(number)s serves from now on.") % values, "web-settings:learnt")


def _task(code: str, outcome: str) -> Task:
    name, meanwhile = TASKS[code]
    versions = [
        Version(
            row,
            row.measured["now"],
            row.measured["before"],
            datetime.fromisoformat(row.measured["since"]),
            queries.fits(row),
        )
        for row in queries.versions(code)
    ]
    serving = next((version for version in versions if version.row.active), None)
    return Task(
        code,
        str(name),
        str(meanwhile),
        versions,
        serving,
        str(OUTCOMES.get(outcome, "")),
        _label_factors(code, serving),
    )


def _label_factors(task: str, serving: Version | None) -> list[tuple[str, float]]:
    """Return labels as the desk shows them, each with its factor; the highest first."""
    factors = serving.row.measured.get("lately") if serving else None  # older versions do not say
    if not factors:
        return []
    names = {row.slug: row.name for row in departments()} if task == "department" else {}
    word = {"kind": kind_word, "valence": sentiment_word}.get(task, lambda label: names.get(label, label))
    return sorted(((word(label), times) for label, times in factors.items()), key=lambda one: -one[1])
