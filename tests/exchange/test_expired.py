"""An access that ends pauses its account alone, on every channel in the same way: all can see it, administrators are
written to, replies wait, and once somebody has seen to it everything that came meanwhile is there, once.

Bluesky, Mastodon and e-mail are real servers; X and Meta are emulators of ours.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

import pytest

from portevoix.channels import http, internal_hosts
from portevoix.channels.base import installed_channels, secret_names
from portevoix.channels.bluesky import session
from portevoix.channels.fake import network
from portevoix.channels.fake.network import forget
from portevoix.channels.mastodon import client as instances
from portevoix.exchange.outbound import account_alerts
from portevoix.exchange.outbound.delivery import deliver_due
from portevoix.record import operations as do
from portevoix.record.models import Account, Conversation, Delivery, Message
from portevoix.record.operations import accounts
from tests.channels.test_x_access import BACK, connected
from tests.channels.x_given import CITY as ON_X
from tests.channels.x_given import mention, served
from tests.channels.x_given import settings as keys
from tests.exchange.polled import poll
from tests.servers.bluesky import Bluesky, bluesky, wait_for  # noqa: F401 -- a fixture
from tests.servers.faulty import faulty
from tests.servers.mail import MailServers, mail  # noqa: F401 -- a fixture
from tests.servers.mastodon_mock import Server, mastodon  # noqa: F401 -- a fixture
from tests.servers.meta_emulator import INSTAGRAM_ID, PAGE_ID, SECRET, TOKEN, serving

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@dataclass
class Far:
    """A network with the city's account. `write` has a citizen write to it; `end` takes the access away and `give`
    gives it back, by changing what is stored where it is the password that is a new one.
    """

    kind: str
    address: str
    settings: Mapping[str, Any]
    write: Callable[[str], object]
    end: Callable[[], object]
    give: Callable[[], Mapping[str, Any] | None]


def on_x(stack: ExitStack, request: Any) -> Far:
    door = stack.enter_context(served(stack.enter_context(pytest.MonkeyPatch.context())))
    told = keys(door)
    stored = {name: getattr(told, name) for name in ("api_key", "api_secret", "access_token", "access_secret", "base")}

    def give() -> None:
        door.revoked = False

    return Far("x", ON_X, stored, lambda text: mention(door, text), lambda: setattr(door, "revoked", True), give)


def on_x_signed_in(stack: ExitStack, request: Any) -> Far:
    door = stack.enter_context(served(stack.enter_context(pytest.MonkeyPatch.context())))
    door.sign_in.back = {BACK}
    return Far("x", ON_X, connected(door), lambda text: mention(door, text), door.sign_in.end, lambda: connected(door))


def on_meta(stack: ExitStack, request: Any, kind: str) -> Far:
    patch = stack.enter_context(pytest.MonkeyPatch.context())
    patch.setattr(internal_hosts, "internal", {"127.0.0.1"})
    patch.setattr("portevoix.channels.facebook.poll.EVERY", timedelta())
    meta = stack.enter_context(serving(kind))
    post = meta.post("La piscine rouvre.")
    number = PAGE_ID if kind == "facebook" else INSTAGRAM_ID
    stored = {"me": number, "access_token": TOKEN, "app_secret": SECRET, "graph_base": meta.base}

    def end() -> None:
        meta.line.choose = lambda _: "expired"

    def give() -> None:
        meta.line.choose = lambda _: ""

    return Far(kind, "facebook.com/valmont", stored, lambda text: meta.comment(post, text), end, give)


def on_mastodon(stack: ExitStack, request: Any) -> Far:
    server: Server = request.getfixturevalue("mastodon")
    proxy = stack.enter_context(faulty(server.base))
    instances.forget()
    stored = {"instance": proxy.address, "access_token": "tok-ville"}

    def end() -> None:
        proxy.choose = lambda _: "revoked"

    def give() -> None:
        proxy.choose = lambda _: ""

    return Far("mastodon", "@ville@ville.test", stored, lambda text: server.post("ana", f"@ville {text}"), end, give)


def on_bluesky(stack: ExitStack, request: Any) -> Far:
    servers: Bluesky = request.getfixturevalue("bluesky")
    stack.enter_context(pytest.MonkeyPatch.context()).setattr(internal_hosts, "internal", {"localhost", "127.0.0.1"})
    proxy = stack.enter_context(faulty(servers.url))
    city, ana = servers.person("ville"), servers.person("ana")
    stored = {"app_password": servers.app_password(city), "service": proxy.address}
    at = f"@{city.handle}"

    def write(text: str) -> None:
        uri = ana.post(f"{at} {text}", mentions={at: city.did})["uri"]
        wait_for(lambda: uri in {row["uri"] for row in city.notified()}, "The city is not told.")

    def end() -> None:
        proxy.choose = lambda request: "revoked" if "com.atproto.server" in request else "expired"

    def give() -> None:
        proxy.choose = lambda _: ""

    return Far("bluesky", city.handle, stored, write, end, give)


def on_email(stack: ExitStack, request: Any) -> Far:
    servers: MailServers = request.getfixturevalue("mail")
    address = "contact@ville.test"
    right = servers.settings(address)

    def write(text: str) -> None:
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = "ana@citoyen.test", address, "Voirie"
        letter["Message-ID"], letter["Date"] = make_msgid(domain="citoyen.test"), datetime.now(UTC)
        letter.set_content(text)
        servers.put(address, bytes(letter))

    def end() -> None:
        """The password is another one from now on: what is stored is the former one."""
        row = Account.objects.get(address=address)
        row.settings |= {"imap_password": "the former one", "smtp_password": "the former one"}
        row.save(update_fields=["settings"])

    return Far("email", address, right, write, end, lambda: right)


FAR: dict[str, Callable[[ExitStack, Any], Far]] = {
    "x, keys": on_x,
    "x, signed in": on_x_signed_in,
    "facebook": lambda stack, request: on_meta(stack, request, "facebook"),
    "instagram": lambda stack, request: on_meta(stack, request, "instagram"),
    "mastodon": on_mastodon,
    "bluesky": on_bluesky,
    "email": on_email,
}


@pytest.fixture(params=FAR)
def far(request, city) -> Iterator[Far]:
    forget()
    http.forget_waits()
    session.forget_sessions()
    with ExitStack() as stack:
        yield FAR[request.param](stack, request)
    http.forget_waits()


def connect(far: Far, settings: Mapping[str, Any]) -> Account:
    secret = secret_names(installed_channels()[far.kind].Settings)
    return accounts.connect(
        channel=far.kind, address=far.address, connector=far.kind, settings=settings, secret=secret, by=None, now=now()
    )


def now() -> datetime:
    return datetime.now(UTC)


def read(pk: int) -> list[str]:
    """Asks until nothing comes any more, or it pauses; all that citizens wrote to this account, as often as it came."""
    quiet = 0
    while quiet < 3:
        quiet = 0 if poll(Account.objects.get(pk=pk), now=now()).new else quiet + 1
    return sorted(Message.objects.filter(account=pk, direction="in").values_list("text", flat=True))


def test_an_access_that_ended_pauses_for_all_to_see_and_catches_up(far: Far, administrator, host, client) -> None:
    pk = connect(far, far.settings).pk
    far.write("la lampe est cassée")
    assert len(read(pk)) == 1

    far.end()
    far.write("et la place du marché ?")
    assert len(read(pk)) == 1
    account = Account.objects.get(pk=pk)
    assert account.state == Account.State.PAUSED
    assert not [value for value in map(str, far.settings.values()) if len(value) > 20 and value in str(account.trouble)]
    client.force_login(host)
    for page in ("/inbox/", "/inbox/aside/", "/journal/", "/account/"):
        assert far.address in client.get(page, follow=True).text, page
    client.force_login(administrator)
    assert far.address in client.get("/settings/city/").text
    assert account_alerts.AlertSender().turn(now()) == 1 and account_alerts.AlertSender().turn(now()) == 0
    [letter] = [letter for letter in network().replies() if far.address in letter.subject]
    assert letter.to.handle == administrator.email

    conversation = Conversation.objects.get(account=pk)
    do.answer(conversation=conversation.pk, text="Demain.", by=host, now=now(), seen=conversation.version)
    deliver_due(now=now())
    delivery = Delivery.objects.latest("pk")
    assert delivery.state == Delivery.State.DUE, delivery.reason

    given = far.give()
    http.forget_waits()
    if given is None:
        assert client.post(f"/settings/channels/{pk}/resume/").status_code == 302
    else:
        connect(far, {**far.settings, **given})
    texts = read(pk)
    assert len(texts) == 2 and "place du marché" in texts[0] + texts[1]
    client.get("/inbox/aside/")  # what was just done is said once
    assert far.address not in client.get("/inbox/aside/").text
    deliver_due(now=now())
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.SENT, delivery.reason
