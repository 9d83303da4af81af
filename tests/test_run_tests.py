"""What `make test` does with a test that fails: once more, alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.run_tests import MOST, unshared

FLAKY = """
from pathlib import Path

def test_passes_the_second_time():
    first = Path("tried")
    tried = first.exists()
    first.touch()
    assert tried

def test_passes(): ...
"""
RED = FLAKY + "\ndef test_fails(): assert False\n"
ROOT = Path(__file__).parents[1]
pytestmark = [pytest.mark.servers, pytest.mark.once]


def tried(place: Path, text: str, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    (place / "test_given.py").write_text(text)
    (place / "pytest.ini").write_text("[pytest]\n")
    environment = {**os.environ, "FAILED_TESTS": str(place / "failed"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tools.run_tests", *arguments]
    return subprocess.run(command, env=environment, cwd=place, check=False, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("text", "status", "flaky"), [(FLAKY, 0, True), (RED, 1, True), ("def test_passes(): ...", 0, False)]
)
def test_what_fails_is_tried_again_alone(tmp_path: Path, text: str, status: int, flaky: bool) -> None:
    first = tried(tmp_path, text, ["-n", "1", "--dist", "load", "-p", "no:django"])
    assert first.returncode == 0, first.stdout
    again = tried(tmp_path, text, ["--again"])
    assert again.returncode == status, again.stdout
    assert ("FLAKY, passed when it was run alone: test_given.py::test_passes_the_second_time" in again.stdout) is flaky
    assert "FLAKY, passed when it was run alone: test_given.py::test_fails" not in again.stdout


@pytest.mark.parametrize(
    "text",
    [
        "import nothing_of_that_name",
        f"import pytest\n@pytest.mark.parametrize('n', range({MOST + 1}))\ndef test_fails(n): assert False\n",
    ],
)
def test_what_is_no_accident_is_red_at_once(tmp_path: Path, text: str) -> None:
    assert tried(tmp_path, text, ["-p", "no:django"]).returncode != 0
    assert tried(tmp_path, text, ["--again"]).returncode == 0, "nothing is left to try"


def test_alone_means_without_workers() -> None:
    assert unshared(
        ["-n", "5", "--dist", "loadscope", "--no-loadscope-reorder", "-m", "browser or servers", "tests/desk"]
    ) == [
        "-m",
        "browser or servers",
        "tests/desk",
    ]
