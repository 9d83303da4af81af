"""The tutorial is what happens to who follows it: its files are written, its commands run, their output compared."""

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from portevoix.barometer.demo.folder import write_study
from tests.cli.test_commands import run

__all__ = ["run"]  # a fixture

PAGE = (Path(__file__).parents[2] / "docs/en/tutorials/a-barometer-in-ten-minutes.md").read_text(encoding="utf-8")
TABLES = ("cities.csv", "accounts.csv", "audience.csv")
"""In the order in which the page has them written."""
MENDED = (
    "FON,bluesky,fontevrine.example,city,,,,",
    "FON,bluesky,fontevrine.example,city,https://a.example,2026-11-20,,",
)


def test_each_step_of_the_tutorial_says_what_it_says_there(run, tmp_path) -> None:
    write_study(tmp_path / "demo" / "study", seed=2013)
    two, tables = tmp_path / "two", iter(TABLES)
    for kind, block in re.findall(r"```(console|csv)\n(.*?)```", PAGE, re.S):
        if kind == "csv":
            (two / next(tables)).write_text(block, encoding="utf-8")
            replace(two / "study.toml", "# simulated = false", "simulated = true")
            continue
        for command, told in steps(block):
            done = run(*command, stdin=b"y\n")
            assert done.returncode == 0, done.stderr.decode()
            assert done.stdout.decode().strip() == told, command
            replace(two / "accounts.csv", *MENDED)


def rows_of(results: Mapping[str, Any]) -> set[str]:
    """The ranking as the page shows it."""
    ranked = [city for city in results["cities"] if city["rank"]]
    return {
        "| {rank} | {name} | {score:.0f} | {score_ci[0]:.0f}–{score_ci[1]:.0f} "
        "| {rank_set[0]}–{rank_set[1]} | {tier} |".format(**city)
        for city in ranked
    }


def rows_shown() -> set[str]:
    """The rows of the page's ranking that name a city."""
    return set(re.findall(r"^\| \d+ \| .+ \|$", PAGE, re.M))


def steps(block: str) -> Iterator[tuple[list[str], str]]:
    """Commands without their `portevoix`, and what they print. The demonstration is there: it would take a while."""
    for step in re.split(r"^\$ portevoix ", block, flags=re.M)[1:]:
        line, _, told = step.partition("\n")
        command = shlex.split(line)
        if "demo" not in command[:2]:
            yield command, told.strip().replace("[y/N]: y\n", "[y/N]: ")


def replace(file: Path, old: str, new: str) -> None:
    """Edits as the page asks; does nothing a second time."""
    if file.exists() and old in (text := file.read_text(encoding="utf-8")):
        file.write_text(text.replace(old, new), encoding="utf-8")
