"""The citizens' form, from the first look to the inbox."""

from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from portevoix.channels import proof_of_work
from portevoix.exchange.inbound import webform
from portevoix.exchange.worker import take_waiting
from portevoix.record.operations import accounts
from portevoix.record.operations import city as operations
from portevoix.record.queries import inbox
from portevoix.record.queries.attention import aside
from tests.conftest import house_now
from tests.public.conftest import SECRET, new_proof, solved

PAGE, FRAME = "/form/", "/form/embed/"
ARTICLE = {"about_url": "https://www.testville.example/piscine", "about_title": "La piscine rouvre"}


@pytest.fixture
def browser(form):
    """Checks tokens against forged requests as a server does, and keeps no cookie: what a frame's browser is."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def seen(host):
    """The conversations that a host sees once a worker has looked."""

    def rows(query: str = ""):
        take_waiting(timezone.now())
        wanted = inbox.InboxFilter(view="all", query=query)
        return inbox.Inbox(host, wanted, house=house_now(), now=timezone.now()).page().rows

    return rows


def body(**change):
    typed = {
        "message": "La piscine est-elle ouverte dimanche ?",
        "name": "Ana Citoyenne",
        "email": "ana@example.org",
        **ARTICLE,
        "form_token": "token-of-this-page-view",
        "website": "",
        "altcha": new_proof(timezone.now()),
    }
    return {**typed, **change}


def send(browser, page=PAGE, **change):
    """As browsers do: the test client's own way is another one."""
    return browser.post(
        page,
        urlencode(body(**change)),
        content_type="application/x-www-form-urlencoded",
        headers={"Accept-Language": "en"},
    )


def test_a_message_is_in_the_inbox_as_soon_as_a_worker_has_looked(browser, seen):
    answer = send(browser)
    assert answer.status_code == 302
    (conversation,) = seen()
    assert conversation.author.name == "Ana Citoyenne"
    assert conversation.author.handle == "ana@example.org"
    assert (conversation.about_url, conversation.about_title) == tuple(ARTICLE.values())
    assert conversation.visibility == "private"


def test_the_thank_you_page_gives_a_reference_that_a_host_can_search_for(browser, seen):
    page = browser.get(send(browser).url)
    reference = page.context["reference"]
    assert reference in page.text
    assert len(seen(reference)) == 1


def test_the_thank_you_page_says_by_when(browser, seen):
    page = browser.get(send(browser).url)
    (conversation,) = seen()
    by = timezone.localtime(conversation.due_at)
    assert f"{by:%H:%M}" in page.text
    assert str(by.day) in page.context["by"]


def test_without_an_address_nobody_promises_a_reply(browser):
    page = browser.get(send(browser, email="").url)
    assert "You left no e-mail address" in page.text


def test_the_thank_you_page_says_nothing_that_we_did_not_write(browser):
    assert browser.get("/form/thank-you/?of=eyJyZWZlcmVuY2UiOiAieCJ9:1:forged").status_code == 404
    assert browser.get("/form/thank-you/").status_code == 404


def test_without_javascript_a_message_is_held_for_a_host_and_the_page_says_so(browser, seen, host):
    page = browser.get(send(browser, altcha="").url)
    assert "no robot wrote it" in page.text
    assert seen() == []
    (held,) = aside(host).held
    assert held.raw["text"] == "La piscine est-elle ouverte dimanche ?"


def test_a_proof_serves_once(browser, seen):
    altcha = new_proof(timezone.now())
    assert send(browser, altcha=altcha).status_code == 302
    again = send(browser, altcha=altcha, form_token="another-page-view-1", message="Spam")
    assert again.status_code == 422
    assert "Spam" in again.text
    send(browser, altcha=altcha, form_token="another-page-view-1", message="Spam")
    assert len(seen()) == 1


