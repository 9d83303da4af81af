"""Collects what the accounts of a study and citizens said to each other in public; resumes where it was stopped."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from types import MappingProxyType
from typing import Final

from portevoix.barometer.collect.bluesky import PUBLIC, Bluesky
from portevoix.barometer.collect.coverage import read_coverage, write_coverage
from portevoix.barometer.collect.mastodon import Mastodon
from portevoix.barometer.collect.retrying_client import END_STEP, Page, Place, Reader, Window
from portevoix.barometer.collect.store import AccountStore, Pseudonymiser, load_pseudonymiser, lock_collection
from portevoix.barometer.studies.atomic_write import open_table
from portevoix.barometer.studies.csv_files import read_date
from portevoix.barometer.studies.handles import handle, network_name
from portevoix.barometer.studies.loader import Study, StudyAccount
from portevoix.barometer.studies.model import AUDIENCE
from portevoix.kernel.errors import ChannelError

# What is supposed before anything is known: posts a day of a busy city, and how many of them are talked about.
POSTS_A_DAY: Final = 4
TALKED_ABOUT: Final = 0.5
_PAGES: Final[Mapping[str, int]] = MappingProxyType({"bluesky": 100, "mastodon": 40})
# Mastodon allows 300 calls in five minutes; Bluesky says no figure, and answers in about that time.
_SECONDS: Final[Mapping[str, float]] = MappingProxyType({"bluesky": 0.3, "mastodon": 1.0})
QUERIED_NETWORKS: Final = tuple(_PAGES)
"""Networks that are asked; all others come from files."""
COST: Final[Mapping[str, float]] = MappingProxyType({"x": 0.005})
"""Dollars for a post, on networks that sell them (X, 2026)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The expected work for one network: `calls` and `seconds` of asking, or `dollars` for posts of a network that is
    not asked.
    """

    network: str
    accounts: int
    calls: int
    seconds: float
    dollars: float = 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `accounts` are collected; `account` is in progress, at `step` with `left` threads to ask for.

    `waiting` is the number of seconds for which the network asked to wait.
    """

    done: int
    accounts: int
    account: StudyAccount
    step: str = ""
    left: int = 0
    waiting: float = 0.0


def accounts_to_collect(study: Study, networks: Iterable[str], until: datetime) -> tuple[StudyAccount, ...]:
    """Return the accounts that count and are not collected up to `until` yet."""
    candidates = [
        account for account in study.accounts if account.network in networks and account.network in QUERIED_NETWORKS
    ]
    once = {(one.network, one.handle): one for one in candidates if one.counts and study.looks_at(one)}
    return tuple(
        account
        for account in once.values()
        if not _is_done(AccountStore(study.directory, account.network, account.handle), min(until, study.ends))
    )


def estimate(study: Study, accounts: Iterable[StudyAccount], until: datetime) -> tuple[Estimate, ...]:
    """Estimate the collecting for each network, assuming the rhythm of a busy city."""
    days = max(1, round((min(until, study.ends) - study.begins).total_seconds() / 86_400))
    posts = days * POSTS_A_DAY
    account_counts = Counter(account.network for account in accounts)
    estimates = []
    for network in study.networks:
        if network in QUERIED_NETWORKS and account_counts[network]:
            calls = account_counts[network] * (2 + ceil(posts / _PAGES[network]) + ceil(posts * TALKED_ABOUT))
            estimates.append(Estimate(network, account_counts[network], calls, calls * _SECONDS[network]))
        elif network not in QUERIED_NETWORKS:
            others = sum(account.network == network and account.counts for account in study.accounts)
            # its own posts, and as many that speak to it
            estimates.append(Estimate(network, others, 0, 0.0, others * posts * 2 * COST.get(network, 0.0)))
    return tuple(estimates)


