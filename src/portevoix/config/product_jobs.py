"""The jobs that products have the worker do, put together: it knows none of them."""

from portevoix.exchange.jobs import Job
from portevoix.exchange.unlabelled import LABEL_MESSAGES
from portevoix.journal.storage.answer_reminders import PLAN_REMINDERS
from portevoix.journal.storage.stored_editions import STORE_EDITIONS


def product_jobs() -> tuple[Job, ...]:
    """Return them in the order in which they are looked at."""
    return LABEL_MESSAGES, STORE_EDITIONS, PLAN_REMINDERS
