"""Assigns each message to the city whose account received or sent it, and counts the messages that fit no city."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from portevoix.barometer.studies.loader import Remark, Study, StudyAccount
from portevoix.kernel.errors import BadLine
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Incoming, Visibility

_MOST_STRANGERS = 5
_LEFT = (
    ("twice", gettext_noop("Messages read more than once, each of which counts once: {count}.")),
    ("private", gettext_noop("Private messages left out, as those of the other cities cannot be seen: {count}.")),
    ("late", gettext_noop("Messages sent after the period, and left out: {count}.")),
)


@dataclass
class Gathered:
    """The messages that were read. `by_city` holds each city's messages, each once, under the handle that the study
    uses.
    """

    study: Study
    by_city: dict[str, list[Incoming]] = field(default_factory=dict)
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    strangers: Counter[tuple[str, str]] = field(default_factory=Counter)
    other_scopes: Counter[StudyAccount] = field(default_factory=Counter)
    _message_keys: set[tuple[str, str, str]] = field(default_factory=set)

    def take(self, file: str, messages: Iterable[Incoming | BadLine]) -> None:
        """Reads one source to its end; `file` is what remarks call it."""
        for message in messages:
            if isinstance(message, BadLine):
                self.refused[file] += 1
            else:
                self.read += 1
                self._sort(message)

    def _sort(self, message: Incoming) -> None:
        account = self.study.account_of(message.channel, message.account, message.sent_at)
        if account is None:
            self.strangers[message.channel, message.account] += 1
        elif not account.counts:
            self.other_scopes[account] += 1
        elif message.visibility is Visibility.PRIVATE:
            self.left["private"] += 1
        elif message.sent_at >= self.study.ends:
            self.left["late"] += 1
        elif (key := (account.network, account.handle, message.external_id)) in self._message_keys:
            self.left["twice"] += 1
        else:
            self._message_keys.add(key)
            self.by_city.setdefault(account.city, []).append(
                replace(message, channel=account.network, account=account.handle)
            )

    def remarks(self) -> list[Remark]:
        """Return the remarks about messages that were left out."""
        sentence = gettext_noop("Lines refused, as they are no messages of the interchange format: {count}.")
        remarks = [Remark(file, None, sentence, {"count": count}, grave=True) for file, count in self.refused.items()]
        strangers = self.strangers.most_common()
        remarks += [self._stranger(network, handle, count) for (network, handle), count in strangers[:_MOST_STRANGERS]]
        if rest := sum(count for _, count in strangers[_MOST_STRANGERS:]):
            text = gettext_noop("Messages of still other accounts that the study does not have: {count}.")
            remarks.append(Remark("accounts.csv", None, text, {"count": rest}, grave=True))
        remarks += [self._other_scope(account, count) for account, count in self.other_scopes.items()]
        remarks += self._silent()
        left = [(text, count) for why, text in _LEFT if (count := self.left[why])]
        return remarks + [Remark("", None, text, {"count": count}) for text, count in left]

    def _silent(self) -> Iterator[Remark]:
        """Yield a remark for each account without a single message: inactive, not collected, or misspelt."""
        text = gettext_noop("Not one message of {handle} on {network} was read: is it collected, and its name right?")
        accounts_read = {(network, handle) for network, handle, _ in self._message_keys}
        for account in self.study.accounts if accounts_read else ():
            if (
                account.counts
                and self.study.looks_at(account)
                and (account.network, account.handle) not in accounts_read
            ):
                values = {"handle": account.handle, "network": account.network}
                yield Remark("accounts.csv", account.row, text, values)

    def _stranger(self, network: str, handle: str, count: int) -> Remark:
        text = gettext_noop(
            "Messages of {handle} on {network}, an account that the study does not have at their date: {count}. "
            "Add it, or leave them out."
        )
        return Remark("accounts.csv", None, text, {"count": count, "handle": handle, "network": network}, grave=True)

    def _other_scope(self, account: StudyAccount, count: int) -> Remark:
        text = gettext_noop(
            "Messages of {handle} on {network} that are not measured, as its scope is “{scope}”: {count}."
        )
        values = {"count": count, "handle": account.handle, "network": account.network, "scope": account.scope}
        return Remark("accounts.csv", account.row, text, values)
