"""One of each thing that an address of the site names, in which a secret word stands wherever a person wrote."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.core import signing
from django.core.handlers.base import BaseHandler
from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client, RequestFactory

from portevoix.channels.media import prepare_picture
from portevoix.desk.models import DraftPicture
from portevoix.journal.composition.compose import compose
from portevoix.journal.editions.finding_sections import FindingRow, Findings
from portevoix.kernel.links import LinkPurpose
from portevoix.kernel.messages import About, Batch, File, Unreadable, Writer
from portevoix.record import operations as do
from portevoix.record.models import (
    Account,
    Attachment,
    Author,
    Contact,
    Conversation,
    Delivery,
    Envelope,
    Inquiry,
    Model,
    Policy,
)
from portevoix.record.operations import accounts, city, envelopes, rules
from portevoix.record.operations.editions import count_removals, show_finding, store_edition
from portevoix.record.operations.matters import propose_matter
from portevoix.record.operations.signed_links import make_link
from portevoix.record.queries.signed_links import sign_link
from portevoix.text.routing.routing_rule import Rule
from tests.barometer.kept import study
from tests.conftest import NOW, PASSWORD, incoming
from tests.kernel.pictures import png
from tests.urls import by_name

SECRET = "zibeline"
"""Stands in everything that only the sports department, hosts, editors and administrators may read."""


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
        """The answer; whatever the request changed is as it was before, the client too.

        Straight through the middleware: of thousands of requests none needs what a test client notes of each.
        """
        asking = RequestFactory()
        asking.cookies = client.cookies
        request = asking.generic(method, address, **more)
        request._dont_enforce_csrf_checks = request.of_the_world = True  # type: ignore[attr-defined]
        with transaction.atomic():
            response = _site().get_response(request)
            if response.streaming:
                response.getvalue()  # type: ignore[attr-defined]  # read to its end, as a browser does
                response.close()
            transaction.set_rollback(True)
        return response


@cache
def _site() -> BaseHandler:
    handler = BaseHandler()
    handler.load_middleware()
    got_request_exception.connect(_raised)
    return handler


def _raised(request: Any, **_: Any) -> None:
    """A fault of ours fails the test that met it."""
    if hasattr(request, "of_the_world"):
        raise


def make(take: Callable[..., list[int]], *, word: str = SECRET, names: str = "", now: datetime = NOW) -> World:
    """Testville, peopled: needs the fixture `take`. `word` is the secret one; `names` is added to colleagues' names."""
    colleagues = _colleagues(names)
    year, number, _ = (now - timedelta(days=7)).isocalendar()
    week = f"{year}-W{number:02}"
    host = colleagues["host"]
    [pk] = take(
        incoming(
            sent_at=now - timedelta(minutes=15),
            text=f"La {word} est-elle ouverte ?",
            author=Writer(f"id-{word}", f"h-{word}", f"Ana {word}"),
            subject=f"Sujet {word}",
            about=About(f"https://ville.example/{word}", f"Article {word}"),
            files=(File(name=f"{word}.html", type="text/html", size=9, content=f"<script>!{word}".encode()),),
        ),
        department="sports",
    )
    do.note(conversation=pk, text=f"Note {word}", by=host, now=now)
    do.inquire(conversation=pk, department="sports", question=f"Et la {word} ?", by=host, now=now)
    shown = (prepare_picture(f"{word}.png", png(), f"Plan {word}"),)
    seen = Conversation.objects.get(pk=pk).version
    do.answer(conversation=pk, text=f"La {word}, oui.", by=host, now=now, seen=seen, pictures=shown)
    waiting = DraftPicture.objects.create(
        conversation_id=pk, contact=host, name=f"{word}.png", type="image/png", size=3, content=png(), saved_at=now
    )
    Delivery.objects.update(state="refused", reason={"text": f"No {word}.", "values": {}})
    x = Account.objects.get(channel="x")
    envelopes.store(x, Batch((incoming("held", f"Et {word}", held="No proof.", sent_at=now),)), now=now)
    unread = Unreadable("unread", "It is no mail.", f"no mail {word}", f"no mail {word}".encode())
    envelopes.store(x, Batch(unreadable=(unread,)), now=now)
    mailbox = _channels(now)
    matter = propose_matter(
        title=f"Matter {word}", department="sports", phrases=[word], conversations=[pk], now=now, removals=0
    )
    thanks = {"reference": "ABCD-EFGH", "held": False, "by": None, "reply": False}
    things = {
        "conversation": {"pk": pk},
        "inquiry": {"pk": pk, "inquiry": Inquiry.objects.get().pk},
        "envelope": {"pk": Envelope.objects.get(state="held").pk},
        "unread": {"pk": Envelope.objects.get(external_id="unread").pk},
        "delivery": {"pk": Delivery.objects.get().pk},
        "draft": {"pk": pk, "picture": waiting.pk},
        "reply": {"pk": pk, "message": Delivery.objects.get().message_id},
        "picture": {"pk": Attachment.objects.get(alt__isnull=False).pk},
        "file": {"pk": Attachment.objects.get(alt=None).pk},
        "week": {"week": week},
        "edition": {"week": week, "department": "sports"},
        "week_number": {"week": week, "key": "group-all"},
        "edition_number": {"week": week, "department": "sports", "key": "group-all"},
        "matter": {"number": matter},
        "form_of_journal": {},
        "answer": {"token": answer_link(host, now)},
        "public_week": {"week": public_edition(colleagues["editor"], now)},
        "feed": {"token": sign_link(make_link(contact=host, purpose=LinkPurpose.JOURNAL_FEED, now=now))},
        "study": {"pk": study(now).pk},
        "department": {"slug": "sports"},
        "colleague": {"pk": host.pk},
        "rule": {"pk": rules.save(rule=Rule("sports", words=(word[:200],)), by=None, now=now).pk},
        "model": {"pk": versions(now, word)[0].pk},
        "policy": {"number": Policy.objects.latest("pk").pk},
        "kind": {"kind": "email"},
        "network": {"kind": "mastodon"},
        "account": {"pk": mailbox.pk},
        "hook": {"connector": "email", "pk": mailbox.pk},
        "author": {"pk": Author.objects.get(external_id=f"id-{word}").pk},
        "thanks": {"query": f"?of={signing.dumps(thanks, salt='portevoix.public.thanks')}"},
    }
    return World(things, colleagues)


