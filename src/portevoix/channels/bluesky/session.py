"""XRPC client of one account. Its session is shared by connectors, as Bluesky limits signing in more than anything.

A session is used until the network rejects it: then it is refreshed, or a new one is created, once, and the request is
repeated. Nothing depends on this machine's clock.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Any, Final

from portevoix.channels.bluesky.settings import BlueskySettings, identifier
from portevoix.channels.http import Http, Parameters
from portevoix.channels.http_answers import Answer, Rejected
from portevoix.kernel.errors import Refused, TryLater, Uncertain
from portevoix.kernel.i18n import gettext_noop

_STALE: Final = frozenset({"ExpiredToken", "InvalidToken"})
_GONE_CODES: Final = frozenset({"AccountTakedown", "AccountDeactivated", "AccountSuspended"})


@dataclass(frozen=True, slots=True)
class Session:
    """`base` is the server that holds the account, which need not be the one where it signs in."""

    did: str
    handle: str
    base: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    password: bytes = field(repr=False)  # a digest: another password begins another session


_SESSIONS: dict[tuple[str, str], Session] = {}
_LOCKS: defaultdict[tuple[str, str], Lock] = defaultdict(Lock)


def forget_sessions() -> None:
    """Forget all sessions, as after a restart."""
    _SESSIONS.clear()


class Client:
    """Calls methods of the AT Protocol by name. Raises what `Http` does; answers are JSON objects."""

    def __init__(self, account: str, settings: BlueskySettings) -> None:
        self._name, self._settings = identifier(account), settings
        self._service = settings.service.strip().rstrip("/")
        self._key = (self._service, self._name.lower())
        self._password = hashlib.sha256(settings.app_password.encode("utf-8", "replace")).digest()

    @property
    def did(self) -> str:
        return self._session().did

    def get(self, method: str, parameters: Parameters) -> dict[str, Any]:
        return self._call(lambda http: _object(http.get(f"/xrpc/{method}", parameters)))

    def post(self, method: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._call(lambda http: _read_result(http.post(f"/xrpc/{method}", body)))

    def upload(self, content: bytes, kind: str) -> dict[str, Any]:
        """Upload a file to the account's repository, where it stays for some hours even if no post shows it."""
        return self._call(lambda http: _object(http.upload("/xrpc/com.atproto.repo.uploadBlob", content, kind)))

    def sign_in(self) -> Session:
        """Sign in with the password, even if there is a session, to check that it is still valid."""
        with _LOCKS[self._key]:
            return self._keep(self._create())

    def _call(self, ask: Callable[[Http], dict[str, Any]]) -> dict[str, Any]:
        session = self._session()
        try:
            return ask(self._http(session))
        except Rejected as error:
            if error.status != 401 and error.code not in _STALE:
                raise
        session = self._renew(session)
        try:
            return ask(self._http(session))
        except Rejected as error:
            if error.status != 401 and error.code not in _STALE:
                raise
            _SESSIONS.pop(self._key, None)
            if error.code in _GONE_CODES:
                raise Refused(_why(error.code), pause=True, host=self._host(), account=self._name) from error
            raise TryLater(
                gettext_noop("{host} takes back at once the session that it has given."), host=self._host()
            ) from error

    def _http(self, session: Session) -> Http:
        return Http(session.base, headers={"Authorization": f"Bearer {session.access}"}, budget=session.did)

    def _host(self) -> str:
        return self._entry().host

    def _entry(self, **headers: str) -> Http:
        """Return the client for signing in, which has a rate limit of its own."""
        return Http(self._service, headers=headers, budget=f"{self._name}, signing in")

    def _session(self) -> Session:
        with _LOCKS[self._key]:
            return self._cached_session() or self._keep(self._create())

    def _cached_session(self) -> Session | None:
        session = _SESSIONS.get(self._key)
        return session if session and session.password == self._password else None

    def _keep(self, session: Session) -> Session:
        _SESSIONS[self._key] = session
        return session

    def _renew(self, stale: Session) -> Session:
        with _LOCKS[self._key]:
            current = self._cached_session()
            if current and current.access != stale.access:
                return current  # another thread was here first
            return self._keep(self._refresh(stale) or self._create())

    def _refresh(self, stale: Session) -> Session | None:
        """Refresh the session; None when the network no longer accepts it."""
        try:
            return self._read_session(
                self._entry(Authorization=f"Bearer {stale.refresh}").post("/xrpc/com.atproto.server.refreshSession")
            )
        except Rejected:
            return None
        except Uncertain as error:
            raise TryLater(error.text, timedelta(minutes=1), **error.values) from error

    def _create(self) -> Session:
        body = {"identifier": self._name, "password": self._settings.app_password}
        try:
            return self._read_session(self._entry().post("/xrpc/com.atproto.server.createSession", body))
        except Uncertain as error:
            raise TryLater(error.text, timedelta(minutes=1), **error.values) from error
        except Rejected as error:
            code = error.code
        # Outside of `except`: nothing that could quote the password is passed on.
        raise Refused(_why(code), pause=True, host=self._host(), account=self._name)

    def _read_session(self, answer: Answer) -> Session:
        document = _object(answer)
        parts = [document.get(name) for name in ("did", "handle", "accessJwt", "refreshJwt")]
        if not all(isinstance(part, str) and part.isascii() and part.isprintable() for part in parts):
            raise TryLater(gettext_noop("What the network answers cannot be read."))
        did, handle, access, refresh = map(str, parts)
        return Session(did, handle, home_of(document.get("didDoc"), self._service), access, refresh, self._password)


def _why(code: str) -> str:
    if code == "AuthFactorTokenRequired":
        return gettext_noop("{host} asks {account} for a code as well. Use an app password instead of your own.")
    if code in _GONE_CODES:
        return gettext_noop("The account {account} is closed or suspended. Sign in to {host} and see why.")
    return gettext_noop(
        "{host} does not accept {account} with this app password. Make a new one in Bluesky under Settings → "
        "Privacy and security → App passwords, and type it here."
    )


def _object(answer: Answer) -> dict[str, Any]:
    document = answer.json()
    if not isinstance(document, dict):
        raise TryLater(gettext_noop("What the network answers cannot be read."))
    return document


def _read_result(answer: Answer) -> dict[str, Any]:
    """Return the result of a change. Raise Uncertain when it cannot be read."""
    try:
        return _object(answer)
    except TryLater as error:
        raise Uncertain(error.text, **error.values) from error


def home_of(document: object, service: str) -> str:
    """Return the account's own server, from its identity document; never one less protected than the sign-in server."""
    services = document.get("service") if isinstance(document, dict) else None
    for entry in services if isinstance(services, list) else ():
        if isinstance(entry, dict) and str(entry.get("id", "")).endswith("#atproto_pds"):
            place = entry.get("serviceEndpoint")
            if isinstance(place, str) and (place.startswith("https://") or service.startswith("http://")):
                return place.rstrip("/")
    return service
