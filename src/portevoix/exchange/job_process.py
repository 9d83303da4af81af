"""Long jobs in processes of their own, so that deliveries go on beside them."""

import os
import subprocess
import sys
from datetime import datetime

import structlog

from portevoix.exchange.jobs import Job

log = structlog.get_logger("portevoix.work")
COMMAND = (sys.executable, "-P", "-m", "portevoix.cli.job")


class JobProcess:
    """Runs one job, by its name, until nothing is left; ends with the worker at the latest."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, now: datetime) -> int | None:
        """Start the process, or check it: 0 while it runs, None once it has ended. It logs its own errors."""
        if self._process is None:
            if self._job.apart_if is None or not self._job.apart_if(now):
                return None
            command = (*COMMAND, self._job.name, str(os.getpid()))
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
            log.info("job_started", step=self._job.name)
            return 0
        status = self._process.poll()
        if status is None:
            return 0
        self._process = None
        if status:
            log.error("job_failed", step=self._job.name, status=status)
        return None

    def stop(self) -> None:
        """Kill the process; the next one does the work that it left unfinished."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
