"""Reserves room for the figures of a process that serves pages: files mapped into memory, which all processes share.

Where the room of such a file is used up by others, the first figure written beyond ends the process.
"""

import os
from pathlib import Path

import structlog

log = structlog.get_logger("portevoix.serve")
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which `portevoix serve` names the folder; read when the library of the figures is loaded."""
KINDS = ("counter", "histogram")
ROOM = 262_144
"""Bytes of each file: several times what all rooms and answers need."""


def reserve_room() -> None:
    """Reserve the files of this process. Where there is no room, its figures stay in its own memory."""
    folder = os.environ.get(SHARED)
    if not folder or not hasattr(os, "posix_fallocate"):
        return
    files = [Path(folder) / f"{kind}_{os.getpid()}.db" for kind in KINDS]
    try:
        for path in files:
            with path.open("ab") as file:
                os.posix_fallocate(file.fileno(), 0, ROOM)
    except OSError as error:
        for path in files:
            path.unlink(missing_ok=True)
        del os.environ[SHARED]
        log.warning("figures_refused", why=error.strerror or str(error))
