"""What a channel is: a connector, its settings, and how it is found.

A channel is one folder. It knows neither Django nor the database; it is built from a settings dataclass (from which
the form of the settings page is drawn) and sends only what it is given. Errors: `TryLater`, `Refused`, `Uncertain`.
A settings field with the metadata {"settings_of": (channel, field)} is filled with the settings of another account of
the city: the one of that channel whose address the named field holds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, ClassVar, Final, Protocol, Self, runtime_checkable

from portevoix.channels.media import TYPES, megabytes
from portevoix.channels.thread import TextLimit
from portevoix.kernel.errors import BadInput, Refused
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import (
    Ability,
    Attachment,
    Batch,
    Incoming,
    Outgoing,
    RawRequest,
    Receipt,
    Visibility,
    Writer,
)


@runtime_checkable
class Connector(Protocol):
    """The contract that `channels.contract.check_connector` tries on every channel.

    It may have a `label`, by which people know it, and an `icon`: the `d` of an SVG path in strokes on a grid of 20. It
    may have an `example`: the address of an account as citizens write it, for the form. A network that takes
    only so much text in one message has a class method `text_limit(settings, to)`: see the function of that name. With
    `Ability.MEDIA` it has `pictures`, with `Ability.DELETE` it is `Deleting`, and has `deletable` where that is not all
    that it sends.
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


@runtime_checkable
class Deleting(Connector, Protocol):
    """A connector with `Ability.DELETE`."""

    def delete(self, message: Outgoing, external_id: str) -> None:
        """Deletes on the network what was sent as `message` and came to stand under `external_id`, with all its parts.

        What is gone already is well, and it may be called again. Raises `TryLater` or `Refused`; `Uncertain` is no
        more than `TryLater` here.
        """


STAYS: Final = gettext_noop(
    "This network lets no private message be deleted from here. Send another one that sets it right, or delete it"
    " there, by hand."
)


@dataclass(frozen=True, slots=True)
class Pictures:
    """What a connector with `Ability.MEDIA` takes with one message; stands on its class as `pictures`."""

    most: int
    bytes: int
    types: tuple[str, ...] = TYPES
    alt: int = 1000
    animated_alone: bool = False

    def check(self, media: Sequence[Attachment]) -> None:
        """Raises BadInput with what to do when these cannot go together, or one of them cannot."""
        if len(media) > self.most:
            raise BadInput(
                gettext_noop("{count} pictures are attached; this network takes {most}. Remove some."),
                count=len(media),
                most=self.most,
            )
        if self.animated_alone and len(media) > 1 and any(one.type == "image/gif" for one in media):
            raise BadInput(gettext_noop("This network takes a GIF only by itself. Remove the other pictures."))
        for one in media:
            self.check_kind(one)
            self._check_alt(one)

    def check_kind(self, one: Attachment) -> None:
        """Raises BadInput for one of a kind or size that the network does not take, whatever its description."""
        if one.type not in self.types:
            kinds = ", ".join(kind.partition("/")[2].upper() for kind in self.types)
            raise BadInput(
                gettext_noop("“{name}” is of a kind that this network does not take. It takes: {kinds}."),
                name=one.name,
                kinds=kinds,
            )
        if len(one.content) > self.bytes:
            raise BadInput(
                gettext_noop(
                    "“{name}” has {size} MB; this network takes {most} MB. Make it smaller, then attach it again."
                ),
                name=one.name,
                size=megabytes(len(one.content)),
                most=megabytes(self.bytes),
            )

    def _check_alt(self, one: Attachment) -> None:
        if not one.alt:
            raise BadInput(
                gettext_noop("Say what “{name}” shows: whoever cannot see it hears your description instead."),
                name=one.name,
            )
        if len(one.alt) > self.alt:
            raise BadInput(
                gettext_noop("The description of “{name}” is too long: this network takes {most} characters."),
                name=one.name,
                most=self.alt,
            )

    def admit(self, message: Outgoing) -> None:
        """As `check`, for a connector that is about to send. Raises Refused."""
        try:
            self.check(message.media)
        except BadInput as error:
            raise Refused(error.text, pause=False, **error.values) from error


def no_pictures(message: Outgoing) -> None:
    """For a connector without `Ability.MEDIA`. Raises Refused rather than leave the pictures out in silence."""
    if message.media:
        raise Refused(gettext_noop("This network takes no pictures with a reply. Send it without."))


@runtime_checkable
class Subscribing(Connector, Protocol):
    """A connector that can tell its network to send what is new, once the account is stored."""

    def subscribe(self) -> None:
        """Does so; twice does no harm. Raises as `check` does: what is not sent is fetched all the same."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a network has billed of one kind, as it is counted here. `most` 0: no limit. `price` is of each, in
    thousandths of a US dollar.
    """

    what: str
    used: int
    most: int
    price: int

    @property
    def left(self) -> int:
        return max(0, self.most - self.used)

    @property
    def cost(self) -> float:
        """In US dollars."""
        return self.used * self.price / 1000


@dataclass(frozen=True, slots=True)
class Bill:
    """What was used from `since` to the day before `until`. `told` is the network's own count, if it tells one, and
    `then` what happens once a limit is reached.
    """

    uses: tuple[Use, ...]
    since: date
    until: date
    told: str = ""
    then: tuple[str, ...] = ()


