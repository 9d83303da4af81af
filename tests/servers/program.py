"""The program itself, in processes of its own, on homes that are made once and copied."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
    home = tmp_path_factory.mktemp("migrated") / "home"
    environment = {**HERE, "PORTEVOIX_HOME": str(home)}
    subprocess.run([program, "export"], env=environment, check=True, capture_output=True)
    return home


def copied(home: Path, to: Path, *, key: bool = True) -> Path:
    """A copy of that home, without its key when the installation is given one."""
    return Path(shutil.copytree(home, to, ignore=None if key else shutil.ignore_patterns("secret.key")))
