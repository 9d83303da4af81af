"""The connector of Bluesky."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from portevoix.channels.base import Pictures, Sentence
from portevoix.channels.bluesky import send
from portevoix.channels.bluesky.parse import KIND
from portevoix.channels.bluesky.post_length import LIMIT
from portevoix.channels.bluesky.receive import Intake
from portevoix.channels.bluesky.session import Client
from portevoix.channels.bluesky.settings import BlueskySettings
from portevoix.channels.text_limit import TextLimit
from portevoix.kernel.errors import Refused
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Ability, Batch, Incoming, Outgoing, RawRequest, Receipt, Writer


class BlueskyConnector:
    """An account of the city; `account` is its handle or its DID."""

    kind: ClassVar[str] = KIND
    label: ClassVar[str] = "Bluesky"
    icon: ClassVar[str] = (
        "M10 9.5C9 7 6 4 3.8 4C2.5 4 3 9.5 4 11c1 1.5 3.2 1.2 4 1-2 .6-2.5 1.8-1.3 3c1.6 1.5 2.8 0 3.3-1.5c.5 "
        "1.5 1.7 3 3.3 1.5c1.2-1.2.7-2.4-1.3-3c.8.2 3 .5 4-1c1-1.5 1.5-7 .2-7C14 4 11 7 10 9.5Z"
    )
    example: ClassVar[str] = "valmont.bsky.social"
    abilities: ClassVar[frozenset[Ability]] = frozenset(
        {Ability.POLL, Ability.REPLY, Ability.PUBLISH, Ability.FIND, Ability.MEDIA, Ability.DELETE}
    )
    Settings: ClassVar[type[BlueskySettings]] = BlueskySettings
    pictures: ClassVar[Pictures] = send.PICTURES

    @classmethod
    def text_limit(cls, settings: Mapping[str, Any], to: Writer) -> TextLimit:
        return LIMIT

    def __init__(self, account: str, settings: BlueskySettings) -> None:
        """Raise BadInput when `account` is neither handle nor DID."""
        self.account = account
        self.settings = settings
        self._client = Client(account, settings)

    def receive(self, cursor: str | None) -> Batch:
        """Return mentions, replies and quotes; in turns own posts, search results, and deletions.

        The cursor is JSON; None begins thirty days ago. At most five pages at once, the newest first; within a batch
        the oldest comes first.
        """
        return Intake(self._client, self.account, self.settings.search, cursor, datetime.now(UTC)).run()

    def parse(self, request: RawRequest) -> tuple[Incoming, ...]:
        raise Refused(gettext_noop("Bluesky is asked for what is new; nothing comes in through the web."))

    def send(self, message: Outgoing) -> Receipt:
        return send.send(self._client, message)

    def find(self, message: Outgoing) -> Receipt | None:
        return send.find(self._client, message)

    def delete(self, message: Outgoing, external_id: str) -> None:
        send.delete(self._client, message)

    def check(self) -> tuple[str, ...]:
        return tuple(self._checks())

    def _checks(self) -> Iterator[str]:
        session = self._client.sign_in()
        yield Sentence(
            gettext_noop("Signed in as {handle} ({did})."), handle=session.handle.replace("@", ""), did=session.did
        )
        self._client.get("app.bsky.notification.listNotifications", {"limit": 1})
        yield Sentence(gettext_noop("Mentions and replies can be read."))
        if self.settings.search.strip():
            self._client.get("app.bsky.feed.searchPosts", {"q": self.settings.search.strip(), "limit": 1})
            yield Sentence(gettext_noop("Posts can be searched."))
        state = self._client.get("com.atproto.server.getSession", {})
        if state.get("active") is False:
            raise Refused(
                gettext_noop("The account {account} is closed or suspended. Sign in to {host} and see why."),
                pause=True,
                account=self.account,
                host=self.settings.service,
            )
        yield Sentence(gettext_noop("The account may post. Nothing was posted."))
