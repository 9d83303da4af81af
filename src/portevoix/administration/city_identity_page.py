"""Settings of the city: name, time zone, languages, colour and website."""

import re
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portevoix.administration import service_policy_pages
from portevoix.kernel.errors import BadInput
from portevoix.record.operations import city as operations
from portevoix.record.operations import feeds
from portevoix.record.permissions import Capability
from portevoix.record.queries import city as queries
from portevoix.record.queries import feeds as feed_queries
from portevoix.web import colour
from portevoix.web.notices import attempt, confirm, status_of, to_sentence
from portevoix.web.permissions import require_capability

_SCHEME_OR_PATH = re.compile(r"^https?://|/.*$")

LANGUAGES = {
    "fr": gettext_lazy("French"),
    "en": gettext_lazy("English"),
    "de": gettext_lazy("German"),
    "es": gettext_lazy("Spanish"),
    "it": gettext_lazy("Italian"),
    "pt": gettext_lazy("Portuguese"),
    "nl": gettext_lazy("Dutch"),
    "lb": gettext_lazy("Luxembourgish"),
    "br": gettext_lazy("Breton"),
    "eu": gettext_lazy("Basque"),
    "ca": gettext_lazy("Catalan"),
    "oc": gettext_lazy("Occitan"),
    "ar": gettext_lazy("Arabic"),
    "tr": gettext_lazy("Turkish"),
    "pl": gettext_lazy("Polish"),
    "ro": gettext_lazy("Romanian"),
    "ru": gettext_lazy("Russian"),
    "uk": gettext_lazy("Ukrainian"),
    "zh": gettext_lazy("Chinese"),
    "vi": gettext_lazy("Vietnamese"),
}
"""Languages that can be detected and that citizens of a European city may write in."""


class CityForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the city"), max_length=200)
    timezone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone],
        help_text=gettext_lazy("Every time on these pages is shown in it, and opening hours are reckoned in it."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Default language"),
        choices=django_settings.LANGUAGES,
        help_text=gettext_lazy("What the city writes in when nothing is known of the reader."),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages that citizens write in"),
        choices=list(LANGUAGES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy(
            "A message is taken for one of these: the fewer there are, the fewer mistakes are made."
        ),
    )
    accent = forms.RegexField(
        label=gettext_lazy("Accent colour"),
        regex=r"^#[0-9a-fA-F]{6}$",
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=gettext_lazy("Of buttons and links. Where it would be hard to read, the nearest shade is taken."),
        error_messages={"invalid": gettext_lazy("Write a colour like #1f5673.")},
    )
    site = forms.CharField(
        label=gettext_lazy("Website of the city"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Host names, separated by commas, like www.valmont.example, valmont.example. "
            "Only these sites may show the citizens’ form in their pages."
        ),
    )

    feed = forms.CharField(
        label=gettext_lazy("News feed of your website"),
        max_length=feeds.MOST_ADDRESS,
        required=False,
        help_text=gettext_lazy(
            "RSS or Atom, like https://www.valmont.example/rss. It is read once an hour: a message that links to one "
            "of its articles, or that replies to a post of yours that does, shows which article it speaks of."
        ),
    )

    def clean_feed(self) -> str:
        if address := self.cleaned_data["feed"]:
            try:
                feeds.check_address(address)
            except BadInput as error:
                raise forms.ValidationError(to_sentence(error)) from error
        return address

    def clean_accent(self) -> str:
        return self.cleaned_data["accent"].lower()

    def clean_site(self) -> str:
        """Return host names without scheme and path, in small letters, each once, however they were pasted."""
        hosts = [
            _SCHEME_OR_PATH.sub("", part.strip().lower()) for part in re.split(r"[,\s]+", self.cleaned_data["site"])
        ]
        for host in filter(None, hosts):
            try:
                operations.check_host(host)
            except BadInput as error:
                raise forms.ValidationError(to_sentence(error)) from error
        return ", ".join(dict.fromkeys(filter(None, hosts)))


@dataclass(frozen=True, slots=True)
class Shade:
    """The accent on one of the two papers: its contrast there, and the shade that is used instead."""

    dark: bool
    contrast: str
    taken: str
    changed: bool


def shades(accent: str) -> list[Shade]:
    """Return the accent on the light and on the dark paper."""
    rows = []
    for paper in (colour.PAPER_LIGHT, colour.PAPER_DARK):
        readable_accent = colour.readable(accent, on=paper)
        # Rounded down, so that it never reads as enough when it is not.
        contrast = number_format(int(colour.contrast(accent, paper) * 10) / 10, decimal_pos=1)
        rows.append(Shade(paper == colour.PAPER_DARK, contrast, readable_accent, readable_accent != accent))
    return rows


def _initial(city: Any, feed: feed_queries.Feed | None) -> dict[str, Any]:
    names = ("name", "timezone", "language", "languages", "accent", "site")
    return {**{name: getattr(city, name) for name in names}, "feed": feed.address if feed else ""}


@require_capability(Capability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    city, feed = queries.city(), feed_queries.feed()
    form = CityForm(request.POST or None, initial=_initial(city, feed))
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: _save(form, request)):
        return confirm(request, _("The city’s settings are saved."), "web-settings:city")
    context = {"form": form, "shades": shades(city.accent), "feed": feed, "articles": feed_queries.count_articles()}
    return render(request, "web/settings/city.html", context, status=status_of(form))


def _save(form: CityForm, request: HttpRequest) -> None:
    fields = dict(form.cleaned_data)
    feeds.set_address(address=fields.pop("feed"), by=request.user, now=request.now)
    operations.change_city(**fields, by=request.user)
    service_policy_pages.move(to=form.cleaned_data["timezone"], by=request.user, now=request.now)
