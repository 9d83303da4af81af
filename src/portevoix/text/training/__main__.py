"""Training process of low priority: it reads a job from standard input and writes the answer to standard output.

Its only argument is the id of the parent process; it exits when that one has ended.
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
    with os.fdopen(os.dup(1), "w") as output:
        os.dup2(2, 1)  # output of libraries must not mix with the answer
        json.dump(answer(json.load(sys.stdin)), output)


if __name__ == "__main__":
    main()
