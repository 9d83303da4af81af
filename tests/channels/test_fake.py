"""The network in memory keeps the contract, and fails in every way that it is told to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import entry_points
from itertools import count

import pytest

from portevoix.channels.conformance import CHECKS, Check, Fixtures, check_connector
from portevoix.channels.fake import FakeConnector, FakeSettings, Fault, forget, network
from portevoix.channels.fake.connector import SIGNATURE, sign
from portevoix.kernel.errors import ChannelError, Refused, TryLater, Uncertain
from portevoix.kernel.interchange import write_line
from portevoix.kernel.messages import Ability, Batch, Change, Direction, Incoming, Outgoing, RawRequest, Writer

ACCOUNT = "@valmont"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NUMBERS = count()


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    yield
    forget()


def message(external_id: str = "", account: str = ACCOUNT) -> Incoming:
    return Incoming(
        channel="fake",
        account=account,
        external_id=external_id or f"m{next(NUMBERS)}",
        direction=Direction.IN,
        author=Writer("ana"),
        sent_at=NOW,
        text="Le lampadaire de la rue Haute est cassé.",
    )


def outgoing(key: str = "k1") -> Outgoing:
    return Outgoing(
        key=key, account=ACCOUNT, conversation="c1", to=Writer("ana"), text="Nous passons demain.", sent_at=NOW
    )


def request(body: bytes, secret: str) -> RawRequest:
    return RawRequest("POST", "/in/fake", {SIGNATURE.lower(): sign(body, secret)}, body, NOW)


def fixtures() -> Fixtures:
    @contextmanager
    def down() -> Iterator[None]:
        network().down = True
        yield
        network().down = False

    body = write_line(message("pushed")).encode()
    return Fixtures(
        settings=FakeSettings(secret="never shown"),
        write=lambda most: network().write(*(message() for _ in range(most))),
        request=request(body, "never shown"),
        forgeries=(request(body, "guessed"), RawRequest("POST", "/in/fake", {}, body, NOW)),
        outgoing=outgoing,
        read_copies=lambda key: [f"\n\n{message.text}" for message in network().replies(key)],
        read_descriptions=lambda key: [[one.alt for one in message.media] for message in network().replies(key)],
        down=down,
        secrets=("never shown",),
    )


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_keeps_the_contract(check: Check) -> None:
    given = fixtures()
    check(lambda: FakeConnector(ACCOUNT, given.settings), given)


def test_is_installed_under_its_kind() -> None:
    (point,) = entry_points(group="portevoix.channels", name="fake")
    assert point.load() is FakeConnector
    assert FakeConnector.abilities == frozenset(Ability)


def test_a_second_send_under_one_key_changes_nothing() -> None:
    connector = FakeConnector(ACCOUNT, FakeSettings())
    assert connector.send(outgoing()) == connector.send(outgoing())
    assert len(network().replies()) == 1


@pytest.mark.parametrize(
    ("fault", "error", "arrives"),
    [
        (Fault.LATER, TryLater, False),
        (Fault.REFUSED, Refused, False),
        (Fault.EXPIRED, Refused, False),
        (Fault.LOST, Uncertain, False),
        (Fault.UNTOLD, Uncertain, True),
    ],
)
def test_each_fault_leaves_the_reply_where_it_says(fault: Fault, error: type[ChannelError], arrives: bool) -> None:
    connector = FakeConnector(ACCOUNT, FakeSettings())
    network().fail(fault)
    with pytest.raises(error) as raised:
        connector.send(outgoing())
    assert (connector.find(outgoing()) is not None) is arrives
    assert getattr(raised.value, "pause", False) is (fault is Fault.EXPIRED)


def test_edits_and_deletions_are_revisions_and_duplicates_are_the_same() -> None:
    there = network()
    there.write(message("a"), message("elsewhere", account="@other"))
    there.repeat("a")
    there.edit("a", "Il est réparé.")
    there.delete("a")
    read = FakeConnector(ACCOUNT, FakeSettings()).receive(None).messages
    assert [(m.external_id, m.revision, m.change) for m in read] == [
        ("a", 0, Change.MESSAGE),
        ("a", 0, Change.MESSAGE),
        ("a", 1, Change.AMEND),
        ("a", 2, Change.RETRACT),
    ]
    assert [m.text for m in read[2:]] == ["Il est réparé.", ""]


def test_networks_are_apart_and_long_ones_come_in_pages() -> None:
    network("long").write(*(message() for _ in range(250)))
    connector = FakeConnector(ACCOUNT, FakeSettings(name="long"))
    sizes, batch = [], Batch(more=True)
    while batch.more:
        batch = connector.receive(batch.cursor)
        sizes.append(len(batch.messages))
    assert sizes == [100, 100, 50]
    assert FakeConnector(ACCOUNT, FakeSettings()).receive(None).messages == ()


def test_a_cursor_from_a_network_that_ended_starts_over() -> None:
    network().write(message("a"))
    assert len(FakeConnector(ACCOUNT, FakeSettings()).receive("17").messages) == 1


# The suite itself must fail where a channel does not keep the contract.


class Forgetful(FakeConnector):
    """Its cursor stands still."""

    def receive(self, cursor: str | None) -> Batch:
        return Batch(super().receive(None).messages, cursor="0")


class Credulous(FakeConnector):
    """Believes every request."""

    def parse(self, request: RawRequest) -> tuple[Incoming, ...]:
        return (message("pushed"),)


class Hasty(FakeConnector):
    """Says that it sent what it did not."""

    def find(self, message: Outgoing) -> None:
        return None


class Talkative(FakeConnector):
    """Tells its secret in an error."""

    def check(self) -> tuple[str, ...]:
        if self.network.down:
            raise TryLater(f"No answer with {self.settings.secret}")
        return super().check()


class Abrupt(FakeConnector):
    """Lets an error of its own out."""

    def receive(self, cursor: str | None) -> Batch:
        if self.network.down:
            raise ConnectionError
        return super().receive(cursor)


@dataclass(frozen=True)
class Shown:
    name: str = "default"
    secret: str = field(default="")


class Unguarded(FakeConnector):
    Settings = Shown  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (Forgetful, "messages were written"),
        (Credulous, "takes a forged request"),
        (Hasty, "does not find what was sent"),
        (Talkative, "tells a secret"),
        (Unguarded, "not of the connector's Settings"),
    ],
)
def test_the_suite_tells_what_is_wrong(broken: type[FakeConnector], told: str) -> None:
    given = fixtures()
    network().write(message())
    with pytest.raises(AssertionError, match=told):
        check_connector(lambda: broken(ACCOUNT, given.settings), given)


def test_the_suite_lets_a_foreign_error_through() -> None:
    given = fixtures()
    build: Callable[[], FakeConnector] = lambda: Abrupt(ACCOUNT, given.settings)  # noqa: E731
    with pytest.raises(ConnectionError):
        check_connector(build, given)
