"""Whatever people are called and whatever they write, pages show it as text."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from portevoix.kernel.messages import About, Batch, File, Writer
from portevoix.record import operations as do
from portevoix.record.models import Conversation, Inquiry
from portevoix.record.operations import accounts, city, envelopes
from tests.conftest import NOW, incoming

pytestmark = pytest.mark.django_db
EVIL = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
LINKED = re.compile(r"""(?:href|src|action)=["']?\s*javascript""", re.IGNORECASE)


@pytest.fixture
def pages(take, host, administrator, contact_of, monkeypatch):
    """A city where everything has an evil name; returns the addresses of the pages that show it."""
    city.change_city(
        name=EVIL, timezone="Europe/Paris", language="fr", languages=["fr"], accent="#1f5673",
        site="ville.example", by=administrator,
    )  # fmt: skip
    city.save_department(slug="sports", name=EVIL, description=EVIL, competences=[EVIL], by=None)
    host.name = EVIL
    host.save()
    evil = {
        "author": Writer(EVIL, EVIL, EVIL),
        "subject": EVIL,
        "text": f"{EVIL} la piscine {EVIL}",
        "quoted": EVIL,
        "about": About(f"https://ville.example/?a={EVIL}".replace(" ", "+"), EVIL),
        "files": (File(name=EVIL, type=EVIL, size=3, content=b"abc"), File(EVIL, EVIL, 9, None, refused=EVIL)),
        "labels": {"kind": EVIL[:32]},
        "url": f"https://ville.example/{EVIL}".replace(" ", "+"),
    }
    [pk] = take(incoming(**evil, sent_at=NOW - timedelta(days=8)), department="sports")
    take(incoming("again", in_reply_to="m1", author=Writer(EVIL, EVIL, EVIL), account="@testville"))
    [other] = take(incoming(f"x{EVIL}", account=EVIL, author=Writer(EVIL, EVIL, EVIL), text=EVIL))
    do.note(conversation=pk, text=EVIL, by=host, now=NOW)
    do.inquire(conversation=pk, department="sports", question=EVIL, by=host, now=NOW)
    do.inform(
        inquiry=Inquiry.objects.get().pk, answer=EVIL, ruling="may_not_say", reason=EVIL, by=contact_of("sports"),
        now=NOW,
    )  # fmt: skip
    do.hold(
        conversation=pk, text=EVIL, promised_at=NOW + timedelta(days=1), by=host, now=NOW,
        seen=Conversation.objects.get(pk=pk).version,
    )  # fmt: skip
    do.close(conversation=pk, by=host, now=NOW, why=EVIL)
    account = accounts.get_or_create(channel="x", address="@testville")
    envelopes.store(account, Batch((incoming("held", **{**evil, "held": EVIL}),)), now=NOW)
    addresses = [reverse("desk:conversation", args=[row]) for row in (pk, other)]
    addresses += [reverse(f"desk:{name}") for name in ("inbox", "aside", "inquiries")]
    addresses += [reverse("desk:inbox") + "?q=%3Cscript%3Ealert(1)&state=all&view=all&channel=%22%3E%3Cimg+onerror"]
    addresses += [reverse("journal:week", args=["2026-W46"]), reverse("journal:week", args=["2026-W47"])]
    addresses += [reverse("journal:department", args=["2026-W46", "sports"])]
    addresses += [
        reverse(f"web-settings:{name}") for name in ("index", "city", "departments", "colleagues", "channels")
    ]
    addresses += [
        reverse("web-settings:department", args=["sports"]),
    ]
    addresses += [reverse("web-settings:colleague", args=[host.pk]), reverse("web:account")]
    return addresses


def test_nothing_that_is_written_runs(pages, administrator, client) -> None:
    client.force_login(administrator)
    seen = 0
    for address in pages:
        response = client.get(address, follow=True)
        assert response.status_code == 200, address
        text = response.content.decode()
        for harm in ("<script>alert", "<img src=x", "<img onerror", "onerror=alert(1)>", "</script><script>"):
            assert harm not in text, f"{address}: {text[max(0, text.find(harm) - 200) :][:400]}"
        seen += "alert(1)" in text or "alert%281%29" in text
    assert seen > 15, "the evil names were shown"


@pytest.mark.parametrize("page", ["public:form", "public:embed"])
def test_the_form_shows_what_its_address_says_as_text(page, city, client) -> None:
    accounts.connect(
        channel="webform", address="ville.example", connector="webform",
        settings={"secret": "s" * 40, "site": "https://ville.example"}, secret={"secret"}, by=None, now=NOW,
    )  # fmt: skip
    for url in ("https://ville.example/a", "javascript:alert(1)"):
        text = client.get(reverse(page), {"url": url, "title": EVIL, "lang": EVIL}).content.decode()
        assert "<script>alert" not in text and "<img src=x" not in text and not LINKED.search(text)
    said = client.post(
        reverse(page), {"text": EVIL, "name": EVIL, "about_url": "javascript:alert(1)", "about_title": EVIL}
    )
    text = said.content.decode()
    assert "<script>alert" not in text and not LINKED.search(text)
