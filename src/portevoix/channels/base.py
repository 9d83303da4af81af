"""What a channel is: a connector, its settings, and how it is found.

A channel is one folder. It knows neither Django nor the database; it is built from a settings dataclass (from which
the form of the settings page is drawn) and sends only what it is given. Errors: `TryLater`, `Refused`, `Uncertain`.
A settings field with the metadata {"settings_of": (channel, field)} is filled with the settings of another account of
the city: the one of that channel whose address the named field holds.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

from portevoix.kernel.words import Ability, Batch, Incoming, Outgoing, RawRequest, Receipt


@runtime_checkable
class Connector(Protocol):
    """The contract that `channels.contract.check_connector` tries on every channel.

    It may have an `example` too: the address of an account as citizens write it, for the form.
    """

    kind: ClassVar[str]
    abilities: ClassVar[frozenset[Ability]]
    Settings: ClassVar[type[Any]]

    def __init__(self, account: str, settings: Any) -> None: ...

    def receive(self, cursor: str | None) -> Batch:
        """What arrived since `cursor` (None: since ever). Reading twice from one cursor loses nothing."""

    def parse(self, request: RawRequest) -> tuple[Incoming, ...]:
        """A webhook or a form post, verified. Raises `Refused` when it is not what it says it is."""

    def send(self, message: Outgoing) -> Receipt:
        """Sends at most once per `message.key`. Raises `TryLater`, `Refused` or `Uncertain`."""

    def find(self, message: Outgoing) -> Receipt | None:
        """Did an uncertain send arrive? None: no. Raises `Uncertain` where the network cannot tell.

        With `Ability.FIND` it always tells; without, it may know some and raises `Uncertain` for the others.
        """

    def check(self) -> tuple[str, ...]:
        """Tries the settings without sending or taking anything; returns one `Sentence` per thing that works.

        Raises `Refused` or `TryLater` with what to do.
        """


@runtime_checkable
class Hooked(Connector, Protocol):
    """A connector whose network sends what is new to an address of its own: `/hooks/<kind>/<account>/`."""

    def pushed(self, request: RawRequest) -> Batch:
        """As `parse`, with what could not be read; without a cursor. Raises `Refused` as `parse` does."""

    def handshake(self, query: Mapping[str, str]) -> str:
        """What the network wants to hear, as plain text, when it tries the address. Raises `Refused`."""


class Sentence(str):
    """A filled-in English sentence that keeps its `text` and `values` apart, so that it can be translated."""

    text: str
    values: dict[str, str | int]

    def __new__(cls, text: str, /, **values: str | int) -> Self:
        sentence = super().__new__(cls, text.format(**values) if values else text)
        sentence.text, sentence.values = text, values
        return sentence


@dataclass(frozen=True, slots=True)
class Asked:
    """The network's page on which a colleague allows it. `state` comes back unchanged; `kept` stays here, secret."""

    address: str
    state: str
    kept: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Granted:
    """The account that was connected, and its settings."""

    account: str
    settings: Mapping[str, str] = field(repr=False)


class Access(Protocol):
    """How an account is connected by signing in at the network: a connector may have one as its `access`.

    `asks` names the settings that are needed beforehand. Both methods raise Refused or TryLater, `ask` BadInput too.
    """

    asks: tuple[str, ...]

    def ask(self, settings: Mapping[str, str], *, redirect: str) -> Asked:
        """`redirect` is the address here to which the network sends the colleague back."""

    def granted(self, kept: Mapping[str, Any], code: str) -> Granted:
        """`code` is what the network sent them back with."""


@dataclass(frozen=True, slots=True)
class Knob:
    """How one field of a settings dataclass is asked for; sits in the field's metadata under "knob".

    Fields that follow one another with the same `group` stand together under it as their heading.
    """

    label: str
    help: str = ""
    group: str = ""
    secret: bool = False
    choices: tuple[str, ...] = ()


def knobs(settings: type[Any]) -> Iterator[tuple[str, type[Any] | str, Any, Knob]]:
    """Yields (name, type, default, knob) for each field that a person may set."""
    for each in fields(settings):
        if knob := each.metadata.get("knob"):
            yield each.name, each.type, each.default, knob


class Installed(Mapping[str, type[Connector]]):
    """The installed channels by their kinds; each is loaded when it is asked for: no city uses all of them."""

    def __init__(self, points: Iterable[EntryPoint]) -> None:
        self._points = {point.name: point for point in sorted(points, key=lambda point: point.name)}
        self._loaded: dict[str, type[Connector]] = {}

    def __getitem__(self, kind: str) -> type[Connector]:
        if kind not in self._loaded:
            self._loaded[kind] = self._points[kind].load()
        return self._loaded[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._points)

    def __len__(self) -> int:
        return len(self._points)


@cache
def channels() -> Installed:
    """Every installed channel, built-in or not."""
    return Installed(entry_points(group="portevoix.channels"))


def access(kind: str) -> Access | None:
    """How accounts of that channel are connected by signing in there; None where they are not."""
    return getattr(channels().get(kind), "access", None)