def answer_link(host: Contact, now: datetime) -> str:
    """The token of a link to answer the edition that `public_edition` stores."""
    about = "2026-W30 voirie"
    return sign_link(make_link(contact=host, purpose=LinkPurpose.ANSWER_FINDINGS, about=about, now=now))


def public_edition(editor: Contact, now: datetime) -> str:
    """An edition of which the public reads a finding; its week."""
    finding = FindingRow("suggested", "suggested", "", "", 4, ("1", "2", "3", "4"), (), 8)
    findings = Findings((), (finding,), single=4, messages=4, people=4, tested=True)
    week = "2026-W30"
    empty = compose(week=week, department="voirie", now=now)
    sections = (findings if each.kind == "findings" else each for each in empty.sections)
    edition = replace(empty, sections=tuple(sections))
    store_edition(
        week=week, department="voirie", cut_off=now, content=edition.as_json(), now=now, removals=count_removals()
    )
    show_finding(week=week, department="voirie", finding=finding.id, by=editor, now=now)
    return week


def _colleagues(names: str) -> dict[str, Any]:
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
            email=f"{name}@testville.example", name=f"{name.title()} {names}", role=role, departments=departments,
            password=PASSWORD, by=None,
        )
        for name, (role, departments) in roles.items()
    }  # fmt: skip


def _channels(now: datetime) -> Account:
    """The form, open, and a mailbox, which is returned."""
    accounts.connect(
        channel="webform", address="ville.example", connector="webform", settings={"secret": "s" * 40},
        secret={"secret"}, by=None, now=now,
    )  # fmt: skip
    reached = {"imap_host": "imap.invalid", "imap_user": "u", "imap_password": "p", "smtp_host": "smtp.invalid"}
    return accounts.connect(
        channel="email", address="mairie@testville.example", connector="email", settings=reached,
        secret={"imap_password"}, by=None, now=now,
    )  # fmt: skip


def versions(now: datetime, *labels: str, count: int = 1, task: str = "kind") -> list[Model]:
    """What was learnt in so many nights, the latest version in service; nothing can be loaded from them."""
    report = {"accuracy": 0.81, "coverage": 0.6, "n": 90}
    measured = {"now": report, "before": {**report, "accuracy": 0.72}, "since": now.isoformat()}
    return [
        Model.objects.create(
            task=task, version=n, labels=labels, content=b"%d" % n, tried=b"", measured=measured, examples=400 + n,
            made_at=now - timedelta(days=count - n), active=n == count,
        )
        for n in range(1, count + 1)
    ]  # fmt: skip
