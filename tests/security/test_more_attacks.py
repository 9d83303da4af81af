"""Attacks beside those of the further one: what they found, until that is mended, and what held."""

import contextlib
import json
import random
import signal
import sys
import time
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from portevoix.barometer.collect.mastodon import Mastodon
from portevoix.barometer.collect.retrying_client import RetryingClient, Window
from portevoix.channels import http_answers
from portevoix.channels.email import imap
from portevoix.channels.email.parse import PARSER_ERRORS, parse_mail
from portevoix.channels.http_answers import Answer, Rejected
from portevoix.channels.importers.city_accounts import City
from portevoix.channels.importers.formats import FORMATS, importer
from portevoix.cli import job
from portevoix.config import pages
from portevoix.exchange import job_process
from portevoix.exchange.jobs import Job
from portevoix.journal.storage import stored_editions
from portevoix.kernel.errors import BadInput, ChannelError, Conflict
from portevoix.kernel.interchange import read_line, write_line
from portevoix.kernel.labels import Kind, Sentiment
from portevoix.kernel.messages import Batch, Change, Incoming, Visibility, Writer
from portevoix.record import operations
from portevoix.record.backup.archive import unpack
from portevoix.record.models import Author, Conversation, Delivery, Edition, Message
from portevoix.record.operations import Labelled, accounts, deliveries, envelopes, receive
from portevoix.record.operations.pull_back import pull_back
from portevoix.record.subject_export import write_export
from portevoix.text import privacy
from tests.conftest import NOW, incoming

ADA, BEA, CLO = (Writer(f"{name}@a.social", f"@{name}@a.social", name.title()) for name in ("ada", "bea", "clo"))


def below(key: str, author: Writer, text: str = "Bonjour", **more):
    """A private message below Ada's public post."""
    private = {"thread": "s1", "in_reply_to": "s1", "visibility": Visibility.PRIVATE, "sent_at": NOW}
    return incoming(key, text, author=author, **{**private, **more})


def post(**more):
    return incoming("s1", "Bonjour", thread="s1", author=ADA, **more)


def exported(name: str, by) -> bytes:
    with BytesIO() as file:
        write_export(Author.objects.get(name=name).pk, file, by=by, now=NOW)
        return b"".join(map(ZipFile(file).read, ZipFile(file).namelist()))


# What was found.


def answer(conversation: int, host, text: str = "zqanswer") -> int:
    row = Conversation.objects.get(pk=conversation)
    return operations.answer(conversation=row.pk, text=text, by=host, now=NOW, seen=row.version)


def test_to_erase_one_citizen_sends_no_private_reply_to_another(take, host, administrator) -> None:
    take(post())
    take(below("s2", CLO))
    [here] = take(below("s3", BEA, sent_at=NOW.replace(minute=1)))
    answer(here, host)
    operations.erase(author=Author.objects.get(name="Clo").pk, by=administrator, now=NOW)
    left = deliveries.outgoing(Delivery.objects.get())
    assert left.to.id == BEA.id


def test_export_holds_no_former_text_of_another(take, administrator) -> None:
    take(post())
    said = below("s2", BEA, "zqbefore")
    take(said)
    take(replace(said, text="zqafter", change=Change.AMEND, revision=1))
    told = exported("Ada", administrator)
    assert b"zqafter" not in told and b"zqbefore" not in told


def test_export_after_an_erasure_holds_no_private_reply_to_who_was_erased(take, host, administrator) -> None:
    take(post())
    [here] = take(below("s2", BEA))
    answer(here, host)
    Delivery.objects.update(state=Delivery.State.SENT, sent_at=NOW)
    operations.erase(author=Author.objects.get(name="Bea").pk, by=administrator, now=NOW)
    assert b"zqanswer" not in exported("Ada", administrator)


def test_erasure_with_replies_empties_a_private_reply_below_anothers_post(take, host, administrator) -> None:
    take(post())
    [here] = take(below("s2", BEA))
    answer(here, host)
    Delivery.objects.update(state=Delivery.State.SENT, sent_at=NOW)
    operations.erase(author=Author.objects.get(name="Bea").pk, by=administrator, now=NOW, replies=True)
    assert not Message.objects.filter(text__contains="zqanswer").exists()


