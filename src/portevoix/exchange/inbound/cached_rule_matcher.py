"""The city's rules as the steps use them: prepared once, and again when a rule or a department has changed."""

import threading

import structlog

from portevoix.kernel.errors import BadInput
from portevoix.record.queries import rules as queries
from portevoix.text.routing.matcher import Matcher
from portevoix.text.routing.routing_rule import Rule, check

log = structlog.get_logger("portevoix.rules")

_lock = threading.Lock()
_current: tuple[tuple[object, ...], Matcher | None] | None = None
_idle: set[tuple[int, str]] = set()


def matcher() -> Matcher | None:
    """Return the matcher of this process; None while the city has no rule that serves."""
    global _current
    with _lock:
        state = queries.state()
        if _current is None or _current[0] != state:
            _current = state, _load()
        return _current[1]


def _load() -> Matcher | None:
    """Return a matcher without the rules whose department receives no messages; each of these is logged once."""
    rows = queries.rows()
    idle = {(row.pk, row.department.slug) for row in rows if not row.department.active}
    for pk, department in sorted(idle - _idle):
        log.warning("rule_closed", rule=pk, department=department)
    _idle.clear()
    _idle.update(idle)
    serving = [value for row in rows if row.department.active and (value := _usable(queries.value_of(row)))]
    return Matcher(serving, queries.zone()) if serving else None


def _usable(rule: Rule) -> Rule | None:
    """Return the rule; None where this version no longer accepts it, so that it holds up no message."""
    try:
        check(rule)
    except BadInput as error:
        log.warning("rule_refused", rule=rule.id, why=str(error))
        return None
    return rule
