"""Django's sessions, loaded by prepared SQL: every request begins with one."""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

from portevoix.record.db.prepared import fetch_row

_SESSION = "SELECT * FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """A session in the database, as Django stores it."""

    def _validate_session_key(self, key: str | None) -> bool:
        """Return whether a cookie can be a session key; for others the database is not queried."""
        return bool(key) and str(key).isascii() and str(key).isalnum() and super()._validate_session_key(key)

    def _get_session_from_db(self) -> Any:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        session = fetch_row(self.model, _SESSION, [self.session_key, now])
        if session is None:
            self._session_key = None
        return session
