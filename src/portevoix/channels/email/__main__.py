"""The process that reads mails, within bounds of memory and time: `python -m portevoix.channels.email`.

Standard input brings a question and a mail, standard output the answer: see `reading`. A mail beyond the bounds ends
the process, and nothing else. The process also ends with its input, or when nothing comes for a while.
"""

import os
import resource
import select
import signal
import sys
from pathlib import Path

from portevoix.channels.email.reading import MOST_SECONDS, READY, SPENT, Question, read_frames, read_one, write_frames

MOST_MEMORY = 200_000_000
"""Bytes beyond those of the idle process; a mail of 25 MB takes some 150 MB."""
IDLE = 60.0
"""Seconds without a question after which the process ends."""


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    _limit_memory()
    write_frames(answers, [READY])
    try:
        while select.select([sys.stdin.buffer], [], [], IDLE)[0]:
            question, raw = read_frames(sys.stdin.buffer)
            signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)  # its signal ends the process
            answer = read_one(Question.read(question), raw)
            signal.setitimer(signal.ITIMER_PROF, 0)
            write_frames(answers, answer.frames())
            del question, raw, answer  # before the next one comes
    except EOFError:
        return
    except MemoryError:
        os._exit(SPENT)


def _limit_memory() -> None:
    """Let the process take MOST_MEMORY more than it has. Where the system does not say, time alone is bounded."""
    status = Path("/proc/self/status")
    for line in status.read_text().splitlines() if status.exists() else ():
        if line.startswith("VmData:"):
            most = int(line.split()[1]) * 1024 + MOST_MEMORY
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))


if __name__ == "__main__":
    main()
