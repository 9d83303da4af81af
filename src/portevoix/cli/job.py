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

from portevoix.cli.django_setup import check_not_newer, pending, set_up_django
from portevoix.exchange.result import Ok, attempt
from portevoix.kernel.errors import PortevoixError

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
    outcome = attempt(_set_up)
    if isinstance(outcome, Ok):
        outcome = attempt(partial(_run, name))
    if isinstance(outcome, Ok):
        return 0
    log.error("step_failed", step=name, exc_info=outcome)
    return 1


def _set_up() -> None:
    """Set Django up. Raise PortevoixError when the database is not of this version.

    Where the program was replaced while the worker goes on, the database is for those to migrate who start services.
    """
    set_up_django(migrate=False)
    check_not_newer()
    if pending():
        raise PortevoixError("The program was replaced while the worker went on: restart the services.")


def _run(name: str) -> None:
    from portevoix.config.product_jobs import product_jobs  # noqa: PLC0415 -- Django is ready only now

    job = next(job for job in product_jobs() if job.name == name)
    while (count := job.run(datetime.now(UTC))) is not None:
        log.info("step_done", step=name, count=count)


def _leave_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
