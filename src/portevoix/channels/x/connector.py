"""The connector of X."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from portevoix.channels.base import Bill, Pictures, Sentence, Use
from portevoix.channels.text_limit import TextLimit
from portevoix.channels.x import budget
from portevoix.channels.x.client import Client, count_of
from portevoix.channels.x.cursor import Cursor
from portevoix.channels.x.oauth import XAccess, XRenewal
from portevoix.channels.x.parse import KIND
from portevoix.channels.x.post_length import LIMIT
from portevoix.channels.x.receive import MOST_SHOWN, Intake, identify_account
from portevoix.channels.x.send import PICTURES, Sender
from portevoix.channels.x.settings import XSettings, handle
from portevoix.kernel.errors import Refused
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Ability, Batch, Incoming, Outgoing, RawRequest, Receipt, Writer

USAGE_SENTENCE: Final = gettext_noop(
    "By X's own count {used} of {cap} posts of this period were read by the application's project."
)


class XConnector:
    """An account of the city; `account` is its name, with or without @.

    FIND is not claimed: X has no key for a send, and promises neither when it shows a post nor which texts it considers
    the same. `find` answers where it is certain, and leaves the rest to a person.
    """

    kind: ClassVar[str] = KIND
    label: ClassVar[str] = "X"
    icon: ClassVar[str] = "M4 4l12 12.5 M15.5 4 4.5 16.5"
    example: ClassVar[str] = "@VilleDeValmont"
    abilities: ClassVar[frozenset[Ability]] = frozenset(
        {Ability.POLL, Ability.REPLY, Ability.PUBLISH, Ability.MEDIA, Ability.DELETE}
    )
    Settings: ClassVar[type[XSettings]] = XSettings
    pictures: ClassVar[Pictures] = PICTURES
    access: ClassVar[XAccess] = XAccess()
    renewal: ClassVar[XRenewal] = XRenewal()

    @classmethod
    def text_limit(cls, settings: Mapping[str, Any], to: Writer) -> TextLimit:
        return LIMIT

    def __init__(self, account: str, settings: XSettings) -> None:
        """Raise BadInput when `account` is no name of X."""
        handle(account)
        self.account = account
        self.settings = settings
        self._client = Client(account, settings)

    def receive(self, cursor: str | None) -> Batch:
        """Return mentions and replies; in turns own posts, conversations that began elsewhere, and deletions.

        The cursor is JSON; None begins seven days ago. One page of a hundred at once, the newest first as X shows them;
        within a batch the oldest comes first.
        """
        return Intake(self._client, self.account, self.settings, cursor, datetime.now(UTC)).run()

    def parse(self, request: RawRequest) -> tuple[Incoming, ...]:
        raise Refused(gettext_noop("X is asked for what is new; nothing comes in through the web."))

    def send(self, message: Outgoing) -> Receipt:
        return Sender(self._client, self.account, self.settings).send(message)

    def find(self, message: Outgoing) -> Receipt | None:
        return Sender(self._client, self.account, self.settings).find(message)

    def delete(self, message: Outgoing, external_id: str) -> None:
        Sender(self._client, self.account, self.settings).delete(message, external_id)

    def check(self) -> tuple[str, ...]:
        return tuple(self._checks())

    def bill(self, cursor: str | None, now: datetime) -> Bill:
        """Return the bill by month (UTC), counted from the posts in X's answers and from the account's own."""
        at, month = Cursor.read(cursor), budget.next_month(now).date()
        tally = at.tally.at(now)
        read = tally.read + budget.extra_reads(self.account, now)
        usage = ""
        if len(at.usage) == 2:
            usage = Sentence(USAGE_SENTENCE, used=at.usage[0], cap=at.usage[1])
        return Bill(
            (
                Use(gettext_noop("Posts read"), read, self.settings.most_read, self.settings.price_read),
                Use(
                    gettext_noop("Posts written"),
                    tally.written,
                    self.settings.most_written,
                    self.settings.price_written,
                ),
            ),
            now.astimezone(UTC).date().replace(day=1),
            month,
            usage,
            (
                Sentence(
                    gettext_noop(
                        "When the posts to read are used up, nothing more is read until {date}. The account stays in"
                        " service, and what citizens write waits on X, which shows the last {count}."
                    ),
                    date=month.isoformat(),
                    count=MOST_SHOWN["mentions"],
                ),
                gettext_noop(
                    "When the posts to write are used up, replies wait until then. Once a limit is raised here, both go"
                    " on at once."
                ),
            ),
        )

    def _checks(self) -> Iterator[str]:
        me, name = identify_account(self._client, self.account)
        if self.settings.signed_in:
            yield Sentence(gettext_noop("Signed in to X as @{name}."), name=name)
        else:
            yield Sentence(gettext_noop("The keys belong to @{name}."), name=name)
        just_now = (datetime.now(UTC) - timedelta(seconds=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
        parameters = {"max_results": "5", "start_time": just_now}
        answer = self._client.ask("mentions", f"/2/users/{me}/mentions", parameters)
        yield Sentence(gettext_noop("Mentions and replies can be read."))
        access = answer.headers.get("x-access-level", "")
        if access and "write" not in access:
            raise Refused(
                gettext_noop(
                    "The application may read but not write. Give it “Read and write” in the developer console, then"
                    " make its access token anew."
                ),
                pause=True,
            )
        if access:
            yield Sentence(gettext_noop("The application may write. Nothing was posted."))
        yield from self._budget()

    def _budget(self) -> Iterator[str]:
        most = self.settings.most_read
        if most:
            yield Sentence(gettext_noop("At most {count} posts are read in a month."), count=most)
        if self.settings.most_written:
            yield Sentence(
                gettext_noop("At most {count} posts are written in a month."), count=self.settings.most_written
            )
        if not self.settings.bearer_token:
            return
        usage = self._client.usage()
        used, cap = count_of(usage.get("project_usage")), count_of(usage.get("project_cap"))
        yield Sentence(USAGE_SENTENCE, used=used, cap=cap)
        if most:
            yield Sentence(
                gettext_noop("Of the {count} of these settings that leaves about {left}."),
                count=most,
                left=max(0, most - used),
            )
