"""The city's rules as the steps use them: made ready once, and again when one of them or a department has changed."""

import threading

import structlog

from portevoix.kernel.errors import BadInput
from portevoix.record.queries import rules as queries
from portevoix.text.routing.matcher import Matcher
from portevoix.text.routing.rules import Rule, check

log = structlog.get_logger("portevoix.rules")

_lock = threading.Lock()
_current: tuple[tuple[object, ...], Matcher | None] | None = None
_idle: set[tuple[int, str]] = set()


def matcher() -> Matcher | None:
    """That of this process; None while the city has no rule that serves."""
    global _current
    with _lock:
        state = queries.state()
        if _current is None or _current[0] != state:
            _current = state, _load()
        return _current[1]


def _load() -> Matcher | None:
    """Leaves out the rules whose department receives no messages; each is told once, here and on the settings page."""
    rows = queries.rows()
    idle = {(row.pk, row.department.slug) for row in rows if not row.department.active}
    for pk, department in sorted(idle - _idle):
        log.warning("rule_closed", rule=pk, department=department)
    _idle.clear()
    _idle.update(idle)
    serving = [value for row in rows if row.department.active and (value := _usable(queries.value_of(row)))]
    return Matcher(serving, queries.zone()) if serving else None


def _usable(rule: Rule) -> Rule | None:
    """None of one that this version would not take any more: it holds up no message."""
    try:
        check(rule)
    except BadInput as error:
        log.warning("rule_refused", rule=rule.id, why=str(error))
        return None
    return rule
