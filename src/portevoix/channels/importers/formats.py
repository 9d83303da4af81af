"""The formats that can be converted to the interchange format, with one importer each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO, Final

from portevoix.channels.importers import bluesky, fourcat, mastodon, mbox, minet, services_publics, twarc
from portevoix.channels.importers.city_accounts import City
from portevoix.channels.importers.documents import Item
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.interchange import read_lines

type Read = Callable[[BinaryIO, City], Iterator[Item]]


class Accounts(Enum):
    """Whether a format needs to know the city's accounts."""

    REQUIRED = "needed"
    POSSIBLE = "possible"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Format:
    """An importer: it yields the messages of a binary stream, its refused lines and what is no message, in order.

    Only errors of reading the stream itself are raised; memory is bounded in all cases.
    """

    read: Read
    accounts: Accounts = Accounts.REQUIRED


def _interchange(stream: BinaryIO, city: City) -> Iterator[Item]:
    return read_lines(stream)


FORMATS: Final = {
    "4cat": Format(fourcat.read),
    "bluesky": Format(bluesky.read),
    "interchange": Format(_interchange, Accounts.NONE),
    "mastodon": Format(mastodon.read),
    "mbox": Format(mbox.read),
    "minet": Format(minet.read),
    "services-publics-plus": Format(services_publics.read, Accounts.POSSIBLE),
    "twarc": Format(twarc.read),
}


def importer(name: str, city: City) -> Callable[[BinaryIO], Iterator[Item]]:
    """Return the reader of that format for that city. Raise BadInput when its accounts are missing, or not wanted."""
    file_format = FORMATS[name]
    if file_format.accounts is Accounts.REQUIRED and not city.accounts:
        message = gettext_noop("Say with --account which account is the city's: {format} does not tell.")
        raise BadInput(message, format=name)
    if file_format.accounts is Accounts.NONE and city.accounts:
        raise BadInput(gettext_noop("Leave --account out: {format} says itself whose its messages are."), format=name)
    return lambda stream: file_format.read(stream, city)
