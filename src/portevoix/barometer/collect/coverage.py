"""The calls and messages of each account, and what its network hid; published with the results."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from portevoix.barometer.collect.retrying_client import END_STEP
from portevoix.barometer.collect.store import AccountStore
from portevoix.barometer.studies.atomic_write import write_atomically
from portevoix.barometer.studies.loader import Remark, Study
from portevoix.kernel.i18n import gettext_noop

FILE: Final = "coverage.json"
MOST_TIMELINE: Final = 3200
"""Posts of one account that X's interface gives; older ones are not shown."""
MOST_MENTIONS: Final = 800
"""Mentions of one account that X's interface gives."""

HIDDEN_REASONS: Final[Mapping[str, str]] = {
    "context_capped": gettext_noop("Threads of which the instance shows sixty messages, twenty deep, and no more"),
    "deleted": gettext_noop("Messages deleted, or hidden by who wrote them, before they were read"),
    "mentions": gettext_noop(
        "Mentions are shown to nobody who has not signed in: questions left unanswered are lacking"
    ),
    "mentions_capped": gettext_noop("Only the last 800 mentions are given"),
    "replies_missing": gettext_noop("Replies that are counted and not shown: on other servers, hidden or deleted"),
    "search_refused": gettext_noop("The search for mentions was refused: questions left unanswered are lacking"),
    "threads_refused": gettext_noop("Threads that the instance shows to nobody who has not signed in"),
    "timeline_capped": gettext_noop("Only the last 3,200 posts are given"),
    "unreadable": gettext_noop("Messages that could not be read"),
}
"""What a code under `hidden` stands for."""


_COLLECTION_FAILED = gettext_noop("{handle} on {network} was not collected whole: {why} Run observe again.")
_COLLECTION_STOPPED = gettext_noop(
    "{handle} on {network} was not collected whole, for it was stopped. Run observe again."
)
_COLLECTION_SHORT = gettext_noop(
    "{handle} on {network} was collected up to {until} only: what was asked before seems unanswered. Run observe again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The coverage of one account: `asked` counts calls, `read` messages, `hidden` items not shown, by code.

    `until` is the moment up to which it was collected, "" for none; `error` is why it stopped earlier, "" for no error.
    """

    network: str
    account: str
    city: str
    asked: int
    read: int
    hidden: Mapping[str, int]
    sources: tuple[str, ...]
    until: str
    error: str

    def as_json(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in self.__slots__}
        return fields | {"hidden": dict(sorted(self.hidden.items())), "sources": list(self.sources)}


def read_coverage(study: Study) -> tuple[Coverage, ...]:
    """Return the coverage of each account of which something was collected, in the study's order."""
    coverage = []
    for account in study.accounts:
        state = AccountStore(study.directory, account.network, account.handle).state
        if state.sources:
            coverage.append(
                Coverage(
                    network=account.network,
                    account=account.handle,
                    city=account.city,
                    asked=state.asked,
                    read=state.read,
                    hidden={code: count for code, count in state.hidden.items() if count},
                    sources=tuple(state.sources),
                    until=state.until,
                    error=state.error,
                )
            )
    return tuple(coverage)


def find_gaps(study: Study) -> tuple[Remark, ...]:
    """Return remarks about accounts that were not collected to the end of the study, whose later messages seem
    unanswered.
    """
    names = dict.fromkeys((account.network, account.handle) for account in study.accounts if account.counts)
    remarks = []
    for network, handle in names:
        state = AccountStore(study.directory, network, handle).state
        values = {"handle": handle, "network": network, "until": state.until, "why": state.error}
        if state.error:
            remarks.append(Remark(FILE, None, _COLLECTION_FAILED, values, grave=True))
        elif state.until and state.place.get("step") != END_STEP:
            remarks.append(Remark(FILE, None, _COLLECTION_STOPPED, values, grave=True))
        elif state.until and datetime.fromisoformat(state.until) < study.ends:
            remarks.append(Remark(FILE, None, _COLLECTION_SHORT, values, grave=True))
    return tuple(remarks)


def write_coverage(folder: Path, coverage: Iterable[Coverage]) -> None:
    rows = [one.as_json() for one in coverage]
    write_atomically(folder / FILE, (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode())
