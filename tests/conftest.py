"""A small city to try things on, made through the record's own operations."""

import gc
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import settings
from whitenoise.middleware import WhiteNoiseMiddleware

from portevoix.desk.thread import similar_index
from portevoix.desk.thread.similar_index import SimilarIndex
from portevoix.kernel.messages import Batch, Direction, Incoming, Writer
from portevoix.record.models import City, Contact, Department, Message
from portevoix.record.operations import Labelled, access_log, accounts, envelopes, receive
from portevoix.record.operations import city as operations
from portevoix.record.queries import site_cache
from portevoix.record.queries.site_cache import SiteCache
from portevoix.text.training.protocol import Json
from tests.begun import Rows, another, made_once, put_back
from tests.servers.program import migrated_home, prepared_demo, program
from tests.tables import django_db_setup, tables_to_keep
from tools import not_run

__all__ = ["django_db_setup", "migrated_home", "prepared_demo", "program", "tables_to_keep"]  # fixtures

settings.register_profile("portevoix", deadline=None)
settings.load_profile("portevoix")


def pytest_configure() -> None:
    """Where pytest runs: benches take what is here too, and would keep their garbage."""
    gc.disable()  # while everything is loaded


def pytest_collection_finish() -> None:
    """What is loaded stays: the collector walks through it no more, which took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 100)  # few enough to be walked through while they are near the processor
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was skipped for want of something is told once more, when all runs of `make test` are over."""
    file = os.environ.get("TESTS_NOT_RUN")
    if file and not hasattr(terminalreporter.config, "workerinput"):  # who shares out the tests tells for its workers
        skipped = terminalreporter.stats.get("skipped", [])
        not_run.add((report.longrepr[2].removeprefix("Skipped: ") for report in skipped), Path(file))


NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Paris
POLICY = """\
timezone = "Europe/Paris"
first_contact = "8h"
substance = "40h"
[hours]
mon = ["08:30-12:30", "13:30-18:00"]
tue = ["08:30-12:30", "13:30-18:00"]
wed = ["08:30-12:30", "13:30-18:00"]
thu = ["08:30-12:30", "13:30-18:00"]
fri = ["08:30-12:30", "13:30-18:00"]
[holidays]
calendar = "FR"
"""
PASSWORD = "gabare-tuile-heron"  # of every colleague in the tests
Take = Callable[..., list[int]]


LONGEST = frozenset(
    f"test_{name}.py"
    for name in ("pages", "site_pages", "connecting", "commands", "doors", "scripts", "urls", "measured", "text")
)


PURE = ("text", "channels", "kernel", "measures")
"""Rooms of which no test asks the database, as the Makefile has them too."""
STARTING = "browser or servers"
"""The marks, as the Makefile asks for them, of tests that drive a browser or start processes."""
NAMES_STARTERS = re.compile(
    r"tests\.servers|tests\.security\.door|tests\.(cli|operate)\.|mark\.servers|\bprogram\b|\bhouse\b|migrated_home|prepared_demo"
)
"""What a file names that holds such tests: their marks, or fixtures and modules that start something."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where such tests alone are asked for, no other file is loaded: half of what each of many workers begins with."""
    if STARTING in config.option.markexpr and collection_path.name.startswith("test_"):
        return None if NAMES_STARTERS.search(collection_path.read_text(encoding="utf-8")) else True
    return None


