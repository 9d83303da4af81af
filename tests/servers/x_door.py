"""The emulator of X over HTTP: signatures verified, rate limits told, faults on the line, each exchange kept."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from tests.servers.faulty import EXPIRED, Answer, Line, serving, told
from tests.servers.x_emulator import Network, Problem
from tests.servers.x_sign_in import PAGE, SignIn
from tests.servers.x_sign_in import TOKEN as SIGN_IN_TOKEN

KEY, SECRET, TOKEN, TOKEN_SECRET, BEARER = "ck", "c&s secret", "1000-tk", "t%s", "AAAAbearer"


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, whole, as they went over the wire."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    status: int
    told: dict[str, str]
    content: bytes


@dataclass(kw_only=True)
class Door(Line):
    """`me`, `ana` and `bob` are the ids of the city and of two citizens.

    `revoked`: the keys are no longer taken. `broke`: the credits are used up.
    """

    network: Network
    me: str
    ana: str
    bob: str
    revoked: bool = False
    broke: bool = False
    access: str = "read-write"
    exchanges: list[Exchange] = field(default_factory=list)
    sign_in: SignIn = field(default_factory=SignIn)
    nonces: set[str] = field(default_factory=set)

    def reached(self) -> list[str]:
        """Method and path of each request that came as far as the network."""
        return [f"{exchange.method} {urlsplit(exchange.url).path}" for exchange in self.exchanges]

    def serve(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answers, and keeps what was said."""
        sent = {name.title(): value for name, value in headers.items()}
        status, told, found = self.answer(method, target, sent, body)
        content = found if isinstance(found, bytes) else json.dumps(found).encode()
        self.exchanges.append(Exchange(method, self.address + target, sent, body, status, told, content))
        return status, told, content

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], Any]:
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        told = {"Content-Type": "application/json; charset=utf-8", "x-access-level": self.access}
        try:
            if self.broke:
                raise Problem(402, "Your enrolled account does not have any credits to fulfill this request.")
            if parts.path == PAGE:
                return self._page(method, query, body)
            if parts.path == SIGN_IN_TOKEN:
                with self.lock:
                    return 200, told, self.sign_in.token(headers.get("Authorization", ""), body)
            if parts.path == "/2/usage/tweets":
                return 200, told, self._usage(headers)
            self._authorised(method, parts.path, query, headers.get("Authorization", ""))
            self._limited(f"{method} {parts.path}", told)
            status, found = self.network.answer(method, parts.path, query, json.loads(body or b"null"), self.me)
            return status, told, found
        except Problem as problem:
            return problem.status, told | {"Content-Type": "application/problem+json"}, problem.body

    def _page(self, method: str, query: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        if method == "POST":
            return 302, {"Location": self.sign_in.decided(body)}, b""
        return 200, {"Content-Type": "text/html; charset=utf-8"}, self.sign_in.page(query)

    def _usage(self, headers: dict[str, str]) -> dict[str, Any]:
        if headers.get("Authorization") != f"Bearer {BEARER}":
            raise Problem(401, "Unauthorized")
        used = str(self.network.billed)
        return {"data": {"project_usage": used, "project_cap": "2000000", "cap_reset_day": 1, "project_id": "1"}}

    def _limited(self, request: str, told: dict[str, str]) -> None:
        with self.lock:
            for kind, left in self.network.limits.items():
                if request.startswith(kind):
                    reset = int(time.time()) + 900
                    told |= {"x-rate-limit-limit": "900", "x-rate-limit-reset": str(reset)}
                    told["x-rate-limit-remaining"] = str(max(0, left - 1))
                    self.network.limits[kind] = left - 1
                    if left <= 0:
                        raise Problem(429, "Too Many Requests")

    def _authorised(self, method: str, path: str, query: dict[str, str], header: str) -> None:
        """RFC 5849, written a second time, so that the channel does not agree with itself alone."""
        if header.startswith("Bearer "):
            if self.revoked or not self.sign_in.takes(header):
                raise Problem(401, "Unauthorized")
            return
        given = {name: unquote(value) for name, value in re.findall(r'(oauth_\w+)="([^"]*)"', header)}
        signed = given.pop("oauth_signature", "")
        pairs = sorted((quote(n, safe=""), quote(v, safe="")) for n, v in (given | query).items())
        text = "&".join(f"{name}%3D{value.replace('%', '%25')}" for name, value in pairs).replace("&", "%26")
        base = f"{method}&{quote(self.address + path, safe='')}&{text}"
        key = f"{quote(SECRET, safe='')}&{quote(TOKEN_SECRET, safe='')}"
        right = base64.b64encode(hmac.digest(key.encode(), base.encode(), hashlib.sha1)).decode()
        known = (given.get("oauth_consumer_key"), given.get("oauth_token")) == (KEY, TOKEN)
        fresh = abs(int(given.get("oauth_timestamp", "0")) - time.time()) < 300
        with self.lock:
            used = given.get("oauth_nonce", "") in self.nonces
            self.nonces.add(given.get("oauth_nonce", ""))
        if self.revoked or used or not (header.startswith("OAuth ") and known and fresh and signed == right):
            raise Problem(401, "Unauthorized")


@contextmanager
def emulator(city: str = "VilleDeValmont") -> Iterator[Door]:
    """A network where the city has its account, and the way to it."""
    network = Network()
    door = Door(network=network, me=network.user(city), ana=network.user("ana"), bob=network.user("bob"))
    busy = {"title": "Too Many Requests", "status": 429}
    door.said = {
        "429": told(429, busy, x_rate_limit_reset=str(int(time.time()))),
        "429 bare": told(429, busy),
        EXPIRED: told(401, {"title": "Unauthorized", "status": 401}),
    }
    with serving(door.serve, door):
        yield door
