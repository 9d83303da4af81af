"""X's API v2 in memory, as its description and its guides tell it: what the X channel is tried on.

`x_door` serves it over HTTP, with signatures and faults.
"""

import base64
import html
import itertools
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

EPOCH_MS: Final = 1_288_834_974_657
SHOWN: Final = {"mentions": 800, "tweets": 3200}
PROBLEMS: Final = "https://api.x.com/2/problems/"
NAMES: Final = {
    "post": {"fields": "post.fields", "note": "note_post", "history": "edit_history_post_ids", "of": "referenced_posts",
             "expand": "referenced_posts", "included": "posts", "reposts": "repost_count"},
    "tweet": {"fields": "tweet.fields", "note": "note_tweet", "history": "edit_history_tweet_ids",
              "of": "referenced_tweets", "expand": "referenced_tweets.id", "included": "tweets",
              "reposts": "retweet_count"},
}  # fmt: skip
"""What the API calls things since its description says “post”, and what it called them before."""
_LINK = re.compile(r"https?://\S+\.[^\s]*[^\s.,;:!?)]")
_CALLED = re.compile(r"@(\w{1,15})")


class Problem(Exception):
    """An answer of 400 and above."""

    def __init__(self, status: int, detail: str, kind: str = "about:blank", **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.body = {"title": detail.split(":")[0][:60], "type": kind, "status": status, "detail": detail, **more}


@dataclass
class Post:
    id: str
    author: str
    text: str
    made: datetime
    conversation: str
    parent: str = ""
    quoted: str = ""
    reposted: str = ""
    history: list[str] = field(default_factory=list)
    media: list[dict[str, Any]] = field(default_factory=list)
    hidden: int = 0


@dataclass
class Network:
    """`vocabulary` is which of `NAMES` it speaks. `hidden` is how many readings a post made by the API is not shown in.

    `limits` holds requests left by kind of path; `billed` is how many posts were read.
    """

    vocabulary: str = "post"
    hidden: int = 0
    summoned_only: bool = True
    users: dict[str, dict[str, str]] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    older: set[str] = field(default_factory=set)
    laid: dict[str, dict[str, Any]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)
    billed: int = 0
    lock: Any = field(default_factory=threading.RLock)
    _sequence: Any = field(default_factory=itertools.count)

    # What people do.

    def user(self, name: str) -> str:
        with self.lock:
            number = str(1000 + len(self.users))
            self.users[number] = {"id": number, "username": name, "name": name.title()}
            return number

    def write(self, author: str, text: str, *, ago: timedelta = timedelta(), **more: Any) -> Post:
        """Somebody writes, `ago` from now; `parent`, `quoted`, `reposted` and `media` as in `Post`."""
        with self.lock:
            made = datetime.now(UTC) - ago
            milliseconds = int(made.timestamp() * 1000) - EPOCH_MS
            number = str((milliseconds << 22) + next(self._sequence) % (1 << 22))
            above = self.posts.get(more.get("parent", ""))
            if above and above.author != author and f"@{self.users[above.author]['username']}" not in text:
                text = f"@{self.users[above.author]['username']} {text}"
            conversation = above.conversation if above else number
            post = Post(number, author, text, made, conversation, history=[number], **more)
            self.posts[number] = post
            return post

    def edit(self, number: str, text: str) -> Post:
        """A new post with the old one in its history; only the new one is shown on timelines."""
        with self.lock:
            old = self.posts[number]
            new = self.write(old.author, text)
            new.history, new.conversation, new.parent = [*old.history, new.id], old.conversation, old.parent
            self.older.add(number)
            return new

    def delete(self, number: str) -> None:
        with self.lock:
            for version in self.posts[number].history:
                del self.posts[version]

    def of(self, author: str) -> list[Post]:
        with self.lock:
            return [post for post in self.posts.values() if post.author == author]

    # What the API answers.

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, me: str) -> tuple[int, dict[str, Any]]:
        with self.lock:
            if method == "POST" and path == "/2/tweets":
                return 201, self._create(body, me)
            if method == "POST" and path == "/2/media/upload":
                return 200, {"data": self._upload(body)}
            if method == "POST" and path == "/2/media/metadata":
                self.laid[body["id"]]["alt_text"] = body["metadata"]["alt_text"]["text"]
                return 200, {"data": {"id": body["id"]}}
            if method == "DELETE" and (found := re.fullmatch(r"/2/tweets/(\d+)", path)):
                return 200, self._deleted(found[1], me)
            self._check_fields(query)
            if path == "/2/users/me":
                return 200, {"data": self.users[me]}
            if path == "/2/tweets":
                return 200, self._lookup(query)
            if path == "/2/tweets/search/recent":
                return 200, self._search(query)
            if found := re.fullmatch(r"/2/users/(\d+)/(mentions|tweets)", path):
                return 200, self._timeline(found[1], found[2], query)
        raise Problem(404, "Not Found")

    def _check_fields(self, query: Mapping[str, str]) -> None:
        """The API refuses what it does not know."""
        strangers = [other["fields"] for name, other in NAMES.items() if name != self.vocabulary]
        for name in strangers:
            if name in query:
                errors = [
                    {"parameters": {name: [query[name]]}, "message": f"The query parameter [{name}] is not one of"}
                ]
                detail = "One or more parameters to your request was invalid."
                raise Problem(400, detail, PROBLEMS + "invalid-request", errors=errors)

    def _timeline(self, number: str, kind: str, query: dict[str, str]) -> dict[str, Any]:
        name = f"@{self.users[number]['username']}".lower()
        found = []
        for post in self._shown():
            if kind == "mentions" and post.author != number and name in map(str.lower, _names(post.text)):
                found.append(post)
            if (
                kind == "tweets"
                and post.author == number
                and not (query.get("exclude") == "retweets" and post.reposted)
            ):
                found.append(post)
        return self._page(found[: SHOWN[kind]], query)

    def _shown(self) -> list[Post]:
        """The newest first, in their latest version."""
        found = []
        for post in sorted(self.posts.values(), key=lambda post: int(post.id), reverse=True):
            if post.hidden:
                post.hidden -= 1
            elif post.id not in self.older:
                found.append(post)
        return found

    def _search(self, query: dict[str, str]) -> dict[str, Any]:
        conversation = query["query"].removeprefix("conversation_id:")
        week = datetime.now(UTC) - timedelta(days=7)
        found = [post for post in self._shown() if post.conversation == conversation and post.made > week]
        return self._page(found, query)

    def _page(self, posts: list[Post], query: dict[str, str]) -> dict[str, Any]:
        token = query.get("pagination_token", "")
        if token and token not in self.tokens:
            raise Problem(400, "One or more parameters to your request was invalid.", PROBLEMS + "invalid-request")
        until = self.tokens.get(token) or query.get("until_id") or str(2**63)
        start, end = (datetime.fromisoformat(query.get(name, day)) for name, day in
                      (("start_time", "2010-11-06T00:00:00Z"), ("end_time", "2100-01-01T00:00:00Z")))  # fmt: skip
        wanted = [post for post in posts if int(query.get("since_id", "0")) < int(post.id) < int(until)]
        wanted = [post for post in wanted if start <= post.made < end]
        size = int(query.get("max_results", "10"))
        page = wanted[:size]
        told = self._told(page, query)
        told["meta"] = {"result_count": len(page)}
        if page:
            told["meta"] |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
        if len(wanted) > size:
            following = f"t{page[-1].id}x{len(self.tokens)}"
            self.tokens[following] = page[-1].id
            told["meta"]["next_token"] = following
        return told

    def _lookup(self, query: dict[str, str]) -> dict[str, Any]:
        numbers = query["ids"].split(",")
        told = self._told([self.posts[number] for number in numbers if number in self.posts], query)
        lost = [number for number in numbers if number not in self.posts]
        if lost:
            told["errors"] = [
                {"value": number, "detail": f"Could not find tweet with ids: [{number}].", "title": "Not Found Error",
                 "resource_type": "tweet", "parameter": "ids", "resource_id": number,
                 "type": PROBLEMS + "resource-not-found"}
                for number in lost
            ]  # fmt: skip
        return told

    def _told(self, posts: list[Post], query: dict[str, str]) -> dict[str, Any]:
        """What a page holds, and what was asked to come along."""
        names = NAMES[self.vocabulary]
        expansions = set(query.get("expansions", "").split(","))
        told: dict[str, Any] = {}
        if posts:
            told["data"] = [self._one(post, query, expansions) for post in posts]
        self.billed += len(posts)
        includes: dict[str, Any] = {}
        authors = {post.author for post in posts}
        if names["expand"] in expansions:
            parents = {number for post in posts for number in (post.parent, post.quoted) if number in self.posts}
            parents -= {post.id for post in posts}
            self.billed += len(parents)
            if parents:
                includes[names["included"]] = [self._one(self.posts[n], query, expansions) for n in sorted(parents)]
                authors |= {self.posts[number].author for number in parents}
        if "author_id" in expansions and authors:
            includes["users"] = [self.users[number] for number in sorted(authors)]
        if "attachments.media_keys" in expansions and (media := [one for post in posts for one in post.media]):
            includes["media"] = media
        return told | ({"includes": includes} if includes else {})

    def _one(self, post: Post, query: dict[str, str], expansions: set[str]) -> dict[str, Any]:
        names = NAMES[self.vocabulary]
        asked = set(query.get(names["fields"], "").split(",")) | expansions
        text, links = _shortened(post.text)
        if post.media:  # an address of its own at the end stands for all of them
            short = f"https://t.co/m{post.id[-9:]}"
            shows = {"start": len(text) + 1, "end": len(text) + 1 + len(short), "url": short}
            links.append(shows | {"media_key": post.media[0]["media_key"], "expanded_url": f"https://x.com/{post.id}"})
            text = f"{text} {short}"
        told: dict[str, Any] = {
            "id": post.id,
            "text": html.escape(text[:277] + "…" if len(text) > 280 else text, False),
        }
        told[names["history"]] = post.history
        whole = {
            "author_id": post.author,
            "conversation_id": post.conversation,
            "created_at": post.made.strftime("%Y-%m-%dT%H:%M:%S.") + f"{post.made.microsecond // 1000:03d}Z",
            "entities": {"urls": links},
            "lang": "fr",
            "public_metrics": dict.fromkeys(
                (names["reposts"], "reply_count", "like_count", "quote_count", "bookmark_count", "impression_count"), 0
            ),
        }
        told |= {name: value for name, value in whole.items() if name in asked}
        if len(text) > 280 and names["note"] in asked:
            told[names["note"]] = {"text": html.escape(text, False), "entities": {"urls": links}}
        kinds = (("replied_to", post.parent), ("quoted", post.quoted), ("retweeted", post.reposted))
        references = [{"type": kind, "id": number} for kind, number in kinds if number]
        if references and {names["of"], names["expand"]} & asked:
            told[names["of"]] = references
        if post.media and "attachments" in asked:
            told["attachments"] = {"media_keys": [one["media_key"] for one in post.media]}
        return told

    def _upload(self, body: Any) -> dict[str, Any]:
        content = base64.b64decode(body["media"], validate=True)
        animated = content[:3] == b"GIF"
        if body["media_category"] != ("tweet_gif" if animated else "tweet_image") or len(content) > 5_000_000:
            raise Problem(400, "One or more parameters to your request was invalid.", PROBLEMS + "invalid-request")
        number = str(7000 + len(self.laid))
        self.laid[number] = {"media_key": f"3_{number}", "type": "animated_gif" if animated else "photo",
                             "url": f"https://pbs.twimg.com/media/{number}.jpg"}  # fmt: skip
        self.contents[number] = content
        return {"id": number, "media_key": f"3_{number}", "size": len(content), "expires_after_secs": 86400}

    def _deleted(self, number: str, me: str) -> dict[str, Any]:
        if number in self.posts and self.posts[number].author != me:
            raise Problem(403, "You are not authorized to delete this Tweet.")
        there = number in self.posts
        if there:
            self.delete(number)
        return {"data": {"deleted": there}}

    def _create(self, body: Any, me: str) -> dict[str, Any]:
        text, parent = body["text"], body.get("reply", {}).get("in_reply_to_tweet_id", "")
        if len(_LINK.sub("x" * 23, text)) > 280:
            raise Problem(403, "Your Tweet text is too long. For more information on Posts, see the guides.")
        if parent:
            self._check_reply(parent, me)
        if any(_same(text, post.text) for post in self.of(me)):
            raise Problem(403, "You are not allowed to create a Tweet with duplicate content.")
        keys = body.get("media", {"media_ids": []})["media_ids"]
        if len(keys) > 4 or not set(keys) <= self.laid.keys():
            raise Problem(400, "Your media IDs are invalid.", PROBLEMS + "invalid-request")
        media = [self.laid[key] for key in keys]
        post = self.write(me, text, media=media, **({"parent": parent} if parent else {}))
        post.hidden = self.hidden
        return {"data": {"id": post.id, "text": _shortened(text)[0], NAMES[self.vocabulary]["history"]: [post.id]}}

    def _check_reply(self, parent: str, me: str) -> None:
        above = self.posts.get(parent)
        if above is None:
            raise Problem(403, "You attempted to reply to a Tweet that is deleted or not visible to you.")
        quoted = self.posts.get(above.quoted)
        name = f"@{self.users[me]['username']}".lower()
        summoned = above.author == me or name in above.text.lower() or (quoted and quoted.author == me)
        if self.summoned_only and not summoned:
            raise Problem(
                403,
                "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by"
                " the author of the post you are replying to.",
            )


def _names(text: str) -> list[str]:
    return [f"@{name}" for name in _CALLED.findall(text)]


def _same(text: str, other: str) -> bool:
    return text.split() == re.sub(r"^(@\w+ )+", "", other).split()


def _shortened(text: str) -> tuple[str, list[dict[str, Any]]]:
    """The text as X tells it: each link by a short address, which its entities spell out."""
    links: list[dict[str, Any]] = []

    def short(found: re.Match[str]) -> str:
        url = f"https://t.co/{abs(hash(found[0])) % 10**10:010d}"
        links.append({"start": found.start(), "end": found.start() + len(url), "url": url, "expanded_url": found[0]})
        return url

    return _LINK.sub(short, text), links
