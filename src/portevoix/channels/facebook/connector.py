"""The connectors of Facebook and Instagram: Meta serves both through one API, with the page's token."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from portevoix.channels.base import Sentence, no_pictures
from portevoix.channels.facebook import find, poll, push, send
from portevoix.channels.facebook.graph import Graph
from portevoix.channels.facebook.oauth import MetaAccess
from portevoix.channels.facebook.settings import FacebookSettings, InstagramSettings, MetaSettings
from portevoix.channels.facebook.values import Here, maybe, text
from portevoix.kernel.errors import Refused
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Ability, Batch, Incoming, Outgoing, RawRequest, Receipt, Visibility

SUBSCRIBED: Final = "feed,mention,messages,message_echoes,message_edits,messaging_postbacks"


class MetaConnector:
    """Base of both connectors. `find` is nearly always certain, which is not enough for `Ability.FIND`."""

    kind: ClassVar[str]
    abilities: ClassVar[frozenset[Ability]] = frozenset(
        {Ability.POLL, Ability.PUSH, Ability.REPLY, Ability.PRIVATE, Ability.DELETE}
    )
    deletable: ClassVar[frozenset[Visibility]] = frozenset({Visibility.PUBLIC})
    Settings: ClassVar[type[Any]]
    access: ClassVar[MetaAccess] = MetaAccess()
    _name: ClassVar[str]
    """The field that names the account on the network."""

    def __init__(self, account: str, settings: MetaSettings) -> None:
        self.account = account
        self.settings = settings

    def receive(self, cursor: str | None) -> Batch:
        """Return one page of the current reading. A new one begins five minutes after the last one began."""
        return poll.receive(Graph(self.settings), self._here(), cursor, datetime.now(UTC))

    def parse(self, request: RawRequest) -> tuple[Incoming, ...]:
        """Return the messages of a webhook. Raise Refused for one unsigned by Meta, or for another account."""
        return self.pushed(request).messages

    def pushed(self, request: RawRequest) -> Batch:
        """Parse a webhook, with what could not be read, and one Unreadable per unknown kind of event."""
        return push.read(request, self.settings.app_secret, self._here())

    def handshake(self, query: Mapping[str, str]) -> str:
        """Return the answer that Meta expects when it tries the address. Raise Refused."""
        return push.handshake(query, self.settings.verify_token)

    def send(self, message: Outgoing) -> Receipt:
        no_pictures(message)
        human_agent = self.settings.human_agent
        return send.send(Graph(self.settings), self._here(), message, human_agent=human_agent)

    def find(self, message: Outgoing) -> Receipt | None:
        return find.find(Graph(self.settings), self._here(), message)

    def delete(self, message: Outgoing, external_id: str) -> None:
        send.delete(Graph(self.settings), message, external_id)

    def subscribe(self) -> None:
        """Make the page, with its Instagram account, send new messages to the address of the app."""
        Graph(self.settings).post("/me/subscribed_apps", {"subscribed_fields": SUBSCRIBED})

    def check(self) -> tuple[str, ...]:
        profile = Graph(self.settings).get(f"/{self.settings.me}", fields=f"id,{self._name}")
        if maybe(profile.get("id")) != self.settings.me:
            raise Refused(gettext_noop("The access token is not that of this account."), pause=True)
        name = text(profile.get(self._name)) or self.settings.me
        return (Sentence(gettext_noop("Meta lets us speak for {name}."), name=name), self._webhook())

    def _webhook(self) -> str:
        if self.settings.verify_token:
            return gettext_noop("A verify token is set: Meta can be told where to send what is new.")
        return gettext_noop("Without a verify token nothing is sent here: it is asked for every five minutes.")

    def _here(self) -> Here:
        return Here(self.kind, self.account, self.settings.me)


class FacebookConnector(MetaConnector):
    """A Facebook page: comments, posts by visitors, mentions, Messenger."""

    kind: ClassVar[str] = "facebook"
    label: ClassVar[str] = "Facebook"
    icon: ClassVar[str] = "M13.5 3.5H12A3 3 0 0 0 9 6.5v11 M6.5 10h6"
    example: ClassVar[str] = "facebook.com/valmont"
    Settings: ClassVar[type[FacebookSettings]] = FacebookSettings
    _name: ClassVar[str] = "name"


class InstagramConnector(MetaConnector):
    """An Instagram professional account that is linked to a page: comments, mentions, Direct."""

    kind: ClassVar[str] = "instagram"
    label: ClassVar[str] = "Instagram"
    icon: ClassVar[str] = (
        "M6.5 3.5h7a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3h-7a3 3 0 0 1-3-3v-7a3 3 0 0 1 3-3Z "
        "M10 7a3 3 0 1 1 0 6a3 3 0 0 1 0-6Z M13.7 6.3h.01"
    )
    example: ClassVar[str] = "@villedevalmont"
    Settings: ClassVar[type[InstagramSettings]] = InstagramSettings
    _name: ClassVar[str] = "username"
