"""The form of an account, generated from its channel's settings. Stored secrets are never sent to the browser."""

from collections.abc import Collection, Mapping
from dataclasses import MISSING
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portevoix.channels.base import SettingField, fields_to_ask, installed_channels
from portevoix.kernel.bounds import MOST_NUMBER


class AccountForm(forms.Form):
    """One field for each setting of the channel; `stored` are the stored ones, with their secrets in clear.

    An empty secret keeps the stored one. `stored` None: a new account, whose address is a field too. `only`: the only
    settings shown, () for all. `needed`: these are required, though the channel could do without.
    """

    def __init__(
        self,
        *args: Any,
        kind: str,
        stored: Mapping[str, Any] | None,
        only: Collection[str] = (),
        needed: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.stored = stored or {}
        self.secrets: set[str] = set()
        self.headings: dict[str, str] = {}
        if stored is None:
            self.fields["address"] = forms.CharField(
                label=gettext_lazy("Address of the account"),
                max_length=254,
                help_text=_("As citizens write it, like %(example)s. This cannot change.")
                % {"example": _example(kind)},
            )
        for name, type_, default, knob in fields_to_ask(installed_channels()[kind].Settings):
            if only and name not in only:
                continue
            self.fields[name] = self._field(name, type_, default, knob)
            self.fields[name].required |= name in needed and not (knob.secret and self.stored.get(name))
            self.headings[name] = _(knob.group) if knob.group else ""

    def _field(self, name: str, type_: Any, default: Any, knob: SettingField) -> forms.Field:
        default = None if default is MISSING else default
        words = {"label": _(knob.label), "help_text": _(knob.help) if knob.help else ""}
        if knob.secret:
            self.secrets.add(name)
            return self._secret(name, words, needed=default is None)
        initial = self.stored.get(name, default)
        match getattr(type_, "__name__", type_):
            case "bool":
                return forms.BooleanField(**words, required=False, initial=bool(initial))
            case "int":
                return forms.IntegerField(**words, initial=initial, min_value=0, max_value=MOST_NUMBER)
        if knob.choices:
            return forms.ChoiceField(**words, choices=[(c, _(c)) for c in knob.choices], initial=initial)
        return forms.CharField(**words, required=default != "", max_length=500, initial=initial)

    def _secret(self, name: str, words: dict[str, str], *, needed: bool) -> forms.Field:
        is_stored = bool(self.stored.get(name))
        if is_stored:
            words["help_text"] = f"{words['help_text']} {_('One is stored. Empty: it stays as it is.')}".strip()
        return forms.CharField(
            **words,
            required=needed and not is_stored,
            strip=False,
            max_length=1000,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        )

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the settings in groups, each under its heading."""
        knobs = [field for field in self if field.name != "address"]
        by_heading = groupby(knobs, key=lambda field: self.headings[field.name])
        return [(heading, list(group)) for heading, group in by_heading]

    def settings(self) -> dict[str, Any]:
        """Return the settings for the connector: the values of the form over the stored ones."""
        form_values = {name: value for name, value in self.cleaned_data.items() if name != "address"}
        empty_secrets = {name for name in self.secrets if not form_values[name]}
        empty = {name for name, value in form_values.items() if value is None}
        return {
            **self.stored,
            **{name: value for name, value in form_values.items() if name not in empty_secrets | empty},
        }


def _example(kind: str) -> str:
    """Return an example of an address on that channel."""
    return str(getattr(installed_channels()[kind], "example", "contact@valmont.example"))
