"""A process that learns: what it is asked goes in, what it learnt comes out. It never touches the record."""

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


class Child:
    """At work from the beginning on. It takes its turn after all others, and ends with this process at the latest.

    Ctrl-C does not reach it: who has started it says when it ends.
    """

    def __init__(self, asked: Json) -> None:
        self._asked, self._said, self._fault = json.dumps(asked).encode(), b"", b""
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        try:
            self._process = subprocess.Popen([*COMMAND, str(os.getpid())], **pipes, start_new_session=True)
        except OSError as error:
            raise _failed(error.strerror or str(error)) from error
        self._talk = threading.Thread(target=self._converse, name="learning", daemon=True)
        self._talk.start()

    def _converse(self) -> None:
        self._said, self._fault = self._process.communicate(self._asked)

    def done(self) -> bool:
        return not self._talk.is_alive()

    def answer(self, *, within: float) -> Json:
        """Waits for it, so many seconds at most. Raises PortevoixError, with the reason, when none comes."""
        self._talk.join(within)
        if not self.done():
            self.kill()
            raise PortevoixError(gettext_noop("The process that learns took too long."))
        if self._process.returncode != 0:
            raise _failed(_why(self._fault.decode(errors="replace"), self._process.returncode))
        try:
            answer: Json = json.loads(self._said)
        except ValueError as error:
            raise _failed("no answer") from error
        return answer

    def kill(self) -> None:
        self._process.kill()
        self._talk.join()


def _why(fault: str, status: int | None) -> str:
    """The error's kind and its place; not its own words, which may quote what citizens wrote."""
    places = list(_PLACE.finditer(fault))
    kind = _KIND.search(fault, places[-1].end()) if places else None
    if kind is None:
        return f"status {status}"
    file, line, name = places[-1].groups()
    return f"{kind[1]}, {Path(file).name}:{line} {name}"


def _failed(why: str) -> PortevoixError:
    return PortevoixError(gettext_noop("The process that learns failed: {why}"), why=why)


def ask(asked: Json, *, within: float) -> Json:
    """As `Child.answer`, at once."""
    return Child(asked).answer(within=within)
