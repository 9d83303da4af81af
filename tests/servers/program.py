"""The program itself, in processes of its own, on homes that are made once and copied."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers import forking

PORTEVOIX = str(Path(sys.executable).with_name("portevoix"))
HERE = {k: v for k, v in os.environ.items() if not k.startswith(("PORTEVOIX_", "DJANGO_"))}
HERE["PORTEVOIX_EMBEDDINGS"] = "no"  # else what is installed here would be loaded by every worker


@pytest.fixture(scope="session")
def program() -> str:
    """The path of `portevoix`. Whoever asks for it starts processes: these tests are marked `servers`."""
    return PORTEVOIX


@pytest.fixture(scope="session")
def migrated_home(program, tmp_path_factory) -> Path:
    """The home of an installation on the embedded database whose tables are made, and nothing else; to be copied."""

    def make(home: Path) -> None:
        assert forking.run([program, "export"], env=HERE | {"PORTEVOIX_HOME": str(home)}).returncode == 0

    return made_once(tmp_path_factory, "migrated", make)


@pytest.fixture(scope="session")
def prepared_demo(program, tmp_path_factory) -> Path:
    """The home of the demonstration, prepared; what was said then is beside it, in `demo.told`. To be copied."""

    def make(home: Path) -> None:
        command = [program, "demo", "--no-serve", "--home", str(home)]
        home.with_suffix(".told").write_bytes(subprocess.run(command, env=HERE, check=True, stdout=-1).stdout)

    return made_once(tmp_path_factory, "demo", make)


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The home of that name, made by whichever of the processes of this run of tests wants it first."""
    everybodys = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        everybodys = everybodys.parent
    home, done = everybodys / name, everybodys / f"{name}.done"
    with (everybodys / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(home)
            done.touch()
    return home


def copied(home: Path, to: Path, *, key: bool = True) -> Path:
    """A copy of that home, without its key when the installation is given one."""
    return Path(shutil.copytree(home, to, ignore=None if key else shutil.ignore_patterns("secret.key")))
