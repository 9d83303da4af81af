import pytest
from django.urls import reverse
from django.utils import translation

from portevoix.administration.city_identity_page import CityForm, shades
from portevoix.channels.feeds import Article
from portevoix.kernel.errors import Refused
from portevoix.kernel.policy import parse_policy
from portevoix.record.operations import feeds
from portevoix.record.queries import city as queries
from portevoix.record.queries import feeds as feed_queries
from tests.conftest import NOW

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
        ("feed", "valmont.example/rss"),
        ("feed", "https://[/rss"),
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


FEED = "https://www.valmont.example/rss?lang=fr"


def test_the_feed_is_named_and_the_page_says_how_it_goes(admin):
    assert "Articles connus" not in admin.get(PAGE).content.decode()
    admin.post(PAGE, {**GOOD, "feed": f" {FEED} "})
    assert feed_queries.feed().address == FEED
    page = admin.get(PAGE).content.decode()
    assert f'value="{FEED}"' in page and "pas encore" in page
    article = Article("https://www.valmont.example/a", "Titre")
    feeds.store_articles(feed=feeds.claim(now=feed_queries.feed().due_at), articles=[article], now=NOW)
    page = admin.get(PAGE).content.decode()
    assert "<dt>Articles connus</dt><dd>1</dd>" in page and "pas encore" not in page
    assert "Difficulté" not in page


def test_what_is_wrong_with_the_feed_is_said_in_the_readers_language(admin):
    admin.post(PAGE, {**GOOD, "feed": FEED})
    error = Refused("{host} sends us elsewhere (HTTP {status}): check its address.", host="v.example", status=301)
    feeds.record_trouble(feed=feeds.claim(now=feed_queries.feed().due_at), error=error, now=NOW)
    page = admin.get(PAGE).content.decode()
    assert "Difficulté" in page and "v.example" in page and "HTTP 301" in page and "sends us" not in page


def test_an_empty_field_names_no_feed_any_more(admin):
    admin.post(PAGE, {**GOOD, "feed": FEED})
    admin.post(PAGE, GOOD)
    assert feed_queries.feed() is None
