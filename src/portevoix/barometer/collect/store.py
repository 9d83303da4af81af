"""The collected messages of one account, in order of arrival, and the state of the collection.

A page of messages is a gzip member at the end of the file; then the state is written as a whole, with the file's new
length. After a crash in between, the tail unknown to the state is cut off and its page asked for again, so that nothing
is lost or stored twice.
"""

import gzip
import hashlib
import json
import os
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fcntl import LOCK_EX, LOCK_NB, flock
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from portevoix.barometer.studies.atomic_write import write_atomically
from portevoix.barometer.studies.loader import Study, StudyAccount
from portevoix.kernel.errors import BadInput, BadLine
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.interchange import read_lines, write_line
from portevoix.kernel.messages import Direction, Incoming, Writer

COLLECTED_FOLDER: Final = "collected"
_PRIVATE: Final = 0o600
_LONGEST_NAME: Final = 120
_KEY_BYTES: Final = 32


@dataclass(slots=True)
class State:
    """`size`: the valid bytes of the file. `place`: where to ask the network next, as its reader wrote it.

    `asked` counts calls, `read` messages, `hidden` items not shown, by the codes of `coverage.HIDDEN_REASONS`.
    `sources` names the networks' interfaces and file formats that were read. `error` is why it stopped, "" for no
    error.

    The names of these fields are the keys of the state file.
    """

    size: int = 0
    place: Mapping[str, Any] = field(default_factory=dict)
    asked: int = 0
    read: int = 0
    hidden: Counter[str] = field(default_factory=Counter)
    sources: list[str] = field(default_factory=list)
    until: str = ""
    error: str = ""

    def as_json(self) -> bytes:
        fields = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(fields, ensure_ascii=False, indent=1).encode()


class AccountStore:
    """One account's messages. Raises BadInput when its files were changed by something else."""

    def __init__(self, folder: Path, network: str, handle: str) -> None:
        name = quote(handle, safe="@._-")
        if len(name) > _LONGEST_NAME:
            name = hashlib.sha256(handle.encode()).hexdigest()[:40]
        self.path = folder / COLLECTED_FOLDER / network / f"{name}.jsonl.gz"
        self._state_path = self.path.with_name(f"{name}.state.json")
        self.state = self._read_state()
        self._ids: set[str] | None = None

    def messages(self) -> Iterator[Incoming]:
        """Yield the valid messages in order of arrival."""
        if not self.state.size:
            return
        try:
            with self.path.open("rb") as file:
                content = file.read(self.state.size)
        except FileNotFoundError:
            content = b""
        if len(content) < self.state.size:
            message = gettext_noop(
                "{file} is shorter than it was: something else wrote to it. Delete it to begin anew."
            )
            raise BadInput(message, file=str(self.path))
        with gzip.GzipFile(fileobj=BytesIO(content)) as stream:
            for item in read_lines(stream):  # type: ignore[arg-type]
                if isinstance(item, BadLine):
                    raise BadInput(gettext_noop("{file}: {why}"), file=str(self.path), why=str(item))
                yield item

    def add(self, messages: Iterable[Incoming], **changes: Any) -> int:
        """Store the new messages and the changes of the state in one step; return the number of new messages."""
        known_ids = self._load_ids()
        new = {one.external_id: one for one in messages if one.external_id not in known_ids}
        size = self._append(list(new.values())) if new else self.state.size
        self.state = replace(self.state, size=size, read=self.state.read + len(new), **changes)
        write_atomically(self._state_path, self.state.as_json(), _PRIVATE)
        known_ids.update(new)
        return len(new)

    def _append(self, new: list[Incoming]) -> int:
        content = gzip.compress("".join(f"{write_line(one)}\n" for one in new).encode(), mtime=0)
        with open(os.open(self.path, os.O_RDWR | os.O_CREAT, _PRIVATE), "r+b") as file:  # noqa: PTH123 -- its mode
            file.truncate(self.state.size)  # the tail that somebody left who was killed
            file.seek(self.state.size)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return self.state.size + len(content)

    def _load_ids(self) -> set[str]:
        if self._ids is None:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._ids = {one.external_id for one in self.messages()}
        return self._ids

    def _read_state(self) -> State:
        try:
            fields = json.loads(self._state_path.read_bytes())
            return State(**{**fields, "hidden": Counter(fields["hidden"])})
        except FileNotFoundError:
            return State()
        except (ValueError, TypeError, KeyError) as error:
            message = gettext_noop("{file} cannot be read: {why}. Delete it, and what is beside it, to begin anew.")
            raise BadInput(message, file=str(self._state_path), why=str(error)) from None


@contextmanager
def lock_collection(folder: Path) -> Iterator[None]:
    """Lock the study's collection. Raise BadInput when another process collects into it."""
    place = folder / COLLECTED_FOLDER
    place.mkdir(mode=0o700, exist_ok=True)
    with (place / ".lock").open("w") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            message = gettext_noop("Something collects into {folder} already: wait until it has ended.")
            raise BadInput(message, folder=str(folder)) from None
        yield


@dataclass(frozen=True, slots=True)
class Pseudonymiser:
    """Pseudonymises messages: the account as the study writes it, a citizen as a keyed hash."""

    study: Study
    key: bytes

    def pseudonymise(self, message: Incoming, account: StudyAccount) -> Incoming:
        """Return the message without names and handles of citizens; other accounts of the study keep theirs."""
        author = message.author
        if message.direction is Direction.IN and not self._is_a_city(message):
            digest = hashlib.blake2b(f"{account.network} {author.id}".encode(), key=self.key, digest_size=12)
            author = Writer(id=f"citizen:{digest.hexdigest()}")
        return replace(message, channel=account.network, account=account.handle, author=author)

    def _is_a_city(self, message: Incoming) -> bool:
        names = filter(None, (message.author.handle, message.author.id))
        return any(self.study.account_of(message.channel, name, message.sent_at) for name in names)


def load_pseudonymiser(study: Study) -> Pseudonymiser:
    """Return the pseudonymiser with the study's own key, created when first needed. Without the key, hashes cannot be
    traced.
    """
    path = study.directory / COLLECTED_FOLDER / "key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_atomically(path, secrets.token_bytes(_KEY_BYTES), _PRIVATE)
    return Pseudonymiser(study, path.read_bytes()[:_KEY_BYTES])


def read_collected(study: Study) -> Iterator[Incoming]:
    """Yield all collected messages of the study's accounts until its end, account by account, each in order of time.

    `account` is the study's handle, citizens are keyed hashes. A post that two tools brought is one message, also where
    an instance of Mastodon knows it by a name of its own. Raise BadInput for a file that something else has changed.
    """
    for network, handle in dict.fromkeys((account.network, account.handle) for account in study.accounts):
        messages = [
            one for one in AccountStore(study.directory, network, handle).messages() if one.sent_at < study.ends
        ]
        messages.sort(key=lambda one: (one.sent_at, one.external_id))
        yield from _once(messages) if network == "mastodon" else messages


def _once(messages: list[Incoming]) -> Iterator[Incoming]:
    """Yield each Mastodon status once: it has one address but another id on each instance."""
    first: dict[str, str] = {}
    first_ids = {one.external_id: first.setdefault(one.url or one.external_id, one.external_id) for one in messages}
    for one in messages:
        if first_ids[one.external_id] == one.external_id:
            yield replace(one, in_reply_to=first_ids.get(one.in_reply_to, one.in_reply_to))
