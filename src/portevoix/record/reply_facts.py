"""Reply measures from the record: the same reports as for collected messages, on the desk's own facts."""

from datetime import datetime

from portevoix.kernel.clock import ServiceClock
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.measures.engine import ReplyReport, report
from portevoix.measures.schema import frame
from portevoix.record.facts import cut_off, facts_of_week, facts_promised_in_week
from portevoix.record.queries.city import department as find_department


def reply_report(*, week: str, department: str = "", clock: ServiceClock | None = None, now: datetime) -> ReplyReport:
    """Report on the first waits opened that week and the promises for that week, at the week's stored cut-off.

    `department` is a slug, "" for the whole city; `clock` counts its opening hours only, None day and night. Raise
    BadInput for an invalid week or an unknown department.
    """
    if department and find_department(department) is None:
        raise BadInput(gettext_noop("There is no department “{slug}”."), slug=department)
    until = cut_off(week, now=now)
    departments = [department] if department else None
    facts = facts_of_week(week, cut_off=until, departments=departments, clock=clock)
    promises = frame(facts_promised_in_week(week, cut_off=until, departments=departments))
    return report(frame(facts), clock="service" if clock else "elapsed", waits="first", promised=promises)
