"""One of each thing that an address of the site names, in which a secret word stands wherever a person wrote."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db import transaction
from django.test import Client

from portevoix.kernel.words import About, Batch, File, Writer
from portevoix.record import operations as do
from portevoix.record.models import Account, Attachment, Conversation, Delivery, Envelope, Inquiry, Policy
from portevoix.record.operations import accounts, city, envelopes
from tests.conftest import NOW, PASSWORD, incoming
from tests.urls import by_name

SECRET = "zibeline"
"""Stands in everything that only the sports department, hosts, editors and administrators may read."""
WEEK = "2026-W46"


@dataclass(frozen=True)
class World:
    """`things` is what `tests.urls.Page.address` takes; `colleagues` has one of each role but "nobody"."""

    things: Mapping[str, Mapping[str, Any]]
    colleagues: Mapping[str, Any]

    def address(self, name: str) -> str:
        return by_name()[name].address(self.things)

    def browser(self, role: str, **more: Any) -> Client:
        """Of a colleague who signed in, and was then dismissed if inactive; nobody's has no session."""
        client = Client(**more)
        if role == "inactive":
            gone = self.colleagues[role]
            type(gone).objects.filter(pk=gone.pk).update(is_active=True)
            client.force_login(gone)
            type(gone).objects.filter(pk=gone.pk).update(is_active=False)
        elif role != "nobody":
            client.force_login(self.colleagues[role])
        return client

    def ask(self, client: Client, method: str, address: str, **more: Any) -> Any:
        """The answer; whatever the request changed is as it was before."""
        kept = client.cookies.output()
        with transaction.atomic():
            response = client.generic(method, address, **more)
            transaction.set_rollback(True)
        client.cookies.clear()
        client.cookies.load(kept.replace("Set-Cookie: ", ""))
        return response


def make(take: Callable[..., list[int]]) -> World:
    """Testville, peopled: needs the fixture `take`."""
    colleagues = _colleagues()
    host = colleagues["host"]
    [pk] = take(
        incoming(
            text=f"La {SECRET} est-elle ouverte ?",
            author=Writer(f"id-{SECRET}", f"h-{SECRET}", f"Ana {SECRET}"),
            subject=f"Sujet {SECRET}",
            about=About(f"https://ville.example/{SECRET}", f"Article {SECRET}"),
            files=(File(name=f"{SECRET}.html", type="text/html", size=9, content=f"<script>!{SECRET}".encode()),),
        ),
        department="sports",
    )
    do.note(conversation=pk, text=f"Note {SECRET}", by=host, now=NOW)
    do.inquire(conversation=pk, department="sports", question=f"Et la {SECRET} ?", by=host, now=NOW)
    do.answer(
        conversation=pk, text=f"La {SECRET}, oui.", by=host, now=NOW, seen=Conversation.objects.get(pk=pk).version
    )
    Delivery.objects.update(state="refused", reason={"text": f"No {SECRET}.", "values": {}})
    x = Account.objects.get(channel="x")
    envelopes.store(x, Batch((incoming("held", f"Et {SECRET}", held="No proof."),)), now=NOW)
    mailbox = _channels()
    thanks = {"reference": "ABCD-EFGH", "held": False, "by": None, "reply": False}
    things = {
        "conversation": {"pk": pk},
        "inquiry": {"pk": pk, "inquiry": Inquiry.objects.get().pk},
        "envelope": {"pk": Envelope.objects.get(state="held").pk},
        "delivery": {"pk": Delivery.objects.get().pk},
        "file": {"pk": Attachment.objects.get().pk},
        "week": {"week": WEEK},
        "edition": {"week": WEEK, "department": "sports"},
        "department": {"slug": "sports"},
        "colleague": {"pk": host.pk},
        "policy": {"number": Policy.objects.latest("pk").pk},
        "kind": {"kind": "email"},
        "account": {"pk": mailbox.pk},
        "thanks": {"query": f"?of={signing.dumps(thanks, salt='portevoix.public.thanks')}"},
    }
    return World(things, colleagues)


def _colleagues() -> dict[str, Any]:
    roles = {
        "host": ("host", ()),
        "editor": ("editor", ()),
        "administrator": ("administrator", ()),
        "contact": ("contact", ("sports",)),
        "elsewhere": ("contact", ("voirie",)),
        "inactive": ("administrator", ()),
    }
    return {
        name: city.save_contact(
            email=f"{name}@testville.example", name=name.title(), role=role, departments=departments,
            password=PASSWORD, by=None,
        )
        for name, (role, departments) in roles.items()
    }  # fmt: skip


def _channels() -> Account:
    """The form, open, and a mailbox, which is returned."""
    accounts.connect(
        channel="webform", address="ville.example", connector="webform", settings={"secret": "s" * 40},
        secret={"secret"}, by=None, now=NOW,
    )  # fmt: skip
    reached = {"imap_host": "imap.invalid", "imap_user": "u", "imap_password": "p", "smtp_host": "smtp.invalid"}
    return accounts.connect(
        channel="email", address="mairie@testville.example", connector="email", settings=reached,
        secret={"imap_password"}, by=None, now=NOW,
    )  # fmt: skip
