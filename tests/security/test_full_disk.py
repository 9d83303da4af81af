"""A disk that is full ends no process: what the pages count of themselves needs no room that may be missing."""

import os
import shutil
import subprocess
import sys

import pytest

SIZE = 8 << 20
SCRIPT = """
import os, sys
place = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "portevoix.config.settings"
import django
django.setup()
from portevoix.web.metrics_text import REQUESTS
with open(os.path.join(place, "filler"), "wb", buffering=0) as filler:
    try:
        while True:
            filler.write(b"x" * 4096)
    except OSError:
        pass
for number in range(400):
    REQUESTS.labels(f"room{number}", "2xx").observe(0.1)
"""
"""Counts pages of many rooms in one process, after the disk has filled up."""


def can_mount() -> bool:
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not can_mount(), reason="needs a mount namespace of its own")
@pytest.mark.xfail(strict=True, reason="the figures are written into a sparse mapped file, which is a bus error")
def test_figures_are_counted_on_a_full_disk(tmp_path) -> None:
    place = tmp_path / "full"
    place.mkdir()
    script = tmp_path / "count.py"
    script.write_text(SCRIPT, encoding="utf-8")
    home = {"PORTEVOIX_HOME": str(tmp_path / "home"), "PORTEVOIX_LOG": "error"}
    environment = {**os.environ, **home, "PROMETHEUS_MULTIPROC_DIR": str(place)}
    mount = f"mount -t tmpfs -o size={SIZE} tmpfs '{place}' && exec '{sys.executable}' '{script}' '{place}'"
    run = subprocess.run(["unshare", "-m", "sh", "-c", mount], env=environment, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()[-300:]
