"""A sample of what `bench/fuzz.py` throws at every door, the same on every machine; and Hypothesis, which looks for
more and makes what it finds small.
"""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portevoix.channels.email.parse import PARSER_ERRORS, parse_mail
from portevoix.kernel.errors import BadLine, BadPolicy
from portevoix.kernel.interchange import read_line, write_line
from portevoix.kernel.policy import format_policy, parse_policy
from tests.fuzz.door import throws
from tests.fuzz.doors import DOORS, opened
from tests.fuzz.interchange import Interchange
from tests.fuzz.mail import Mail
from tests.fuzz.policy import Policies

CASES = {"interchange": 60, "email": 60, "form": 60, "search": 50, "policy": 100}
MORE = settings(max_examples=60, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
drawn = st.randoms(note_method_calls=False)


@pytest.mark.django_db
@pytest.mark.parametrize("name", DOORS)
def test_nothing_that_is_thrown_at_a_door_breaks_the_house(name, city) -> None:
    door, outcomes = opened(name), set()
    for throw in throws(door, seed=f"tests {name}", numbers=range(CASES[name])):
        assert throw.fault is None, f"case {throw.number}: {throw.case!r:.500}"
        outcomes.add(throw.outcome)
    assert "taken" in outcomes, "the cases are too wild to reach anything"
    assert name == "search" or len(outcomes) > 1, "the cases are too tame"
    door.look()


@MORE
@given(drawn)
def test_a_line_is_read_to_something_that_can_be_written_or_refused(random: Random) -> None:
    case = Interchange.case(random, 1)
    try:
        message = read_line(case, 1)
    except BadLine:
        return
    assert read_line(write_line(message), 1) == message


@MORE
@given(drawn)
def test_a_mail_is_read_or_known_to_be_broken(random: Random) -> None:
    try:
        message = parse_mail(Mail.case(random, 1), account="a@b.example", received_at=datetime.now(UTC))
    except PARSER_ERRORS:
        return
    assert "\0" not in message.text + message.subject + message.html
    (message.text + message.html + message.subject + message.author.name + message.external_id).encode()


@MORE
@given(drawn)
def test_a_policy_is_read_or_refused_with_its_line(random: Random) -> None:
    case = Policies.case(random, 1)
    try:
        policy = parse_policy(case)
    except BadPolicy as bad:
        assert 1 <= bad.line <= case.count("\n") + 1
        return
    assert parse_policy(format_policy(policy)) == policy
