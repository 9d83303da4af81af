"""The form by which a study is added."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portevoix.kernel.errors import BadLine
from portevoix.kernel.interchange import read_json
from portevoix.record.queries import city as queries

MOST_BYTES = 20_000_000


class StudyForm(forms.Form):
    """`document()` is the content of the file, `own()` the name or code of the city in it."""

    file = forms.FileField(
        label=_("File of results"),
        help_text=_("results.json: among the open data of each published barometer."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )
    city = forms.CharField(
        label=_("Your city in the study"),
        max_length=120,
        help_text=_("Its name or its code, as the study has it."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        city = queries.city()
        self.fields["city"].initial = city.name if city else ""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is too large for the results of a study."))
        try:
            return read_json(file.read())
        except BadLine:
            raise forms.ValidationError(_("This file is no JSON. Choose the file results.json.")) from None

    def document(self) -> Any:
        return self.cleaned_data["file"]

    def own(self) -> str:
        return str(self.cleaned_data["city"])
