"""Errors of the database: whether it is busy or gone, or refuses what it is given, and how a person is told."""

from django.db import InterfaceError, OperationalError

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop

_TOO_LARGE = "54"
"""The class of PostgreSQL's codes for what goes beyond its limits; psycopg counts these as operational errors too."""


def busy(error: Exception) -> bool:
    """Whether the database is busy or gone: nobody is to blame, and trying again may help."""
    code = getattr(error.__cause__, "sqlstate", None) or ""
    return isinstance(error, OperationalError | InterfaceError) and not code.startswith(_TOO_LARGE)


def told(error: Exception) -> BadInput:
    """What the database says of what it did not take, without the row that PostgreSQL quotes."""
    why = str(error).replace("\0", "").splitlines()[0]
    return BadInput(gettext_noop("The database did not take it: {why}"), why=why)