@pytest.hookimpl(tryfirst=True)  # before -m looks at the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts the program runs with the servers, however it comes to start it, and what asks the database with what
    asks it. What takes longest begins first, so that nobody waits for it in the end.
    """
    for item in items:
        used = getattr(item, "fixturenames", ())
        if "program" in used:
            item.add_marker(pytest.mark.servers)
        starts = item.get_closest_marker("servers") or item.get_closest_marker("browser")
        if starts and not NAMES_STARTERS.search(item.path.read_text(encoding="utf-8")):
            raise pytest.UsageError(f"{item.nodeid} starts something, and nothing in its file is of NAMES_STARTERS.")
        if "db" in used or "transactional_db" in used or item.get_closest_marker("django_db"):
            if item.path.parent.name in PURE:
                raise pytest.UsageError(f"{item.nodeid} asks the database: where that is tried, {PURE} are not loaded.")
            item.add_marker(pytest.mark.database)
    items.sort(key=lambda item: item.path.name not in LONGEST)


def house_now() -> SiteCache:
    """The house as a request would find it."""
    return site_cache.site_cache(site_cache.load_city())


@pytest.fixture(scope="session", autouse=True)
def static_files_found_once() -> Iterator[None]:
    """Each test client loads the middleware anew, which would look at every static file for each of them again."""
    find, files = WhiteNoiseMiddleware.add_files_from_finders, {}

    def find_once(self: WhiteNoiseMiddleware) -> None:
        if not files:
            find(self)
            files.update(self.files)
        self.files.update(files)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", find_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def departments_learnt_once() -> Iterator[None]:
    """What departments say is learnt in this process, each house once: starting another one takes seconds."""
    from portevoix.exchange.prediction import predictors  # noqa: PLC0415 -- as below

    learnt: dict[str, Json] = {}

    def ask(asked: Json, *, within: float) -> Json:
        from portevoix.text.training.worker import answer  # noqa: PLC0415 -- who only shares out the tests learns nothing

        key = json.dumps(asked)
        if key not in learnt:
            learnt[key] = answer(asked)
        return learnt[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(predictors, "train", ask)
        yield


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def memory(monkeypatch) -> SimilarIndex:
    """This process has read no message to compare with yet; what takes a while is done at once, in the same thread."""
    fresh = SimilarIndex(begin=lambda work: work())
    monkeypatch.setattr(similar_index, "process_index", fresh)
    return fresh


@pytest.fixture
def city(db, memory):
    """Testville: opening hours, two departments, an account on X and one by e-mail that lead to the fake network."""
    from portevoix.exchange.prediction import predictors  # noqa: PLC0415 -- takes seconds, and who only shares out the tests needs none of it

    predictors.forget()
    access_log.forget()
    put_back(_testville())
    return City.objects.get()


@cache
def _testville() -> Rows:
    def make() -> None:
        operations.found_city(name="Testville", timezone="Europe/Paris", language="fr", now=NOW - timedelta(days=100))
        operations.save_policy(text=POLICY, by=None, now=NOW - timedelta(days=100))
        operations.save_department(slug="sports", name="Sports", description="Piscines et stades", by=None)
        operations.save_department(slug="voirie", name="Voirie", description="Rues, trottoirs, lampadaires", by=None)
        for channel, address in (("x", "@testville"), ("email", "contact@testville.example")):
            accounts.connect(
                channel=channel, address=address, connector="fake", settings={}, secret=(), by=None, now=NOW
            )

    return made_once(make)


_COLLEAGUES: dict[tuple[str, str], Contact] = {}
"""By role and name, as the operation made them in the test that was the first to ask."""


def _colleague(role: str, name: str, departments: Sequence[str] = ()) -> Contact:
    if known := _COLLEAGUES.get((role, name)):
        row = another(known)
        if departments:
            row.departments.set(Department.objects.filter(slug__in=departments))
        return row
    row = operations.save_contact(
        email=f"{name.lower()}@testville.example",
        name=name,
        role=role,
        departments=departments,
        password=PASSWORD,
        by=None,
    )
    _COLLEAGUES[role, name] = copy(row)
    return row


@pytest.fixture
def host(city):
    return _colleague("host", "Claire")


@pytest.fixture
def other_host(city):
    return _colleague("host", "Mehdi")


@pytest.fixture
def editor(city):
    return _colleague("editor", "Elodie")


@pytest.fixture
def administrator(city):
    return _colleague("administrator", "Helene")


@pytest.fixture
def contact_of(city):
    """Makes the contact of a department."""
    return lambda slug: _colleague("contact", f"Contact-{slug}", [slug])


@pytest.fixture
def take(city) -> Take:
    """Takes messages in by the record's door; returns the ids of their conversations, in order."""
    return take_in


def take_in(*messages: Incoming, department: str = "", now: datetime = NOW) -> list[int]:
    """As the fixture `take`, where there is no fixture. What comes from one account on end comes at once."""
    for (channel, address), several in groupby(messages, key=lambda message: (message.channel, message.account)):
        account = accounts.get_or_create(channel=channel, address=address)
        stored = envelopes.store(account, Batch(tuple(several)), now=now)
        receive([Labelled(i, m, lang="fr", department=department) for i, m in envelopes.read(stored.waiting)], now=now)
    return conversations_of(messages)


def conversation_of(message: Incoming) -> int:
    [pk] = conversations_of([message])
    return pk


def conversations_of(messages: Sequence[Incoming]) -> list[int]:
    named = {(message.account, message.external_id) for message in messages}
    rows = Message.objects.filter(external_id__in={external_id for _, external_id in named})
    told = rows.values_list("account__address", "external_id", "conversation_id")
    found = {(account, external_id): pk for account, external_id, pk in told if (account, external_id) in named}
    return [found[message.account, message.external_id] for message in messages]


def incoming(external_id: str = "m1", text: str = "Bonjour, la piscine est-elle ouverte ?", **more) -> Incoming:
    """A citizen's message, sent a quarter of an hour ago unless `sent_at` says otherwise."""
    values = {
        "channel": "x",
        "account": "@testville",
        "external_id": external_id,
        "direction": Direction.IN,
        "author": Writer("citizen-1", "citoyenne", "Ana Citoyenne"),
        "sent_at": NOW - timedelta(minutes=15),
        "text": text,
    }
    return Incoming(**{**values, **more})
