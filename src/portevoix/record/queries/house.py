"""What every page shows of the house and what seldom changes: read once a process, and again when it has changed.

The database gives the city a new mark with every such change (migration 0004), and each request reads the city anyway:
what is kept here is never older than the request.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from portevoix.record.access import Capability, having
from portevoix.record.access import departments as confines
from portevoix.record.clocks import Clocks
from portevoix.record.models import Account, City, Contact, Department, Policy
from portevoix.record.queries.health import waiting


@dataclass(frozen=True, slots=True)
class House:
    """`departments` are the active ones by name; `hosts` colleagues to whom a conversation can be given.

    `accounts` by their id, without their secrets; the `paused` ones receive nothing until somebody mends them.
    `policies`: the text of each version.
    """

    departments: tuple[Department, ...] = ()
    hosts: tuple[Contact, ...] = ()
    accounts: Mapping[int, Account] = field(default_factory=dict)
    policies: Mapping[int, str] = field(default_factory=dict)

    @property
    def channels(self) -> list[str]:
        """Those of any account."""
        return sorted({account.channel for account in self.accounts.values()})

    @property
    def paused(self) -> list[Account]:
        return [account for account in self.accounts.values() if account.state == Account.State.PAUSED]

    def clocks(self) -> Clocks:
        """The service clock of each version of the policy, for one piece of work."""
        return Clocks(self.policies)

    def departments_of(self, contact: Contact) -> list[Department]:
        """The active departments that this colleague may choose from."""
        slugs = confines(contact)
        return [row for row in self.departments if slugs is None or row.slug in slugs]


def entered() -> City | None:
    """The city as each request finds it, None before it is founded; its `aside`: how many things wait for a person."""
    return City.objects.annotate(aside=waiting()).first()


def house(city: City | None) -> House:
    """As it is at the mark of this city, which was read a moment ago; empty before the city is founded."""
    return _read(city.mark) if city else House()


@lru_cache(maxsize=1)
def _read(mark: int) -> House:
    return House(
        departments=tuple(Department.objects.filter(active=True)),
        hosts=tuple(Contact.objects.filter(having(Capability.REPLY)).defer("password")),
        accounts={account.pk: account for account in Account.objects.defer("settings", "cursor")},
        policies=dict(Policy.objects.values_list("version", "text")),
    )