def test_after_an_erasure_the_others_can_be_answered(take, host, administrator) -> None:
    take(post())
    [here] = take(below("s2", BEA))
    operations.erase(author=Author.objects.get(name="Bea").pk, by=administrator, now=NOW)
    answer(here, host)
    left = deliveries.outgoing(Delivery.objects.get())
    assert (left.in_reply_to, left.visibility, left.to.id) == ("s1", Visibility.PUBLIC, ADA.id)


def test_the_answer_goes_to_a_question_that_is_still_there(take, host) -> None:
    take(post())
    said = incoming("s2", "zq", author=BEA, thread="s1", in_reply_to="s1", sent_at=NOW)
    [here] = take(said)
    take(replace(said, text="", change=Change.RETRACT, revision=1))
    answer(here, host)
    left = deliveries.outgoing(Delivery.objects.get())
    assert left.in_reply_to == "s1"


LATER = timedelta(days=5 * 365)
"""How far ahead a clock is for a minute: a machine woke up with another year."""


def test_an_account_is_polled_again_once_a_clock_that_was_ahead_is_set_right(city) -> None:
    for account in accounts.claim_due(now=NOW + LATER):
        accounts.record_poll(account=account, again_at=NOW + LATER + timedelta(minutes=5), now=NOW + LATER)
    pull_back(now=NOW + timedelta(hours=1))  # as a worker does when it begins, and when its clock jumps
    assert accounts.claim_due(now=NOW + timedelta(hours=1))


def test_an_erasure_reads_the_beginning_of_a_long_message(take, administrator, monkeypatch) -> None:
    read: list[int] = []
    find = privacy.find_forms
    monkeypatch.setattr(privacy, "find_forms", lambda text: read.append(len(text)) or find(text[:1000]))
    take(incoming(text="La piscine est fermée. " * 40_000))
    operations.erase(author=Author.objects.get().pk, by=administrator, now=NOW)
    assert read and max(read) <= 100_000


def test_no_server_ends_the_collection_of_all_others(monkeypatch) -> None:
    told = {"links": [{"rel": "self", "href": "https://[x"}]}

    def get(self: RetryingClient, path: str, parameters: object = None) -> Answer:
        if "webfinger" not in path:
            raise Rejected("There is none.", status=404)
        return Answer(200, {}, json.dumps(told).encode())

    monkeypatch.setattr(RetryingClient, "get", get)
    with pytest.raises(ChannelError):
        Mastodon("ville@evil.example", print).read({}, Window(NOW, NOW))


class Mailbox:
    """One mail of January, and one of March, as a server tells of them after it has numbered them anew."""

    LINES = (
        b'1 (UID 1 RFC822.SIZE 9 INTERNALDATE "01-Jan-2026 10:00:00 +0100")',
        b'2 (UID 2 RFC822.SIZE 9 INTERNALDATE "28-Mar-2026 10:00:00 +0100")',
    )

    def __init__(self) -> None:
        self.client = self

    def uids(self, asked: str) -> list[str]:
        first = 2 if asked.startswith("SINCE") else int(asked.removeprefix("UID ").partition(":")[0])
        return [number for number in ("1", "2") if int(number) >= first]

    def fetch(self, which: str, what: str) -> tuple[str, list[object]]:
        return "OK", [self.LINES[1]]

    def uid(self, command: str, which: str, what: str) -> tuple[str, list[object]]:
        lines = [line for line in self.LINES if f"UID {which.rpartition(',')[2]} ".encode() in line]
        return "OK", list(lines) if "SIZE" in what else [(b"", b"Subject: x")]


def test_a_mailbox_that_was_numbered_anew_brings_no_mail_of_years_ago() -> None:
    status = {"MESSAGES": 2, "UIDNEXT": 3, "UIDVALIDITY": 7}
    for position in (None, imap.Position(6, 900)):
        letters, _, _ = imap.next_letters(Mailbox(), status, position)
        assert [letter.uid for letter in letters] == [2]


