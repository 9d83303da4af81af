"""Learns in a process of its own, after all others' turn: a job on standard input, its answer on standard output.

Its only argument is the number of the process that wants the answer: it ends when that one is gone.
"""

import json
import os
import sys
import threading
import time

from portevoix.text.training.worker import answer

_NICE = 10
_LOOK_EVERY_S = 1.0


def _leave_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY_S)
    os._exit(1)


def main() -> None:
    os.nice(_NICE)
    threading.Thread(target=_leave_with, args=(int(sys.argv[1]),), daemon=True).start()
    with os.fdopen(os.dup(1), "w") as told:
        os.dup2(2, 1)  # what a library prints is no answer
        json.dump(answer(json.load(sys.stdin)), told)


if __name__ == "__main__":
    main()
