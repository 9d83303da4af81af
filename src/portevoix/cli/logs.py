"""Log lines that an operator can read, on standard error: one event a line, with its facts as key=value."""

import logging
import sys

import structlog

from portevoix.config import env
from portevoix.kernel.errors import BadInput

LEVELS = ("debug", "info", "warning", "error")


def set_up() -> None:
    """Django's log and ours, in one form. Raises BadInput for a level that is none."""
    level = env.get("PORTEVOIX_LOG").lower()
    if level not in LEVELS:
        raise BadInput("PORTEVOIX_LOG is “{level}”; write one of: {levels}.", level=level, levels=", ".join(LEVELS))
    shared = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    form = structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, form], foreign_pre_chain=shared
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.getLogger("django.request").setLevel("ERROR")
