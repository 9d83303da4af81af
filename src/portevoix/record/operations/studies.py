"""Stores studies of the Barometer that include the city."""

from datetime import date, datetime
from typing import Any

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.record import permissions
from portevoix.record.models import Contact, Study
from portevoix.record.permissions import Capability

LONGEST_TITLE = 200


def keep(
    *, title: str, first_day: date, last_day: date, own: str, results: dict[str, Any], by: Contact | None, now: datetime
) -> Study:
    """Store a study, or replace the same one. `own` is the city's code in it. `by` None: the command line."""
    _check_may(by)
    row, _ = Study.objects.update_or_create(
        title=title[:LONGEST_TITLE],
        first_day=first_day,
        last_day=last_day,
        defaults={"own": own, "results": results, "kept_at": now, "kept_by": by},
    )
    return row


def remove(*, study: int, by: Contact) -> None:
    """Delete a study. Raise BadInput for one that is gone."""
    _check_may(by)
    if not Study.objects.filter(pk=study).delete()[0]:
        raise BadInput(gettext_noop("This study is not there any more."))


def _check_may(by: Contact | None) -> None:
    if by is not None:
        permissions.check(by, Capability.SETTINGS)
