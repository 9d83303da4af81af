"""A city in which everything that anybody wrote tries to run: for the tests in a browser.

`python -m tests.security.hostile` settles it in the home folder that the environment names, through the real doors, and
prints the addresses at which it shows.
"""

import json
import os
from datetime import UTC, datetime, timedelta

BEACON = "evil-beacon"
PASSWORD = "gabare-tuile-heron"
MAIL = """From: "{evil}" <evil@citoyen.example>
To: mairie@testville.example
Subject: {evil}
Message-ID: <{mark}@citoyen.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=utf-8

<p onclick="{run}">Bonjour {evil}</p><a href="javascript:{run}">ici</a><iframe src="/{beacon}-frame"></iframe>
<style>@import "/{beacon}-style"</style><base href="https://evil.example/"><form action="/{beacon}"><button>x</button>
<object data="/{beacon}-object"></object><link rel=stylesheet href="/{beacon}-link"><math><mtext><script>{run}</script>
--b
Content-Type: image/svg+xml; name="{evil}.svg"

<svg xmlns="http://www.w3.org/2000/svg" onload="{run}"/>
--b--
"""


def run(field: str) -> str:
    """What runs if it can: an alert, and a request that can be seen."""
    return f"alert(`{field}`);fetch(`/{BEACON}?{field}`)"


def evil(field: str) -> str:
    """Markup that breaks out of a text, of an attribute and of a script."""
    return (
        f"\"'></script></textarea></title><script>{run(field)}</script><img src=/{BEACON}-image onerror='{run(field)}'>"
        f"<svg onload='{run(field)}'></svg><a href='javascript:{run(field)}'>x</a>{{{{7*7}}}}{{% now 'Y' %}}${{7*7}}"
    )


def whole(field: str) -> str:
    """The same without a space, as an address must be."""
    return evil(field).replace(" ", "/")


def settle() -> list[str]:
    """Everything, and where it is to be seen."""
    from portevoix.channels.email import EmailConnector  # noqa: PLC0415 -- only once Django is ready
    from portevoix.channels.email.imap import Letter  # noqa: PLC0415
    from portevoix.exchange.inbound import enrich, poller  # noqa: PLC0415
    from portevoix.kernel.interchange import read_line  # noqa: PLC0415
    from portevoix.kernel.messages import Batch, Unreadable  # noqa: PLC0415
    from portevoix.record import operations as do  # noqa: PLC0415
    from portevoix.record.models import Conversation, Inquiry  # noqa: PLC0415
    from portevoix.record.operations import accounts, city, envelopes  # noqa: PLC0415
    from tests.conftest import POLICY, take_in  # noqa: PLC0415
    from tests.fuzz.mail import SETTINGS  # noqa: PLC0415
    from tests.urls import TABLE, by_name  # noqa: PLC0415
    from tests.world import make  # noqa: PLC0415

    now = datetime.now(UTC)
    last_week = now - timedelta(days=7)
    city.found_city(name=evil("city"), now=now - timedelta(days=100))
    city.save_policy(text=POLICY + f"# {evil('policy')}\n", by=None, now=now - timedelta(days=99))
    for slug in ("sports", "voirie"):
        told = evil(f"department-{slug}")
        city.save_department(slug=slug, name=told[:200], description=told, competences=[told], by=None)
    accounts.connect(channel="x", address="@testville", connector="fake", settings={}, secret=(), by=None, now=now)
    world = make(take_in, word=evil("word"), names=evil("name")[:150], now=now)
    host = world.colleagues["host"]
    line = {
        "channel": "facebook", "account": evil("account")[:400], "external_id": evil("id")[:400], "direction": "in",
        "author": {"id": evil("author-id")[:400], "handle": evil("handle")[:400], "name": evil("author-name")[:400]},
        "sent_at": last_week.isoformat(), "text": evil("text"), "url": f"https://e.example/{whole('url')}",
        "about": {"url": f"https://e.example/{whole('about-url')}", "title": evil("about-title")},
        "media": [{"url": f"https://e.example/{whole('media')}", "alt": evil("alt"), "type": evil("type")}],
        "labels": {"department": "sports", "kind": evil("kind")[:30], "topic": evil("topic")},
    }  # fmt: skip
    for _ in poller.take_messages([read_line(json.dumps(line), 1)], now=now):
        pass
    mailbox = accounts.get_or_create(channel="email", address="mairie@testville.example")
    for mark in ("mail", "mail-2"):
        raw = MAIL.format(evil=evil(mark).replace('"', r"\""), mark=mark, run=run(mark), beacon=BEACON).encode()
        read = EmailConnector(mailbox.address, SETTINGS)._read(Letter(1, last_week, raw, whole=True))
        enrich.enrich_envelopes(envelopes.store(mailbox, Batch((read,)), now=now).waiting, now=now)
    unread = Unreadable(evil("unreadable")[:400], "It could not be read.", evil("raw"))
    envelopes.store(mailbox, Batch(unreadable=(unread,)), now=now)
    taken = list(Conversation.objects.values_list("pk", flat=True))
    inquiry = Inquiry.objects.get().pk
    do.inform(inquiry=inquiry, answer=evil("answer"), ruling="may_not_say", reason=evil("reason"), by=host, now=now)
    do.hold(
        conversation=taken[-1], text=evil("holding"), promised_at=now + timedelta(days=1), by=host, now=now, seen=99
    )
    do.close(conversation=taken[-1], by=host, now=now, why=evil("why")[:200])
    addresses = [world.address(name) for name, (gets, _) in TABLE.items() if gets and name not in ELSEWHERE]
    addresses += [by_name()["desk:conversation"].address({"conversation": {"pk": pk}}) for pk in taken]
    queries = (
        "?view=all",
        "?view=closed",
        "?q=evil",
        "?q=%22%27%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "?kind=%3Cimg+src%3Dx%3E",
    )
    return sorted({*addresses, *(f"/inbox/{query}" for query in queries)})


ELSEWHERE = {"desk:live", "web:sign-in", "desk:attachment", "desk:whole", "web:metrics", "web:health"}
"""Not a page, or one that only those who are not signed in see."""

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portevoix.config.settings")
    from portevoix.cli.django_setup import set_up_django

    set_up_django()
    print(json.dumps(settle()))
