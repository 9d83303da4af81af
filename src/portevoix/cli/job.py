"""One job of the worker's in a process of its own: `python -m portevoix.cli.job NAME PARENT`, after all others' turn.

`PARENT` is the number of the worker's process: this one ends when that one is gone.
"""

import os
import sys
import threading
import time
from datetime import UTC, datetime
from functools import partial

import structlog

from portevoix.cli.django_setup import set_up_service
from portevoix.exchange.result import Ok, attempt

log = structlog.get_logger("portevoix.work")
NICE = 10
LOOK_EVERY_S = 1.0


def main() -> int:
    """Return the exit status: 0 once nothing is left to do. Errors are logged as the worker logs them, without a
    citizen's words.
    """
    name, parent = sys.argv[1], int(sys.argv[2])
    os.nice(NICE)
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    outcome = attempt(set_up_service)
    if isinstance(outcome, Ok):
        outcome = attempt(partial(_run, name))
    if isinstance(outcome, Ok):
        return 0
    log.error("step_failed", step=name, exc_info=outcome)
    return 1


def _run(name: str) -> None:
    from portevoix.config.jobs import jobs  # noqa: PLC0415 -- Django is ready only now

    job = next(job for job in jobs() if job.name == name)
    while (count := job.run(datetime.now(UTC))) is not None:
        log.info("step_done", step=name, count=count)


def _leave_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
