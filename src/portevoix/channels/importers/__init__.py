"""Files as a channel: messages in the interchange format, read on from where one stopped."""

from dataclasses import dataclass, field
from itertools import islice
from typing import ClassVar

from portevoix.channels.base import Knob
from portevoix.kernel.errors import BadInput, BadLine, Refused
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.interchange import open_stream, read_lines
from portevoix.kernel.words import Ability, Batch, Incoming, Outgoing, RawRequest, Receipt, Unreadable

BATCH = 500


@dataclass(frozen=True)
class FileSettings:
    """`path`: a file in the interchange format, gzip or not; lines may be added to it."""

    path: str = field(
        default="",
        metadata={
            "knob": Knob(
                gettext_noop("File"), gettext_noop("Path, on the server, of a file in the interchange format.")
            )
        },
    )


class FileConnector:
    """Reads only; the cursor is the number of lines read. Every message keeps the account that its line names."""

    kind: ClassVar[str] = "importers"
    abilities: ClassVar[frozenset[Ability]] = frozenset({Ability.POLL})
    Settings: ClassVar[type[FileSettings]] = FileSettings

    def __init__(self, account: str, settings: FileSettings) -> None:
        self.account = account
        self.settings = settings

    def receive(self, cursor: str | None) -> Batch:
        """The next lines. A line that cannot be read comes back as `Unreadable`. Raises Refused without the file."""
        done = int(cursor or 0)
        try:
            with open_stream(self.settings.path) as stream:
                lines = list(islice(read_lines(stream), done, done + BATCH + 1))
        except (OSError, BadInput) as error:
            raise Refused(gettext_noop("The file cannot be read: {why}"), why=str(error)) from error
        taken = lines[:BATCH]
        return Batch(
            messages=tuple(line for line in taken if isinstance(line, Incoming)),
            cursor=str(done + len(taken)),
            more=len(lines) > BATCH,
            unreadable=tuple(self._unreadable(line) for line in taken if isinstance(line, BadLine)),
        )

    def _unreadable(self, line: BadLine) -> Unreadable:
        return Unreadable(external_id=f"{self.settings.path}:{line.line}", reason=str(line), raw="")

    def parse(self, request: RawRequest) -> tuple[Incoming, ...]:
        raise Refused(gettext_noop("A file takes no requests."))

    def send(self, message: Outgoing) -> Receipt:
        raise Refused(gettext_noop("Nothing can be sent to a file."))

    def find(self, message: Outgoing) -> Receipt | None:
        return None

    def check(self) -> tuple[str, ...]:
        batch = self.receive(None)
        return (f"{self.settings.path}: {len(batch.messages)} messages, {len(batch.unreadable)} unreadable lines.",)
