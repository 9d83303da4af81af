"""Engines that compute on rows: Polars on this machine, Spark on a cluster. Both run the same Narwhals expressions."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import narwhals as nw

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.measures.survival import Rows


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine. `read` opens a folder of Parquet files, or its address, as rows, read when a result is needed."""

    name: str
    read: Callable[[str | Path], Rows]


def engine(name: str) -> Engine:
    """Return the engine of that name, "polars" or "spark".

    Spark is configured in Spark's own ways (`SPARK_REMOTE`, `spark-defaults.conf`, `spark-submit`) and runs on this
    machine by default. Raises BadInput for another name, and when PySpark is not installed.
    """
    if name == "polars":
        return Engine(name, _read_polars)
    if name != "spark":
        raise BadInput(gettext_noop("There is no engine {name}: choose polars or spark."), name=name)
    if find_spec("pyspark") is None:
        raise BadInput(gettext_noop("Spark is not installed: install portevoix[spark], or choose the engine polars."))
    return Engine(name, _read_spark)


def collect(rows: Rows) -> nw.DataFrame[Any]:
    """Return a small result in memory."""
    return rows.collect(backend="polars", **({"engine": "streaming"} if rows.implementation.is_polars() else {}))


def _read_polars(directory: str | Path) -> Rows:
    return nw.scan_parquet(f"{directory}/**/*.parquet", backend="polars")


def _read_spark(directory: str | Path) -> Rows:
    session: Any = import_module("pyspark.sql").SparkSession.builder.getOrCreate()
    rows: Rows = nw.from_native(session.read.option("recursiveFileLookup", "true").parquet(str(directory)))
    return rows
