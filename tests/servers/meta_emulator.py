"""Meta's Graph API on loopback, as far as a page and an Instagram account need it: it keeps what is said, its windows
and its codes, projects the fields that are asked for, and signs what it pushes as Meta documents.

A stand-in: it agrees with what the documentation says, not with what Meta does beyond that.
"""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from portevoix.kernel.messages import RawRequest
from tests.servers import faulty
from tests.servers.faulty import EXPIRED, Answer, Line
from tests.servers.meta_fields import paged, project
from tests.servers.meta_sign_in import DIALOG, SignIn
from tests.servers.meta_sign_in import TOKEN as SIGN_IN

VERSION = "v26.0"
PAGE_ID, INSTAGRAM_ID = "100200300", "17841400000000001"
TOKEN, SECRET, VERIFY = "page-token-of-the-tests", "app-secret-of-the-tests", "verify-word-of-the-tests"
DAY = 86_400


@dataclass
class Said:
    """A post, a medium, a comment or a private message. `under`: what it stands under, or with whom it is. What is
    `hidden` no listing shows; by its id it is there.
    """

    id: str
    kind: str
    by: str
    words: str
    at: float
    under: str = ""
    root: str = ""
    hidden: bool = False


@dataclass
class Meta:
    """What is said on page and account, `on` which of both the events are; `line` is the way there. An app that is
    `blind` may not see what citizens say in public, as one that is not live: for it that does not exist; what is
    `fixed` it may not delete.
    """

    on: str = "facebook"
    line: Line = field(default_factory=Line)
    said: dict[str, Said] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    posted: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    fixed: set[str] = field(default_factory=set)
    human_agent: bool = False
    blind: bool = False
    skew: float = 0.0
    usage: dict[str, dict[str, Any]] = field(default_factory=dict)
    number: int = 1_000
    sign_in: SignIn = field(default_factory=lambda: SignIn(SECRET))
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def me(self) -> str:
        return PAGE_ID if self.on == "facebook" else INSTAGRAM_ID

    @property
    def base(self) -> str:
        return f"{self.line.address}/{VERSION}"

    def now(self) -> float:
        return time.time() + self.skew

    # What people do -----------------------------------------------------------------------------------------------

    def post(self, words: str, *, by: str = "", ago: float = 0) -> Said:
        """A post of the page or of a visitor; a medium of the account."""
        key = f"{PAGE_ID}_{self._next()}" if self.on == "facebook" else f"{179 * 10**14 + self._next()}"
        one = self._say("post", key, by or self.me, words, ago)
        if self.on == "facebook":
            self._feed(one, "status", "add", post_id=key)
        return one

    def comment(self, under: Said, words: str, *, by: str = "501", ago: float = 0) -> Said:
        root = under if under.kind == "post" else self.said[under.root]
        number = self._next()
        key = f"{root.id.split('_')[-1]}_{number}" if self.on == "facebook" else f"{180 * 10**14 + number}"
        one = self._say("comment", key, by, words, ago, under.id, root.id)
        self._commented(one, "add")
        return one

    def letter(self, words: str, *, by: str = "501", ago: float = 0, to: str = "") -> Said:
        mid = f"m_{hashlib.sha256(str(self._next()).encode()).hexdigest()}"
        one = self._say("letter", mid, self.me if to else by, words, ago, to or by)
        told: dict[str, Any] = {"mid": mid, "text": words} | ({"is_echo": True, "app_id": 1} if to else {})
        self._message(one, {"message": told})
        return one

    def edit(self, one: Said, words: str) -> None:
        one.words = words
        if one.kind == "letter":
            self._message(one, {"message_edit": {"mid": one.id, "text": words, "num_edit": 1}})
        else:
            self._commented(one, "edited")

    def remove(self, one: Said) -> None:
        del self.said[one.id]
        if one.kind == "letter":
            self._message(one, {"message": {"mid": one.id, "is_deleted": True}})
        else:
            self._commented(one, "remove")

    def _say(self, kind: str, key: str, by: str, words: str, ago: float, under: str = "", root: str = "") -> Said:
        with self.lock:
            self.said[key] = Said(key, kind, by, words, int(self.now() - ago), under, root)
            return self.said[key]

    def _next(self) -> int:
        with self.lock:
            self.number += 1
            return self.number

    # What is pushed -----------------------------------------------------------------------------------------------

    def _commented(self, one: Said, verb: str) -> None:
        if self.on == "facebook":
            self._feed(one, "comment", verb, comment_id=one.id, post_id=one.root, parent_id=one.under)
        elif verb == "add":  # Instagram tells neither edits nor removals
            value = {"id": one.id, "text": one.words, "from": self._who(one.by), "media": {"id": one.root}}
            parent = {"parent_id": one.under} if one.under != one.root else {}
            self._entry({"changes": [{"field": "comments", "value": value | parent}]})

    def _feed(self, one: Said, item: str, verb: str, **more: str) -> None:
        words = {} if verb == "remove" else {"message": one.words}
        value = {"item": item, "verb": verb, "from": self._who(one.by), "created_time": int(one.at), **words, **more}
        self._entry({"changes": [{"field": "feed", "value": value}]})

    def _message(self, one: Said, told: dict[str, Any]) -> None:
        sender, recipient = (self.me, one.under) if one.by == self.me else (one.by, self.me)
        ids = {"sender": {"id": sender}, "recipient": {"id": recipient}}
        self._entry({"messaging": [{**ids, "timestamp": int(one.at * 1000), **told}]})

    def _entry(self, told: dict[str, Any]) -> None:
        with self.lock:
            self.events.append({"id": self.me, "time": int(self.now()), **told})

    def push(self, entries: list[dict[str, Any]]) -> RawRequest:
        """One request with these entries, signed."""
        told = {"object": "page" if self.on == "facebook" else "instagram", "entry": entries}
        return signed(json.dumps(told, separators=(",", ":")).replace("/", "\\/").encode())

    # What is asked ------------------------------------------------------------------------------------------------

    def _who(self, by: str) -> dict[str, str]:
        name = "Valmont" if by == self.me else f"Ana {by}"
        return {"id": by, "name": name} if self.on == "facebook" else {"id": by, "username": name.replace(" ", ".")}

    def of(self, kind: str, under: str = "", root: str = "") -> list[Said]:
        """The newest first."""
        found = [
            one for one in self.said.values()
            if one.kind == kind and (not under or one.under == under) and (not root or one.root == root)
        ]  # fmt: skip
        return sorted(found, key=lambda one: (one.at, one.id), reverse=True)

    def serve(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        parts = urlsplit(target)
        if parts.path == f"/{VERSION}/{DIALOG}":
            return self.sign_in.dialog(method, dict(parse_qsl(parts.query)), body)
        asked = json.loads(body) if body else dict(parse_qsl(parts.query))
        self.asked.append((method, target))
        token = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
        status, named, content = said(self.answer(method, parts.path, asked, token))
        return status, {**named, **{name: json.dumps(usage) for name, usage in self.usage.items()}}, content

    def answer(self, method: str, path: str, asked: dict[str, Any], token: str) -> tuple[int, dict[str, Any]]:
        with self.lock:
            if path == f"/{VERSION}/{SIGN_IN}":
                given = self.sign_in.token(asked)
                return (200, given) if given else no(100, "This authorization code has been used.", 36009)
            if path == f"/{VERSION}/me/accounts":
                pages = self.sign_in.accounts(asked, token)
                return no(190, "Invalid OAuth access token.") if pages is None else (200, self._page(pages, asked))
            if token != f"Bearer {TOKEN}":
                return no(190, "Invalid OAuth access token.")
            proof = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
            if asked.get("appsecret_proof") != proof:
                return no(100, "Invalid appsecret_proof provided in the API argument")
            parts = path.removeprefix(f"/{VERSION}/").split("/")
            if method == "GET":
                return self._get(parts[0], parts[1] if len(parts) > 1 else "", asked)
            if method == "DELETE":
                return self._delete(parts[0])
            if parts == ["me", "subscribed_apps"]:
                self.sign_in.subscribed.append(asked["subscribed_fields"])
                return (200, {"success": True}) if self.sign_in.may_subscribe else no(200, "Requires permission")
            self.posted.append(asked)
            if parts == ["me", "messages"]:
                return self._letter_from(asked)
            return self._comment_from(parts[0], asked)

    def _get(self, key: str, edge: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if key in (PAGE_ID, INSTAGRAM_ID) and not edge:
            return 200, {"id": key, "name": "Ville de Valmont", "username": "ville.de.valmont"}
        if key == self.me and edge in ("feed", "media"):
            return 200, self._page([self._post(one) for one in self._listed("post")], asked)
        if edge == "conversations":
            wanted = asked.get("user_id", "")
            whom = sorted({one.under for one in self.of("letter")}) if not wanted else [wanted]
            found = [self._conversation(one) for one in whom if self.of("letter", one)]
            return 200, self._page(sorted(found, key=lambda one: one["updated_time"], reverse=True), asked)
        if edge == "messages" and key.startswith("t_"):
            return 200, self._page([self._told(one) for one in self.of("letter", key[2:])], asked)
        if self._shown(key) and edge in ("comments", "replies"):
            return 200, self._page(self._below(self.said[key]), asked)
        if self._shown(key) and not edge:
            return 200, project(self._told(self.said[key]), asked.get("fields", "id"))
        return no(100, "Object does not exist", 33)

    def _below(self, one: Said) -> list[dict[str, Any]]:
        """On Facebook those of all levels, as `filter=stream` has it."""
        stream = self.on == "facebook" and one.kind == "post"
        return [self._told(each) for each in self._listed("comment", **{"root" if stream else "under": one.id})]

    def _listed(self, kind: str, **where: str) -> list[Said]:
        return [one for one in self.of(kind, **where) if self._shown(one.id) and not one.hidden]

    def _shown(self, key: str) -> bool:
        return key in self.said and not (self.blind and self.said[key].by != self.me)

    def _post(self, one: Said) -> dict[str, Any]:
        count = len(self.of("comment", root=one.id))
        return {**self._told(one), "comments": self._below(one), "comments_count": count}

    def _told(self, one: Said) -> dict[str, Any]:
        when = datetime.fromtimestamp(one.at, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
        link = f"https://www.facebook.com/{one.id}"
        told = {"id": one.id, "from": self._who(one.by), "created_time": when, "timestamp": when}
        told |= {
            "message": one.words,
            "text": one.words,
            "caption": one.words,
            "permalink_url": link,
            "permalink": link,
        }
        if one.kind == "comment" and one.under != one.root:
            told |= {"parent": {"id": one.under}, "parent_id": one.under}
        elif one.kind == "comment" and self.on == "instagram":
            told["replies"] = self._below(one)
        return told

    def _conversation(self, whom: str) -> dict[str, Any]:
        letters = [self._told(one) for one in self.of("letter", whom)]
        people = {"data": [self._who(self.me), self._who(whom)]}
        updated = letters[0]["created_time"]
        return {"id": f"t_{whom}", "participants": people, "messages": letters, "updated_time": updated}

    def _page(self, items: list[Any], asked: dict[str, Any]) -> dict[str, Any]:
        return paged(items, int(asked.get("limit", 25)), asked.get("fields", "id"), asked.get("after", ""))

    def _comment_from(self, key: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if key not in self.said:
            return no(100, "Unsupported post request. Object does not exist", 33)
        one = self.said[key]
        if one.kind == "comment" and one.under != one.root:  # answers to answers are put under the first comment
            one = self.said[one.under]
        return 200, {"id": self.comment(one, asked["message"], by=self.me).id}

    def _delete(self, key: str) -> tuple[int, dict[str, Any]]:
        """A comment; a private message has no such request."""
        if not self._shown(key) or self.said[key].kind != "comment" or key in self.fixed:
            return no(100, "Unsupported delete request. Object does not exist, or missing permissions", 33)
        self.remove(self.said[key])
        return 200, {"success": True}

    def _letter_from(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        words, to = asked["message"]["text"], asked["recipient"]
        if comment := to.get("comment_id") or to.get("post_id"):
            if comment in self.answered:
                return no(10900, "Activity already replied to")
            if comment not in self.said or self.now() - self.said[comment].at > 7 * DAY:
                return no(10901, "Activity is too old")
            self.answered.add(comment)
            whom = self.said[comment].by
        else:
            whom = to["id"]
            written = [one.at for one in self.of("letter", whom) if one.by == whom]
            agent = asked.get("tag") == "HUMAN_AGENT" and self.human_agent
            if not written or self.now() - max(written) > (7 * DAY if agent else DAY):
                return no(10, "This message is sent outside of allowed window.", 2018278)
        return 200, {"recipient_id": whom, "message_id": self.letter(words, to=whom).id}


def signed(body: bytes, secret: str = SECRET) -> RawRequest:
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
    return RawRequest("POST", "/hooks/facebook/1/", headers, body, datetime.now(UTC))


def no(code: int, message: str, subcode: int = 0) -> tuple[int, dict[str, Any]]:
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    return 400, {"error": error | ({"error_subcode": subcode} if subcode else {})}


def said(answer: tuple[int, dict[str, Any]]) -> Answer:
    """As it goes over the wire: what a line may be told to answer."""
    return faulty.told(*answer)


@contextmanager
def serving(on: str = "facebook") -> Iterator[Meta]:
    meta = Meta(on)
    meta.line.said = {
        "500": said((500, {"error": {"message": "An unknown error", "code": 2, "is_transient": True}})),
        "502 after": said((500, {"error": {"message": "An unknown error", "code": 1}})),
        EXPIRED: said(no(190, "Error validating access token: Session has expired", 463)),
    }
    with faulty.serving(meta.serve, meta.line):
        yield meta