def test_a_proof_written_another_way_is_still_the_same_proof(browser, seen):
    challenge = proof_of_work.new_challenge(SECRET, timezone.now())
    send(browser, altcha=solved(challenge))
    again = send(browser, altcha=solved({**challenge, "more": 1}), form_token="another-page-view-1")
    assert again.status_code == 422
    assert len(seen()) == 1


@pytest.mark.parametrize("altcha", ["nonsense", "e30="])
def test_a_forged_proof_is_refused(browser, seen, host, altcha):
    assert send(browser, altcha=altcha).status_code == 422
    assert seen() == [] and aside(host).held == []


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (("", "garbage"), 302),  # the first counts: it came without proof, and is held
        (("garbage", ""), 422),
        ((" ", "e30="), 302),
    ],
)
def test_a_proof_sent_twice_is_read_once(browser, seen, host, sent, status):
    answer = browser.post(
        PAGE,
        urlencode([*body(altcha=sent[0]).items(), ("altcha", sent[1])]),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == status
    assert not seen() and len(aside(host).held) == (status == 302)


def test_a_proof_of_another_city_is_refused(browser, seen):
    stolen = solved(proof_of_work.new_challenge("the secret of another city, long too", timezone.now()))
    assert send(browser, altcha=stolen).status_code == 422


def test_an_old_proof_is_refused_with_what_to_do(browser):
    answer = send(browser, altcha=new_proof(timezone.now() - timedelta(hours=2)))
    assert answer.status_code == 422
    assert "Send the form again" in answer.text


def test_who_fills_the_field_that_nobody_sees_is_a_robot(browser, seen, host):
    assert send(browser, website="https://spam.example").status_code == 422
    assert seen() == [] and aside(host).held == []


def test_an_impatient_second_click_is_the_same_message(browser, seen):
    typed = body()
    first, second = send(browser, **typed), send(browser, **typed)
    assert (first.status_code, second.status_code) == (302, 302)
    assert len(seen()) == 1
    assert browser.get(first.url).context["reference"] == browser.get(second.url).context["reference"]


def test_a_second_click_without_javascript_too(browser, host):
    for _ in range(2):
        assert send(browser, altcha="").status_code == 302
    assert len(aside(host).held) == 1


def test_another_text_from_a_page_gone_back_to_is_not_lost_in_silence(browser, seen):
    send(browser)
    answer = send(browser, message="Et lundi ?")
    assert answer.status_code == 422
    assert "Et lundi ?" in answer.text
    token = answer.context["token"]
    assert token != "token-of-this-page-view"
    assert send(browser, message="Et lundi ?", form_token=token).status_code == 302
    assert len(seen()) == 2


def test_so_many_messages_an_hour_and_then_a_page_that_keeps_the_text(browser, seen):
    for number in range(webform.MOST):
        assert send(browser, form_token=f"page-view-number-{number}").status_code == 302
    answer = send(browser, form_token="page-view-too-many", message="Celui-ci attend")
    assert answer.status_code == 429
    assert "Celui-ci attend" in answer.text
    assert len(seen()) == webform.MOST


def test_fewer_without_javascript(browser, host):
    for number in range(webform.MOST_HELD):
        assert send(browser, altcha="", form_token=f"page-view-number-{number}").status_code == 302
    assert send(browser, altcha="", form_token="page-view-too-many").status_code == 429
    assert send(browser, form_token="page-view-with-proof").status_code == 302


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"message": "   "}, "message"),
        ({"message": "a" * 5001}, "message"),
        ({"email": "ana at example"}, "email"),
        ({"name": "a" * 101}, "name"),
    ],
)
def test_an_error_keeps_all_that_was_typed(browser, seen, change, field):
    answer = send(browser, **change)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    for name, typed in body(**change).items():
        if name in ("message", "name", "email"):
            assert answer.context["form"][name].value() == typed
    assert ARTICLE["about_title"] in answer.text
    assert seen() == []


def test_a_message_of_just_the_right_length_is_taken(browser, seen):
    line = "é" * 99 + "\r\n"
    assert send(browser, message=line * 49 + "e" * 100).status_code == 302
    assert len(seen()) == 1


