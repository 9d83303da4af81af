import pytest
from django.urls import reverse
from django.utils import translation

from portevoix.kernel.policy import parse_policy
from portevoix.record.queries import city as queries
from portevoix.web.settings.city import CityForm, shades

PAGE = "/settings/city/"
GOOD = {
    "name": "Valmont-sur-Loire",
    "timezone": "Europe/Paris",
    "language": "fr",
    "languages": ["fr", "en", "br"],
    "accent": "#1F5673",
    "site": "https://www.valmont.example/actualites/, Valmont.example:8080 www.valmont.example",
}


def test_the_city_is_changed(admin):
    assert reverse("web-settings:city") == PAGE
    answer = admin.post(PAGE, GOOD, follow=True)
    city = queries.city()
    assert answer.redirect_chain == [(PAGE, 302)]
    assert (city.name, city.accent) == ("Valmont-sur-Loire", "#1f5673")
    assert city.languages == ["fr", "en", "br"]
    assert city.site == "www.valmont.example, valmont.example:8080"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("timezone", "Europe/Valmont"),
        ("language", "xx"),
        ("accent", "blue"),
        ("site", "'self' *"),
        ("site", "*.example.org"),
        ("site", "valmont.example; script-src *"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(admin, field, value):
    answer = admin.post(PAGE, {**GOOD, field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert queries.city().name == "Testville"


def test_the_hours_follow_the_city_into_another_time_zone(admin, administrator):
    admin.post(PAGE, {**GOOD, "timezone": "Indian/Reunion"})
    latest, before = queries.policies()[:2]
    assert parse_policy(latest.text).timezone == "Indian/Reunion"
    assert parse_policy(latest.text).hours == parse_policy(before.text).hours
    assert latest.made_by == administrator


def test_the_hours_stay_as_they_are_when_the_time_zone_does(admin):
    versions = len(queries.policies())
    admin.post(PAGE, GOOD)
    assert len(queries.policies()) == versions


def test_a_pale_accent_is_shown_with_the_shade_that_can_be_read():
    with translation.override("en"):
        light, dark = shades("#ffe000")
    assert light.changed and not dark.changed
    assert light.contrast == "1.2"  # 1.05 / 0.80 on #f8f6f1, by hand: (0.922 + .05) / (0.741 + .05)
    assert light.taken != "#ffe000" and dark.taken == "#ffe000"


def test_no_policy_can_be_smuggled_into_the_list_of_sites():
    form = CityForm({**GOOD, "site": "a.example;frame-ancestors"})
    assert not form.is_valid()