def test_a_long_cookie_header_keeps_nobody_waiting() -> None:
    headers, took = {b"cookie": b"a=b;" * 15_000}, []
    for _ in range(3):
        began = time.thread_time()
        assert not pages._is_known(headers)
        took.append(time.thread_time() - began)
    assert min(took) < 0.01


def test_the_journal_quotes_nothing_that_a_citizen_has_deleted(take) -> None:
    said = incoming(text="Le lampadaire zqword de la rue est cassé, c'est honteux.")
    take(said)
    Message.objects.update(valence=Sentiment.WRONG, kind=Kind.COMPLAINT)
    stored_editions.compose_and_store(week="2026-W47", now=NOW + timedelta(days=9))
    assert "zqword" in str(Edition.objects.get().content)
    take(replace(said, text="", change=Change.RETRACT, revision=1))
    assert "zqword" not in str(Edition.objects.get().content)


def test_an_answer_to_who_was_erased_meanwhile_goes_to_nobody_else(take, host, administrator) -> None:
    take(post())
    [here] = take(below("s2", BEA))
    seen = Conversation.objects.get().version
    operations.erase(author=Author.objects.get(name="Bea").pk, by=administrator, now=NOW)
    with pytest.raises((Conflict, BadInput)):
        operations.answer(conversation=here, text="zqanswer", by=host, now=NOW, seen=seen)


def test_what_a_server_says_moves_no_cursor_of_a_terminal() -> None:
    told = json.dumps({"error": "\x1b]0;x\x07\x1b[2JAll collected.\nangers: 5 messages"}).encode()
    assert str(http_answers.refusal("evil.example", Answer(403, {}, told))).isprintable()


def test_a_mail_to_the_address_of_a_form_s_answer_is_answered_to_who_wrote_it(take, host) -> None:
    site, private = "www.testville.example", {"visibility": Visibility.PRIVATE}
    accounts.connect(channel="webform", address=site, connector="fake", settings={}, secret=(), by=None, now=NOW)
    ana = {"channel": "webform", "account": site, "author": Writer("mailto:ana@x.example", "ana@x.example")}
    [here] = take(incoming("form-1", **ana, **private))
    eve = {"channel": "email", "account": "contact@testville.example", "author": Writer("eve@x.example")}
    reference = Conversation.objects.get().reference
    take(incoming("e1@x.example", sent_at=NOW, conversation=reference, **eve, **private))
    answer(here, host)
    assert deliveries.outgoing(Delivery.objects.get()).to.id == "eve@x.example"


def test_mails_of_an_archive_stay_apart_as_those_of_a_mailbox_do(take) -> None:
    mails = (("eve", "one", ""), ("ana", "one", ""), ("bob", "two", "In-Reply-To: <one@x.example>\n"))
    archive = "".join(
        f"From {who}@x.example Mon Nov  2 10:00:00 2026\nFrom: {who}@x.example\nTo: contact@testville.example\n"
        f"Message-ID: <{key}@x.example>\n{more}Date: Mon, 2 Nov 2026 10:00:00 +0100\n\n{who}'s\n\n"
        for who, key, more in mails
    )
    converted = importer("mbox", City(("contact@testville.example",)))(BytesIO(archive.encode()))
    for message in converted:
        account = accounts.get_or_create(channel="email", address="contact@testville.example")
        stored = envelopes.store(account, Batch((read_line(write_line(message), 1),)), now=NOW)
        receive([Labelled(pk, each, lang="fr") for pk, each in envelopes.read(stored.waiting)], now=NOW)
    assert sorted(Message.objects.values_list("text", flat=True)) == ["ana's", "bob's", "eve's"]
    assert Conversation.objects.count() == 3


