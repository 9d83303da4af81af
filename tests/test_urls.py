"""Who may call what: one table of every address of the site, held against the site itself."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from portevoix.kernel.words import Batch, File
from portevoix.record import operations as do
from portevoix.record.models import Account, Attachment, Conversation, Delivery, Envelope, Inquiry
from portevoix.record.operations import accounts, envelopes
from tests.conftest import NOW, PASSWORD, incoming

pytestmark = pytest.mark.django_db

ROLES = ("nobody", "contact", "editor", "host", "administrator")
ALL = " ".join(ROLES)
COLLEAGUES = "contact editor host administrator"
REPLIES = "host administrator"
INFORMS = "contact host administrator"
SETTINGS = "administrator"
NONE = ""

# The address's name: who may GET it, who may POST to it. "": the method is not offered to anybody.
TABLE: dict[str, tuple[str, str]] = {
    "home": (COLLEAGUES, NONE),
    "web:sign-in": (ALL, ALL),
    "web:sign-out": (NONE, COLLEAGUES),
    "web:account": (COLLEAGUES, COLLEAGUES),
    "web:language": (NONE, ALL),
    "web:theme": (ALL, NONE),
    "web:accessibility": (ALL, NONE),
    "web:keyboard": (ALL, NONE),
    "desk:live": (ALL, NONE),  # it looks itself who asks, in the process that serves it
    "desk:inbox": (COLLEAGUES, NONE),
    "desk:inquiries": (INFORMS, NONE),
    "desk:aside": (REPLIES, NONE),
    "desk:admit": (NONE, REPLIES),
    "desk:reject": (NONE, REPLIES),
    "desk:arrived": (NONE, REPLIES),
    "desk:again": (NONE, REPLIES),
    "desk:conversation": (COLLEAGUES, NONE),
    "desk:attachment": (COLLEAGUES, NONE),
    "desk:present": (NONE, COLLEAGUES),
    "desk:note": (NONE, COLLEAGUES),
    "desk:inform": (NONE, INFORMS),
    **{
        f"desk:{verb}": (NONE, REPLIES)
        for verb in ("draft", "reply", "take", "assign", "release", "route", "label", "inquire", "close", "reopen")
    },
    "journal:home": (COLLEAGUES, NONE),
    "journal:week": ("editor host administrator", NONE),
    "journal:department": (COLLEAGUES, NONE),
    **{
        f"web-settings:{page}": (SETTINGS, NONE)
        for page in ("index", "departments", "colleagues", "policy-version", "channels")
    },
    **{
        f"web-settings:{page}": (SETTINGS, SETTINGS)
        for page in ("city", "department-add", "department", "colleague-add", "colleague", "policy", "policy-toml")
    },
    **{f"web-settings:{page}": (SETTINGS, SETTINGS) for page in ("form", "account-add", "account")},
    **{f"web-settings:account-{verb}": (NONE, SETTINGS) for verb in ("resume", "disconnect")},
    "public:form": (ALL, ALL),
    "public:embed": (ALL, ALL),
    "public:thanks": (ALL, NONE),
    "public:embed-thanks": (ALL, NONE),
    "public:challenge": (ALL, NONE),
}
FORGEABLE = {"public:form", "public:embed"}
"""No session stands behind them: see `public.views`."""
ELSEWHERE = {"desk:conversation", "desk:attachment", "desk:present", "desk:note", "journal:department"}
"""What a department's contact may see of its own department only."""


