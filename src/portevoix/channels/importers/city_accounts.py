"""The city's accounts, and how they determine direction and addressing of a message."""

import re
from collections.abc import Iterable

from portevoix.kernel.messages import Addressed, Direction

type Names = tuple[str, ...]
"""What somebody is called: handles, with or without @, and identifiers; "" is nobody's name."""

_MOST_LEARNT = 1000
_OPENING = re.compile(r"\s*@([\w.-]{1,255}(?:@[\w.-]{1,255})?)")


class City:
    """The city's accounts on the channel that a file comes from, as the person wrote them."""

    def __init__(self, accounts: Iterable[str] = ()) -> None:
        self._accounts = {_plain(account): account.strip() for account in accounts if _plain(account)}
        self._learnt: dict[str, str] = {}

    @property
    def accounts(self) -> tuple[str, ...]:
        return tuple(self._accounts.values())

    def which(self, names: Names) -> str:
        """Return the account that has one of the names; "" when it is none of the city's."""
        plain = map(_plain, names)
        return next((account for name in plain if (account := self._accounts.get(name) or self._learnt.get(name))), "")

    def learn(self, name: str, account: str) -> None:
        """Store that one of the city's accounts is also called `name`."""
        if name and account and len(self._learnt) < _MOST_LEARNT:
            self._learnt[_plain(name)] = account

    def sides(
        self, *, author: Names, replied: Names = (), opening: Names = (), mentioned: Iterable[Names] = ()
    ) -> dict[str, str]:
        """Return `account`, `direction` and `addressed` of a message.

        The city's own messages are outgoing. A message that replies to the city (`replied`), or whose text begins with
        its mention (`opening`), addresses it directly; any other names it in copy, or is about it.
        """
        if own := self.which(author):
            return {"account": own, "direction": Direction.OUT}
        addressed_account = self.which(replied) or self.which(opening)
        account = addressed_account or next(
            (mentioned_account for names in mentioned if (mentioned_account := self.which(names))), ""
        )
        return {
            "account": account or next(iter(self.accounts), ""),
            "direction": Direction.IN,
            "addressed": Addressed.DIRECT if addressed_account else Addressed.COPY,
        }


def opening(text: str) -> str:
    """Return the handle with which a text begins, without its @; "" when it begins otherwise."""
    match = _OPENING.match(text)
    return match[1].rstrip(".-") if match else ""


def _plain(name: str) -> str:
    return name.strip().removeprefix("@").casefold()
