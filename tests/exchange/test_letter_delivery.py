"""The dispatch ledger with real mail servers: planned once, sent once, found, given back, late."""

import email
import email.policy
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from portevoix.exchange.inbound import poller
from portevoix.exchange.outbound import letter_delivery
from portevoix.exchange.outbound.letter_delivery import LetterRunner, register_writer
from portevoix.exchange.worker import take_waiting
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from portevoix.kernel.letters import DispatchKind, DispatchToSend, InlinePicture, Letter, Recipient
from portevoix.kernel.messages import Bounce, Writer
from portevoix.record.models import Account, Contact, Dispatch, Message, SuppressedAddress
from portevoix.record.operations import accounts, dispatches
from portevoix.record.operations.dispatches import cancel_letters, plan_letters, set_late_aside
from portevoix.record.operations.letter_decisions import (
    confirm_letters,
    drop_letters,
    lift_suppression,
    send_late_letters,
)
from portevoix.record.queries.dispatches import due_letters, suppressed_addresses, waiting_letters
from tests.servers.mail import MailServers, mail, wait_for  # noqa: F401 -- a fixture

pytestmark = pytest.mark.django_db
CITY = "contact@ville.test"
DUE = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d49484452")


def write(dispatch: DispatchToSend) -> Letter:
    return Letter(
        key=dispatch.key, to=Writer(dispatch.address), subject="Le journal de l’usager",
        text=f"Bonjour {dispatch.what}.",
        html=f"<p>Bonjour {dispatch.what}.</p><img src='cid:chart' alt='Des barres'>", lang="fr",
        pictures=(InlinePicture("chart", "image/png", PIXEL, "Des barres"),), thread=("journal-voirie",),
        stop_address="https://ville.example/stop/abc",
    )  # fmt: skip


@pytest.fixture
def editor(city) -> Contact:
    return Contact.objects.create(email="redac@testville.example", name="Rédac", role="editor")


@pytest.fixture
def written(monkeypatch):
    monkeypatch.setattr(letter_delivery, "_writers", {})
    register_writer(DispatchKind.EDITION, write)


def recipients(count: int, domain: str = "citoyen.test") -> list[Recipient]:
    return [Recipient(f"contact {n}", None, f"lectrice{n}@{domain}") for n in range(count)]


def plan(whom: list[Recipient], *, what: str = "edition 2026-W47 voirie 1", due: datetime = DUE) -> int:
    return plan_letters(
        kind=DispatchKind.EDITION, what=what, about={"week": "2026-W47"}, recipients=whom, due_at=due, now=due
    )


def states() -> Counter[str]:
    return Counter(Dispatch.objects.values_list("state", flat=True))


@pytest.fixture
def box(mail: MailServers, city, written) -> MailServers:  # noqa: F811
    accounts.connect(
        channel="email", address=CITY, connector="email", settings=mail.settings(CITY),
        secret={"imap_password", "smtp_password"}, by=None, now=DUE,
    )  # fmt: skip
    return mail


def send_all(now: datetime = DUE) -> int:
    runner = LetterRunner()
    count = runner.turn(now, within=30)
    return count + runner.finish(now)


@pytest.fixture
def line(city, written, monkeypatch) -> "Line":
    """A mailbox whose server does what the test says."""
    accounts.connect(
        channel="email", address=CITY, connector="email",
        settings={"imap_host": "localhost", "imap_user": "u", "imap_password": "p", "smtp_host": "localhost"},
        secret={"imap_password"}, by=None, now=DUE,
    )  # fmt: skip
    fake = Line()
    monkeypatch.setattr("portevoix.channels.email.connector.LetterMailer", lambda *_: fake)
    return fake


class Line:
    """A session: `trouble` is raised by what is sent, `left` is what it took."""

    def __init__(self) -> None:
        self.left: list[str] = []
        self.copies: set[str] = set()
        self.trouble: Exception | None = None

    def send(self, letter: Letter, *, at: datetime) -> None:
        if self.trouble:
            raise self.trouble
        self.left.append(letter.to.id)
        self.copies.add(letter.key)

    def find(self, letter_key: str) -> bool:
        if letter_key in self.copies:
            return True
        raise Uncertain("No copy.")

    def close(self) -> None:
        pass


def test_planning_again_plans_nothing_new(city) -> None:
    assert plan(recipients(3)) == 3
    assert plan(recipients(4)) == 1 and plan(recipients(4)) == 0
    shared = Recipient("contact 99", None, "Lectrice1@citoyen.test")
    assert plan([shared]) == 0, "one address, one letter"
    assert len(set(Dispatch.objects.values_list("key", flat=True))) == 4


