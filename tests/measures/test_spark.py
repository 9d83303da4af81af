"""The same counts on a cluster: Spark's own, of two workers on this machine, in a process of its own."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from portevoix.kernel.errors import BadInput
from portevoix.measures import engines
from portevoix.measures.engines import engine

_ABSENT = [name for name in ("pyspark", "pyarrow") if find_spec(name) is None]
_ABSENT += [] if shutil.which("java") else ["Java"]


def test_an_engine_is_chosen_by_name() -> None:
    assert engine("polars").name == "polars"
    with pytest.raises(BadInput, match="no engine dask"):
        engine("dask")


def test_spark_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    with pytest.raises(BadInput, match="Spark is not installed"):
        engine("spark")


@pytest.mark.servers
@pytest.mark.skipif(bool(_ABSENT), reason=f"missing: {', '.join(_ABSENT)} (a Java, and requirements/spark.txt)")
def test_a_cluster_counts_what_this_machine_counts(tmp_path: Path) -> None:
    """Its processes and their Java have the test's own folder for all that they write."""
    script = Path(__file__).with_name("on_spark.py")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", script, tmp_path / "posts"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-1] == "equal"
