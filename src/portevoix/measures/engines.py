"""Where rows are worked on: Polars on this machine, Spark on a cluster. The same Narwhals expressions run on both."""

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals as nw

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.measures.survival import Rows


@dataclass(frozen=True, slots=True)
class Engine:
    """`read` opens a folder of Parquet files as rows; nothing is read before a small result is asked for."""

    name: str
    read: Callable[[Path], Rows]


def engine(name: str) -> Engine:
    """The engine of that name, "polars" or "spark".

    Spark is found as Spark finds it (`SPARK_REMOTE`, `spark-defaults.conf`, `spark-submit`), and is this machine where
    nothing else is said. Raises BadInput for another name, and where PySpark is not installed.
    """
    if name == "polars":
        return Engine(name, _read_polars)
    if name != "spark":
        raise BadInput(gettext_noop("There is no engine {name}: choose polars or spark."), name=name)
    if importlib.util.find_spec("pyspark") is None:
        raise BadInput(gettext_noop("Spark is not installed: install portevoix[spark], or choose the engine polars."))
    return Engine(name, _read_spark)


def collect(rows: Rows) -> nw.DataFrame[Any]:
    """Brings a small result home."""
    return rows.collect(backend="polars", **({"engine": "streaming"} if rows.implementation.is_polars() else {}))


def _read_polars(directory: Path) -> Rows:
    return nw.scan_parquet(str(directory / "**" / "*.parquet"), backend="polars")


def _read_spark(directory: Path) -> Rows:
    session: Any = importlib.import_module("pyspark.sql").SparkSession.builder.getOrCreate()
    rows: Rows = nw.from_native(session.read.option("recursiveFileLookup", "true").parquet(str(directory)))
    return rows
