"""Accounts; the channel of these tests is the network in memory, offered here as if it led somewhere."""

from datetime import timedelta

import pytest

from portevoix.administration import account_pages
from portevoix.channels.fake.network import network
from portevoix.kernel.errors import Refused, TryLater
from portevoix.record.operations import accounts as operations
from portevoix.record.queries import city as queries
from tests.conftest import incoming
from tests.exchange.polled import poll

LIST, ADD, FORM = "/settings/channels/", "/settings/channels/add/fake/", "/settings/channels/form/"
SECRET = "hunter2-hunter2"
NEW = {"address": "fake@testville.example", "name": "settings", "secret": SECRET}


@pytest.fixture(autouse=True)
def offered(monkeypatch):
    monkeypatch.setattr(account_pages, "ELSEWHERE", frozenset({"webform"}))


@pytest.fixture
def incoming_of():
    """Writes to the network of these tests."""
    return lambda text: network("settings").write(incoming(channel="fake", account=NEW["address"], text=text))


@pytest.fixture
def account(admin):
    admin.post(ADD, {**NEW, "save": "1"})
    return queries.account_named("fake", NEW["address"])


def test_an_account_is_connected_with_its_secret_locked(account):
    assert (account.state, account.connector) == ("active", "fake")
    assert SECRET not in str(account.settings)
    assert operations.settings_of(account) == {"name": "settings", "secret": SECRET}


@pytest.mark.parametrize(("kind", "like"), [("email", "contact@valmont.example"), ("bluesky", "valmont.bsky.social")])
def test_an_address_is_asked_for_with_one_as_an_example(admin, kind, like):
    assert f"As citizens write it, like {like}. " in admin.get(f"{LIST}add/{kind}/", HTTP_ACCEPT_LANGUAGE="en").text


def test_a_secret_never_goes_to_the_browser(admin, account):
    assert SECRET not in admin.get(f"{LIST}{account.pk}/").text
    assert account.settings["secret"] not in admin.get(f"{LIST}{account.pk}/").text
    for button in ("test", "save"):
        answer = admin.post(f"{LIST}{account.pk}/", {"name": "", "secret": SECRET, button: "1"})
        assert SECRET not in answer.text
    assert SECRET not in admin.get(LIST).text


def test_an_empty_secret_stays_as_it_is(admin, account):
    admin.post(f"{LIST}{account.pk}/", {"name": "other", "secret": "", "save": "1"})
    settings = operations.settings_of(queries.account(account.pk))
    assert settings == {"name": "other", "secret": SECRET}


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_settings_are_tried_before_anything_is_kept(admin, headers):
    answer = admin.post(ADD, {**NEW, "test": "1"}, headers={**headers, "Accept-Language": "en"})
    assert "The network in memory answers" in answer.text
    assert queries.account_named("fake", NEW["address"]) is None


def test_a_test_that_fails_says_why(admin, account, monkeypatch):
    monkeypatch.setattr(network("settings"), "down", True)
    answer = admin.post(f"{LIST}{account.pk}/", {"name": "settings", "test": "1"}, headers={"Accept-Language": "en"})
    assert "The network does not answer." in answer.text
    assert queries.account(account.pk).trouble is None


def test_an_account_is_not_added_twice(admin, account):
    answer = admin.post(ADD, {**NEW, "name": "stolen", "save": "1"})
    assert answer.status_code == 422
    assert operations.settings_of(queries.account(account.pk))["name"] == "settings"


def test_an_account_known_from_a_file_is_taken_up(admin, city):
    operations.get_or_create(channel="fake", address=NEW["address"])
    assert admin.post(ADD, {**NEW, "save": "1"}).status_code == 302
    assert queries.account_named("fake", NEW["address"]).state == "active"


def test_a_paused_account_says_why_and_is_resumed(admin, account, now):
    error = Refused("The mailbox {name} refuses the password.", pause=True, name="contact")
    operations.record_trouble(account=account, error=error, again_at=None, now=now)
    assert "The mailbox contact refuses the password." in admin.get(LIST).text
    assert admin.post(f"{LIST}{account.pk}/resume/").status_code == 302
    again = queries.account(account.pk)
    assert (again.state, again.trouble) == ("active", None)
    assert operations.settings_of(again)["secret"] == SECRET


def test_an_account_is_paused_with_who_and_why_and_resumed(admin, administrator, account, incoming_of):
    page = f"{LIST}{account.pk}/"
    assert admin.post(f"{page}pause/", {"why": " The password <changes> tonight. "}).status_code == 302
    paused = queries.account(account.pk)
    assert (paused.state, paused.next_poll_at) == ("paused", None) and paused.cursor == account.cursor
    for shown in (LIST, "/inbox/"):
        text = admin.get(shown, headers={"Accept-Language": "en"}).text
        assert f"{administrator.name}: The password &lt;changes&gt; tonight." in text, shown
    assert not queries.unannounced_accounts(), "who paused it by hand needs no letter"
    incoming_of("while it rested")
    admin.post(f"{page}resume/")
    resumed = queries.account(account.pk)
    assert (resumed.state, resumed.trouble) == ("active", None)
    assert poll(resumed, now=resumed.next_poll_at).new == 1
    admin.post(f"{page}pause/")
    assert queries.account(account.pk).trouble["text"] == "Paused by {name}."
    assert admin.get(f"{page}pause/").status_code == 405


