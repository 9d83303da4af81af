"""The feed: for whom an address acts and how long, and what stands in the document."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core import signing
from django.utils import timezone

from portevoix.journal.pages.edition_feed import MOST_ENTRIES, Entry, write_feed
from portevoix.journal.storage.stored_editions import compose_and_store
from portevoix.kernel.links import LinkPurpose
from portevoix.record.models import Edition, SignedLink
from portevoix.record.operations import city as colleagues
from portevoix.record.operations.signed_links import LASTS, make_link, revoke_link
from portevoix.record.queries.signed_links import contact_behind, sign_link
from tests.journal.conftest import AFTER, monday, week_ago
from tests.journal.test_pages import read_by  # noqa: F401 -- a fixture

FEED = LinkPurpose.JOURNAL_FEED
ATOM = "{http://www.w3.org/2005/Atom}"
DAY = timedelta(days=1)


def address_of(contact, now=None) -> str:
    return f"/journal/feed/{sign_link(make_link(contact=contact, purpose=FEED, now=now or timezone.now()))}/"


def entries(response) -> list[dict[str, str]]:
    root = ElementTree.fromstring(response.content)
    assert root.tag == f"{ATOM}feed" and all(root.find(f"{ATOM}{name}") is not None for name in ("id", "updated"))
    found = root.findall(f"{ATOM}entry")
    return [
        {name: each.findtext(f"{ATOM}{name}") for name in ("title", "id", "updated", "content")}
        | {"link": each.find(f"{ATOM}link").get("href")}
        for each in found
    ]


@pytest.fixture
def shelf(say):
    say(monday(week_ago(2)), "Le bassin est froid, appelez le 06 12 34 56 78", valence="wrong")
    say(monday(week_ago(2)), "Un nid-de-poule rue Haute devant la boulangerie", department="voirie")
    for department in ("sports", "voirie", ""):
        compose_and_store(week=week_ago(2), department=department, now=timezone.now())


def test_a_colleague_reads_the_own_editions_without_signing_in(shelf, host, contact_of, client):
    response = client.get(address_of(host))
    assert response["Content-Type"].startswith("application/atom+xml") and response.status_code == 200
    every = entries(response)
    assert len(every) == 3 and every[0]["link"] == every[0]["id"] == f"http://testserver/journal/{week_ago(2)}/"
    [own] = entries(client.get(address_of(contact_of("voirie"))))
    assert own["link"].endswith("/voirie/") and "Voirie" in own["title"]
    assert len(own["content"].splitlines()) == 5 and "06 12" not in response.content.decode()


def test_it_is_in_the_colleagues_language(shelf, host, client):
    for language, word in (("en", "What happened"), ("fr", "Ce qui s’est passé")):
        colleagues.change_own(contact=host, language=language)
        [first, *_] = entries(client.get(address_of(host), HTTP_ACCEPT_LANGUAGE="de"))
        assert first["content"].startswith(word), first["content"]


def test_no_cache_that_others_share_holds_it_and_what_is_known_is_not_sent_again(shelf, host, client):
    address = address_of(host)
    response = client.get(address)
    assert response["Cache-Control"] == "private, no-store" and not response.cookies
    assert response["X-Robots-Tag"] == "noindex"
    again = client.get(address, HTTP_IF_NONE_MATCH=response["ETag"])
    assert again.status_code == 304 and not again.content
    compose_and_store(week=week_ago(3), now=timezone.now())
    assert client.head(address).status_code == 200 and not client.head(address).content


def test_an_address_works_until_it_is_revoked_replaced_or_has_expired(shelf, host, client):
    first = address_of(host)
    second = address_of(host)
    assert client.get(first).status_code == 404 and client.get(second).status_code == 200
    revoke_link(contact=host, purpose=FEED)
    assert client.get(second).status_code == 404
    assert client.get(address_of(host, timezone.now() - LASTS - DAY)).status_code == 404
    soon = entries(client.get(address_of(host, timezone.now() - LASTS + DAY)))
    assert len(soon) == 4 and "/journal/feed/" in soon[0]["link"]


def test_who_leaves_loses_the_feed_and_who_comes_back_does_not_get_it_again(shelf, host, administrator, client):
    address = address_of(host)
    for active in (False, True):
        colleagues.save_contact(
            email=host.email, name=host.name, role="host", active=active, by=administrator, pk=host.pk
        )
        assert client.get(address).status_code == 404


def test_a_change_of_role_is_a_change_of_what_is_read(shelf, host, administrator, client):
    address = address_of(host)
    colleagues.save_contact(
        email=host.email, name=host.name, role="contact", departments=["voirie"], by=administrator, pk=host.pk
    )
    assert [each["link"][-8:] for each in entries(client.get(address))] == ["/voirie/"]


def test_an_address_that_is_not_ours_says_nothing(shelf, host, client):
    link = make_link(contact=host, purpose=FEED, now=AFTER)
    token = sign_link(link)
    other = signing.Signer(sep=".", salt="portevoix.link.other").sign(link.key)
    for wrong in (link.key, token[:-1], token + "x", other, f"{link.pk}", ".", "x.y", "é", token.upper()):
        assert contact_behind(wrong, FEED, now=AFTER) is None
        response = client.get(f"/journal/feed/{wrong}/")
        assert response.status_code == 404 and b"bassin" not in response.content
    assert link.key not in str(list(SignedLink.objects.values_list("purpose", "pk")))
    assert contact_behind(token, FEED, now=AFTER)[0] == host


def test_there_are_at_most_twenty_entries_the_newest_first(shelf, host, client):
    row = Edition.objects.get(department="sports")
    for number in range(1, 31):
        week = f"2020-W{number:02}"
        content = {**row.content, "week": week}
        Edition.objects.create(
            week=week, department="sports", cut_off=row.cut_off, made_at=row.made_at, content=content
        )
    links = [each["link"] for each in entries(client.get(address_of(host)))]
    assert len(links) == MOST_ENTRIES and links[3].endswith("/2020-W30/sports/") and len(set(links)) == MOST_ENTRIES


def test_no_text_breaks_the_document():
    text = "<b>&amp; ]]> \x00\x0b\ud800\uffff é 😀"
    document = write_feed(
        [Entry(text, "https://a.example/?a=1&b=2", AFTER, text)],
        city=text, address="https://a.example/f", home="https://a.example/", made_at=AFTER,
    )  # fmt: skip
    root = ElementTree.fromstring(document)
    assert root.findtext(f"{ATOM}entry/{ATOM}content") == "<b>&amp; ]]>  é 😀"
    assert root.find(f"{ATOM}entry/{ATOM}link").get("href") == "https://a.example/?a=1&b=2"
    assert root.findtext(f"{ATOM}updated") == AFTER.isoformat()


def test_the_page_makes_shows_and_revokes_the_address(shelf, host, client, read_by):  # noqa: F811
    get = read_by(host)
    assert "You have no address yet" in get("/journal/feed/").content.decode() and not SignedLink.objects.exists()
    page = client.post("/journal/feed/", {"action": "make"}, follow=True, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    link = SignedLink.objects.get()
    assert f'value="http://testserver/journal/feed/{sign_link(link)}/"' in page
    assert link.expires_at - link.made_at == LASTS and link.contact == host
    page = client.post("/journal/feed/", {"action": "revoke"}, follow=True, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Revoked" in page and "You have no address yet" in page and not SignedLink.objects.exists()
    assert client.post("/journal/feed/", {"action": "x"}).status_code == 400
    make_link(contact=host, purpose=FEED, now=timezone.now() - LASTS - DAY)
    assert "expired on" in get("/journal/feed/").content.decode()
