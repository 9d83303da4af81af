"""The Mastodon connector, over the REST API of the account's instance."""

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from portevoix.channels.base import Pictures, Sentence
from portevoix.channels.mastodon import send as sending
from portevoix.channels.mastodon.client import Instance
from portevoix.channels.mastodon.cursor import Cursor
from portevoix.channels.mastodon.limit import MastodonRenewal, name_of, text_limit
from portevoix.channels.mastodon.receive import Turn
from portevoix.channels.mastodon.settings import (
    LINK_CHARACTERS,
    MOST_CHARACTERS,
    MastodonSettings,
    base_of,
    handle_of,
)
from portevoix.channels.mastodon.sign_in import MastodonAccess
from portevoix.channels.text_limit import TextLimit
from portevoix.kernel.errors import BadInput, Refused
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Ability, Batch, Incoming, Outgoing, RawRequest, Receipt, Writer


class MastodonConnector:
    """An account on an instance; `account` is `@city@instance`. A message's id is the status' id on that instance.

    The instance needs that id, rather than the status' address, for a reply, a thread or a deletion. FIND is not
    claimed: where a similar status exists already, a person decides.
    """

    kind: ClassVar[str] = "mastodon"
    label: ClassVar[str] = "Mastodon"
    icon: ClassVar[str] = (
        "M3.5 15.5v-8c0-5.5 13-5.5 13 0v3.5c0 2.5-2 3-4.5 3H8 M6.8 11V8c0-2.2 3.2-2.2 3.2 0v2 M10 8c0-2.2 "
        "3.2-2.2 3.2 0v3"
    )
    example: ClassVar[str] = "@valmont@mastodon.example"
    abilities: ClassVar[frozenset[Ability]] = frozenset(
        {Ability.POLL, Ability.REPLY, Ability.PUBLISH, Ability.PRIVATE, Ability.MEDIA, Ability.DELETE}
    )
    Settings: ClassVar[type[MastodonSettings]] = MastodonSettings
    pictures: ClassVar[Pictures] = sending.PICTURES
    access: ClassVar[MastodonAccess] = MastodonAccess()
    renewal: ClassVar[MastodonRenewal] = MastodonRenewal()

    @classmethod
    def text_limit(cls, settings: Mapping[str, Any], to: Writer) -> TextLimit:
        """Return the limit without a content warning's share, which only the instance knows."""
        characters = int(settings.get("most_characters", MOST_CHARACTERS))
        link = int(settings.get("link_characters", LINK_CHARACTERS))
        try:
            name = name_of(to, urlsplit(base_of(str(settings.get("instance", "")))).netloc)
        except (BadInput, ValueError):
            name = ""
        return text_limit(characters, link, name)

    def __init__(self, account: str, settings: MastodonSettings) -> None:
        handle_of(account)
        self.account = account
        self.settings = settings

    def receive(self, cursor: str | None) -> Batch:
        """Return mentions, the city's own statuses, edits and deletions. For the cursor see `cursor.Cursor`."""
        instance = self._instance()
        return Turn(instance, instance.here(), Cursor.read(cursor)).run()

    def parse(self, request: RawRequest) -> tuple[Incoming, ...]:
        raise Refused(gettext_noop("Mentions are fetched from the instance; they do not come in through the web."))

    def send(self, message: Outgoing) -> Receipt:
        """Send a long reply as a chain of statuses; the receipt is the first one's."""
        instance = self._instance()
        return sending.send(instance, instance.here(), message)

    def find(self, message: Outgoing) -> Receipt | None:
        """Search the city's own statuses since the reply was written."""
        instance = self._instance()
        return sending.find(instance, instance.here(), message)

    def delete(self, message: Outgoing, external_id: str) -> None:
        instance = self._instance()
        sending.delete(instance, instance.here(), message, external_id)

    def check(self) -> tuple[str, ...]:
        instance = self._instance()
        here = instance.here()
        instance.get("/api/v1/notifications", {"limit": 1})
        instance.may_write()
        most = instance.limits().characters
        return (
            Sentence(gettext_noop("Signed in to {host} as {handle}."), host=instance.host, handle=here.handle),
            Sentence(gettext_noop("Mentions can be read.")),
            Sentence(gettext_noop("Replies may be written: up to {count} characters in one status."), count=most),
        )

    def _instance(self) -> Instance:
        return Instance(self.account, self.settings)
