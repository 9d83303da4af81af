"""Ports for servers that tests start, each for the process alone that asks: nobody else on this machine gets it too."""

import fcntl
import os
import random
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

_FIRST, _LAST = 10_000, 32_000
"""Below those that the kernel gives to clients, and to whoever asks for any port: one of these may go at any moment."""
_chance = random.SystemRandom()  # whoever seeds the other one, or is forked, would have the numbers of others


def free_port() -> int:
    return two_ports()


def two_ports() -> int:
    """A free port whose neighbour is free as well; both stay this process's own until it ends."""
    while True:
        port = _chance.randrange(_FIRST, _LAST, 2)
        if _is_free(port) and _is_free(port + 1) and _is_reserved(port):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


def _is_reserved(port: int) -> bool:
    """By a lock that this process keeps, where no other has it: between asking for a port and listening there, seconds
    pass.
    """
    folder = Path(tempfile.gettempdir()) / f"portevoix-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder / str(port), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # another process has it, or this one
        os.close(handle)
        return False
    return True
