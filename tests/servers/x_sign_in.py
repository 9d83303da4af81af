"""X's page on which an account is given away, and its token endpoint, as its documentation tells them.

A code serves once and for thirty seconds, to who proves that they asked for it. A refresh token serves once: with it
the access that it renews ends too.
"""

import base64
import hashlib
import html
import itertools
import time
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from tests.servers.x_emulator import Problem

CLIENT, CLIENT_SECRET = "client-of-the-tests", "client+secret/of the tests"
PAGE, TOKEN = "/i/oauth2/authorize", "/2/oauth2/token"
LIFE: Final = 7200


@dataclass
class SignIn:
    """`back` are the addresses that the application names. `lives` is how long an access holds."""

    back: set[str] = field(default_factory=set)
    public: bool = False
    lives: int = LIFE
    codes: dict[str, tuple[dict[str, str], float]] = field(default_factory=dict)
    accesses: dict[str, float] = field(default_factory=dict)
    refreshing: dict[str, str] = field(default_factory=dict)
    """The access that each refresh token which has not served yet goes with."""
    scopes: str = ""
    _number: Any = field(default_factory=itertools.count)

    def page(self, query: dict[str, str]) -> bytes:
        """Asks whether it may be. Raises Problem when the application is not known by this, as X's page says."""
        known = query.get("client_id") == CLIENT and query.get("redirect_uri") in self.back
        whole = query.get("response_type") == "code" and query.get("code_challenge_method") == "S256"
        if not (known and whole and query.get("state") and query.get("code_challenge")):
            raise Problem(400, "Something went wrong. You weren't able to give access to the App.")
        fields = "".join(f'<input type=hidden name="{n}" value="{html.escape(v)}">' for n, v in query.items())
        buttons = "<button name=may value=yes>Authorize app</button><button name=may value=no>Cancel</button>"
        return f"<!doctype html><title>X</title><form method=post>{fields}{buttons}</form>".encode()

    def decided(self, body: bytes) -> str:
        """Where the browser is sent then."""
        query = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.page(query)
        told = {"state": query["state"]}
        if query.get("may") == "yes":
            code = f"code-{next(self._number)}-{hashlib.sha256(query['state'].encode()).hexdigest()[:40]}"
            self.codes[code] = query, time.time() + 30
            told["code"] = code
        else:
            told["error"] = "access_denied"
        return f"{query['redirect_uri']}?{urlencode(told)}"

    def token(self, header: str, body: bytes) -> dict[str, Any]:
        asked = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self._check_client(header, asked)
        if asked.get("grant_type") == "refresh_token":
            ended = self.refreshing.pop(asked.get("refresh_token", ""), None)
            if ended is None:
                raise _no("Value passed for the token was invalid.")
            self.accesses.pop(ended, None)
            return self._new()
        query, until = self.codes.pop(asked.get("code", ""), ({}, 0.0))
        proof = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        proven = base64.urlsafe_b64encode(proof).rstrip(b"=").decode() == query.get("code_challenge")
        if until < time.time() or not proven or asked.get("redirect_uri") != query.get("redirect_uri"):
            raise _no("Value passed for the authorization code was invalid.")
        self.scopes = self.scopes or query["scope"]
        return self._new()

    def takes(self, header: str) -> bool:
        return self.accesses.get(header.removeprefix("Bearer "), 0.0) > time.time()

    def end(self) -> None:
        """The account takes its access away from the application."""
        self.accesses.clear()
        self.refreshing.clear()

    def _new(self) -> dict[str, Any]:
        number = next(self._number)
        access, following = f"access-{number}-of-the-tests", f"refresh-{number}-of-the-tests"
        self.accesses[access] = time.time() + self.lives
        self.refreshing[following] = access
        told = {"token_type": "bearer", "expires_in": self.lives, "access_token": access, "scope": self.scopes}
        return told | ({"refresh_token": following} if "offline.access" in self.scopes else {})

    def _check_client(self, header: str, asked: dict[str, str]) -> None:
        pair = "client-of-the-tests:client%2Bsecret%2Fof%20the%20tests"
        basic = f"Basic {base64.b64encode(pair.encode()).decode()}"
        if (header or asked.get("client_id") != CLIENT) if self.public else header != basic:
            problem = Problem(401, "Missing valid authorization header")
            problem.body = {"error": "unauthorized_client", "error_description": "Missing valid authorization header"}
            raise problem


def _no(why: str) -> Problem:
    problem = Problem(400, why)
    problem.body = {"error": "invalid_request", "error_description": why}
    return problem