def test_the_process_of_a_job_logs_no_words_of_an_error(monkeypatch, capfd) -> None:
    def fail(now: object) -> None:
        raise ValueError("Failing row contains (zqcitizen)")

    monkeypatch.setattr("portevoix.config.product_jobs.product_jobs", lambda: (Job("long", fail),))
    monkeypatch.setattr(job, "_set_up", lambda: None)
    monkeypatch.setattr("os.nice", lambda _: 0)
    monkeypatch.setattr(job, "_leave_with", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["job", "long", "1"])
    assert job.main() != 0
    assert "zqcitizen" not in "".join(capfd.readouterr())


# What held.


def _mail(rng: random.Random, ids: list[str], writers: list[Writer]) -> Incoming:
    refers = {"thread": rng.choice(["", *ids]), "in_reply_to": rng.choice(["", *ids])}
    where = {"channel": "email", "account": "contact@testville.example", "visibility": Visibility.PRIVATE}
    sent_at = NOW - timedelta(minutes=rng.randrange(90))
    references = tuple(rng.sample(ids, rng.randrange(3)))
    return incoming(
        rng.choice(ids), "x", author=rng.choice(writers), sent_at=sent_at, references=references, **refers, **where
    )


@pytest.mark.parametrize("seed", range(6))
def test_no_mail_joins_another_s_conversation_whatever_ids_it_names(city, seed: int) -> None:
    rng, ids = random.Random(seed), [f"m{n}@x.example" for n in range(9)]
    writers = [Writer(f"c{n}@x.example") for n in range(3)]
    account = accounts.get_or_create(channel="email", address="contact@testville.example")
    for _ in range(8):
        batch = Batch(tuple(_mail(rng, ids, writers) for _ in range(rng.choice((1, 2, 5)))))
        stored = envelopes.store(account, batch, now=NOW)
        receive([Labelled(pk, message, lang="fr") for pk, message in envelopes.read(stored.waiting)], now=NOW)
    for conversation in Conversation.objects.all():
        assert conversation.messages.values("author").distinct().count() <= 1


@pytest.mark.parametrize("odd", ["\0", "\x1f", " ", "\u00a0", "\u2028", "\x85"])
def test_no_message_id_has_the_blank_that_marks_another_author_s(odd: str) -> None:
    raw = f"From: eve@evil.example\r\nMessage-ID: <a{odd}0123456789abcdef@b>\r\n\r\nx".encode()
    found = parse_mail(raw, account="contact@testville.example", received_at=NOW)
    assert " " not in found.external_id


def test_two_mails_under_one_id_are_two_whoever_comes_first(take) -> None:
    mails = [
        incoming(
            "one@x.example",
            name,
            channel="email",
            account="contact@testville.example",
            author=Writer(f"{name}@x.example"),
        )
        for name in ("eve", "ana")
    ]
    take(*mails)
    take(*reversed(mails))
    assert sorted(Message.objects.values_list("text", "author__external_id")) == [
        ("ana", "ana@x.example"),
        ("eve", "eve@x.example"),
    ]


def test_a_private_reply_goes_to_who_wrote_whatever_came_since(take, host) -> None:
    take(post())
    [here] = take(below("s2", BEA))
    answer(here, host)
    take(below("s3", CLO, sent_at=NOW + timedelta(minutes=1)), incoming("s4", author=ADA, thread="s1"))
    assert deliveries.outgoing(Delivery.objects.get()).to.id == BEA.id


@pytest.mark.parametrize(
    "manifest",
    [
        b"[]",
        b"{}",
        b"[" * 100_000,
        b"\xff",
        b'{"format": 99}',
        b'{"format": 2, "sums": [], "migrations": []}',
        b'{"format": 2, "made_at": 0, "version": 0, "database": "sqlite", "migrations": null, "rows": 0, "proof": 0}',
    ],
)
def test_an_archive_whose_manifest_is_none_is_refused(tmp_path: Path, manifest: bytes) -> None:
    path = tmp_path / "hostile.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", manifest)
    (tmp_path / "shop").mkdir()
    with pytest.raises(BadInput):
        unpack(path, tmp_path / "shop")
    assert not list((tmp_path / "shop").iterdir())


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "a/b", "secret.key/../../evil"])
def test_no_member_of_an_archive_leaves_the_folder(tmp_path: Path, name: str) -> None:
    path, told = tmp_path / "hostile.zip", {"database": "sqlite", "made_at": "", "version": "", "migrations": []}
    told |= {"format": 2, "rows": {}, "proof": "", "sums": {name: "0"}, "sizes": {name: 1}}
    with ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps(told))
        archive.writestr(name, b"x")
    (tmp_path / "shop").mkdir()
    with pytest.raises(BadInput):
        unpack(path, tmp_path / "shop")
    assert not list((tmp_path / "shop").iterdir())


