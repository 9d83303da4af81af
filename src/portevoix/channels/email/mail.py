"""A mail as the standard library reads it, whose headers are found by their names."""

from email import message_from_bytes
from email.message import Message
from email.policy import Compat32, compat32
from typing import Any


class Mail(Message):
    """A mail, or a part of one, that is read and not changed.

    The standard library's own goes through all headers whenever one is asked for, and reads the Content-Type anew each
    time that a part's kind is: with some forty such questions a mail, that took most of the time of reading one.
    """

    def __init__(self, policy: Compat32 = compat32) -> None:
        super().__init__(policy)
        self._by_name: dict[str, list[Any]] = {}
        self._kind: str | None = None

    @property
    def names(self) -> frozenset[str]:
        """Of the headers, in small letters."""
        return frozenset(self._by_name)

    def set_raw(self, name: str, value: Any) -> None:
        super().set_raw(name, value)
        self._by_name.setdefault(name.lower(), []).append(value)
        self._kind = None

    def get(self, name: str, failobj: Any = None) -> Any:
        found = self._by_name.get(name.lower())
        return self.policy.header_fetch_parse(name, found[0]) if found else failobj

    def get_all(self, name: str, failobj: Any = None) -> Any:
        found = self._by_name.get(name.lower())
        return [self.policy.header_fetch_parse(name, value) for value in found] if found else failobj

    def get_content_type(self) -> str:
        if self._kind is None:
            self._kind = super().get_content_type()
        return self._kind


def read_mail(raw: bytes) -> Mail:
    return message_from_bytes(raw, Mail)
