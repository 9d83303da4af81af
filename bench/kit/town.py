"""A record to put load on: crowded, with as many hosts as asked, each signed in."""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crowd import OPEN, fill

from kit import seed

NAMES = ("Alix", "Bao", "Cleo", "Dia", "Eden", "Fanny", "Gil", "Hoa", "Ines", "Jo")


@dataclass(frozen=True, slots=True)
class Host:
    """A colleague with the key of their session."""

    pk: int
    name: str
    session: str


def settle(conversations: int, one_in: int = OPEN) -> str:
    """Makes Django ready on the database of the environment and fills it; the database's kind."""
    os.environ["PORTEVOIX_HOME"] = str(seed.make_home())
    os.environ["PORTEVOIX_LOG"] = "warning"
    os.environ.setdefault("PORTEVOIX_EMBEDDINGS", "no")  # the same on every machine, whatever is installed there
    if url := os.environ.get("PORTEVOIX_DATABASE_URL"):
        os.environ["PORTEVOIX_DATABASE_URL"] = own_database(url)
    from portevoix.cli.django_setup import set_up_django

    set_up_django()
    from django.db import connection

    fill(conversations, one_in)
    connection.close()
    return str(connection.vendor)


def own_database(url: str) -> str:
    """The address of a new, empty database on the same server."""
    import psycopg
    from psycopg import sql

    name = Path(os.environ["PORTEVOIX_HOME"]).name.replace("-", "_").lower()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return url.rsplit("/", 1)[0] + "/" + name


def hosts(count: int) -> list[Host]:
    """Colleagues who answer, signed in."""
    from portevoix.record.operations.city import save_contact

    found = []
    for n in range(count):
        name = f"{NAMES[n % len(NAMES)]} {n}"
        row = save_contact(email=f"host{n}@bench.example", name=name, role="host", by=None)
        found.append(Host(row.pk, name, session(row)))
    return found


def session(contact: Any) -> str:
    """The key of a new session of this colleague, as a right password opens one."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from portevoix.web.session_store import SessionStore

    store = SessionStore()
    store[SESSION_KEY], store[HASH_SESSION_KEY] = str(contact.pk), contact.get_session_auth_hash()
    store[BACKEND_SESSION_KEY] = "portevoix.web.auth_backends.Backend"
    store.create()
    return str(store.session_key)


def one_conversation(host: Host) -> tuple[int, str, Any]:
    """An open conversation that has a department: its id, the department's slug, and the host as a colleague."""
    from portevoix.record.models import Contact, Conversation

    rows = Conversation.objects.filter(state="open", department__isnull=False)
    row = rows.select_related("department").order_by("pk")[0]
    return row.pk, row.department.slug, Contact.objects.get(pk=host.pk)


def busiest_account() -> tuple[Any, list[str]]:
    """The account that holds most conversations, and the network's ids of some of what citizens said there."""
    from django.db.models import Count

    from portevoix.record.models import Account, Message

    account = Account.objects.annotate(count=Count("conversations")).order_by("-count")[0]
    said = Message.objects.filter(account=account, direction="in", conversation__erased_at=None)
    return account, list(said.order_by("-pk").values_list("external_id", flat=True)[:100])


def leave_envelopes(count: int) -> None:
    """Messages that wait for the worker, as a channel leaves them."""
    from dataclasses import replace

    from portevoix.demo.timeline import timeline
    from portevoix.kernel.messages import Batch
    from portevoix.record.operations import accounts, envelopes

    said = [message for message in timeline(0) if message.direction == "in"][:count]
    account = accounts.get_or_create(channel=said[0].channel, address=said[0].account)
    new = [replace(m, external_id=f"waiting-{n}", thread="", in_reply_to="") for n, m in enumerate(said)]
    stored = envelopes.store(account, Batch(tuple(new)), now=datetime.now(UTC))
    envelopes.free(stored.waiting)


def wait_until_sorted() -> None:
    """Until the worker has taken all that waited."""
    from portevoix.record.queries.attention import totals

    until = time.monotonic() + 120
    while totals().waiting:
        if time.monotonic() > until:
            raise TimeoutError("the worker has not taken what waits")
        time.sleep(0.2)


def leave() -> None:
    """Gives the database's connection back before servers start."""
    from django.db import connection

    connection.close()


def without_text_models() -> None:
    """The steps of the intake label nothing any more: no language, no suggestions, no passages."""
    from portevoix.exchange.inbound import enrich

    enrich._language = enrich._suggest = enrich._passages = lambda items: items