@runtime_checkable
class Billed(Connector, Protocol):
    """A connector whose network takes money."""

    def bill(self, cursor: str | None, now: datetime) -> Bill:
        """Of the account that was read up to `cursor`, without asking the network."""


class Sentence(str):
    """A filled-in English sentence that keeps its `text` and `values` apart, so that it can be translated."""

    text: str
    values: dict[str, str | float]

    def __new__(cls, text: str, /, **values: str | float) -> Self:
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
    """An account that may be connected now, and what is new in its settings. `kind` "": of the channel that was asked.

    `known_by` names the setting that is the account's own number on the network: by it, it is known again whatever the
    city calls it. "": by its address alone.
    """

    account: str
    settings: Mapping[str, Any] = field(repr=False)
    kind: str = ""
    known_by: str = ""


class Access(Protocol):
    """How an account is connected by signing in at the network: a connector may have one as its `access`.

    `asks` names the settings that are asked for beforehand, `needs` those of them that no default stands for;
    `announced` is whether the network has to know beforehand to
    which address it sends people back. Both methods raise Refused, TryLater or Uncertain, `ask` BadInput too.
    """

    asks: tuple[str, ...]
    needs: tuple[str, ...]
    announced: bool

    def ask(self, settings: Mapping[str, str], *, redirect: str) -> Asked:
        """`redirect` is the address here to which the network sends the colleague back."""

    def granted(self, kept: Mapping[str, Any], code: str) -> tuple[Granted, ...]:
        """`code` is what the network sent them back with. Of several accounts the colleague chooses."""


class Renewal(Protocol):
    """How the network grants some settings anew, such as an access that runs out: a connector may have a `renewal`."""

    def due(self, settings: Mapping[str, Any], now: datetime) -> bool:
        """Whether it is time. The secrets in `settings` may be locked."""

    def renew(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """Asks the network, and returns what is new in the settings: it is stored before anything else is done with it.

        Raises TryLater and Uncertain, upon which it is asked again, and Refused where somebody has to sign in again.
        """


@dataclass(frozen=True, slots=True)
class Knob:
    """How one field of a settings dataclass is asked for; sits in the field's metadata under "knob".

    Fields that follow one another with the same `group` stand together under it as their heading. What is `granted`
    comes from the network, when somebody signs in there: nobody is asked for it.
    """

    label: str
    help: str = ""
    group: str = ""
    secret: bool = False
    choices: tuple[str, ...] = ()
    granted: bool = False


def knobs(settings: type[Any]) -> Iterator[tuple[str, type[Any] | str, Any, Knob]]:
    """Yields (name, type, default, knob) for each field that is stored."""
    for each in fields(settings):
        if knob := each.metadata.get("knob"):
            yield each.name, each.type, each.default, knob


def asked(settings: type[Any]) -> Iterator[tuple[str, type[Any] | str, Any, Knob]]:
    """As `knobs`, those that a person is asked for."""
    return (found for found in knobs(settings) if not found[3].granted)


def granted(settings: type[Any]) -> frozenset[str]:
    """The names of those that the network gives."""
    return frozenset(name for name, _, _, knob in knobs(settings) if knob.granted)


def hidden(settings: type[Any]) -> frozenset[str]:
    """The names of the secrets."""
    return frozenset(name for name, _, _, knob in knobs(settings) if knob.secret)


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


def label(kind: str) -> str:
    """The name by which people know that channel, in English; its kind where it is not installed, or has none."""
    return str(getattr(channels().get(kind), "label", kind))


def icon(kind: str) -> str:
    """The path of its icon; "" where it is not installed, or has none."""
    return str(getattr(channels().get(kind), "icon", ""))


def able(kind: str, ability: Ability) -> bool:
    """Whether that channel is installed and has it."""
    made = channels().get(kind)
    return made is not None and ability in made.abilities


def deletable(kind: str) -> frozenset[Visibility]:
    """Which of the messages that were sent that channel deletes; none where it has not the ability."""
    return getattr(channels()[kind], "deletable", frozenset(Visibility)) if able(kind, Ability.DELETE) else frozenset()


def pictures(kind: str) -> Pictures | None:
    """What that channel takes with a reply; None where it takes none."""
    return getattr(channels()[kind], "pictures", None) if able(kind, Ability.MEDIA) else None


def text_limit(kind: str, settings: Mapping[str, Any], to: Writer) -> TextLimit | None:
    """How much text that channel takes in one message to that person; None where nothing is counted.

    `settings` are the account's as they are stored, without the secrets in clear; {}: of any account.
    """
    limited = getattr(channels().get(kind), "text_limit", None)
    limit: TextLimit | None = limited(settings, to) if limited else None
    return limit


def access(kind: str) -> Access | None:
    """How accounts of that channel are connected by signing in there; None where they are not."""
    return getattr(channels().get(kind), "access", None)


def renewal(kind: str) -> Renewal | None:
    """How the access of accounts of that channel is renewed; None where none runs out."""
    return getattr(channels().get(kind), "renewal", None)