def test_the_framed_form_keeps_the_article_and_answers_in_the_frame(browser, seen):
    page = browser.get(FRAME, {"url": ARTICLE["about_url"], "title": ARTICLE["about_title"], "lang": "en"})
    assert page.context["article"] == {"url": ARTICLE["about_url"], "title": ARTICLE["about_title"]}
    answer = send(browser, FRAME)
    assert urlsplit(answer.url).path == "/form/embed/thank-you/"
    assert seen()[0].about_title == ARTICLE["about_title"]


def test_a_frame_that_names_no_article_takes_the_page_around_it(browser):
    page = browser.get(FRAME, headers={"Referer": "https://www.testville.example/voirie"})
    assert page.context["article"]["url"] == "https://www.testville.example/voirie"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x", "http://", "https://[x"])
def test_an_article_is_at_a_web_address_or_nowhere(browser, url):
    page = browser.get(FRAME, {"url": url, "title": "T"})
    assert page.context["article"]["url"] == ""


def test_nothing_that_comes_from_outside_is_markup(browser):
    evil = '"><script>alert(1)</script>'
    page = browser.get(FRAME, {"url": f"https://x.example/{evil}", "title": evil})
    assert "<script>alert" not in page.text
    answer = send(browser, message=evil, name=evil, about_title=evil, email=evil)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


def test_only_the_citys_own_sites_may_frame_it(browser, administrator):
    operations.change_city(
        name="Testville",
        timezone="Europe/Paris",
        language="fr",
        languages=["fr"],
        accent="#1f5673",
        site="www.testville.example, testville.example:8080",
        by=administrator,
    )
    for page in (FRAME, send(browser, FRAME).url):
        answer = browser.get(page)
        (ancestors,) = (
            part for part in answer.headers["Content-Security-Policy"].split("; ") if part.startswith("frame-ancestors")
        )
        assert ancestors.split()[1:] == [
            "'self'",
            "https://www.testville.example",
            "http://www.testville.example",
            "https://testville.example:8080",
            "http://testville.example:8080",
        ]
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in answer.headers


def test_nobody_frames_the_page_of_its_own(browser):
    answer = browser.get(PAGE)
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_a_city_without_site_is_framed_by_itself_alone(browser):
    assert "frame-ancestors 'self'" in browser.get(FRAME).headers["Content-Security-Policy"]


def test_each_page_view_has_its_own_token_and_each_puzzle_is_new(browser):
    assert browser.get(PAGE).context["token"] != browser.get(PAGE).context["token"]
    answer = browser.get("/form/challenge/")
    assert answer.json() != browser.get("/form/challenge/").json()
    assert "no-store" in answer.headers["Cache-Control"]
    assert send(browser, altcha=solved(answer.json())).status_code == 302


def test_all_that_the_page_loads_is_ours(browser):
    page = browser.get(PAGE).text
    assert "http" not in page.replace("http-equiv", "")
    assert "altcha.min.js" in page and "pbkdf2.js" in page


@pytest.mark.parametrize("asked", ["fr", "en"])
def test_the_language_is_the_one_asked_for(browser, asked):
    page = browser.get(FRAME, {"lang": asked}, headers={"Accept-Language": "de"})
    assert f'<html lang="{asked}">' in page.text
    assert page.headers["Content-Language"] == asked


def test_a_language_without_pages_is_the_browsers(browser):
    assert '<html lang="en">' in browser.get(FRAME, {"lang": "xx"}, headers={"Accept-Language": "en"}).text


def test_a_closed_form_says_so(browser, form, administrator):
    accounts.disconnect(account=form.pk, by=administrator, now=timezone.now())
    for page in (PAGE, FRAME, "/form/challenge/"):
        assert browser.get(page).status_code == 404
    assert "closed" in browser.get(PAGE, headers={"Accept-Language": "en"}).text
    assert send(browser).status_code == 404
