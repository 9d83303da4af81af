"""Meta's login dialog, its token endpoint, the pages of a person and their subscription, as its documentation has them.

A code serves once. What it becomes is a short-lived token of the person; exchanged, a long-lived one; and only with
that one do pages tell tokens that do not expire.
"""

import hashlib
import hmac
import html
import itertools
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

APP, CONFIG = "9988776655", "1122334455"
DIALOG, TOKEN = "dialog/oauth", "oauth/access_token"


@dataclass
class SignIn:
    """`back` are the addresses that the app names, `pages` what `me/accounts` tells; `subscribed` which fields."""

    secret: str
    back: set[str] = field(default_factory=set)
    pages: list[dict[str, Any]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    short: set[str] = field(default_factory=set)
    long: set[str] = field(default_factory=set)
    subscribed: list[str] = field(default_factory=list)
    may_subscribe: bool = True
    _number: Any = field(default_factory=itertools.count)

    def dialog(self, method: str, query: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        if method == "POST":
            asked = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            return 302, {"Location": self._decided(asked)}, b""
        if query.get("client_id") != APP or query.get("redirect_uri") not in self.back or not query.get("state"):
            return 400, {}, b"URL blocked: this redirect failed because the redirect URI is not white-listed."
        told = query.get("config_id") == CONFIG or "pages_messaging" in query.get("scope", "").split(",")
        if query.get("response_type") != "code" or not told:
            return 400, {}, b"Invalid Scopes"
        fields = "".join(f'<input type=hidden name="{n}" value="{html.escape(v)}">' for n, v in query.items())
        buttons = "<button name=may value=yes>Continue</button><button name=may value=no>Cancel</button>"
        page = f"<!doctype html><title>Facebook</title><form method=post>{fields}{buttons}</form>"
        return 200, {"Content-Type": "text/html"}, page.encode()

    def _decided(self, asked: dict[str, str]) -> str:
        told = {"state": asked["state"]}
        if asked.get("may") == "yes":
            code = f"code-{next(self._number)}-{hashlib.sha256(asked['state'].encode()).hexdigest()[:40]}"
            self.codes[code] = asked
            told["code"] = code
        else:
            told |= {"error": "access_denied", "error_reason": "user_denied", "error_description": "Permissions error."}
        return f"{asked['redirect_uri']}?{urlencode(told)}"

    def token(self, asked: dict[str, str]) -> dict[str, Any] | None:
        """None: Meta refuses."""
        if asked.get("client_id") != APP or asked.get("client_secret") != self.secret:
            return None
        if asked.get("grant_type") == "fb_exchange_token":
            if asked.get("fb_exchange_token") not in self.short:
                return None
            token, seconds, kind = f"long-token-{next(self._number)}", 5_183_944, self.long
        else:
            known = self.codes.pop(asked.get("code", ""), None)
            if known is None or known["redirect_uri"] != asked.get("redirect_uri"):
                return None
            token, seconds, kind = f"short-token-{next(self._number)}", 5_000, self.short
        kind.add(token)
        return {"access_token": token, "token_type": "bearer", "expires_in": seconds}

    def accounts(self, asked: dict[str, Any], header: str) -> list[dict[str, Any]] | None:
        token = header.removeprefix("Bearer ")
        proof = hmac.new(self.secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        return self.pages if token in self.long and asked.get("appsecret_proof") == proof else None
