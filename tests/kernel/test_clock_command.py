"""`portevoix clock`, as it is typed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from portevoix.cli.clock import clock
from portevoix.kernel.errors import BadInput

POLICY = """
timezone = "Europe/Paris"
[hours]
mon = ["08:30-12:30", "13:30-18:00"]
fri = ["08:30-12:30", "13:30-18:00"]
"""
FRIDAY = "2026-11-20T16:50:00Z"


def run(tmp_path: Path, command: str, *args: str, policy: str = POLICY) -> dict[str, object]:
    path = tmp_path / "P.toml"
    path.write_text(policy, encoding="utf-8")
    result = CliRunner().invoke(clock, [command, "--policy", str(path), *args], catch_exceptions=False)
    assert result.exit_code == 0
    assert result.output.count("\n") == 1
    return json.loads(result.output)


def test_due_is_told_where_the_city_is(tmp_path: Path) -> None:
    assert run(tmp_path, "due", "--from", FRIDAY, "--service-time", "8h") == {"due_at": "2026-11-23T17:20:00+01:00"}


def test_pauses_do_not_count(tmp_path: Path) -> None:
    pauses = ("--pause", "2026-11-23T08:30:00+01:00/2026-11-23T09:00:00+01:00", "--pause", f"{FRIDAY}/{FRIDAY}")
    due = run(tmp_path, "due", "--from", FRIDAY, "--service-time", "30m", *pauses)
    assert due == {"due_at": "2026-11-23T09:20:00+01:00"}
    told = run(tmp_path, "elapsed", "--from", FRIDAY, "--to", "2026-11-23T09:15:00+01:00", *pauses)
    assert told == {"service_seconds": 600 + 900, "elapsed_seconds": 228_300}


@pytest.mark.parametrize(
    ("command", "args", "told"),
    [
        ("due", ("--from", "Friday", "--service-time", "8h"), "Write one like"),
        ("due", ("--from", FRIDAY, "--service-time", "8"), "Write a whole number"),
        ("due", ("--from", FRIDAY, "--service-time", "9999999h"), "within 50 years"),
        ("due", ("--from", "9999-12-31T23:59:59Z", "--service-time", "8h"), "year 9999"),
        ("due", ("--from", FRIDAY, "--service-time", "8h", "--pause", FRIDAY), "a slash"),
        ("elapsed", ("--from", FRIDAY, "--to", "2026-11-20T16:49:59Z"), "end comes before the start"),
    ],
)
def test_a_mistake_says_what_to_write(tmp_path: Path, command: str, args: tuple[str, ...], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        run(tmp_path, command, *args)


def test_a_bad_policy_tells_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="line 4: “25:00-18:00”"):
        run(
            tmp_path,
            "due",
            "--from",
            FRIDAY,
            "--service-time",
            "8h",
            policy=POLICY.replace("08:30-12:30", "25:00-18:00"),
        )


def test_a_policy_that_is_not_there() -> None:
    args = ["due", "--policy", "nowhere.toml", "--from", FRIDAY, "--service-time", "8h"]
    with pytest.raises(BadInput, match=r"nowhere\.toml cannot be read"):
        CliRunner().invoke(clock, args, catch_exceptions=False)