def test_what_is_out_of_service_is_not_paused(admin, account):
    admin.post(f"{LIST}{account.pk}/disconnect/")
    admin.post(f"{LIST}{account.pk}/pause/", {"why": "x"})
    assert (queries.account(account.pk).state, queries.account(account.pk).trouble) == ("unconnected", None)


def test_what_comes_back_late_undoes_no_pause(account, administrator, now):
    """The network was being asked when somebody paused the account, took it out of service, or mended it."""
    error, later = Refused("No.", pause=True), now + timedelta(minutes=1)
    operations.pause(account=account.pk, by=administrator, why="Holidays", now=now)
    operations.record_poll(account=account, again_at=later, now=now)
    operations.record_trouble(account=account, error=TryLater("Busy."), again_at=later, now=now)
    assert operations.record_trouble(account=account, error=error, again_at=None, now=now)
    paused = queries.account(account.pk)
    assert (paused.state, paused.trouble["values"]["why"]) == ("paused", "Holidays")
    operations.disconnect(account=account.pk, by=administrator, now=now)
    operations.record_trouble(account=account, error=error, again_at=None, now=now)
    assert queries.account(account.pk).state == "unconnected"


def test_a_refusal_of_what_was_mended_meanwhile_pauses_nothing(admin, account, now):
    admin.post(f"{LIST}{account.pk}/", {"name": "settings", "secret": "the new one", "save": "1"})
    assert not operations.record_trouble(account=account, error=Refused("No.", pause=True), again_at=None, now=now)
    assert (queries.account(account.pk).state, queries.account(account.pk).trouble) == ("active", None)


def test_an_account_is_taken_out_of_service(admin, account):
    admin.post(f"{LIST}{account.pk}/disconnect/")
    assert queries.account(account.pk).state == "unconnected"
    assert admin.get(f"{LIST}{account.pk}/disconnect/").status_code == 405


def test_the_mailbox_form_is_drawn_from_its_settings(admin):
    form = admin.get("/settings/channels/add/email/").context["form"]
    assert form["imap_port"].initial == 993
    assert form.secrets == {"imap_password", "smtp_password"}
    assert form.fields["imap_host"].required and not form.fields["smtp_user"].required
    assert [c for c, _ in form.fields["imap_security"].choices] == ["tls", "starttls", "none"]


def test_a_mailbox_in_the_open_is_refused_beside_what_was_typed(admin):
    typed = {
        "address": "contact@testville.example",
        "imap_host": "mail.testville.example",
        "imap_port": "143",
        "imap_security": "none",
        "imap_user": "contact",
        "imap_password": SECRET,
        "smtp_host": "mail.testville.example",
        "smtp_port": "587",
        "smtp_security": "starttls",
    }
    answer = admin.post("/settings/channels/add/email/", {**typed, "mailbox": "INBOX", "save": "1"})
    assert answer.status_code == 422
    assert "mail.testville.example" in answer.context["form"].errors["__all__"][0]
    assert answer.context["form"]["imap_user"].value() == "contact"
    assert SECRET not in answer.text


def test_the_form_is_opened_shown_and_closed(admin):
    assert admin.post(FORM, {"mail_address": ""}).status_code == 302
    account = next(row for row in queries.accounts() if row.connector == "webform")
    secret = operations.settings_of(account)["secret"]
    assert len(secret) == 64
    page = admin.get(FORM)
    assert "&lt;iframe src=&quot;http://testserver/form/embed/?lang=fr" in page.text
    assert secret not in page.text
    admin.post(FORM, {"mail_address": ""})
    assert operations.settings_of(queries.account(account.pk))["secret"] == secret
    admin.post(f"{LIST}{account.pk}/disconnect/")
    assert "iframe" not in admin.get(FORM).text


def test_the_form_takes_up_the_account_of_its_archive(admin, city):
    operations.get_or_create(channel="webform", address="testville.example")
    admin.post(FORM, {"mail_address": ""})
    assert queries.account_named("webform", "testville.example").state == "active"


def test_a_network_s_own_words_stand_in_its_form_and_its_address_on_the_account(admin, now):
    assert "facebook.com/valmont" in admin.get("/settings/channels/add/facebook/").text
    assert "hooks/facebook" not in admin.get("/settings/channels/add/facebook/").text
    settings = {"me": "12345", "access_token": "t", "app_secret": SECRET}
    secret = ("access_token", "app_secret")
    kind = {"channel": "facebook", "connector": "facebook", "address": "facebook.com/valmont"}
    account = operations.connect(**kind, settings=settings, secret=secret, by=None, now=now)
    shown = admin.get(f"{LIST}{account.pk}/").text
    assert f"http://testserver/hooks/facebook/{account.pk}/" in shown and SECRET not in shown


def test_who_was_not_sent_away_from_here_comes_back_to_nothing(admin):
    back = "/settings/channels/connected/mastodon/"
    for query in ("", "?code=c&state=", "?code=c&state=guessed"):
        answer = admin.get(back + query, follow=True)
        assert answer.redirect_chain[-1][0] == "/settings/channels/connect/mastodon/"
        assert "was not begun here" in answer.text or "n’a pas été commencée ici" in answer.text
    assert queries.account_named("mastodon", "@v@v.example") is None


def test_an_instance_that_cannot_be_asked_is_told_beside_what_was_typed(admin):
    for instance in ("http://mastodon.example", "https://127.0.0.1", "https://nowhere.invalid"):
        answer = admin.post("/settings/channels/connect/mastodon/", {"instance": instance})
        assert answer.status_code == 422 and instance in answer.text
