"""Posts and addresses: every page that takes something, and the citizens' form above all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any
from urllib.parse import quote, quote_plus

from bs4 import BeautifulSoup
from django.core import signing
from django.db import transaction
from django.test import Client

from portevoix.channels.media import prepare_picture
from portevoix.desk.models import DraftPicture
from portevoix.exchange.inbound import poller
from portevoix.kernel.links import LinkPurpose
from portevoix.kernel.messages import Batch, Direction, File, Incoming, Unreadable, Writer
from portevoix.record import operations as do
from portevoix.record.models import Attachment, Contact, Conversation, Delivery, Department, Envelope, Inquiry, Policy
from portevoix.record.operations import accounts, envelopes, rules
from portevoix.record.operations.matters import propose_matter
from portevoix.record.operations.signed_links import make_link
from portevoix.record.queries.signed_links import sign_link
from portevoix.text.routing.routing_rule import Rule
from tests.barometer.kept import study
from tests.fuzz import nasty
from tests.fuzz.door import REFUSED, TAKEN, Fault
from tests.fuzz.house import check_standing
from tests.kernel.pictures import png
from tests.urls import TABLE, by_name
from tests.world import answer_link, public_edition, versions

QUERIES = (
    "q", "view", "channel", "department", "kind", "addressed", "after", "before", "seen", "version", "week", "next",
    "url", "title", "lang", "of", "address",
)  # fmt: skip
TYPES = (
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "application/json", "text/plain", "",
    "é", "multipart/form-data", "multipart/form-data; boundary=" + "b" * 300,
    "application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data; boundary=b; charset=utf-16",
)  # fmt: skip
HEADERS = (
    "HX-Request", "HX-Target", "HX-Current-URL", "HX-Boosted", "Referer", "Accept-Language", "Cookie",
    "X-Forwarded-For", "X-Forwarded-Proto", "If-Modified-Since", "If-None-Match", "Range", "Last-Event-ID",
    "X-CSRFToken", "Accept", "Origin",
)  # fmt: skip
NUMBERS = (
    "0",
    "-1",
    "999999999",
    "9223372036854775807",
    "9223372036854775808",
    "9" * 40,
    "9" * 5000,
    "1.5",
    "٣",
    "１",
    "x",
)
_HUGE: tuple[Callable[[], bytes], ...] = (
    lambda: b"text=" + b"a" * 5_000_000,
    lambda: b"&".join(b"a%d=1" % n for n in range(5000)),
    lambda: b"message=" + b"%F0%9F%98%80" * 9000,
    lambda: b"text=" + b"%" * 300_000,
    lambda: b"text=" + "ﷺ".encode() * 250_000,
    lambda: b"text=" + b"".join(b"%05dmot+" % n for n in range(90_000)),
    lambda: b'--b\r\nContent-Disposition: form-data; name="a"; filename="f"\r\n\r\nx\r\n' * 2000 + b"--b--",
)  # fmt: skip


ELSEWHERE = {"desk:live", "web:health"}
"""They answer 503 by design: in the process of the pages, and while no worker is at work."""


@dataclass(frozen=True, slots=True)
class Post:
    """One request."""

    method: str
    address: str
    body: bytes
    type: str
    headers: Mapping[str, str]


class Form:
    """Through Django's own client, as an administrator and as a citizen; each request is undone."""

    def __init__(self, browser: Client) -> None:
        self.browser = browser
        self.stranger = Client(SERVER_NAME="localhost")
        self.things = _things(Contact.objects.get(email="fuzz@testville.example"))
        self.pages = [page for page in by_name().values() if page.name not in ELSEWHERE]
        self.fields = self._fields()

    def _fields(self) -> list[str]:
        """The names of all fields of all forms, as the pages have them."""
        found = set()
        for page in self.pages:
            if TABLE[page.name][0]:
                response = self.browser.get(page.address(self.things), follow=True)
                if "html" not in response.headers.get("Content-Type", ""):
                    continue
                soup = BeautifulSoup(response.content, "html.parser")
                found |= {str(field["name"]) for field in soup.select("[name]") if field.name != "meta"}
        return sorted(found)

    def case(self, random: Random, number: int) -> Post:
        page = random.choice(self.pages)
        if random.random() < 0.25:
            page = by_name()[random.choice(("public:form", "public:embed"))]
        address = page.address(self.things)
        if random.random() < 0.15:
            address = _misled(random, page.route)
        if random.random() < 0.5:
            names = random.sample(QUERIES, random.randrange(1, 4))
            address += ("&" if "?" in address else "?") + "&".join(f"{n}={_quoted(random)}" for n in names)
        method = (
            "POST" if TABLE[page.name][1] and random.random() < 0.9 else random.choice(("GET", "GET", "HEAD", "PUT"))
        )
        kind = TYPES[0] if random.random() < 0.7 else random.choice(TYPES)
        headers = {name: _header(random) for name in random.sample(HEADERS, random.choice((0, 0, 1, 2)))}
        return Post(method, address, self._body(random, kind) if method == "POST" else b"", kind, headers)

    def _body(self, random: Random, kind: str) -> bytes:
        if random.random() < 0.01:
            return random.choice(_HUGE)()
        names = [random.choice(self.fields) for _ in range(random.randrange(6))]
        names += random.choice(
            ((), ("message", "form_token"), ("text", "seen"), ("save",), ("preview",), ("answer", "ruling"))
        )
        if kind.startswith("multipart"):
            parts = (
                f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="{nasty.text(random, long=0)}"\r\n\r\n'
                for name in names
            )
            return b"".join(part.encode("utf-8", "surrogatepass") + b"x\r\n" for part in parts) + b"--b--\r\n"
        body = "&".join(f"{name}={_value(random, name)}" for name in names).encode()
        return nasty.mangled(random, body) if random.random() < 0.1 else body

    def throw(self, case: Post) -> str:
        client = self.stranger if case.address.startswith("/form/") else self.browser
        signed_in = client.cookies.output(header="")
        with transaction.atomic():
            response = client.generic(
                case.method, case.address, case.body, content_type=case.type, headers=dict(case.headers)
            )
            told = b"".join(response) if response.streaming else response.content
            transaction.set_rollback(True)
        client.cookies.clear()
        client.cookies.load(signed_in)
        if response.status_code >= 500:
            raise Fault(f"it answers {response.status_code}: {told[:200]!r}")
        for name, value in response.headers.items():
            if "\r" in f"{name}{value}" or "\n" in f"{name}{value}":
                raise Fault(f"the header {name} is {value!r}")
        if b"<script>alert(1)</script>" in told or b"<img src=x onerror" in told or b"<svg/onload" in told:
            raise Fault("what was sent became markup")
        return TAKEN if response.status_code < 400 else REFUSED

    def look(self) -> None:
        check_standing(self.browser)


