"""Builds a study: from its folder and the messages of its accounts to what `results.json` holds."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from portevoix.barometer.assess import assess
from portevoix.barometer.coding import Coder
from portevoix.barometer.coverage import read_coverage
from portevoix.barometer.gather import Gathered
from portevoix.barometer.readings import Handle
from portevoix.barometer.results import Results, as_json
from portevoix.barometer.scoring import Scoring
from portevoix.barometer.study import Study, remarks
from portevoix.kernel.errors import BadLine
from portevoix.kernel.words import Incoming
from portevoix.measures.automation import Automation
from portevoix.measures.engines import engine
from portevoix.measures.observatory import CityCounts, reduce
from portevoix.measures.posts import Post, frame, write
from portevoix.measures.presence import of_population

type Sources = Iterable[tuple[str, Iterable[Incoming | BadLine]]]
"""What each source of messages is called, and its messages."""

type Automations = dict[str, Mapping[Handle, Automation]]
"""By the city's code, and by account."""

_KEY_BYTES = 32


def build(study: Study, sources: Sources, *, seed: int | None = None, engine_name: str = "polars") -> Results:
    """Everything that `results.json` holds. The same study, messages and seed give the same results, to the byte."""
    gathered = Gathered(study)
    for file, messages in sources:
        gathered.take(file, messages)
    posts, automation = _code(study, gathered)
    counts = _count(study, posts, engine_name)
    chosen = study.seed if seed is None else seed
    found = assess(study, counts, seed=chosen)
    sums = (sum(post.outbound for post in posts), sum(post.wait for post in posts))
    return as_json(
        study,
        found,
        population=of_population(one.measured for one in found.cities),
        automation=automation,
        counted=dict(zip(("read", "posts", "waits"), (gathered.read, *sums), strict=True)),
        coverage=[one.as_json() for one in read_coverage(study)],
        remarks=[*remarks(study), *gathered.remarks()],
        enough=Scoring(study).enough,
        seed=chosen,
    )


def _code(study: Study, gathered: Gathered) -> tuple[list[Post], Automations]:
    """The hashes are of this one coding: their key is thrown away with it."""
    coder = Coder(study, key=secrets.token_bytes(_KEY_BYTES))
    posts: list[Post] = []
    automation: Automations = {}
    for city in study.cities:
        coded = coder.code(city, gathered.by_city.get(city.code, []))
        posts += coded.posts
        automation[city.code] = coded.automation
    return posts, automation


def _count(study: Study, posts: Sequence[Post], engine_name: str) -> dict[str, CityCounts]:
    """Counted by that engine, from files as it reads them. Raises BadInput where it is not there."""
    chosen = engine(engine_name)
    if not posts:
        return {}
    with TemporaryDirectory(prefix="portevoix-posts-") as folder:
        write(frame(posts), Path(folder))
        return reduce(chosen.read(Path(folder)), first_day=study.first_day, last_day=study.last_day)
