"""One job of a worker, at a moment of the test's choosing."""

from datetime import datetime

from portevoix.exchange.worker import Worker


def run_job(worker: Worker, name: str, now: datetime) -> int:
    """Run the job of this name if it is due; return how much it did."""
    return worker.run_job(next(job for job in worker.jobs if job.name == name), now)
