"""Builds a study: from coded posts and its folder to its results and the tables behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from portevoix.barometer.analysis.dataset import Dataset
from portevoix.barometer.results.contents import Document
from portevoix.barometer.results.document import FILE, as_json
from portevoix.barometer.results.document import write as write_results
from portevoix.barometer.results.open_tables import Tables, digests, open_tables, write_tables
from portevoix.barometer.scoring.assessment import assess
from portevoix.barometer.studies.loader import Study
from portevoix.measures.engines import engine
from portevoix.measures.indicator_values import CityCounts, count_cities
from portevoix.measures.network_presence import of_population
from portevoix.measures.posts import write


@dataclass(frozen=True, slots=True)
class StudyBuild:
    """The content of `results.json`, and the tables from which anybody can compute it again."""

    document: Document
    tables: Tables


def build(study: Study, dataset: Dataset, *, seed: int | None = None, engine_name: str = "polars") -> StudyBuild:
    """Build a study. The same study, messages and seed give the same results and tables, to the byte."""
    counts = _count(study, dataset, engine_name)
    actual_seed = study.seed if seed is None else seed
    assessment = assess(study, counts, seed=actual_seed)
    population = of_population(one.measured for one in assessment.cities)
    tables = open_tables(study, counts, assessment)
    document = as_json(
        study,
        dataset,
        assessment,
        population=population,
        counted=_sums(dataset, counts),
        tables=digests(tables),
        seed=actual_seed,
    )
    return StudyBuild(document, tables)


def write_build(built: StudyBuild, directory: Path) -> None:
    """Write into the study's folder, the results last, as they name the tables. Raise BadInput when writing fails."""
    write_tables(built.tables, directory)
    write_results(built.document, directory / FILE)


def _sums(dataset: Dataset, counts: Mapping[str, CityCounts]) -> dict[str, int]:
    totals = [one.totals for one in counts.values()]
    return {"read": dataset.read, **{name: sum(one[name] for one in totals) for name in ("posts", "waits")}}


def _count(study: Study, dataset: Dataset, engine_name: str) -> dict[str, CityCounts]:
    """Count the posts with that engine, from files. Raise BadInput when the engine is not installed."""
    counting_engine = engine(engine_name)
    if not len(dataset.posts):
        return {}
    with TemporaryDirectory(prefix="portevoix-posts-") as folder:
        write(dataset.posts, Path(folder))
        return count_cities(counting_engine.read(Path(folder)), first_day=study.first_day, last_day=study.last_day)