def _misled(random: Random, route: str) -> str:
    """An address with something else where a number or a name belongs."""
    parts = (
        quote(random.choice((*NUMBERS, nasty.text(random, long=0))), safe="", errors="replace") if "<" in part else part
        for part in route.split("/")
    )
    return "/" + "/".join(parts)


def _quoted(random: Random) -> str:
    value = random.choice((*NUMBERS, *nasty.MOMENTS)) if random.random() < 0.4 else nasty.text(random, long=0)
    if random.random() < 0.2:
        value = f"{random.choice(nasty.MOMENTS)}_{random.choice(NUMBERS)}"
    return (
        quote_plus(value, errors="surrogatepass")
        if random.random() < 0.95
        else quote_plus(value, errors="replace") + "%ff%"
    )


def _value(random: Random, name: str) -> str:
    """Often what the field wants, so that the pages behind the first check are reached too."""
    good = {
        "form_token": f"token-{random.randrange(10**12):012}-{random.randrange(10**6):06}",
        "seen": "999999",
        "save": "1",
        "preview": "1",
        "email": "a@b.example",
        "role": "host",
        "ruling": "may_say",
        "department": "voirie",
    }
    if name in good and random.random() < 0.8:
        return good[name]
    return _quoted(random) if random.random() < 0.5 else quote_plus(nasty.text(random), errors="replace")


def _header(random: Random) -> str:
    value = (
        nasty.text(random, long=0)
        if random.random() < 0.7
        else random.choice(("true", "main", "thread", "list", "rows-area"))
    )
    return value.encode("latin-1", "replace").decode("latin-1").replace("\r", "").replace("\n", "")[:4000]


