"""Builds a study: from coded posts and its folder to what `results.json` holds."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from portevoix.barometer.assess import assess
from portevoix.barometer.basis import Basis
from portevoix.barometer.results import Results, as_json
from portevoix.barometer.study import Study
from portevoix.measures.engines import engine
from portevoix.measures.observatory import CityCounts, reduce
from portevoix.measures.posts import write
from portevoix.measures.presence import of_population


def build(study: Study, found: Basis, *, seed: int | None = None, engine_name: str = "polars") -> Results:
    """Everything that `results.json` holds. The same study, messages and seed give the same results, to the byte."""
    counts = _count(study, found, engine_name)
    chosen = study.seed if seed is None else seed
    assessment = assess(study, counts, seed=chosen)
    population = of_population(one.measured for one in assessment.cities)
    return as_json(study, found, assessment, population=population, counted=_sums(found, counts), seed=chosen)


def _sums(found: Basis, counts: Mapping[str, CityCounts]) -> dict[str, int]:
    totals = [one.totals for one in counts.values()]
    return {"read": found.read, **{name: sum(one[name] for one in totals) for name in ("posts", "waits")}}


def _count(study: Study, found: Basis, engine_name: str) -> dict[str, CityCounts]:
    """Counted by that engine, from files as it reads them. Raises BadInput where it is not there."""
    chosen = engine(engine_name)
    if not len(found.posts):
        return {}
    with TemporaryDirectory(prefix="portevoix-posts-") as folder:
        write(found.posts, Path(folder))
        return reduce(chosen.read(Path(folder)), first_day=study.first_day, last_day=study.last_day)
