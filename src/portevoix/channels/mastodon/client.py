"""Requests to an instance, and what its refusals mean for the account."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar
from urllib.parse import quote

from portevoix.channels.http import TIMEOUT, Http, Parameters, multipart
from portevoix.channels.http_answers import Answer, Rejected
from portevoix.channels.mastodon.limit import Limits, ask_limits, text_limit
from portevoix.channels.mastodon.settings import SCOPES, MastodonSettings, handle_of
from portevoix.channels.mastodon.status import Here, as_list, as_mapping, text
from portevoix.channels.text_limit import TextLimit
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Attachment

CACHE_SECONDS: Final = 3600.0
"""Seconds for which is believed what an instance said of itself."""
PATIENCE: Final = (0.5, 1.0, 2.0, 4.0)
"""Seconds between looks at a picture that the instance prepares; then it is tried again later."""
_MOST_ANSWERS: Final = 1000
_ANSWERS: dict[tuple[str, ...], tuple[float, Any]] = {}
T = TypeVar("T")


class Instance:
    """The API of one account's instance. Writing has a rate limit of its own."""

    def __init__(self, account: str, settings: MastodonSettings) -> None:
        self._settings, self.host = settings, settings.host
        self._account, (self._user, self._domain) = account, handle_of(account)
        headers = {"Authorization": f"Bearer {settings.access_token}"}
        self._reading = Http(settings.base, headers=headers, budget=account)
        self._writing = Http(settings.base, headers=headers, budget=f"{account} writing")
        self._uploading = Http(settings.base, headers=headers, budget=f"{account} media", timeout=2 * TIMEOUT)
        self._deleting = Http(settings.base, headers=headers, budget=f"{account} deleting")

    def get(self, path: str, parameters: Parameters | None = None) -> Answer:
        with self._explaining_refusals():
            return self._reading.get(path, parameters)

    def post_status(self, body: Mapping[str, Any], key: str) -> Any:
        """Post a status and return it. Raise `Rejected` with status 404 where what it answers is gone."""
        with self._explaining_refusals():
            answer = self._writing.post("/api/v1/statuses", body, headers={"Idempotency-Key": key})
        try:
            return answer.json()
        except TryLater as error:  # it was taken all the same
            raise Uncertain(error.text, **error.values) from error

    def upload(self, picture: Attachment) -> str:
        """Upload a picture, wait until a status may show it, and return its id. Raise TryLater while it may not."""
        with self._explaining_refusals():
            answer = self._upload(picture)
            key = text(as_mapping(answer.json()).get("id"))
            for pause in PATIENCE if answer.status == 202 else ():
                time.sleep(pause)
                if self._reading.get(f"/api/v1/media/{quote(key, safe='')}").status == 200:
                    return key
        if answer.status == 202 or not key:
            raise TryLater(gettext_noop("{host} has not prepared the pictures yet."), host=self.host)
        return key

    def _upload(self, picture: Attachment) -> Answer:
        try:
            return self._uploading.upload("/api/v2/media", *multipart({"description": picture.alt}, picture))
        except Rejected as error:
            if error.status != 403:
                raise
            message = gettext_noop(
                "{host} lets this application send no pictures: it needs the scope “write:media”, and its access token "
                "is a new one then. Connect the account again, or send the reply without pictures."
            )
            raise Refused(message, host=self.host) from error

    def delete_status(self, key: str) -> None:
        """Delete a status; do nothing when it is gone already."""
        try:
            with self._explaining_refusals():
                self._deleting.delete(status_path(key))
        except Rejected as error:
            if error.status in (400, 405, 501):
                message = gettext_noop("{host} lets nothing be deleted from here. Delete it there, by hand.")
                raise Refused(message, host=self.host) from error
            if error.status not in (404, 410):
                raise

    def may_write(self) -> None:
        """Raise Refused when writing is not allowed, which deleting a status that does not exist tells."""
        try:
            with self._explaining_refusals():
                self._deleting.delete("/api/v1/statuses/0")
        except Rejected as error:
            if error.status not in (400, 404, 410, 422):
                raise

    def here(self) -> Here:
        """Return the owner of the token. Raise Refused when it belongs to another account than it should."""
        owner = self._cached_answer("here", self._ask_here)
        return Here(self._account, owner.me, owner.user, owner.host)

    def limits(self) -> Limits:
        """Return the current limits. The length of a status comes from the account's settings: see `text_limit`."""
        return self._cached_answer("limits", lambda: ask_limits(self.get) or Limits())

    def text_limit(self, to: str, warning: str) -> TextLimit:
        """Return the limit of statuses to `@user@host`, or to nobody, under a content warning."""
        return text_limit(self._settings.most_characters, self._settings.link_characters, to, warning)

    def application(self) -> str:
        """Return the name under which this token's application posts; "" where the instance does not tell."""
        return self._cached_answer("application", self._ask_application)

    def many(self, keys: list[str]) -> list[Any] | None:
        """Return the visible ones of these statuses; None where the instance only takes one at a time."""
        try:
            return self._statuses(keys) if self._cached_answer("many", lambda: bool(self._statuses(keys))) else None
        except Refused:  # Mastodon answers since 4.3
            return None

    def context(self, key: str) -> dict[str, list[Any]]:
        """Return the statuses before (`ancestors`, the first one first) and after this one (`descendants`)."""
        document = as_mapping(self.get(f"{status_path(key)}/context").json())
        return {name: as_list(document.get(name)) for name in ("ancestors", "descendants")}

    def _ask_here(self) -> Here:
        try:
            document = as_mapping(self.get("/api/v1/accounts/verify_credentials").json())
        except Rejected as error:  # not every instance says it by 401
            raise self._not_accepted() from error
        me, user = text(document.get("id")), text(document.get("username"))
        if not me or not user:
            raise TryLater(gettext_noop("{host} does not say whose access token this is."), host=self.host)
        if user.lower() != self._user.lower():
            message = gettext_noop("The access token is that of @{user}; for {account} another one is needed.")
            raise Refused(message, pause=True, user=user, account=self._account)
        return Here(self._account, me, user, self._domain or self.host)

    def _ask_application(self) -> str:
        try:
            return text(as_mapping(self.get("/api/v1/apps/verify_credentials").json()).get("name"))
        except Refused:  # not told to this token
            return ""

    def _statuses(self, keys: list[str]) -> list[Any]:
        return as_list(self.get("/api/v1/statuses", {"id[]": keys}).json())

    def _cached_answer(self, what: str, ask: Callable[[], T]) -> T:
        """Return the cached answer, asked for once an hour in this process; errors are not cached."""
        key = (what, self._settings.base, self._account, self._settings.access_token)
        at, answer = _ANSWERS.get(key, (0.0, None))
        if answer is None or time.monotonic() - at > CACHE_SECONDS:
            answer = ask()
            if len(_ANSWERS) >= _MOST_ANSWERS:
                _ANSWERS.clear()
            _ANSWERS[key] = (time.monotonic(), answer)
        typed_answer: T = answer
        return typed_answer

    @contextmanager
    def _explaining_refusals(self) -> Iterator[None]:
        """Turn a refusal of the token, or of its scopes, into an error that says what to do."""
        try:
            yield
        except Rejected as error:
            if error.status == 401:
                raise self._not_accepted() from error
            if error.status == 403:
                message = gettext_noop(
                    "{host} does not allow this: {told}. The application needs the scopes “{scopes}”; where they "
                    "are changed, its access token is a new one."
                )
                reason = str(error.values.get("told", ""))
                raise Refused(message, pause=True, host=self.host, told=reason, scopes=SCOPES) from error
            raise

    def _not_accepted(self) -> Refused:
        message = gettext_noop(
            "{host} does not accept the access token any more. Make a new one there (Preferences → Development) and "
            "type it in the settings of this account."
        )
        return Refused(message, pause=True, host=self.host)


def forget() -> None:
    """Forget everything cached, as after a restart."""
    _ANSWERS.clear()


def status_path(key: str) -> str:
    return f"/api/v1/statuses/{quote(key, safe='')}"


def server_time(answer: Answer) -> datetime:
    """Return the time of the instance's own clock, which its ids and timestamps follow."""
    try:
        moment = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return datetime.now(UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
