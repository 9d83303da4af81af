"""The page of letters: an editor decides on what waits, and lets letters go to an address again."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from portevoix.kernel.letters import DispatchKind, Recipient
from portevoix.record.models import Contact, Dispatch, SuppressedAddress
from portevoix.record.operations.dispatches import plan_letters, set_late_aside

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(city, client) -> Contact:
    row = Contact.objects.create(email="redac@testville.example", name="Rédac", role="editor")
    client.force_login(row)
    return row


@pytest.fixture
def late(city) -> list[Dispatch]:
    due = datetime.now(UTC) - timedelta(hours=25)
    whom = [Recipient(f"contact {n}", None, f"chef{n}@ville.test") for n in range(3)]
    about = {"week": "2026-W47", "department": "voirie", "version": 1}
    plan_letters(kind=DispatchKind.EDITION, what="edition 2026-W47 voirie 1", about=about, recipients=whom,
                 due_at=due, now=due)  # fmt: skip
    set_late_aside(now=datetime.now(UTC))
    return list(Dispatch.objects.order_by("pk"))


def states() -> list[str]:
    return list(Dispatch.objects.order_by("pk").values_list("state", flat=True))


def test_late_letters_are_shown_and_leave_when_the_editor_says_so(late, editor, client) -> None:
    page = BeautifulSoup(client.get("/journal/letters/").content, "html.parser")
    section = page.select_one("[aria-labelledby=letters-late]")
    assert [each["value"] for each in section.select("[name=letter][checked]")] == [str(row.pk) for row in late]
    assert "semaine 47, 2026" in section.get_text() or "week 47, 2026" in section.get_text()
    assert states() == ["late"] * 3, "to look changes nothing"
    chosen = [late[0].pk, late[1].pk]
    assert client.post("/journal/letters/decide/", {"letter": chosen, "decision": "send"}).status_code == 302
    assert states() == ["due", "due", "late"]
    client.post("/journal/letters/decide/", {"letter": [late[2].pk], "decision": "drop"})
    assert states() == ["due", "due", "cancelled"]
    client.post("/journal/letters/decide/", {"letter": [late[2].pk, "x", "²"], "decision": "send"})
    assert states()[2] == "cancelled", "what is decided is decided"


def test_a_suppressed_address_gets_nothing_until_it_is_lifted(late, editor, client) -> None:
    reason = {"text": "Mail to this address came back for good.", "values": {}}
    SuppressedAddress.objects.create(address="chef0@ville.test", since=datetime.now(UTC), reason=reason)
    client.post("/journal/letters/decide/", {"letter": [late[0].pk], "decision": "send"})
    assert states()[0] == "late"
    client.get("/journal/letters/lift/", {"address": "chef0@ville.test"})
    assert SuppressedAddress.objects.exists(), "a GET changes nothing"
    client.post("/journal/letters/lift/", {"address": "chef0@ville.test"})
    client.post("/journal/letters/decide/", {"letter": [late[0].pk], "decision": "send"})
    assert states()[0] == "due" and not SuppressedAddress.objects.exists()


def test_nobody_but_editors_decides(late, host, client) -> None:
    client.force_login(host)
    assert client.get("/journal/letters/").status_code == 403
    client.post("/journal/letters/decide/", {"letter": [late[0].pk], "decision": "drop"})
    assert states() == ["late"] * 3