def collect(
    study: Study,
    accounts: Iterable[StudyAccount],
    *,
    until: datetime,
    tell: Callable[[Progress], None],
    bluesky: str = PUBLIC,
) -> bool:
    """Collect these accounts, one after the other, until the aware instant `until`; `bluesky` is the AppView to ask.

    May be stopped at any moment and called again. An account's error is noted in its coverage and does not stop the
    others; returns whether there was none. Raise BadInput when another collection runs.
    """
    everyone = tuple(accounts)
    window = Window(study.begins, min(until, study.ends))
    with lock_collection(study.directory):
        desk = load_pseudonymiser(study)
        try:
            for number, account in enumerate(everyone):
                _collect(desk, Progress(number, len(everyone), account), window, tell, bluesky)
        finally:
            write_coverage(study.directory, read_coverage(study))
    return not any(AccountStore(study.directory, one.network, one.handle).state.error for one in everyone)


def _collect(
    desk: Pseudonymiser, progress: Progress, window: Window, tell: Callable[[Progress], None], bluesky: str
) -> None:
    account = progress.account
    shelf = AccountStore(desk.study.directory, account.network, account.handle)

    def waiting(seconds: float) -> None:
        tell(Progress(progress.done, progress.accounts, account, "waiting", 0, seconds))

    try:
        reader = _reader(account, waiting, bluesky)
        while not _is_done(shelf, window.until):
            place, current_window = _resume(shelf, window)
            left = len(place.get("threads", ()))
            tell(Progress(progress.done, progress.accounts, account, place.get("step", ""), left))
            _keep(desk, shelf, account, reader.read(place, current_window))
    except ChannelError as error:
        place = _move_thread_last(shelf.state.place)
        shelf.add((), place=place, error=str(error), sources=_with_source(shelf.state.sources, account.network))


def _resume(shelf: AccountStore, window: Window) -> tuple[Place, Window]:
    """Return where an interrupted collection goes on and its window; otherwise begin another one, which adds what is
    new.
    """
    state = shelf.state
    if state.place and state.place.get("step") != END_STEP:
        return state.place, Window(window.begins, datetime.fromisoformat(state.until))
    shelf.add((), place={}, until=window.until.isoformat(), asked=0, hidden=Counter(), error="")
    return {}, window


def _move_thread_last(place: Place) -> Place:
    """Move the current thread to the end, so that one that cannot be read does not block the others next time."""
    if place.get("step") in ("threads", "contexts") and place["threads"]:
        return {**place, "threads": [*place["threads"][1:], place["threads"][0]]}
    return place


def _reader(account: StudyAccount, waiting: Callable[[float], None], bluesky: str) -> Reader:
    if account.network == "bluesky":
        return Bluesky(account.handle, waiting, bluesky)
    return Mastodon(account.handle, waiting)


def _keep(desk: Pseudonymiser, shelf: AccountStore, account: StudyAccount, page: Page) -> None:
    """Store a page and where to go on in one step, after adding its followers, which count once a day."""
    if page.audience:
        _count(desk.study, account, page.audience)
    shelf.add(
        (desk.pseudonymise(one, account) for one in page.messages),
        place=page.place,
        asked=shelf.state.asked + 1,
        hidden=shelf.state.hidden + page.hidden,
        sources=_with_source(shelf.state.sources, account.network),
        error="",
    )


def _count(study: Study, account: StudyAccount, audience: tuple[int, int]) -> None:
    table, today = open_table(study.directory, AUDIENCE), str(study.today)
    for row in table.rows.values():
        network = network_name(row["network"])
        is_today = read_date(row["date"].strip()) == study.today
        if is_today and (network, handle(network, row["handle"])) == (account.network, account.handle):
            return
    followers, following = map(str, audience)
    place = {"city": account.city, "network": account.network, "handle": account.handle}
    table.add(**place, date=today, followers=followers, following=following)
    table.write()


def _with_source(sources: list[str], name: str) -> list[str]:
    return sources if name in sources else [*sources, name]


def _is_done(shelf: AccountStore, until: datetime) -> bool:
    state = shelf.state
    return state.place.get("step") == END_STEP and datetime.fromisoformat(state.until) >= until
