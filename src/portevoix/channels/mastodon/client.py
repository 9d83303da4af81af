"""What is asked of an instance, and what its refusals mean for the account."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar
from urllib.parse import quote

from portevoix.channels.http import TIMEOUT, Answer, Http, Parameters, Rejected, multipart
from portevoix.channels.mastodon.limit import Limits, ask_limits, text_limit
from portevoix.channels.mastodon.settings import SCOPES, MastodonSettings, handle_of
from portevoix.channels.mastodon.status import Here, entries, listed, text
from portevoix.channels.thread import TextLimit
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Attachment

KEPT: Final = 3600.0
"""Seconds for which is believed what an instance said of itself."""
PATIENCE: Final = (0.5, 1.0, 2.0, 4.0)
"""Seconds between looks at a picture that the instance prepares; then it is tried again later."""
_MOST_KEPT: Final = 1000
_KEPT: dict[tuple[str, ...], tuple[float, Any]] = {}
T = TypeVar("T")


class Instance:
    """One account's way to its instance. Writing has a rate limit of its own."""

    def __init__(self, account: str, settings: MastodonSettings) -> None:
        self._settings, self.host = settings, settings.host
        self._account, (self._user, self._domain) = account, handle_of(account)
        headers = {"Authorization": f"Bearer {settings.access_token}"}
        self._reading = Http(settings.base, headers=headers, budget=account)
        self._writing = Http(settings.base, headers=headers, budget=f"{account} writing")
        self._laying = Http(settings.base, headers=headers, budget=f"{account} media", timeout=2 * TIMEOUT)
        self._deleting = Http(settings.base, headers=headers, budget=f"{account} deleting")

    def get(self, path: str, parameters: Parameters | None = None) -> Answer:
        with self._speaking():
            return self._reading.get(path, parameters)

    def post_status(self, body: Mapping[str, Any], key: str) -> Any:
        """The status that stands there now. Raises `Rejected` with status 404 where what it answers is gone."""
        with self._speaking():
            answer = self._writing.post("/api/v1/statuses", body, headers={"Idempotency-Key": key})
        try:
            return answer.json()
        except TryLater as error:  # it was taken all the same
            raise Uncertain(error.text, **error.values) from error

    def upload(self, one: Attachment) -> str:
        """Lays a picture there, and waits until a status may show it; its id. Raises TryLater while it may not."""
        with self._speaking():
            answer = self._lay(one)
            key = text(entries(answer.json()).get("id"))
            for pause in PATIENCE if answer.status == 202 else ():
                time.sleep(pause)
                if self._reading.get(f"/api/v1/media/{quote(key, safe='')}").status == 200:
                    return key
        if answer.status == 202 or not key:
            raise TryLater(gettext_noop("{host} has not prepared the pictures yet."), host=self.host)
        return key

    def _lay(self, one: Attachment) -> Answer:
        try:
            return self._laying.upload("/api/v2/media", *multipart({"description": one.alt}, one))
        except Rejected as error:
            if error.status != 403:
                raise
            message = gettext_noop(
                "{host} lets this application send no pictures: it needs the scope “write:media”, and its access token "
                "is a new one then. Connect the account again, or send the reply without pictures."
            )
            raise Refused(message, host=self.host) from error

    def delete_status(self, key: str) -> None:
        """What is gone already is well."""
        try:
            with self._speaking():
                self._deleting.delete(status_path(key))
        except Rejected as error:
            if error.status in (400, 405, 501):
                message = gettext_noop("{host} lets nothing be deleted from here. Delete it there, by hand.")
                raise Refused(message, host=self.host) from error
            if error.status not in (404, 410):
                raise

    def may_write(self) -> None:
        """Deletes a status that does not exist: whether it may is looked at first. Raises Refused when it may not."""
        try:
            with self._speaking():
                self._deleting.delete("/api/v1/statuses/0")
        except Rejected as error:
            if error.status not in (400, 404, 410, 422):
                raise

    def here(self) -> Here:
        """Whose token it is. Raises Refused when it is another account's than the one it should be."""
        found = self._kept("here", self._ask_here)
        return Here(self._account, found.me, found.user, found.host)

    def limits(self) -> Limits:
        """As it says now. How long a status may be is what the account's settings hold of it: see `text_limit`."""
        return self._kept("limits", lambda: ask_limits(self.get) or Limits())

    def text_limit(self, to: str, warning: str) -> TextLimit:
        """Of statuses to `@user@host`, or to nobody, under a content warning."""
        return text_limit(self._settings.most_characters, self._settings.link_characters, to, warning)

    def application(self) -> str:
        """The name under which this token's application posts; "" where the instance does not tell."""
        return self._kept("application", self._ask_application)

    def many(self, keys: list[str]) -> list[Any] | None:
        """Those of these statuses that can be seen; None where the instance is asked for one at a time only."""
        try:
            return self._statuses(keys) if self._kept("many", lambda: bool(self._statuses(keys))) else None
        except Refused:  # Mastodon answers since 4.3
            return None

    def context(self, key: str) -> dict[str, list[Any]]:
        """The statuses before (`ancestors`, the first one first) and after this one (`descendants`)."""
        found = entries(self.get(f"{status_path(key)}/context").json())
        return {name: listed(found.get(name)) for name in ("ancestors", "descendants")}

    def _ask_here(self) -> Here:
        try:
            found = entries(self.get("/api/v1/accounts/verify_credentials").json())
        except Rejected as error:  # not every instance says it by 401
            raise self._not_accepted() from error
        me, user = text(found.get("id")), text(found.get("username"))
        if not me or not user:
            raise TryLater(gettext_noop("{host} does not say whose access token this is."), host=self.host)
        if user.lower() != self._user.lower():
            message = gettext_noop("The access token is that of @{user}; for {account} another one is needed.")
            raise Refused(message, pause=True, user=user, account=self._account)
        return Here(self._account, me, user, self._domain or self.host)

    def _ask_application(self) -> str:
        try:
            return text(entries(self.get("/api/v1/apps/verify_credentials").json()).get("name"))
        except Refused:  # not told to this token
            return ""

    def _statuses(self, keys: list[str]) -> list[Any]:
        return listed(self.get("/api/v1/statuses", {"id[]": keys}).json())

    def _kept(self, what: str, ask: Callable[[], T]) -> T:
        """Asked once an hour in this process; nothing is kept of what went wrong."""
        key = (what, self._settings.base, self._account, self._settings.access_token)
        at, found = _KEPT.get(key, (0.0, None))
        if found is None or time.monotonic() - at > KEPT:
            found = ask()
            if len(_KEPT) >= _MOST_KEPT:
                _KEPT.clear()
            _KEPT[key] = (time.monotonic(), found)
        told: T = found
        return told

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Says what to do about a token that is not, or not enough, for what is asked."""
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
                told = str(error.values.get("told", ""))
                raise Refused(message, pause=True, host=self.host, told=told, scopes=SCOPES) from error
            raise

    def _not_accepted(self) -> Refused:
        message = gettext_noop(
            "{host} does not accept the access token any more. Make a new one there (Preferences → Development) and "
            "type it in the settings of this account."
        )
        return Refused(message, pause=True, host=self.host)


def forget() -> None:
    """As after a restart."""
    _KEPT.clear()


def status_path(key: str) -> str:
    return f"/api/v1/statuses/{quote(key, safe='')}"


def said_at(answer: Answer) -> datetime:
    """The instance's own clock, by which its ids and moments are."""
    try:
        found = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return datetime.now(UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
