"""Reading from X, one request at a time: mentions first, then whatever else is due."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from portevoix.channels.http_answers import Rejected
from portevoix.channels.x import budget
from portevoix.channels.x.client import Client, as_mapping, count_of
from portevoix.channels.x.cursor import MOST_TALKS, Cursor, Walk, highest, lowest
from portevoix.channels.x.parse import Page, Reader, creation_time, post_id, references, unreadable
from portevoix.channels.x.post_length import is_later_part
from portevoix.channels.x.settings import XSettings, handle
from portevoix.kernel.errors import Refused, TryLater
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Addressed, Batch, Change, Direction, Incoming, Unreadable

FIRST: Final = timedelta(days=7)
MOST_SHOWN: Final = {"mentions": 800, "own": 3200}
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
    """One `receive`: reads the cursor, asks X once (twice the first time), and stores where to continue."""

    def __init__(self, client: Client, account: str, settings: XSettings, cursor: str | None, now: datetime) -> None:
        self.client, self.account, self.settings, self.now = client, account, settings, now
        self.at = Cursor.read(cursor)

    def run(self) -> Batch:
        at = self.at
        if not at.me:
            at.me, at.handle = identify_account(self.client, self.account)
        beside = budget.extra_reads(self.account, self.now)
        self._add(beside)
        first = not at.jobs or at.mentions.goes_on
        items = self._mentions() if first else self._beside(at.jobs[0])
        budget.move_to_cursor(self.account, beside, self.now)
        items.sort(key=lambda item: int(post_id(item.external_id) or 0))
        return Batch(
            messages=tuple(item for item in items if isinstance(item, Incoming)),
            unreadable=tuple(item for item in items if isinstance(item, Unreadable)),
            cursor=str(at),
            more=at.mentions.goes_on or bool(at.jobs),
        )

    def _mentions(self) -> list[Incoming | Unreadable]:
        page = self._walk("mentions", self.at.mentions)
        items = self._read([*page.posts, *self._parents(page)], page)
        self._want(items)
        if not self.at.mentions.goes_on:
            self.at.jobs = self._due()
        return items

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
        """Run one step of another job. A failure leaves it to a later round: mentions never wait for it."""
        steps: dict[str, Callable[[], tuple[list[Incoming | Unreadable], bool]]] = {
            "own": self._own,
            "talk": self._read_conversation,
            "look": self._check_week,
            "again": self._check_today,
            "usage": self._usage,
        }
        try:
            items, is_done = steps[job]() if job in steps else ([], True)
        except TryLater:
            items, is_done = [], True
        except Refused as error:
            if error.pause:
                raise
            items, is_done = [], True
        if is_done:
            self.at.jobs = self.at.jobs[1:]
        return items

    def _own(self) -> tuple[list[Incoming | Unreadable], bool]:
        """Return the city's own posts, except the later parts of a thread that Portevoix wrote."""
        at, walk = self.at, self.at.own
        at.own_at = self.now.isoformat()
        page = self._walk("own", walk)
        items = [
            item
            for item in self._read(page.posts, page)
            if not (isinstance(item, Incoming) and (item.direction is Direction.IN or is_later_part(item.text)))
        ]
        tally, month = at.tally.at(self.now), budget.month_of(self.now)
        mine = [number for post in page.posts if (number := post_id(as_mapping(post).get("id")))]
        written_count = sum(budget.month_of(creation_time(number)) == month for number in mine)
        at.tally = replace(tally, written=tally.written + written_count)
        if not walk.goes_on:
            budget.store_written_posts(self.account, at.tally)
        return items, not walk.goes_on

    def _read_conversation(self) -> tuple[list[Incoming | Unreadable], bool]:
        """Return what was said before others named the city, among a hundred posts of a conversation.

        Each conversation is searched once; X finds what is at most a week old.
        """
        at = self.at
        number, _, above = at.wanted[0].partition("/")
        parameters = {"query": f"conversation_id:{number}", "max_results": str(self._spare(_LEAST_SEARCH, budget.EACH))}
        try:
            page = self._page("search", "/2/tweets/search/recent", parameters)
        except Refused:
            at.wanted = at.wanted[1:]
            raise
        at.wanted, at.talks = at.wanted[1:], [*at.talks, number][-MOST_TALKS:]
        posts_by_id = {as_mapping(post).get("id"): as_mapping(post) for post in page.posts}
        before = []
        while above in posts_by_id:
            before.append(posts_by_id.pop(above))
            above = references(before[-1]).get("replied_to", "")
        return [item for item in self._read(before, page) if not _is_own(item)], not at.wanted

    def _check_week(self) -> tuple[list[Incoming | Unreadable], bool]:
        """Return the deletions among the messages of the last week, a hundred at once."""
        at = self.at
        ids = at.recent[at.look : at.look + _LOOK]
        deletions: list[Incoming | Unreadable] = []
        if ids:
            self._spare(len(ids))
            deletions = self._read_deletions(ids, billed=True)
            at.look += len(ids) - len(deletions)
        is_done = at.look >= len(at.recent)
        if is_done:
            at.look, at.looked_at = 0, self.now.isoformat()
        return deletions, is_done

    def _check_today(self) -> tuple[list[Incoming | Unreadable], bool]:
        """Return the deletions among the latest hundred messages of today."""
        self.at.again_at = self.now.isoformat()
        return self._read_deletions(self._today(), billed=False), True

    def _today(self) -> list[str]:
        day = self.now.astimezone(UTC).date()
        return [number for number in self.at.recent if creation_time(number).astimezone(UTC).date() == day][-_LOOK:]

    def _read_deletions(self, ids: list[str], *, billed: bool) -> list[Incoming | Unreadable]:
        page = Page.of(self.client.get("lookup", "/2/tweets", {"ids": ",".join(ids)}))
        if billed:
            self._count(page)
        deleted_ids = page.deleted_ids & set(ids)
        self.at.recent = [number for number in self.at.recent if number not in deleted_ids]
        reader = self._reader()
        return [reader.read_deletion(number) for number in sorted(deleted_ids, key=int)]

    def _usage(self) -> tuple[list[Incoming | Unreadable], bool]:
        """Read X's own count of all that the application's project has read."""
        at = self.at
        at.usage, at.usage_at = [], self.now.isoformat()
        usage = self.client.usage()
        at.usage = [count_of(usage.get("project_usage")), count_of(usage.get("project_cap"))]
        return [], True

    def _spare(self, least: int, each: int = 1) -> int:
        """Return the room for optional reading: half of the month's posts, as the rest is for mentions."""
        return budget.page_size(self.at.tally, self.settings.most_read // 2, least, self.now, each=each)

    def _walk(self, name: str, walk: Walk) -> Page:
        """Return the next page of a timeline."""
        path = {"mentions": f"/2/users/{self.at.me}/mentions", "own": f"/2/users/{self.at.me}/tweets"}[name]
        size = budget.page_size(self.at.tally, self.settings.most_read, _LEAST, self.now, each=budget.EACH)
        parameters = {"max_results": str(size)}
        if name == "own":
            walk.end = walk.end or _format_time(self.now - OWN_AFTER)
            parameters |= {"end_time": walk.end, "exclude": "retweets"}
        if walk.since:
            parameters["since_id"] = walk.since
        else:
            walk.begin = walk.begin or _format_time(self.now - FIRST)
            parameters["start_time"] = walk.begin
        page = self._page(name, path, parameters, walk)
        numbers = [as_mapping(post).get("id") for post in page.posts]
        walk.top = walk.top or highest(numbers)
        walk.low = lowest([*numbers, walk.low])
        walk.page, walk.pages, walk.count = page.next, walk.pages + 1, walk.count + len(page.posts)
        if not walk.page or walk.count >= MOST_SHOWN[name] or walk.pages >= MOST_PAGES:
            walk.finish()
        return page

    def _page(self, kind: str, path: str, parameters: dict[str, str], walk: Walk | None = None) -> Page:
        token = walk.page if walk else ""
        try:
            answer = self.client.posts(kind, path, {**parameters, **({"pagination_token": token} if token else {})})
        except Rejected as error:
            if not (walk and token and walk.low and error.status == 400):
                raise
            answer = self.client.posts(kind, path, {**parameters, "until_id": walk.low})  # the token is too old
        page = Page.of(answer)
        self._count(page)
        return page

    def _count(self, page: Page) -> None:
        self._add(page.cost)

    def _add(self, count: int) -> None:
        tally = self.at.tally.at(self.now)
        self.at.tally = replace(tally, read=tally.read + count)

    def _parents(self, page: Page) -> Iterable[Any]:
        """Yield the posts of others that the page's posts reply to, which X includes."""
        ids = {as_mapping(post).get("id") for post in page.posts}
        for post in page.posts:
            parent = page.others.get(references(as_mapping(post)).get("replied_to", ""), {})
            if parent and parent.get("author_id") != self.at.me and parent["id"] not in ids:
                ids.add(parent["id"])
                yield parent

    def _read(self, posts: Iterable[Any], page: Page) -> list[Incoming | Unreadable]:
        reader = self._reader()
        items = []
        for post in posts:
            try:
                item = reader.read(post, page)
            except (ValueError, TypeError, OverflowError):  # what nobody thought of holds up nothing
                item = unreadable(post)
            if item is not None:
                items.append(item)
        mine = [item.external_id for item in items if isinstance(item, Incoming) and item.direction is Direction.IN]
        self.at.remember(mine, self.now)
        return items

    def _want(self, items: list[Incoming | Unreadable]) -> None:
        """Note the conversations of others whose beginning is missing, to be searched once each."""
        at = self.at
        known_talks = {*at.talks, *(entry.partition("/")[0] for entry in at.wanted)}
        known_ids = {item.external_id for item in items} | set(at.recent)
        for item in items:
            if not isinstance(item, Incoming) or item.change is not Change.MESSAGE or not item.in_reply_to:
                continue
            is_known = item.in_reply_to in known_ids or item.addressed is Addressed.DIRECT
            if not is_known and post_id(item.thread) and item.thread not in known_talks:
                known_talks.add(item.thread)
                at.wanted = [*at.wanted, f"{item.thread}/{item.in_reply_to}"][-MOST_TALKS:]

    def _reader(self) -> Reader:
        return Reader(self.account, self.at.me, self.at.handle, frozenset(self.at.recent))


def identify_account(client: Client, account: str) -> tuple[str, str]:
    """Return id and name of the account that owns the keys. Raise Refused, which pauses, when it is another one."""
    user = as_mapping(client.get("me", "/2/users/me", {"user.fields": "name,username"}).get("data"))
    number, name = post_id(user.get("id")), user.get("username")
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


def _format_time(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
