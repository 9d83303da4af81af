"""Cache of the data that every page shows and that seldom changes: read once per process, and again after a change.

The database gives the city a new mark with every such change (migration 0004), and each request reads the city anyway,
so that the cache is never older than the request.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from django.db.models import Model

from portevoix.record.db.prepared import single
from portevoix.record.models import Account, City, Contact, Department, Policy
from portevoix.record.permissions import Capability, having
from portevoix.record.permissions import departments as confines
from portevoix.record.policies import Clocks
from portevoix.record.queries.attention import waiting


@dataclass(frozen=True, slots=True)
class House:
    """The cached data. `departments` are the active ones by name; `hosts` colleagues who can be assigned.

    `accounts` by their id, without their secrets; the `paused` ones receive nothing until somebody mends them.
    `all_departments` and `colleagues` by their id, including former ones. `policies`: the text of each version.
    """

    departments: tuple[Department, ...] = ()
    hosts: tuple[Contact, ...] = ()
    accounts: Mapping[int, Account] = field(default_factory=dict)
    all_departments: Mapping[int, Department] = field(default_factory=dict)
    colleagues: Mapping[int, Contact] = field(default_factory=dict)
    policies: Mapping[int, str] = field(default_factory=dict)

    @property
    def channels(self) -> list[str]:
        """The channels of all accounts."""
        return sorted({account.channel for account in self.accounts.values()})

    @property
    def paused(self) -> list[Account]:
        return [account for account in self.accounts.values() if account.state == Account.State.PAUSED]

    def know[Row: Model](self, row: Row, *names: str) -> Row:
        """Set the related objects of these names on a row from the cache: its account, its department, a colleague.

        Objects newer than the cache are left to the database.
        """
        for name in names:
            candidates = {"account": self.accounts, "department": self.all_departments}.get(name, self.colleagues)
            if target := candidates.get(getattr(row, f"{name}_id")):
                setattr(row, name, target)
        return row

    def clocks(self) -> Clocks:
        """Return the service clocks of the policy's versions, for one piece of work."""
        return Clocks(self.policies)

    def departments_of(self, contact: Contact) -> list[Department]:
        """Return the active departments that this colleague may choose from."""
        slugs = confines(contact)
        return [row for row in self.departments if slugs is None or row.slug in slugs]


def entered() -> City | None:
    """Return the city for a request, None before it is founded; its `aside` counts what waits for a person."""
    return single(City, *_entering())


@cache
def _entering() -> tuple[str, tuple[Any, ...]]:
    """Return the statement, which is the same for every request: compiling it takes longer than running it."""
    return City.objects.annotate(aside=waiting())[:1].query.sql_with_params()


def house(city: City | None) -> House:
    """Return the cached data at the mark of this city, read a moment ago; empty before the city is founded."""
    return _read(city.mark) if city else House()


@lru_cache(maxsize=1)
def _read(mark: int) -> House:
    departments = list(Department.objects.all())
    return House(
        departments=tuple(row for row in departments if row.active),
        hosts=tuple(Contact.objects.filter(having(Capability.REPLY)).defer("password")),
        accounts={account.pk: account for account in Account.objects.defer("settings", "cursor")},
        all_departments={row.pk: row for row in departments},
        colleagues={row.pk: row for row in Contact.objects.defer("password")},
        policies=dict(Policy.objects.values_list("version", "text")),
    )
