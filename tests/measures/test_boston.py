"""Real messages: three thousand tweets to a city's service account and its replies."""

import time
from pathlib import Path

import pytest

from portevoix.kernel.clock import ServiceClock, parse_instant
from portevoix.kernel.interchange import read_lines
from portevoix.kernel.messages import Incoming
from portevoix.kernel.policy import ServicePolicy
from portevoix.kernel.streams import open_stream
from portevoix.measures.engine import report
from portevoix.measures.schema import frame
from portevoix.measures.waits import observe_waits
from tests.measures.given import by_definition

BOSTON = Path(__file__).parents[2] / "../shared/data/boston/messages.jsonl"
UNTIL = parse_instant("2019-04-01T00:00:00-04:00")

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not BOSTON.exists(), reason="missing: the development data, beside the checkout"),
]


@pytest.fixture(scope="module")
def tweets() -> list[Incoming]:
    with open_stream(BOSTON) as stream:
        return [line for line in read_lines(stream) if isinstance(line, Incoming)]


def test_the_waits_are_those_of_the_definition(tweets: list[Incoming]) -> None:
    begun = time.perf_counter()
    facts = observe_waits(tweets, account="BOS311", until=UNTIL, clock=None, timezone="America/New_York")
    assert time.perf_counter() - begun < 5
    told = {fact.wait.rpartition(":")[2]: fact.first_elapsed_s for fact in facts}
    assert told == by_definition(tweets, UNTIL)
    assert len(facts) > 1000


def test_the_order_of_the_file_does_not_matter(tweets: list[Incoming]) -> None:
    forwards, backwards = (
        observe_waits(some, account=None, until=UNTIL, clock=None) for some in (tweets, tweets[::-1])
    )
    assert forwards == backwards


def test_the_opening_hours_clock_never_runs_faster(tweets: list[Incoming]) -> None:
    weekdays = {day: ((9 * 3600, 17 * 3600),) for day in range(5)}
    clock = ServiceClock(ServicePolicy(timezone="America/New_York", hours=weekdays))
    facts = observe_waits(tweets, account="BOS311", until=UNTIL, clock=clock)
    assert all(fact.censored_service_s <= fact.censored_elapsed_s for fact in facts)
    assert all((fact.first_service_s or 0) <= (fact.first_elapsed_s or 0) for fact in facts)
    elapsed, service = (report(frame(facts), clock=name) for name in ("elapsed", "service"))
    assert (elapsed.n, elapsed.answered) == (service.n, service.answered)
    assert (service.F["8h"] or 0) > (elapsed.F["8h"] or 0) > 0
