"""The contract between channels and the application: connectors, their settings, and the installed channels.

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
from portevoix.channels.text_limit import TextLimit
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
    """The contract that `channels.conformance.check_connector` tries on every channel.

    It may have a `label` (its name for people), an `icon` (the `d` of an SVG path in strokes on a grid of 20), and an
    `example` (the address of an account as citizens write it, for the form). A network that limits the length of a
    message has a class method `text_limit(settings, to)`: see the function of that name. With `Ability.MEDIA` it has
    `pictures`, with `Ability.DELETE` it is `Deleting`, and has `deletable` if it cannot delete everything that it
    sends.
    """

    kind: ClassVar[str]
    abilities: ClassVar[frozenset[Ability]]
    Settings: ClassVar[type[Any]]

    def __init__(self, account: str, settings: Any) -> None: ...

    def receive(self, cursor: str | None) -> Batch:
        """Return what arrived since `cursor` (None: since ever). Reading twice from one cursor loses nothing."""

    def parse(self, request: RawRequest) -> tuple[Incoming, ...]:
        """Verify and parse a webhook or a form post. Raise `Refused` when it is not genuine."""

    def send(self, message: Outgoing) -> Receipt:
        """Send at most once per `message.key`. Raise `TryLater`, `Refused` or `Uncertain`."""

    def find(self, message: Outgoing) -> Receipt | None:
        """Return the receipt of an uncertain send that arrived; None when it did not.

        Raise `Uncertain` where the network cannot tell: never with `Ability.FIND`, for some messages without it.
        """

    def check(self) -> tuple[str, ...]:
        """Try the settings without sending or taking anything; return one `Sentence` per thing that works.

        Raise `Refused` or `TryLater` with what to do.
        """


@runtime_checkable
class WebhookConnector(Connector, Protocol):
    """A connector whose network sends new messages to an address of its own: `/hooks/<kind>/<account>/`."""

    def parse_webhook(self, request: RawRequest) -> Batch:
        """Parse a request as `parse` does, with its unreadable parts and no cursor. Raise `Refused` as `parse` does."""

    def handshake(self, query: Mapping[str, str]) -> str:
        """Return the plain text that the network expects when it tries the address. Raise `Refused`."""


@runtime_checkable
class Deleting(Connector, Protocol):
    """A connector with `Ability.DELETE`."""

    def delete(self, message: Outgoing, external_id: str) -> None:
        """Delete from the network `message`, which was sent as `external_id`, with all its parts.

        Does nothing when it is gone already, and may be called again. Raise `TryLater` or `Refused`; `Uncertain` means
        no more than `TryLater` here.
        """


CANNOT_DELETE_PRIVATE: Final = gettext_noop(
    "This network lets no private message be deleted from here. Send another one that sets it right, or delete it"
    " there, by hand."
)


@dataclass(frozen=True, slots=True)
class Pictures:
    """Limits on the pictures of one message; the class of a connector with `Ability.MEDIA` has it as `pictures`."""

    most: int
    bytes: int
    types: tuple[str, ...] = TYPES
    alt: int = 1000
    animated_alone: bool = False

    def check(self, media: Sequence[Attachment]) -> None:
        """Raise BadInput with what to do when these pictures cannot be sent together, or one cannot be sent."""
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
        """Raise BadInput for a picture whose kind or size the network does not take."""
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
        """Check the pictures of a message that is about to be sent. Raise Refused."""
        try:
            self.check(message.media)
        except BadInput as error:
            raise Refused(error.text, pause=False, **error.values) from error


def refuse_pictures(message: Outgoing) -> None:
    """Raise Refused rather than drop the pictures silently; for a connector without `Ability.MEDIA`."""
    if message.media:
        raise Refused(gettext_noop("This network takes no pictures with a reply. Send it without."))


@runtime_checkable
class Subscribing(Connector, Protocol):
    """A connector that can ask its network to send new messages, once the account is stored."""

    def subscribe(self) -> None:
        """Subscribe; doing so twice is harmless. Raise as `check` does: without it, messages are fetched."""


@dataclass(frozen=True, slots=True)
class Use:
    """Our count of what a network bills of one kind. `most` 0: no limit. `price` is of each, in thousandths of a US
    dollar.
    """

    what: str
    used: int
    most: int
    price: int

    @property
    def remaining(self) -> int:
        return max(0, self.most - self.used)

    @property
    def cost(self) -> float:
        """Return the cost in US dollars."""
        return self.used * self.price / 1000


@dataclass(frozen=True, slots=True)
class Bill:
    """The use from `since` to the day before `until`. `told` is the network's own count, if it gives one, and `then`
    what happens once a limit is reached.
    """

    uses: tuple[Use, ...]
    since: date
    until: date
    told: str = ""
    then: tuple[str, ...] = ()


@runtime_checkable
class Billed(Connector, Protocol):
    """A connector whose network charges money."""

    def bill(self, cursor: str | None, now: datetime) -> Bill:
        """Return the bill of the account that was read up to `cursor`, without asking the network."""


class Sentence(str):
    """A filled-in English sentence that keeps its `text` and `values` apart, so that it can be translated."""

    text: str
    values: dict[str, str | float]

    def __new__(cls, text: str, /, **values: str | float) -> Self:
        sentence = super().__new__(cls, text.format(**values) if values else text)
        sentence.text, sentence.values = text, values
        return sentence


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """The network's page for allowing access. It returns `state` unchanged; `private_state` never leaves this house."""

    address: str
    state: str
    private_state: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class GrantedAccount:
    """An account that may be connected now, with its new settings. `kind` "": the channel that was asked.

    `id_setting` names the setting with the account's own number on the network, which identifies the account whatever
    the city calls it; "" when only its address does.
    """

    account: str
    settings: Mapping[str, Any] = field(repr=False)
    kind: str = ""
    id_setting: str = ""


