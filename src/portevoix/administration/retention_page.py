"""Settings of retention: how long each kind of data is kept, the next deletions, and the last."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portevoix.record import retention_preview as queries
from portevoix.record.operations.apply_retention import set_retention
from portevoix.record.permissions import Capability
from portevoix.record.retention import MONTHS
from portevoix.web.notices import attempt, confirm, status_of
from portevoix.web.permissions import require_capability

MOST = 1200
"""Maximum in days or months: more is as good as without limit."""


class RetentionForm(forms.Form):
    """One number for each kind, in its own unit; an empty field, where allowed, means without limit."""

    def __init__(self, *args: Any, due: list[queries.DueData], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in due:
            self.fields[each.kind.code] = forms.IntegerField(
                label=_("%(what)s, in months") % {"what": _(each.kind.label)}
                if each.kind.unit == MONTHS
                else _("%(what)s, in days") % {"what": _(each.kind.label)},
                help_text=_(each.kind.why) + (f" {_('Empty: without limit.')}" if each.kind.endless else ""),
                required=not each.kind.endless,
                min_value=each.kind.least,
                max_value=MOST,
                initial=each.duration,
            )


@require_capability(Capability.PRIVACY)
@require_http_methods(["GET", "HEAD", "POST"])
def retention(request: HttpRequest) -> HttpResponse:
    due = queries.due_data(now=request.now)
    form = RetentionForm(request.POST or None, due=due)
    if request.method == "POST" and form.is_valid():
        arguments = {"policy": form.cleaned_data, "by": request.user, "now": request.now}
        if attempt(form, lambda: set_retention(**arguments)):
            return confirm(request, _("Saved. It holds from the next run on."), "web-settings:retention")
    labels = {each.kind.code: _(each.kind.label) for each in due}
    run = queries.last_run()
    context = {
        "form": form,
        "due": [(_(each.kind.label), each.count) for each in due if each.count],
        "run": run,
        "went": [(labels.get(code, code), count) for code, count in run.counts.items()] if run else [],
    }
    return render(request, "web/settings/retention.html", context, status=status_of(form))
