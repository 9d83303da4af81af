"""The connector of the network in memory."""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import ClassVar

from portevoix.channels.base import Knob, Pictures
from portevoix.channels.fake.network import Fault, network
from portevoix.kernel.errors import BadLine, Refused, TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.interchange import read_line
from portevoix.kernel.messages import Ability, Batch, Incoming, Outgoing, RawRequest, Receipt

PAGE = 100
SIGNATURE = "X-Fake-Signature"


@dataclass(frozen=True, slots=True)
class FakeSettings:
    """The name of a network of this process, and the secret that signs its webhooks ("": it may push nothing)."""

    name: str = field(
        default="default",
        metadata={
            "knob": Knob(
                gettext_noop("Name of the network"),
                gettext_noop("It lives in memory: what is sent there goes nowhere."),
            )
        },
    )
    secret: str = field(default="", repr=False, metadata={"knob": Knob(gettext_noop("Signing secret"), secret=True)})


class FakeConnector:
    """A connector with every ability. A cursor is an index into the network's log, as text."""

    kind: ClassVar[str] = "fake"
    abilities: ClassVar[frozenset[Ability]] = frozenset(Ability)
    Settings: ClassVar[type[FakeSettings]] = FakeSettings
    pictures: ClassVar[Pictures] = Pictures(most=4, bytes=1_000_000)

    def __init__(self, account: str, settings: FakeSettings) -> None:
        self.account = account
        self.settings = settings
        self.network = network(settings.name)

    def receive(self, cursor: str | None) -> Batch:
        self._call()
        start = int(cursor) if cursor and cursor.isdecimal() else 0
        messages, end, more = self.network.since(start, self.account, PAGE)
        return Batch(messages=messages, cursor=str(end), more=more)

    def parse(self, request: RawRequest) -> tuple[Incoming, ...]:
        """Parse one line of the interchange format per message, signed in `X-Fake-Signature` (see `sign`)."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        signature = headers.get(SIGNATURE.lower(), "").encode()
        if not self.settings.secret or not hmac.compare_digest(
            sign(request.body, self.settings.secret).encode(), signature
        ):
            raise Refused(gettext_noop("The request is not signed with the secret of this account."))
        try:
            lines = enumerate(request.body.splitlines(), start=1)
            return tuple(read_line(line, number) for number, line in lines)
        except BadLine as error:
            raise Refused(gettext_noop("The request cannot be read: {why}"), why=str(error)) from error

    def send(self, message: Outgoing) -> Receipt:
        self.pictures.admit(message)
        fault = self._call()
        if fault is Fault.LOST:
            raise Uncertain(gettext_noop("The line broke before the network answered."))
        self.network.accept(message)
        if fault is Fault.UNTOLD:
            raise Uncertain(gettext_noop("The line broke before the network answered."))
        return Receipt(external_id=message.key)

    def find(self, message: Outgoing) -> Receipt | None:
        self._call()
        return Receipt(external_id=message.key) if self.network.arrived(message.key) else None

    def delete(self, message: Outgoing, external_id: str) -> None:
        fault = self._call()
        if fault is Fault.LOST:
            raise Uncertain(gettext_noop("The line broke before the network answered."))
        self.network.withdraw(message.key)
        if fault is Fault.UNTOLD:
            raise Uncertain(gettext_noop("The line broke before the network answered."))

    def check(self) -> tuple[str, ...]:
        self._call()
        return (gettext_noop("The network in memory answers. What is sent there goes nowhere."),)

    def _call(self) -> Fault | None:
        """Raise the next fault, if any, or return it; only `send` and `delete` can meet the two uncertain ones."""
        if self.network.down:
            raise TryLater(gettext_noop("The network does not answer."))
        fault = self.network.next_fault()
        if fault is Fault.LATER:
            raise TryLater(gettext_noop("The network is busy."))
        if fault in (Fault.REFUSED, Fault.EXPIRED):
            raise Refused(gettext_noop("The network refuses it."), pause=fault is Fault.EXPIRED)
        return fault


def sign(body: bytes, secret: str) -> str:
    """Return the hexadecimal HMAC-SHA-256."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
