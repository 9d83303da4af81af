"""Client of X's API: signed requests or a renewed access token, a rate limit per kind of request, and refusals that say
what to do.
"""

import json
import secrets
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from portevoix.channels.http import TIMEOUT, Http
from portevoix.channels.http_answers import Answer, Rejected
from portevoix.channels.x import oauth1
from portevoix.channels.x.settings import XSettings
from portevoix.kernel.errors import ChannelError, Refused, TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop

FIELDS: Final[Mapping[str, str]] = {
    "post.fields": "attachments,conversation_id,created_at,entities,geo,lang,note_post,public_metrics,text",
    "expansions": "attachments.media_keys,author_id,edit_history_post_ids,referenced_posts",
    "user.fields": "name,username",
    "media.fields": "alt_text,media_key,preview_image_url,type,url",
}
"""As the description of the API names them since it says “post” (2.167)."""
OLD_FIELDS: Final[Mapping[str, str]] = {
    "tweet.fields": "attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,entities,geo,"
    "in_reply_to_user_id,lang,note_tweet,public_metrics,referenced_tweets,text",
    "expansions": "attachments.media_keys,author_id,referenced_tweets.id",
    "user.fields": FIELDS["user.fields"],
    "media.fields": FIELDS["media.fields"],
}
"""As they were named before, and as X's guides go on naming them."""
_JSON: Final = "application/json"
_RENEWAL_NOTICE: Final = gettext_noop("The access to X is being renewed.")
_NEW: Final = ("post.fields", "referenced_posts", "edit_history_post_ids")
_old: set[str] = set()
"""Addresses of the API that know the old names alone."""


class Client:
    """Client for `account`. Raises what `Http` does; errors that concern the whole account pause it."""

    def __init__(self, account: str, settings: XSettings) -> None:
        self._account, self._settings = account, settings
        self._base = settings.base.rstrip("/")
        self._keys = oauth1.Keys(
            settings.api_key.strip(),
            settings.api_secret.strip(),
            settings.access_token.strip(),
            settings.access_secret.strip(),
        )

    def posts(self, kind: str, path: str, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        """Return a page of posts with all their fields, under the names that this API knows."""
        fields = OLD_FIELDS if self._base in _old else FIELDS
        try:
            return self.get(kind, path, {**parameters, **fields})
        except Rejected as error:
            if error.status != 400 or fields is OLD_FIELDS or not any(name in str(error) for name in _NEW):
                raise
        _old.add(self._base)
        return self.get(kind, path, {**parameters, **OLD_FIELDS})

    def get(self, kind: str, path: str, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        """Return the answer, always a mapping. `kind` names the rate limit that X has for this path."""
        return as_mapping(self.ask(kind, path, parameters).json())

    def ask(self, kind: str, path: str, parameters: Mapping[str, str]) -> Answer:
        try:
            return self._http(kind, "GET", path, parameters).get(path, parameters)
        except Rejected as error:
            if account_error := self._account_error(error):
                raise account_error from error
            raise

    def post(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Post `body`. Raise Uncertain, too, when X accepted it and its answer cannot be read."""
        try:
            answer = self._http("write", "POST", path, {}).post(path, body)
        except Rejected as error:
            if account_error := self._account_error(error):
                raise account_error from error
            raise
        try:
            return as_mapping(answer.json())
        except TryLater as error:
            raise Uncertain(error.text, **error.values) from error

    def upload(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Upload something that is not public yet and may be sent again: a failure is TryLater."""
        content = json.dumps(body).encode()
        try:
            return as_mapping(self._http("media", "POST", path, {}, 2 * TIMEOUT).upload(path, content, _JSON).json())
        except Rejected as error:
            if account_error := self._account_error(error):
                raise account_error from error
            raise

    def delete(self, path: str) -> None:
        """Delete; do nothing when it is gone already."""
        try:
            self._http("delete", "DELETE", path, {}).delete(path)
        except Rejected as error:
            if account_error := self._account_error(error):
                raise account_error from error
            if error.status not in (404, 410):
                raise

    def usage(self) -> Mapping[str, Any]:
        """Return X's own count of the posts that the project has read; asked with the bearer token."""
        headers = {"Authorization": f"Bearer {self._settings.bearer_token.strip()}"}
        http = Http(self._base, headers=headers, budget=f"x:{self._account}:usage")
        try:
            answer = http.get("/2/usage/tweets", {"usage.fields": "cap_reset_day,project_cap,project_usage"})
        except Rejected as error:
            raise Refused(
                gettext_noop("X does not accept the bearer token. Type it again, or leave it empty.")
            ) from error
        return as_mapping(as_mapping(answer.json()).get("data"))

    def _http(self, kind: str, method: str, path: str, parameters: Mapping[str, str], timeout: float = TIMEOUT) -> Http:
        access = self._bearer() if self._settings.signed_in else self._oauth1_header(method, path, parameters)
        budget = f"x:{self._account}:{kind}"
        return Http(self._base, headers={"Authorization": access}, budget=budget, timeout=timeout)

    def _oauth1_header(self, method: str, path: str, parameters: Mapping[str, str]) -> str:
        return oauth1.header(
            method,
            self._base + path,
            parameters,
            self._keys,
            nonce=secrets.token_hex(16),
            seconds=int(time.time()),
        )

    def _bearer(self) -> str:
        """Return the header. Raise TryLater when the access token has expired: the worker renews it soon."""
        if self._settings.expires_at <= time.time():
            raise TryLater(_RENEWAL_NOTICE, after=timedelta(seconds=10))
        return f"Bearer {self._settings.token}"

    def _account_error(self, error: Rejected) -> ChannelError | None:
        """Return the error when it concerns the whole account; None when it concerns this request alone."""
        if self._settings.signed_in and error.status == 401:
            if self._settings.renew_at <= time.time():  # by now another one may have taken its place
                return TryLater(_RENEWAL_NOTICE)
            text = gettext_noop("X does not accept the access to this account any more. Connect it again.")
            return Refused(text, pause=True)
        return _account_refusal(error)


def _account_refusal(error: Rejected) -> Refused | None:
    """Return the refusal when it concerns the whole account; None when it concerns this request alone."""
    reason = str(error).lower()
    if error.status == 401:
        text = gettext_noop(
            "X does not accept the keys of this account. Check the four of them, and the clock of this machine."
        )
    elif error.status == 402:
        text = gettext_noop("The credits bought from X are used up. Buy some in X's developer console, then resume.")
    elif error.status == 403 and ("suspended" in reason or "locked" in reason):
        text = gettext_noop("X has suspended or locked this account or its application. Sign in to X and see why.")
    elif error.status == 403 and ("oauth1 app permissions" in reason or "client-forbidden" in error.code):
        text = gettext_noop(
            "X does not let the application do this. Give it “Read and write” in the developer console, then make"
            " its access token anew, or connect the account again."
        )
    else:
        return None
    return Refused(text, pause=True)


def as_mapping(document: object) -> Mapping[str, Any]:
    return document if isinstance(document, dict) else {}


def as_list(document: object) -> list[Any]:
    return document[:1000] if isinstance(document, list) else []


def count_of(number: object) -> int:
    """Return a count that X gives as text."""
    return int(number) if isinstance(number, str | int) and str(number).isdecimal() and len(str(number)) < 16 else 0


def forget_names() -> None:
    """Forget which servers know only the old names, as after a restart."""
    _old.clear()