def _things(colleague: Contact) -> dict[str, dict[str, Any]]:
    """One of each thing that addresses name."""
    now = datetime.now(UTC)
    message = Incoming(
        channel="x", account="@fuzz", external_id="1", direction=Direction.IN, author=Writer("c"), sent_at=now,
        text="La piscine ?", files=(File("a.txt", "text/plain", 1, b"a"),),
    )  # fmt: skip
    for _ in poller.take_messages([message], now=now):
        pass
    accounts.connect(channel="x", address="@fuzz", connector="fake", settings={}, secret=(), by=None, now=now)
    accounts.connect(
        channel="webform", address="ville.example", connector="webform", settings={"secret": "s" * 40},
        secret={"secret"}, by=None, now=now,
    )  # fmt: skip
    reached = {"imap_host": "imap.invalid", "imap_user": "u", "imap_password": "p", "smtp_host": "smtp.invalid"}
    mailbox = accounts.connect(
        channel="email", address="m@ville.example", connector="email", settings=reached, secret=(), by=None, now=now
    )
    conversation = Conversation.objects.get(account__address="@fuzz")
    department = Department.objects.first()
    do.inquire(conversation=conversation.pk, department=department.slug, question="?", by=colleague, now=now)
    shown = (prepare_picture("a.png", png(), "Un plan"),)
    do.answer(conversation=conversation.pk, text="Oui.", by=colleague, now=now, seen=99, pictures=shown)
    waiting = DraftPicture.objects.create(
        conversation=conversation, contact=colleague, name="a.png", type="image/png", size=3, content=png(),
        saved_at=now,
    )  # fmt: skip
    Delivery.objects.update(state="refused", reason={"text": "No.", "values": {}})
    held = Incoming("x", "@fuzz", "2", Direction.IN, Writer("c"), now, "Et ?", held="No proof.")
    unread = Unreadable("3", "It is no mail.", "no mail", b"no mail")
    envelopes.store(accounts.get_or_create(channel="x", address="@fuzz"), Batch((held,), unreadable=(unread,)), now=now)
    public_edition(colleague, now)
    year, week, _ = now.isocalendar()
    told = {"reference": "ABCD-EFGH", "held": False, "by": None, "reply": False}
    week_code = f"{year}-W{week:02}"
    matter = propose_matter(
        title="Piscine", department="", phrases=[], conversations=[conversation.pk], now=now, removals=0
    )
    return {
        "matter": {"number": matter},
        "week_number": {"week": week_code, "key": "group-all"},
        "edition_number": {"week": week_code, "department": department.slug, "key": "group-all"},
        "form_of_journal": {},
        "public_week": {"week": week_code},
        "answer": {"token": answer_link(colleague, now)},
        "feed": {"token": sign_link(make_link(contact=colleague, purpose=LinkPurpose.JOURNAL_FEED, now=now))},
        "conversation": {"pk": conversation.pk},
        "author": {"pk": conversation.author_id},
        "inquiry": {"pk": conversation.pk, "inquiry": Inquiry.objects.latest("pk").pk},
        "envelope": {"pk": Envelope.objects.get(account__address="@fuzz", state="held").pk},
        "unread": {"pk": Envelope.objects.get(external_id="3").pk},
        "delivery": {"pk": Delivery.objects.latest("pk").pk},
        "draft": {"pk": conversation.pk, "picture": waiting.pk},
        "reply": {"pk": conversation.pk, "message": Delivery.objects.latest("pk").message_id},
        "picture": {"pk": Attachment.objects.get(alt__isnull=False).pk},
        "file": {"pk": Attachment.objects.get(alt=None).pk},
        "rule": {"pk": rules.save(rule=Rule(department.slug, words=("piscine",)), by=None, now=now).pk},
        "week": {"week": f"{year}-W{week:02}"},
        "edition": {"week": f"{year}-W{week:02}", "department": department.slug},
        "study": {"pk": study(now).pk},
        "department": {"slug": department.slug},
        "colleague": {"pk": colleague.pk},
        "policy": {"number": Policy.objects.latest("pk").pk},
        "kind": {"kind": "email"},
        "network": {"kind": "mastodon"},
        "model": {"pk": versions(now, "piscine")[0].pk},
        "hook": {"connector": "email", "pk": mailbox.pk},
        "account": {"pk": mailbox.pk},
        "thanks": {"query": f"?of={signing.dumps(told, salt='portevoix.public.thanks')}"},
    }
