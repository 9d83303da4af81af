"""A network that outlives whoever uses it: two files, which the fake connector takes for its network in memory."""

import json
import os
import random
from pathlib import Path

from portevoix.channels.fake import Fault, connector
from portevoix.kernel import envelope_codec
from portevoix.kernel.errors import Uncertain
from portevoix.kernel.messages import Incoming, Outgoing
from tests.faults.points import points

PAGE = 5
_FAULTS = (Fault.LATER, Fault.LOST, Fault.UNTOLD)


class FarEnd:
    """What was written and what arrived; a reply that is sent twice arrives twice. A cursor counts bytes.

    `tells`: whether it can say what arrived. `trouble`: how many of the calls meet a fault.
    """

    down = False

    def __init__(self, folder: Path) -> None:
        self._written, self._arrived = folder / "written.jsonl", folder / "arrived"
        self._written.touch()
        self._arrived.touch()
        self.tells = True
        self.trouble = 0.0
        self.random = random.Random(0)

    def install(self) -> None:
        connector.network = lambda name: self
        connector.PAGE = PAGE

    def write(self, *messages: Incoming) -> None:
        with self._written.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(envelope_codec.write(message)) + "\n" for message in messages)

    def since(self, start: int, account: str, most: int) -> tuple[tuple[Incoming, ...], int, bool]:
        points.reached("before reading")
        with self._written.open("rb") as file:
            file.seek(start)
            lines = [line for _ in range(most) if (line := file.readline())]
            end, more = file.tell(), bool(file.readline())
        points.reached("after reading")
        messages = (envelope_codec.read(json.loads(line)) for line in lines)
        return tuple(message for message in messages if message.account == account), end, more

    def end(self) -> int:
        """The cursor after everything."""
        return self._written.stat().st_size

    def next_fault(self) -> Fault | None:
        return self.random.choice(_FAULTS) if self.random.random() < self.trouble else None

    def accept(self, message: Outgoing) -> None:
        points.reached("before the network took it")
        line = os.open(self._arrived, os.O_WRONLY | os.O_APPEND)
        os.write(line, f"{message.key}\n".encode())
        os.close(line)
        points.reached("after the network took it")

    def replies(self, key: str) -> bool:
        if not self.tells:
            raise Uncertain("This network cannot tell.")
        points.reached("before asking the network")
        found = key in self.keys()
        points.reached("after asking the network")
        return found

    def keys(self) -> list[str]:
        """As often as each arrived."""
        return self._arrived.read_text(encoding="utf-8").split()