def test_a_letter_arrives_once_with_all_its_parts_and_a_copy_without_content(box) -> None:
    plan(recipients(3))
    assert send_all(DUE - timedelta(minutes=1)) == 0
    assert send_all() == 3 and send_all() == 0 and states() == {"sent": 3}
    wait_for(lambda: bool(box.mailbox("lectrice0@citoyen.test")), "No letter.")
    (raw,) = box.mailbox("lectrice0@citoyen.test")
    got = email.message_from_bytes(raw, policy=email.policy.default)
    key = Dispatch.objects.get(address="lectrice0@citoyen.test").key
    assert got["Message-ID"] == f"<{key}@ville.test>" and got["References"] == "<journal-voirie@ville.test>"
    assert got["List-Unsubscribe"] == "<https://ville.example/stop/abc>"
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and got["Auto-Submitted"] == "auto-generated"
    assert got.get_body(("plain",)).get_content().strip() == "Bonjour edition 2026-W47 voirie 1."
    related = next(part for part in got.walk() if part.get_content_type() == "multipart/related")
    assert [part.get_content_type() for part in related.iter_parts()] == ["text/html", "image/png"]
    picture = list(related.iter_parts())[1]
    assert picture["Content-ID"] == "<chart>" and picture.get_content() == PIXEL
    copies = [email.message_from_bytes(copy) for copy in box.mailbox(CITY, "Sent")]
    mine = next(copy for copy in copies if copy["Message-ID"] == got["Message-ID"])
    assert "Bonjour" not in str(mine) and mine["To"] == "lectrice0@citoyen.test"


def test_three_mondays_of_outage_leave_the_last_one_and_ask_about_the_others(line, editor) -> None:
    for monday in range(3):
        plan(recipients(2), what=f"edition 2026-W{45 + monday} - 1", due=DUE - timedelta(days=14 - 7 * monday))
    tuesday = DUE + timedelta(hours=23, minutes=59)  # of the third week: the worker is back
    assert set_late_aside(now=tuesday) == 4
    assert send_all(tuesday) == 2 and set(states().items()) == {("late", 4), ("sent", 2)}
    assert {row.what for row in waiting_letters()} == {"edition 2026-W45 - 1", "edition 2026-W46 - 1"}
    numbers = [row.number for row in waiting_letters()]
    assert send_late_letters(numbers=numbers[:2], by=editor, now=tuesday) == 2
    assert drop_letters(numbers=numbers, by=editor, now=tuesday) == 2, "what is to leave is not dropped"
    assert send_all(tuesday) == 2 and states() == {"sent": 4, "cancelled": 2}


def test_what_is_a_day_late_does_not_leave_even_before_it_is_set_aside(line) -> None:
    plan(recipients(1))
    assert send_all(DUE + timedelta(hours=24)) == 0 and line.left == []


def test_without_a_mailbox_letters_wait_and_are_late_in_the_end(city, written) -> None:
    plan(recipients(1))
    assert send_all() == 0 and states() == {"due": 1}
    assert set_late_aside(now=DUE + timedelta(hours=24)) == 1 and states() == {"late": 1}


def test_a_server_that_is_away_is_asked_again_and_nobody_is_passed_over(line) -> None:
    plan(recipients(5))
    line.trouble = TryLater("Not now.")
    assert send_all() == 0 and states() == {"due": 5}
    line.trouble = None
    assert send_all(DUE + timedelta(minutes=10)) == 5 and len(set(line.left)) == 5


def test_a_mailbox_that_is_refused_pauses_and_keeps_its_letters(line) -> None:
    plan(recipients(2))
    line.trouble = Refused("Type the password again.", pause=True)
    assert send_all() == 0 and states() == {"due": 2}
    assert Account.objects.get(address=CITY).state == "paused"
    assert send_all(DUE + timedelta(hours=1)) == 0 and line.left == []


def test_a_refused_letter_and_one_that_cannot_be_written_wait_for_a_person(line, monkeypatch) -> None:
    plan(recipients(1))
    line.trouble = Refused("550 no such user")
    assert send_all() == 0 and states() == {"refused": 1}

    def fail(dispatch: DispatchToSend) -> Letter:
        raise ValueError("a fault")

    plan(recipients(1), what="edition 2026-W47 - 1")
    register_writer(DispatchKind.EDITION, fail)
    assert send_all() == 0 and states() == {"refused": 2}


