"""Imports messages from files of other tools into the stores of a study's accounts."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from portevoix.barometer.collect.coverage import MOST_MENTIONS, MOST_TIMELINE, read_coverage, write_coverage
from portevoix.barometer.collect.store import AccountStore, load_pseudonymiser
from portevoix.barometer.studies.loader import Study
from portevoix.channels.importers.city_accounts import City
from portevoix.channels.importers.documents import Item, LeftOut
from portevoix.channels.importers.formats import FORMATS, Accounts
from portevoix.kernel.errors import BadLine
from portevoix.kernel.messages import Direction, Incoming

BATCH: Final = 5000
"""Messages that are written at once: what is lost by who is killed in between, and read again."""
_NOBODY: Final = "/"
"""A name that no account has: importers give what names no city to the first account."""


@dataclass(slots=True)
class ImportCounts:
    """Counts of an import: messages taken, known before or of other accounts, and other items by kind."""

    new: int = 0
    duplicates: int = 0
    strangers: int = 0
    left: Counter[str] = field(default_factory=Counter)


class FileImporter:
    """Adds messages to the stores of the accounts that sent or received them."""

    def __init__(self, study: Study, format_: str) -> None:
        self._study, self._format = study, format_
        self._desk = load_pseudonymiser(study)
        self._shelves: dict[tuple[str, str], AccountStore] = {}
        self._waiting: dict[tuple[str, str], list[Incoming]] = {}
        self._count = 0
        self.counts = ImportCounts()

    def read(self, stream: BinaryIO) -> Iterator[Incoming | BadLine]:
        """Yield what the format's importer reads, without items that are no messages; nothing is stored yet."""
        file_format = FORMATS[self._format]
        names = {account.handle for account in self._study.accounts if account.counts}
        city = City(() if file_format.accounts is Accounts.NONE else (_NOBODY, *sorted(names)))
        return self._messages(file_format.read(stream, city))

    def _messages(self, items: Iterator[Item]) -> Iterator[Incoming | BadLine]:
        for item in items:
            if isinstance(item, LeftOut):
                self.counts.left[item.what] += 1
            else:
                yield item

    def take(self, message: Incoming) -> None:
        """Store a message with its account, in the next batch."""
        account = self._study.account_of(message.channel, message.account, message.sent_at)
        if account is None or not account.counts:
            self.counts.strangers += 1
            return
        self._waiting.setdefault((account.network, account.handle), []).append(
            self._desk.pseudonymise(message, account)
        )
        self._count += 1
        if self._count >= BATCH:
            self._put_away()

    def end(self) -> None:
        """Write the remaining messages and the study's coverage."""
        self._put_away()
        for (network, _), shelf in self._shelves.items():
            if network == "x":
                shelf.add((), hidden=shelf.state.hidden | _cap_codes(shelf))
        write_coverage(self._study.directory, read_coverage(self._study))

    def _put_away(self) -> None:
        for place, messages in self._waiting.items():
            shelf = self._shelf(place)
            sources = shelf.state.sources
            all_sources = sources if self._format in sources else [*sources, self._format]
            new_count = shelf.add(messages, sources=all_sources)
            self.counts.new += new_count
            self.counts.duplicates += len(messages) - new_count
        self._waiting, self._count = {}, 0

    def _shelf(self, place: tuple[str, str]) -> AccountStore:
        if place not in self._shelves:
            self._shelves[place] = AccountStore(self._study.directory, *place)
        return self._shelves[place]


def _cap_codes(shelf: AccountStore) -> Counter[str]:
    """Count a code for each limit of X's interface that the file reaches, so that it may be incomplete."""
    sides = Counter(message.direction for message in shelf.messages())
    codes: Counter[str] = Counter()
    codes["timeline_capped"] = int(sides[Direction.OUT] >= MOST_TIMELINE)
    codes["mentions_capped"] = int(sides[Direction.IN] >= MOST_MENTIONS)
    return +codes
