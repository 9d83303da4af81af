"""Learns what a job asks for."""

from portevoix.text import job, stored_cold
from portevoix.text.fitting import cold
from portevoix.text.fitting.labels import ground
from portevoix.text.fitting.refit import refit


def answer(asked: job.Json) -> job.Json:
    """`asked` is what `job.ask_cold` or `job.ask_refit` wrote; the answer is for `told_cold` or `told_refit`."""
    given = job.read_refit(asked)
    if given is None:
        return job.answer_cold(stored_cold.dump(cold.fit(job.read_departments(asked))))
    known = ground(given.task, given.departments)
    return job.answer_refit(*refit(known, given.examples, given.before, now=given.now))
