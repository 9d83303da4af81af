"""What is told at the end of `make test` of the tests that something is missing for."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import mail, mastodon_mock, proxies
from tools import any_day
from tools.not_run import add, summary
from tools.with_postgres import PACKAGE

CHROMIUM, MAIL = "Chromium (apt-get install chromium)", "dovecot (apt-get install dovecot-imapd)"
SKIPPING = f"""
import pytest

@pytest.mark.parametrize("n", range(3))
def test_pages(n):
    pytest.skip("missing: {CHROMIUM}")

@pytest.mark.skipif(True, reason="of the embedded database")
def test_elsewhere(): ...

def test_that_runs(): ...
"""


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The programs that are taken for installed."""
    programs = {"faketime"}
    monkeypatch.setattr(shutil, "which", lambda program: program if program in programs else None)
    return programs


@pytest.mark.usefixtures("installed")
def test_runs_are_summed_and_the_most_is_told_first(tmp_path: Path) -> None:
    file = tmp_path / "new" / "file"
    add([f"missing: {MAIL}"] * 2 + [f"missing: {CHROMIUM}"] * 2 + ["of the embedded database"], file)
    add([f"missing: {CHROMIUM}"], file)
    first, *told = summary(file, postgresql=True).splitlines()
    assert first.endswith("5 tests") and [line.split(maxsplit=1) for line in told] == [
        ["3", f"tests: {CHROMIUM}"],
        ["2", f"tests: {MAIL}"],
    ]


def test_runs_that_lack_a_whole_program_are_named(tmp_path: Path, installed: set[str]) -> None:
    assert PACKAGE in summary(tmp_path / "none", postgresql=False)
    assert summary(tmp_path / "none", postgresql=True).startswith("Every test was run")
    installed.clear()
    assert any_day.PACKAGE in summary(tmp_path / "none", postgresql=True)


@pytest.mark.servers
@pytest.mark.usefixtures("installed")
def test_a_run_with_workers_writes_down_what_it_skipped(tmp_path: Path) -> None:
    (tmp_path / "test_skipping.py").write_text(SKIPPING)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_terminal_summary")
    file = tmp_path / "not-run"
    environment = {**os.environ, "TESTS_NOT_RUN": str(file), "PYTHONPATH": str(Path(__file__).parents[1])}
    environment |= {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-m", "pytest", "-n", "1", "-p", "no:cacheprovider", "-p", "no:warnings", str(tmp_path)]
    subprocess.run(command, env=environment, cwd=tmp_path, check=True, capture_output=True)
    assert summary(file, postgresql=True).splitlines()[1:] == [f"     3 tests: {CHROMIUM}"]


def test_what_is_missing_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(mail, "PROGRAMS", ("no-such-program",))
    monkeypatch.setitem(proxies.PROGRAMS, "nginx", "no-such-program")
    monkeypatch.setenv("PORTEVOIX_TEST_SERVERS", "/nowhere")
    assert "apt-get install dovecot-imapd" in mail.missing()
    assert proxies.missing("nginx") == "missing: no-such-program (apt-get install no-such-program)"
    assert mastodon_mock.missing() == "missing: the server of Mastodon's API (make servers)"
