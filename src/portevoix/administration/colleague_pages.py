"""Settings of colleagues: accounts, roles, departments, and contacts without an account."""

from typing import Any

from django import forms
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portevoix.record.operations import city as operations
from portevoix.record.permissions import Capability
from portevoix.record.queries import city as queries
from portevoix.web.formatting import by_name
from portevoix.web.notices import attempt, confirm, status_of
from portevoix.web.permissions import require_capability
from portevoix.web.templatetags.shell import role_word

ROLES = {
    "host": gettext_lazy("Answers citizens: sees every message, replies, routes, promises, lets held messages in."),
    "contact": gettext_lazy(
        "Knows the answers: sees only what concerns the departments below, adds notes, answers what hosts ask, reads "
        "the journal of these departments."
    ),
    "editor": gettext_lazy("Reads everything and the whole journal, adds notes; replies to nobody."),
    "administrator": gettext_lazy("All that a host does, and these settings."),
}
"""The permissions of each role, in plain words."""


class ColleagueForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("of a colleague", "Name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=lambda: [
            (role, format_html("<span><strong>{}</strong> – {}</span>", role_word(role), description))
            for role, description in ROLES.items()
        ],
        widget=forms.RadioSelect,
        initial="contact",
    )
    departments = forms.MultipleChoiceField(
        label=gettext_lazy("Departments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("A department contact sees the messages of these."),
    )
    password = forms.CharField(
        label=gettext_lazy("New password"),
        required=False,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "At least eight characters. Empty: nothing changes, and a new colleague has no account and cannot sign in, "
            "but can be named as the person who knows."
        ),
    )
    active = forms.BooleanField(
        label=gettext_lazy("Works here"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Without the tick the colleague can no longer sign in; what they wrote stays."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["departments"].choices = [(d.slug, d.name) for d in by_name(queries.departments())]

    def clean(self) -> None:
        if self.cleaned_data.get("role") == "contact" and not self.cleaned_data.get("departments", ["-"]):
            self.add_error("departments", _("A department contact needs a department: else they see nothing."))


@require_capability(Capability.SETTINGS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    people = [(contact, contact.has_usable_password()) for contact in queries.contacts()]
    return render(request, "web/settings/colleagues.html", {"people": people})


@require_capability(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@require_capability(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    contact = queries.contact(pk)
    if contact is None:
        raise Http404
    return _edit(request, contact)


def _edit(request: HttpRequest, contact: Any) -> HttpResponse:
    form = ColleagueForm(request.POST or None, initial=_initial(contact))
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: _save(form, contact, request)):
        message = _("The colleague %(name)s is saved.") % {"name": form.cleaned_data["name"]}
        return confirm(request, message, "web-settings:colleagues")
    context = {"form": form, "contact": contact}
    return render(request, "web/settings/colleague.html", context, status=status_of(form))


def _save(form: ColleagueForm, contact: Any, request: HttpRequest) -> None:
    stored_contact = operations.save_contact(
        **{**form.cleaned_data, "password": form.cleaned_data["password"] or None},
        by=request.user,
        pk=contact.pk if contact else None,
    )
    if stored_contact.pk == request.user.pk:  # a new password of one's own must not sign one out
        update_session_auth_hash(request, stored_contact)


def _initial(contact: Any) -> dict[str, Any] | None:
    if contact is None:
        return None
    return {
        "name": contact.name,
        "email": contact.email,
        "role": contact.role,
        "departments": [department.slug for department in contact.departments.all()],
        "active": contact.is_active,
    }
