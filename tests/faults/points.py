"""Where a process can die: before and after each statement that writes, each commit and each call of a network.

`install` wraps those places once; a child that is armed then kills itself, with SIGKILL, at the n-th that it passes. A
page of memory that the parent shares tells how many were passed, and which was the last.
"""

import mmap
import os
import signal
import struct
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from portevoix.record.db import bulk

NEVER = 0
_COUNT = struct.Struct("<Q")
_LONGEST = 60


class Points:
    """Counts the places that the process passes. Threads count together."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, mmap.PAGESIZE)
        self._lock = threading.Lock()
        self._armed = False
        self._at = NEVER

    def arm(self, at: int) -> None:
        """From here on the places count; at the `at`-th the process dies (NEVER: it does not)."""
        self._armed, self._at = True, at

    def clear(self) -> None:
        self._shared[:] = bytes(len(self._shared))

    def passed(self) -> int:
        return int(_COUNT.unpack_from(self._shared)[0])

    def last(self) -> str:
        return self._shared[_COUNT.size : _COUNT.size + _LONGEST].rstrip(b"\0").decode("utf-8", "replace")

    def reached(self, place: str) -> None:
        if not self._armed:
            return
        with self._lock:
            count = self.passed() + 1
            _COUNT.pack_into(self._shared, 0, count)
            name = place.encode()[:_LONGEST].ljust(_LONGEST, b"\0")
            self._shared[_COUNT.size : _COUNT.size + _LONGEST] = name
            if count == self._at:
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()

    def around(self, owner: Any, name: str, place: Callable[..., str]) -> None:
        """Makes a place before and one after each call of `owner.name`; `place` names it by its arguments, "": none."""
        inner = getattr(owner, name)

        @wraps(inner)
        def called(*args: Any, **kwargs: Any) -> Any:
            where = place(*args)
            if not where:
                return inner(*args, **kwargs)
            self.reached(f"before {where}")
            answer = inner(*args, **kwargs)
            self.reached(f"after {where}")
            return answer

        setattr(owner, name, called)


points = Points()


def install() -> None:
    points.around(CursorWrapper, "_execute_with_wrappers", lambda cursor, sql, *rest: _named(sql))
    points.around(BaseDatabaseWrapper, "_commit", lambda connection: "COMMIT")
    points.around(bulk, "_copy", lambda model, *rest: f"COPY {model._meta.db_table}")


def _named(sql: str) -> str:
    """ "INSERT record_message", "BEGIN"…; "" for what only reads: to die there is to die after the last that wrote."""
    words = sql.replace('"', " ").replace("(", " ").split()
    verb = words[0].upper()
    table = next((word for word in words if word.startswith(("record_", "desk_", "django_"))), "")
    return "" if verb in ("SELECT", "PRAGMA") else f"{verb} {table}".strip()