def test_what_nobody_wants_to_go_any_more_does_not(line) -> None:
    plan(recipients(1))
    register_writer(DispatchKind.EDITION, lambda dispatch: None)
    assert send_all() == 0 and states() == {"cancelled": 1}


def test_a_dead_process_leaves_one_letter_in_doubt_which_is_looked_for(line, editor) -> None:
    plan(recipients(2))
    first, second = due_letters(kinds=[DispatchKind.EDITION], now=DUE, limit=2)
    assert dispatches.claim_letter(first, now=DUE) and not dispatches.claim_letter(first, now=DUE)
    assert dispatches.claim_letter(second, now=DUE)
    line.copies.add(first.key)  # it had left; of the other one nobody knows
    assert send_all(DUE + timedelta(minutes=4)) == 0, "its lease is not over"
    assert send_all(DUE + timedelta(minutes=6)) == 1 and line.left == []
    assert states() == {"sent": 1, "uncertain": 1}
    assert confirm_letters(numbers=[first.number, second.number], by=editor, now=DUE) == 1
    assert states() == {"sent": 2}


def test_after_a_restore_what_was_to_leave_is_looked_for_first(line) -> None:
    plan(recipients(1))
    plan(recipients(1), what="edition 2026-W48 - 1", due=DUE + timedelta(days=7))
    line.copies.update(Dispatch.objects.values_list("key", flat=True))
    assert dispatches.look_up_letters(now=DUE) == 1
    assert send_all() == 1 and line.left == [] and states() == {"sent": 1, "due": 1}


def test_cancelled_letters_and_those_of_colleagues_who_left_do_not_go(line, host) -> None:
    plan([Recipient(f"contact {host.pk}", host.pk, host.email)])
    Contact.objects.filter(pk=host.pk).update(is_active=False)
    plan(recipients(2), what="edition 2026-W47 - 1")
    assert cancel_letters(what="edition 2026-W47 - 1", now=DUE) == 2
    assert send_all() == 0 and states() == {"cancelled": 3} and line.left == []


def test_a_returned_letter_is_shown_and_its_address_gets_no_other(box, editor) -> None:
    plan([Recipient("contact 7", None, "chef@parti.test")])
    assert send_all() == 1
    wait_for(lambda: any(b"delivery-status" in raw for raw in box.mailbox(CITY)), "No report.")
    before = Message.objects.count()
    poll(DUE)
    row = Dispatch.objects.get()
    assert row.state == "returned" and row.reason["values"]["to"] == "chef@parti.test"
    assert Message.objects.count() == before, "nobody at the desk has to deal with it"
    assert not SuppressedAddress.objects.exists(), "this server does not say that the address is gone"
    again = Recipient("contact 7", None, "Chef@parti.test")
    assert plan([again], what="edition 2026-W48 - 1") == 1 and send_all() == 1
    wait_for(lambda: sum(b"delivery-status" in raw for raw in box.mailbox(CITY)) == 2, "No second report.")
    poll(DUE + timedelta(hours=1))
    assert SuppressedAddress.objects.get().address == "chef@parti.test"
    assert plan([again], what="edition 2026-W49 - 1") == 0
    assert send_late_letters(numbers=[row.pk], by=editor, now=DUE) == 0
    assert lift_suppression(address="chef@parti.test", by=editor)
    assert send_late_letters(numbers=[row.pk], by=editor, now=DUE) == 1
    assert Dispatch.objects.get(pk=row.pk).key != row.key


@pytest.mark.parametrize(
    ("status", "is_suppressed"), [("5.1.1", True), ("5.2.2", False), ("5.7.1", False), ("", False)]
)
def test_only_an_address_that_is_gone_is_suppressed(line, status, is_suppressed) -> None:
    plan(recipients(1))
    send_all()
    bounce = Bounce(Dispatch.objects.get().key, "someone.else@citoyen.test", "no", status)
    dispatches.record_letter_returns([bounce, Bounce("letter-unknown", "", "", "5.1.1")], now=DUE)
    assert states() == {"returned": 1}
    gone = [row.address for row in suppressed_addresses()]
    assert gone == (["lectrice0@citoyen.test"] if is_suppressed else [])


def poll(now: datetime) -> None:
    """Have a worker fetch the mailbox and take in what came."""
    connected = poller.Poller()
    connected.begin(now)
    wait_for(lambda: connected.finish(now, within=5) is not None, "The poll does not end.")
    take_waiting(now)