def named(patterns=None, space: str = "") -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from named(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            assert isinstance(pattern, URLPattern) and pattern.name, f"{pattern} has no name"
            yield space + pattern.name


@pytest.fixture
def colleagues(host, other_host, editor, administrator, contact_of):
    return {"host": host, "editor": editor, "administrator": administrator, "contact": contact_of("sports")}


@pytest.fixture
def world(take, colleagues):
    """One of each thing that an address names, for the sports department; returns how to address it."""
    host = colleagues["host"]
    file = File(name="plan.html", type="text/html", size=9, content=b"<script>!")
    [pk] = take(incoming(files=(file,)), department="sports")
    do.inquire(conversation=pk, department="sports", question="Ouverte ?", by=host, now=NOW)
    do.answer(conversation=pk, text="Oui.", by=host, now=NOW, seen=Conversation.objects.get(pk=pk).version)
    Delivery.objects.update(state="refused", reason={"text": "No.", "values": {}})
    account = Account.objects.get(channel="x")
    accounts.connect(
        channel="webform", address="ville.example", connector="webform",
        settings={"secret": "s" * 40, "site": "https://ville.example"}, secret={"secret"}, by=None, now=NOW,
    )  # fmt: skip
    envelopes.store(account, Batch((incoming("held", held="No proof."),)), now=NOW)
    held = Envelope.objects.get(state="held")
    conversation = {"pk": pk}
    arguments = {
        **{name: conversation for name in TABLE if name.startswith("desk:") and name not in ("desk:live",)},
        **{name: {} for name in ("desk:live", "desk:inbox", "desk:inquiries", "desk:aside")},
        **{f"desk:{verb}": {"pk": held.pk} for verb in ("admit", "reject")},
        **{f"desk:{verb}": {"pk": Delivery.objects.get().pk} for verb in ("arrived", "again")},
        "desk:attachment": {"pk": Attachment.objects.get().pk},
        "desk:inform": {"pk": pk, "inquiry": Inquiry.objects.get().pk},
        "journal:week": {"week": "2026-W46"},
        "journal:department": {"week": "2026-W46", "department": "sports"},
        "web-settings:department": {"slug": "sports"},
        "web-settings:colleague": {"pk": host.pk},
        "web-settings:policy-version": {"number": 1},
        "web-settings:account-add": {"kind": "email"},
        **{name: {"pk": account.pk} for name in TABLE if name.startswith("web-settings:account") and "add" not in name},
    }
    return lambda name: reverse(name, kwargs=arguments.get(name, {}))


def outcome(response) -> str:
    """What the site said: "welcome", "sign in", "not for you", or "no such method"."""
    if response.status_code == 302 and response.url.startswith(reverse("web:sign-in") + "?"):
        return "sign in"
    if response.status_code == 503:  # live updates come from a process of their own
        return "welcome"
    assert response.status_code < 500, response.content
    return {403: "not for you", 405: "no such method"}.get(response.status_code, "welcome")


def test_the_table_knows_every_address() -> None:
    assert sorted(named()) == sorted(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_every_role_gets_what_the_table_says(name, world, colleagues, client) -> None:
    address, refused = world(name), []
    for role in ROLES:
        for method, may in zip(("get", "post"), TABLE[name], strict=True):
            with transaction.atomic():
                if role != "nobody":
                    client.force_login(colleagues[role])
                said = outcome(getattr(client, method)(address))
                transaction.set_rollback(True)
            client.cookies.clear()
            if role in may.split():
                right = said == "welcome"
            elif not may:
                right = said in ("no such method", "sign in", "not for you")
            else:
                right = said == ("sign in" if role == "nobody" else "not for you")
            refused += [] if right else [(role, method, said)]
    assert not refused, f"{address}: {refused}"


@pytest.mark.parametrize("name", [name for name, (_, posts) in TABLE.items() if posts])
def test_a_post_from_another_site_is_refused(name, world, colleagues) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(colleagues["administrator"])
    response = client.post(world(name))
    assert (response.status_code == 403) is (name not in FORGEABLE), response.status_code


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_a_contact_of_another_department_learns_nothing(name, world, contact_of, client) -> None:
    client.force_login(contact_of("voirie"))
    response = getattr(client, "get" if TABLE[name][0] else "post")(world(name), {"text": "Bonjour"})
    assert response.status_code in (403, 404)
    assert b"piscine" not in response.content


def test_a_contact_does_not_answer_for_another_department(world, contact_of, client) -> None:
    client.force_login(contact_of("voirie"))
    given = {"answer": "Non.", "ruling": "may_say"}
    assert client.post(world("desk:inform"), given).status_code in (403, 404)
    assert Inquiry.objects.get().answered_at is None


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_to_this_site_only(target, host, client) -> None:
    for where in ({}, {"QUERY_STRING": f"next={target}"}):
        given = {"email": host.email, "password": PASSWORD, "next": target}
        response = client.post(reverse("web:sign-in"), given, **where)
        assert response.status_code == 302 and response.url == reverse("home")
        client.logout()


def test_a_citizens_file_is_saved_and_never_shown(world, colleagues, client) -> None:
    client.force_login(colleagues["host"])
    response = client.get(world("desk:attachment"))
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment") and response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