HOSTILE = (
    b"[" * 100_000,
    b"\0" * 100,
    b"1" * 5000,
    b'"x"',
    b"{}",
    b"[[1]]",
    b"\xff\xfe{}",
    b'a;b\n"',
    b"From 12:12\n\n",
)


@pytest.mark.parametrize("name", FORMATS)
def test_no_file_of_another_tool_ends_in_more_than_a_refused_line(name: str) -> None:
    for content in HOSTILE:
        try:
            found = list(importer(name, City(("contact@testville.example", "((((@x")))(BytesIO(content)))
        except BadInput:
            continue
        assert all(not isinstance(one, Incoming) for one in found)


def _process(command: str, monkeypatch) -> job_process.JobProcess:
    monkeypatch.setattr(job_process, "COMMAND", (sys.executable, "-c", command))
    return job_process.JobProcess(Job("long", lambda now: None, apart_if=lambda now: True))


def test_a_job_whose_process_is_killed_begins_again(monkeypatch) -> None:
    long = _process("import time; time.sleep(60)", monkeypatch)
    try:
        assert long.run(NOW) == 0 == long.run(NOW)
        long._process.send_signal(signal.SIGKILL)
        ends = time.monotonic() + 5
        while long.run(NOW) is not None:
            assert time.monotonic() < ends
            time.sleep(0.01)
        assert long.run(NOW) == 0
    finally:
        long.stop()
    assert long._process is None


SMALL = "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: {}; charset=utf-8\r\n\r\n"
SLOW = {
    "a ligature of eighteen letters": ("text/plain", "\ufdfa " * 20_000),
    "accents without end": ("text/plain", "e" + "\u0301" * 60_000),
    "control characters": ("text/plain", "\x0b\x0c\x1c\x1d\x1e\x85" * 10_000),
    "a list that begins at a number without end": ("text/html", "<ol start=" + "9" * 5000 + "><li>a"),
    "comments": ("text/html", "<!--" * 20_000),
    "processing": ("text/html", "<?a" * 20_000),
}


@pytest.mark.parametrize("name", SLOW)
def test_a_mail_of_oddities_is_read_in_time(name: str) -> None:
    kind, text = SLOW[name]
    began = time.process_time()
    with contextlib.suppress(PARSER_ERRORS):
        parse_mail((SMALL.format(kind) + text).encode(), account="c@d.example", received_at=NOW)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("address", ["/inbox/?q=a%00", "/inbox/?after=%00", "/journal/%00/", "/settings/rules/?x%00=1"])
def test_a_null_character_is_refused_wherever_it_stands(administrator, client, address: str) -> None:
    client.force_login(administrator)
    assert client.get(address).status_code in (400, 404)


@pytest.mark.parametrize("number", [0, 2**31, 2**63 - 1, 2**63, 10**30])
def test_no_number_is_too_large_for_a_page(administrator, client, number: int) -> None:
    client.force_login(administrator)
    for page in ("inbox/{}/", "inbox/{}/alike/", "file/{}/", "settings/channels/{}/", "settings/privacy/persons/{}/"):
        assert client.get("/" + page.format(number)).status_code == 404


INSTANTS = ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "NaN", "\u0662", "x" * 5000)


@pytest.mark.parametrize("before", INSTANTS)
def test_a_strange_instant_is_no_fault(administrator, client, before: str) -> None:
    client.force_login(administrator)
    for address in ("/inbox/aside/refuse/", "/inbox/", "/settings/privacy/access/"):
        assert client.get(address, {"before": before, "after": before, "words": "a"}).status_code < 500
