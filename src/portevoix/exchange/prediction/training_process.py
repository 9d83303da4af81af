"""A separate process that trains: the request goes in, the result comes out. It never touches the record."""

import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

from portevoix.kernel.errors import PortevoixError
from portevoix.kernel.i18n import gettext_noop
from portevoix.text.training.protocol import Json

_KIND = re.compile(r"^([A-Za-z_][\w.]*)(?::|$)", re.MULTILINE)
_PLACE = re.compile(r'^  File "(.*)", line (\d+), in (\S+)$', re.MULTILINE)
COMMAND = (sys.executable, "-P", "-m", "portevoix.text.training")


class TrainingProcess:
    """A process that trains from its creation on, at low priority, and ends with this one at the latest.

    Ctrl-C does not reach it: its parent decides when it ends.
    """

    def __init__(self, request: Json) -> None:
        self._request, self._output, self._fault = json.dumps(request).encode(), b"", b""
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        try:
            self._process = subprocess.Popen([*COMMAND, str(os.getpid())], **pipes, start_new_session=True)
        except OSError as error:
            raise _failure(error.strerror or str(error)) from error
        self._talk = threading.Thread(target=self._converse, name="learning", daemon=True)
        self._talk.start()

    def _converse(self) -> None:
        self._output, self._fault = self._process.communicate(self._request)

    def is_done(self) -> bool:
        return not self._talk.is_alive()

    def answer(self, *, within: float) -> Json:
        """Return the answer, after at most `within` seconds. Raise PortevoixError, with the reason, when none comes."""
        self._talk.join(within)
        if not self.is_done():
            self.kill()
            raise PortevoixError(gettext_noop("The process that learns took too long."))
        if self._process.returncode != 0:
            raise _failure(_why(self._fault.decode(errors="replace"), self._process.returncode))
        try:
            answer: Json = json.loads(self._output)
        except ValueError as error:
            raise _failure("no answer") from error
        return answer

    def kill(self) -> None:
        self._process.kill()
        self._talk.join()


def _why(fault: str, status: int | None) -> str:
    """Return the error's type and place, without its own words, which may quote citizens."""
    places = list(_PLACE.finditer(fault))
    kind = _KIND.search(fault, places[-1].end()) if places else None
    if kind is None:
        return f"status {status}"
    file, line, name = places[-1].groups()
    return f"{kind[1]}, {Path(file).name}:{line} {name}"


def _failure(why: str) -> PortevoixError:
    return PortevoixError(gettext_noop("The process that learns failed: {why}"), why=why)


def train(request: Json, *, within: float) -> Json:
    """Start a process and return its answer, as `TrainingProcess.answer` does."""
    return TrainingProcess(request).answer(within=within)
