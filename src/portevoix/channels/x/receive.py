"""What comes in, one request at a time: mentions first, then what is due beside them."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from portevoix.channels.http import Rejected
from portevoix.channels.x import budget
from portevoix.channels.x.client import Client, count_of, mapping
from portevoix.channels.x.cursor import MOST_TALKS, Cursor, Walk, highest, lowest
from portevoix.channels.x.parse import Page, Reader, made_at, post_id, references, unreadable
from portevoix.channels.x.settings import XSettings, handle
from portevoix.channels.x.text import goes_on
from portevoix.kernel.errors import Refused, TryLater
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Addressed, Batch, Change, Direction, Incoming, Unreadable

FIRST: Final = timedelta(days=7)
SHOWN: Final = {"mentions": 800, "own": 3200}
"""How many of the latest posts X shows."""
MOST_PAGES: Final = 200
"""After which a reading ends, whatever X says of more."""
OWN_EVERY: Final = timedelta(minutes=5)
OWN_AFTER: Final = timedelta(minutes=2)
"""Own posts are read when they are that old: by then a reply that Portevoix sends is known as sent."""
LOOK_EVERY: Final = timedelta(days=1)
AGAIN_EVERY: Final = timedelta(hours=1)
"""Which messages of today (UTC) are gone is asked more often: X bills a post once a day, however often it shows it."""
USAGE_EVERY: Final = timedelta(hours=1)
_LOOK: Final = 100
_LEAST: Final = 5
_LEAST_SEARCH: Final = 10


class Intake:
    """One `receive`: reads the cursor, asks X once (twice the first time), and says where to go on."""

    def __init__(self, client: Client, account: str, settings: XSettings, cursor: str | None, now: datetime) -> None:
        self.client, self.account, self.settings, self.now = client, account, settings, now
        self.at = Cursor.read(cursor)

    def run(self) -> Batch:
        at = self.at
        if not at.me:
            at.me, at.handle = who(self.client, self.account)
        beside = budget.beside(self.account, self.now)
        self._add(beside)
        first = not at.jobs or at.mentions.goes_on
        found = self._mentions() if first else self._beside(at.jobs[0])
        budget.counted(self.account, beside, self.now)
        found.sort(key=lambda item: int(post_id(item.external_id) or 0))
        return Batch(
            messages=tuple(item for item in found if isinstance(item, Incoming)),
            unreadable=tuple(item for item in found if isinstance(item, Unreadable)),
            cursor=str(at),
            more=at.mentions.goes_on or bool(at.jobs),
        )

    def _mentions(self) -> list[Incoming | Unreadable]:
        page = self._walk("mentions", self.at.mentions)
        found = self._read([*page.posts, *self._parents(page)], page)
        self._want(found)
        if not self.at.mentions.goes_on:
            self.at.jobs = self._due()
        return found

    def _due(self) -> list[str]:
        at = self.at
        own = at.own.goes_on or at.due(at.own_at, OWN_EVERY, self.now)
        look = bool(at.recent) and at.due(at.looked_at, LOOK_EVERY, self.now)
        at.again_at = at.again_at or self.now.isoformat()
        again = not look and bool(self._today()) and at.due(at.again_at, AGAIN_EVERY, self.now)
        usage = bool(self.settings.bearer_token) and at.due(at.usage_at, USAGE_EVERY, self.now)
        due = {"usage": usage, "own": own, "talk": bool(at.wanted), "look": look, "again": again}
        return [job for job, is_due in due.items() if is_due]

    def _beside(self, job: str) -> list[Incoming | Unreadable]:
        """One step of another job. What X does not give now is left to a later round: mentions wait for nothing."""
        steps: dict[str, Callable[[], tuple[list[Incoming | Unreadable], bool]]] = {
            "own": self._own,
            "talk": self._talk,
            "look": self._look,
            "again": self._again,
            "usage": self._usage,
        }
        try:
            found, done = steps[job]() if job in steps else ([], True)
        except TryLater:
            found, done = [], True
        except Refused as error:
            if error.pause:
                raise
            found, done = [], True
        if done:
            self.at.jobs = self.at.jobs[1:]
        return found

    def _own(self) -> tuple[list[Incoming | Unreadable], bool]:
        """The city's own posts, but for the later parts of a thread that Portevoix wrote."""
        at, walk = self.at, self.at.own
        at.own_at = self.now.isoformat()
        page = self._walk("own", walk)
        found = [
            item
            for item in self._read(page.posts, page)
            if not (isinstance(item, Incoming) and (item.direction is Direction.IN or goes_on(item.text)))
        ]
        tally, month = at.tally.at(self.now), budget.month_of(self.now)
        mine = [number for post in page.posts if (number := post_id(mapping(post).get("id")))]
        written = sum(budget.month_of(made_at(number)) == month for number in mine)
        at.tally = replace(tally, written=tally.written + written)
        if not walk.goes_on:
            budget.knows(self.account, at.tally)
        return found, not walk.goes_on

    def _talk(self) -> tuple[list[Incoming | Unreadable], bool]:
        """How a conversation of others came to name the city: what was said before, among a hundred of its posts.

        Each conversation is looked through once; X finds what is at most a week old.
        """
        at = self.at
        number, _, above = at.wanted[0].partition("/")
        asked = {"query": f"conversation_id:{number}", "max_results": str(self._spare(_LEAST_SEARCH, budget.EACH))}
        try:
            page = self._page("search", "/2/tweets/search/recent", asked)
        except Refused:
            at.wanted = at.wanted[1:]
            raise
        at.wanted, at.talks = at.wanted[1:], [*at.talks, number][-MOST_TALKS:]
        there = {mapping(post).get("id"): mapping(post) for post in page.posts}
        before = []
        while above in there:
            before.append(there.pop(above))
            above = references(before[-1]).get("replied_to", "")
        return [item for item in self._read(before, page) if not _is_own(item)], not at.wanted

    def _look(self) -> tuple[list[Incoming | Unreadable], bool]:
        """Which of the messages of the last week were deleted; a hundred at once."""
        at = self.at
        asked = at.recent[at.look : at.look + _LOOK]
        gone: list[Incoming | Unreadable] = []
        if asked:
            self._spare(len(asked))
            gone = self._gone(asked, billed=True)
            at.look += len(asked) - len(gone)
        done = at.look >= len(at.recent)
        if done:
            at.look, at.looked_at = 0, self.now.isoformat()
        return gone, done

    def _again(self) -> tuple[list[Incoming | Unreadable], bool]:
        """Which of the latest hundred messages of today were deleted."""
        self.at.again_at = self.now.isoformat()
        return self._gone(self._today(), billed=False), True

    def _today(self) -> list[str]:
        day = self.now.astimezone(UTC).date()
        return [number for number in self.at.recent if made_at(number).astimezone(UTC).date() == day][-_LOOK:]

    def _gone(self, asked: list[str], *, billed: bool) -> list[Incoming | Unreadable]:
        page = Page.of(self.client.get("lookup", "/2/tweets", {"ids": ",".join(asked)}))
        if billed:
            self._count(page)
        gone = page.gone & set(asked)
        self.at.recent = [number for number in self.at.recent if number not in gone]
        reader = self._reader()
        return [reader.gone(number) for number in sorted(gone, key=int)]

    def _usage(self) -> tuple[list[Incoming | Unreadable], bool]:
        """X's own count: of all that the application's project has read."""
        at = self.at
        at.usage, at.usage_at = [], self.now.isoformat()
        told = self.client.usage()
        at.usage = [count_of(told.get("project_usage")), count_of(told.get("project_cap"))]
        return [], True

    def _spare(self, least: int, each: int = 1) -> int:
        """Room for what is good to know: it may use half of the month's posts, the rest is the mentions'."""
        return budget.room(self.at.tally, self.settings.most_read // 2, least, self.now, each=each)

    def _walk(self, name: str, walk: Walk) -> Page:
        """The next page of a timeline."""
        path = {"mentions": f"/2/users/{self.at.me}/mentions", "own": f"/2/users/{self.at.me}/tweets"}[name]
        size = budget.room(self.at.tally, self.settings.most_read, _LEAST, self.now, each=budget.EACH)
        asked = {"max_results": str(size)}
        if name == "own":
            walk.end = walk.end or _written(self.now - OWN_AFTER)
            asked |= {"end_time": walk.end, "exclude": "retweets"}
        if walk.since:
            asked["since_id"] = walk.since
        else:
            walk.begin = walk.begin or _written(self.now - FIRST)
            asked["start_time"] = walk.begin
        page = self._page(name, path, asked, walk)
        numbers = [mapping(post).get("id") for post in page.posts]
        walk.top = walk.top or highest(numbers)
        walk.low = lowest([*numbers, walk.low])
        walk.page, walk.pages, walk.count = page.next, walk.pages + 1, walk.count + len(page.posts)
        if not walk.page or walk.count >= SHOWN[name] or walk.pages >= MOST_PAGES:
            walk.finish()
        return page

    def _page(self, kind: str, path: str, asked: dict[str, str], walk: Walk | None = None) -> Page:
        token = walk.page if walk else ""
        try:
            told = self.client.posts(kind, path, {**asked, **({"pagination_token": token} if token else {})})
        except Rejected as error:
            if not (walk and token and walk.low and error.status == 400):
                raise
            told = self.client.posts(kind, path, {**asked, "until_id": walk.low})  # the token is too old
        page = Page.of(told)
        self._count(page)
        return page

    def _count(self, page: Page) -> None:
        self._add(page.cost)

    def _add(self, count: int) -> None:
        tally = self.at.tally.at(self.now)
        self.at.tally = replace(tally, read=tally.read + count)

    def _parents(self, page: Page) -> Iterable[Any]:
        """The posts of others that the page's posts reply to: X sends them along."""
        there = {mapping(post).get("id") for post in page.posts}
        for post in page.posts:
            parent = page.others.get(references(mapping(post)).get("replied_to", ""), {})
            if parent and parent.get("author_id") != self.at.me and parent["id"] not in there:
                there.add(parent["id"])
                yield parent

    def _read(self, posts: Iterable[Any], page: Page) -> list[Incoming | Unreadable]:
        reader = self._reader()
        found = []
        for post in posts:
            try:
                item = reader.read(post, page)
            except (ValueError, TypeError, OverflowError):  # what nobody thought of holds up nothing
                item = unreadable(post)
            if item is not None:
                found.append(item)
        mine = [item.external_id for item in found if isinstance(item, Incoming) and item.direction is Direction.IN]
        self.at.remember(mine, self.now)
        return found

    def _want(self, found: list[Incoming | Unreadable]) -> None:
        """Conversations of others whose beginning did not come along are looked through, each once."""
        at = self.at
        sought = {*at.talks, *(wanted.partition("/")[0] for wanted in at.wanted)}
        here = {item.external_id for item in found} | set(at.recent)
        for item in found:
            if not isinstance(item, Incoming) or item.change is not Change.MESSAGE or not item.in_reply_to:
                continue
            known = item.in_reply_to in here or item.addressed is Addressed.DIRECT
            if not known and post_id(item.thread) and item.thread not in sought:
                sought.add(item.thread)
                at.wanted = [*at.wanted, f"{item.thread}/{item.in_reply_to}"][-MOST_TALKS:]

    def _reader(self) -> Reader:
        return Reader(self.account, self.at.me, self.at.handle, frozenset(self.at.recent))


def who(client: Client, account: str) -> tuple[str, str]:
    """Id and name of the account to which the keys belong. Raises Refused, which pauses, when it is another one."""
    told = mapping(client.get("me", "/2/users/me", {"user.fields": "name,username"}).get("data"))
    number, name = post_id(told.get("id")), told.get("username")
    if not number or not isinstance(name, str):
        raise TryLater(gettext_noop("X does not say to whom these keys belong."))
    if name.lower() != handle(account).lower():
        raise Refused(
            gettext_noop("These keys belong to @{name}, not to {account}. Make the access token for that account."),
            pause=True,
            name=name[:50],
            account=account,
        )
    return number, name


def _is_own(item: Incoming | Unreadable) -> bool:
    return isinstance(item, Incoming) and item.direction is Direction.OUT


def _written(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
