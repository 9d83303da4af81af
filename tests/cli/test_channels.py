"""`portevoix channels`: accounts are connected, tried, paused and resumed without a browser."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result

from portevoix.channels.fake import forget, network
from portevoix.cli import channels as command
from portevoix.cli.main import portevoix
from portevoix.exchange.outbound.delivery import deliver_due
from portevoix.kernel.errors import BadInput
from portevoix.kernel.messages import Visibility, Writer
from portevoix.record.models import Account, Conversation, Fact
from portevoix.record.operations import accounts, answer
from portevoix.record.queries.city import account_named
from tests.conftest import NOW, incoming
from tests.exchange.polled import poll
from tests.kernel.pictures import SECRET as UNSEEN
from tests.kernel.pictures import told_png

pytestmark = pytest.mark.django_db
publishing = sys.modules["portevoix.record.operations.publish"]  # the operation hides its module
SECRET = "hush-hush-hush"


@pytest.fixture(autouse=True)
def _fresh():
    forget()
    yield
    forget()


@pytest.fixture
def run(city, monkeypatch) -> Callable[..., Result]:
    """Django is ready here already. What is raised comes through, as `main` would tell it."""
    monkeypatch.setattr(command, "set_up_django", lambda: None)

    def told(*arguments: str, typed: str = "") -> Result:
        result = CliRunner().invoke(command.channels, arguments, input=typed, **portevoix.context_settings)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return told


def test_an_account_is_connected_tried_and_listed(run, tmp_path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    told = run("add", "fake", "@ville", "--set", "name=there", "--set", f"secret=@{tmp_path / 'secret'}").output
    account = account_named("fake", "@ville")
    assert "@ville is in service" in told and account.state == Account.State.ACTIVE
    assert accounts.settings_of(account) == {"name": "there", "secret": SECRET}
    assert SECRET not in str(account.settings) + told
    assert run("test", "@ville").exit_code == 0
    assert "fake\t@ville\tactive\t—" in run("list").output


def test_what_is_not_given_again_stays_and_a_secret_is_asked_for_unseen(run) -> None:
    told = run("add", "fake", "@ville", typed=f"{SECRET}\n").output
    assert SECRET not in told and accounts.settings_of(account_named("fake", "@ville"))["secret"] == SECRET
    run("add", "fake", "@ville", "--set", "name=elsewhere")
    assert accounts.settings_of(account_named("fake", "@ville")) == {"name": "elsewhere", "secret": SECRET}


def test_what_does_not_work_is_not_kept(run) -> None:
    given = ("--set", "imap_host=nowhere.invalid", "--set", "imap_user=u", "--set", "smtp_host=nowhere.invalid")
    with pytest.raises(Exception, match=r"nowhere\.invalid"):
        run("add", "email", "a@ville.example", *given, typed="x\nx\n")
    assert account_named("email", "a@ville.example") is None


def test_a_paused_account_rests_and_catches_up(run) -> None:
    run("add", "fake", "@ville", "--set", "name=busy", typed="\n")
    run("pause", "@ville", "--why", "Moving house")
    account = account_named("fake", "@ville")
    assert account.state == Account.State.PAUSED and "Paused by an administrator: Moving house" in run("list").output
    network("busy").write(incoming(channel="fake", account="@ville"))
    assert account not in accounts.claim_due(now=NOW + timedelta(days=400))
    run("resume", "@ville")
    (due,) = [row for row in accounts.claim_due(now=NOW + timedelta(days=400)) if row.pk == account.pk]
    assert poll(due, now=NOW).new == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("add", "pigeon", "a"), "There are: .*email"),
        (("add", "fake", "a", "--set", "colour=red"), "“colour” is no setting"),
        (("add", "fake", "a", "--set", "secret=abc"), "secret=@FILE"),
        (("add", "fake", "a", "--set", "secret=@/nowhere"), "/nowhere cannot be read"),
        (("add", "email", "a@v.example", "--set", "imap_port=many"), "is a number"),
        (("add", "email", "a@v.example", "--set", "imap_security=hope"), "is one of: tls"),
        (("test", "@nobody"), "channels list"),
        (("pause", "@nobody"), "channels list"),
    ],
)
def test_a_mistake_says_what_to_do(arguments, says, run) -> None:
    with pytest.raises(BadInput, match=says):
        run(*arguments)


def test_a_post_leaves_once_however_often_it_is_asked_for(run, tmp_path) -> None:
    run("add", "fake", "@ville", typed="\n")
    (tmp_path / "plan.png").write_bytes(told_png())
    given = ("post", "@ville", "--image", str(tmp_path / "plan.png"), "--alt", "Le plan du détour")
    assert "It leaves once" in run(*given, typed="La rue Haute est barrée.\n").output
    assert "nothing is sent twice" in run(*given, typed="La rue Haute est barrée.\n").output
    assert deliver_due(now=datetime.now(UTC)) == 1
    assert "nothing is sent twice" in run(*given, typed="La rue Haute est barrée.\n").output
    assert deliver_due(now=datetime.now(UTC)) == 0
    (sent,) = network().replies()
    assert (sent.text, sent.in_reply_to, sent.to, sent.visibility) == (
        "La rue Haute est barrée.",
        "",
        Writer(""),
        Visibility.PUBLIC,
    )
    assert [(one.alt, UNSEEN in one.content) for one in sent.media] == [("Le plan du détour", False)]
    assert "It leaves once" in run(*given, "--key", "rappel", typed="La rue Haute est barrée.\n").output
    assert deliver_due(now=datetime.now(UTC)) == 1 and len(network().replies()) == 2


def test_who_answers_a_post_comes_to_its_conversation(run, take, host) -> None:
    run("add", "fake", "@ville", typed="\n")
    run("post", "@ville", "La piscine ferme lundi.")
    deliver_due(now=datetime.now(UTC))
    home = Conversation.objects.get()
    assert (home.state, home.thread, Fact.objects.count()) == ("answered", network().replies()[0].key, 0)
    place = {"channel": "fake", "account": "@ville", "in_reply_to": home.thread, "thread": home.thread}
    assert take(incoming("r1", "Et mardi ?", sent_at=datetime.now(UTC), **place), now=datetime.now(UTC)) == [home.pk]
    home.refresh_from_db()
    assert (home.state, str(home.author)) == ("open", "Ana Citoyenne")
    assert Fact.objects.count() == 1
    answer(conversation=home.pk, text="Ouverte.", by=host, now=datetime.now(UTC), seen=home.version)
    assert Fact.objects.get().answer_at


def test_a_post_that_cannot_be_is_refused_before_anything_is_kept(run, tmp_path) -> None:
    run("add", "fake", "@ville", typed="\n")
    for told, arguments in (
        ("what each --image shows", ("Voici.", "--image", "plan.png")),
        ("cannot be read", ("Voici.", "--image", str(tmp_path / "none.png"), "--alt", "Un plan")),
        ("The reply is empty", (" ",)),
    ):
        with pytest.raises(BadInput, match=told):
            run("post", "@ville", *arguments)
    accounts.connect(channel="webform", address="form", connector="webform", settings={}, secret=(), by=None, now=NOW)
    with pytest.raises(BadInput, match="takes no posts"):
        run("post", "form", "Voici.")
    assert not Conversation.objects.exists()


def test_two_that_ask_at_the_same_moment_post_once(run, monkeypatch) -> None:
    run("add", "fake", "@ville", typed="\n")
    account = account_named("fake", "@ville").pk
    given = {"account": account, "text": "Voici.", "key": "k", "by": None, "now": NOW}
    first = publishing.publish(**given)
    look, blind = publishing._before, iter([True])
    monkeypatch.setattr(publishing, "_before", lambda key: None if next(blind, False) else look(key))
    assert publishing.publish(**given) == publishing.PublishedPost(first.conversation, before=True)
    assert Conversation.objects.count() == 1


def test_what_an_account_costs_stands_in_the_list(run) -> None:
    settings = {"api_key": "a", "api_secret": "b", "access_token": "c", "access_secret": "d", "most_written": 0}
    accounts.connect(channel="x", address="@VilleX", connector="x", settings=settings, secret=(), by=None, now=NOW)
    month = datetime.now(UTC).strftime("%Y-%m")
    told = {"tally": {"month": month, "read": 1200, "written": 3}, "usage": [1250, 2_000_000]}
    Account.objects.filter(address="@VilleX").update(cursor=json.dumps(told))
    line = next(line for line in run("list").output.splitlines() if "@VilleX" in line)
    assert "Posts read: 1200 of 10000, about $6.00; Posts written: 3 of no limit, about $0.04" in line
    assert "X's own count 1250 of 2000000" in line
