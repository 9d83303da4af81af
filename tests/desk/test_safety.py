"""What strangers send is shown as text, and their files never run."""

import pytest

from portevoix.kernel.errors import Refused
from portevoix.kernel.messages import About, Batch, File, Media, Writer
from portevoix.record import operations
from portevoix.record.models import Attachment, Envelope
from portevoix.record.operations import accounts, deliveries, envelopes
from tests.conftest import NOW, incoming

BAD = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'"


@pytest.fixture
def hostile(take, host):
    """A conversation with something hostile in every field that a stranger fills."""
    (pk,) = take(
        incoming(
            "1",
            BAD,
            author=Writer("c" + BAD, BAD, BAD),
            subject=BAD,
            quoted=BAD,
            html=f"<p>{BAD}</p>",
            url="https://x.example/" + BAD,
            about=About("https://a.example/" + BAD, BAD),
            media=(Media("https://m.example/" + BAD, BAD, BAD),),
            files=(File(BAD, BAD, 3, b"abc"), File(BAD, BAD, 3, None, BAD)),
        )
    )
    operations.answer(conversation=pk, text=BAD, by=host, now=NOW, seen=99)
    (delivery,) = deliveries.claim(now=NOW)
    deliveries.record_refusal(delivery, Refused("It said {why}", why=BAD))
    operations.note(conversation=pk, text=BAD, by=host, now=NOW)
    operations.close(conversation=pk, by=host, now=NOW, why=BAD)
    envelopes.store(
        accounts.get_or_create(channel="x", address="@testville"), Batch((incoming("2", BAD, held="why"),)), now=NOW
    )
    return pk


def test_nothing_that_a_stranger_wrote_becomes_markup(desk, hostile):
    for address in (f"/inbox/{hostile}/", "/inbox/?view=all", "/inbox/aside/", f"/inbox/?view=all&q={BAD}"):
        soup = desk.page(address)
        assert "alert(1)" in soup.text or "q=" in address, address
        assert not [script for script in soup.select("script") if "alert" in script.text], address
        assert not soup.select("[onerror]"), address


def test_an_address_that_would_run_is_no_link(take, desk):
    (pk,) = take(incoming("1", url="javascript:alert(1)", about=About("javascript:alert(2)", "Article")))
    soup = desk.page(f"/inbox/{pk}/")
    assert not [link for link in soup.select("a") if link.get("href", "").startswith("javascript")]


@pytest.mark.parametrize(
    ("sent", "served"),
    [
        ("application/pdf", "application/pdf"),
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("text/plain; charset=utf-8", "text/plain"),
    ],
)
def test_files_are_saved_never_shown_as_our_page(take, desk, sent, served):
    (pk,) = take(incoming("1", files=(File('a/b".html\r\nX: 1', sent, 3, b"abc"),)))
    response = desk.get(desk.page(f"/inbox/{pk}/").select_one("#thread .files a")["href"])
    assert response.content == b"abc"
    assert response["Content-Type"].startswith(served)
    assert response["Content-Disposition"].startswith("attachment")
    assert "\n" not in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""All that turns the direction of writing."""


def test_a_file_is_named_as_it_ends(take, desk):
    """Neither one that comes in, nor one that was stored before, nor one that waits to be let in."""
    name = f"fac{TURNS}ture\u202egpj.exe"
    new, stored = take(
        *(incoming(number, files=(File(name, "image/png", 3, b"abc"),), thread=number) for number in ("1", "2"))
    )
    Attachment.objects.filter(message__conversation=stored).update(name=name)
    account = accounts.get_or_create(channel="x", address="@testville")
    envelopes.store(account, Batch((incoming("3", held="No proof.", files=(File(name, "text/plain", 1),)),)), now=NOW)
    for pk in (new, stored):
        link = desk.page(f"/inbox/{pk}/").select_one("#thread .files a")
        assert link.text == "facturegpj.exe"
        assert desk.get(link["href"])["Content-Disposition"] == 'attachment; filename="facturegpj.exe"'
    [held] = Envelope.objects.filter(state="held")
    held.raw["files"][0]["name"] = name
    held.save()
    assert "facturegpj.exe" in desk.page("/inbox/aside/").select_one("[aria-labelledby=held-title] article").text


def test_files_of_other_departments_are_not_there(take, host, contact_of, sign_in):
    (pk,) = take(incoming("1", files=(File("a.txt", "text/plain", 3, b"abc"),)))
    address = sign_in(host).page(f"/inbox/{pk}/").select_one("#thread .files a")["href"]
    assert sign_in(contact_of("sports")).get(address).status_code == 404
