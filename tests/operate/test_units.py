"""The units of contrib/systemd: what systemd makes of them, how little they may do, and that their commands exist."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from portevoix.cli.main import portevoix
from portevoix.config.env import SETTINGS
from tests.operate.conftest import PORTEVOIX

UNITS = Path(__file__).resolve().parents[2] / "contrib" / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
INSTALLED = "/opt/portevoix/bin/portevoix"
MOST_EXPOSED = 20
"""Tenths of systemd's own mark, from 0 (nothing is exposed) to 100."""
needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="missing: systemd-analyze (apt-get install systemd)"
)


@pytest.fixture
def units(tmp_path) -> Path:
    """The units, with the program where it is here."""
    for path in (*UNITS.glob("*.service"), *UNITS.glob("*.timer")):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8").replace(INSTALLED, PORTEVOIX))
    return tmp_path


def analysed(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False, timeout=60)


@needs_systemd
def test_systemd_finds_nothing_wrong_with_the_units(units) -> None:
    names = sorted(units.iterdir())
    assert len(names) == len(SERVICES) + 1
    done = analysed("verify", "--man=no", *map(str, names))
    assert done.returncode == 0 and not done.stderr, done.stderr


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_a_service_may_do_little_to_its_machine(name, units) -> None:
    done = analysed("security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSED}", str(units / name))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_calls_a_command_that_exists(name) -> None:
    [line] = re.findall(rf"{INSTALLED} (.*?)'?$", (UNITS / name).read_text(encoding="utf-8"), re.MULTILINE)
    command, *arguments = shlex.split(re.sub(r"\$\$\(.*\)", "now", line))
    context = click.Context(portevoix)
    portevoix.get_command(context, command).make_context(command, arguments)


def test_the_environment_knows_only_settings_that_exist() -> None:
    text = (UNITS / "portevoix.env").read_text(encoding="utf-8")
    given = set(re.findall(r"^#?(PORTEVOIX_\w+)=", text, re.MULTILINE))
    assert given and given <= {setting.name for setting in SETTINGS}