class SignIn(Protocol):
    """A way to connect an account by signing in at the network: a connector may have one as its `access`.

    `asked_settings` are asked for beforehand; `required_settings` are those of them that have no default.
    `needs_registered_redirect`: the network must know beforehand to which address it sends people back. Both methods
    raise Refused, TryLater or Uncertain, and `start` BadInput too.
    """

    asked_settings: tuple[str, ...]
    required_settings: tuple[str, ...]
    needs_registered_redirect: bool

    def start(self, settings: Mapping[str, str], *, redirect: str) -> SignInRequest:
        """Return the page to open; from there the network sends the colleague back to `redirect`, an address here."""

    def finish(self, private_state: Mapping[str, Any], code: str) -> tuple[GrantedAccount, ...]:
        """Return the accounts, from which the colleague chooses; `code` is what the network sent with them."""


class Renewal(Protocol):
    """A way to renew settings that expire, such as an access token: a connector may have one as its `renewal`."""

    def due(self, settings: Mapping[str, Any], now: datetime) -> bool:
        """Return whether it is time to renew. The secrets in `settings` may be encrypted."""

    def renew(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask the network, and return the new settings, which are stored before they are used.

        Raise TryLater and Uncertain, after which it is asked again, and Refused where somebody has to sign in again.
        """


@dataclass(frozen=True, slots=True)
class SettingField:
    """The form field of one field of a settings dataclass; stored in its metadata under "knob".

    Consecutive fields with the same `group` are shown together under it as their heading. A value `from_network` is
    given by the network when somebody signs in there: no form asks for it.
    """

    label: str
    help: str = ""
    group: str = ""
    secret: bool = False
    choices: tuple[str, ...] = ()
    from_network: bool = False


def setting_fields(settings: type[Any]) -> Iterator[tuple[str, type[Any] | str, Any, SettingField]]:
    """Yield (name, type, default, knob) for each field that is stored."""
    for each in fields(settings):
        if knob := each.metadata.get("knob"):
            yield each.name, each.type, each.default, knob


def fields_to_ask(settings: type[Any]) -> Iterator[tuple[str, type[Any] | str, Any, SettingField]]:
    """Yield the entries of `setting_fields` that a person is asked for."""
    return (entry for entry in setting_fields(settings) if not entry[3].from_network)


def network_fields(settings: type[Any]) -> frozenset[str]:
    """Return the names of the settings that the network gives."""
    return frozenset(name for name, _, _, knob in setting_fields(settings) if knob.from_network)


def secret_names(settings: type[Any]) -> frozenset[str]:
    """Return the names of the secret settings."""
    return frozenset(name for name, _, _, knob in setting_fields(settings) if knob.secret)


class InstalledChannels(Mapping[str, type[Connector]]):
    """The installed channels by kind; each is loaded at first use, as no city uses all of them."""

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
def installed_channels() -> InstalledChannels:
    """Return every installed channel, built-in or not."""
    return InstalledChannels(entry_points(group="portevoix.channels"))


def label(kind: str) -> str:
    """Return the English name of a channel; its kind where it is not installed, or has no label."""
    return str(getattr(installed_channels().get(kind), "label", kind))


def icon(kind: str) -> str:
    """Return the path of the channel's icon; "" where it is not installed, or has none."""
    return str(getattr(installed_channels().get(kind), "icon", ""))


def has_ability(kind: str, ability: Ability) -> bool:
    """Return whether that channel is installed and has the ability."""
    connector = installed_channels().get(kind)
    return connector is not None and ability in connector.abilities


def deletable_visibilities(kind: str) -> frozenset[Visibility]:
    """Return the visibilities of messages that the channel can delete; none without the ability."""
    return (
        getattr(installed_channels()[kind], "deletable", frozenset(Visibility))
        if has_ability(kind, Ability.DELETE)
        else frozenset()
    )


def pictures(kind: str) -> Pictures | None:
    """Return the limits on pictures in a reply on that channel; None where it takes no pictures."""
    return getattr(installed_channels()[kind], "pictures", None) if has_ability(kind, Ability.MEDIA) else None


def text_limit(kind: str, settings: Mapping[str, Any], to: Writer) -> TextLimit | None:
    """Return the limit on one message to that person on that channel; None where there is none.

    `settings` are the account's as they are stored, with the secrets encrypted; {}: of any account.
    """
    limit_of = getattr(installed_channels().get(kind), "text_limit", None)
    limit: TextLimit | None = limit_of(settings, to) if limit_of else None
    return limit


def access(kind: str) -> SignIn | None:
    """Return how accounts of that channel are connected by signing in there; None where they are not."""
    return getattr(installed_channels().get(kind), "access", None)


def renewal(kind: str) -> Renewal | None:
    """Return how the access of accounts of that channel is renewed; None where none expires."""
    return getattr(installed_channels().get(kind), "renewal", None)
