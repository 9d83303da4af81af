"""The tables behind the figures of a study, built with it: waits, replicates, other weights.

With them and `results.json`, anybody can compute the scores and their certainty again. They hold no text, no citizen
and no instant: of waits, only their length.
"""

import gzip
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import polars as pl

from portevoix.barometer.results.contents import Results
from portevoix.barometer.scoring.assessment import CODED_DECIMALS, Assessment
from portevoix.barometer.scoring.coder_error import CODED_INDICATORS
from portevoix.barometer.scoring.scores import DRAW_DECIMALS, Scoring
from portevoix.barometer.studies import default_weights
from portevoix.barometer.studies.atomic_write import write_atomically
from portevoix.barometer.studies.loader import Study
from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.streams import DAMAGE_ERRORS
from portevoix.measures.indicator_values import TWO_WEEKS_S, CityCounts
from portevoix.measures.metrics import HORIZONS
from portevoix.measures.ranks import WEIGHT_DECIMALS
from portevoix.measures.survival import Curve

FOLDER: Final = "tables"
"""Where they lie in a study's folder, beside `results.json`."""
WAITS, REPLICATES, CODES, WEIGHTS = "waits.csv.gz", "replicates.csv.gz", "coded.csv.gz", "weights.csv.gz"
FILES: Final = (WAITS, REPLICATES, CODES, WEIGHTS)
PILLARS: Final = tuple(default_weights.WEIGHTS)
"""A column each, also where a study leaves a pillar out."""

type Tables = Mapping[str, bytes]
"""CSV by the name of the file that it is packed into."""


def open_tables(study: Study, counts: Mapping[str, CityCounts], assessment: Assessment) -> Tables:
    """Return the tables. The same study, messages and seed give the same bytes."""
    return {
        WAITS: _csv(("city", "clock", "seconds", "replied", "waiting"), _waits(counts), study),
        REPLICATES: _draws_csv(_replicates(study, assessment), ("city", *PILLARS), DRAW_DECIMALS, study),
        CODES: _draws_csv(_coded_replicates(assessment), ("city", *CODED_INDICATORS), CODED_DECIMALS, study),
        WEIGHTS: _draws_csv([_weights(assessment)], PILLARS, WEIGHT_DECIMALS, study),
    }


def digests(tables: Tables) -> dict[str, str]:
    """Return the digests by which results identify their tables."""
    return {name: sha256(content).hexdigest() for name, content in tables.items()}


def pack(tables: Tables) -> dict[str, bytes]:
    """Return the compressed content of the files."""
    return {name: gzip.compress(content, mtime=0) for name, content in tables.items()}


def write_tables(tables: Tables, directory: Path) -> None:
    """Write the compressed tables into the study's folder. Raise BadInput when writing fails."""
    folder = directory / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        for name, content in pack(tables).items():
            write_atomically(folder / name, content)
    except OSError as error:
        why = error.strerror or str(error)
        raise BadInput(gettext_noop("{file} cannot be written: {why}."), file=str(folder), why=why) from None


def read_tables(directory: Path, results: Results) -> dict[str, bytes]:
    """Return the packed tables of these results. Raise BadInput where one is missing or of other results."""
    contents = {}
    for name in FILES:
        if name not in results.tables:
            continue
        file = directory / FOLDER / name
        try:
            contents[name] = file.read_bytes()
            content = gzip.decompress(contents[name])
        except FileNotFoundError:
            raise BadInput(gettext_noop("{file} is not there: build the study again."), file=str(file)) from None
        except DAMAGE_ERRORS:
            raise BadInput(gettext_noop("{file} is damaged: build the study again."), file=str(file)) from None
        if sha256(content).hexdigest() != results.tables[name]:
            message = gettext_noop("{file} was not made with these results: build the study again.")
            raise BadInput(message, file=str(file))
    return contents


def as_cell(cell: object) -> object:
    """Return a value as a table holds it: yes or no, and no text that a spreadsheet would take for a formula."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _waits(counts: Mapping[str, CityCounts]) -> Iterator[Sequence[object]]:
    for city, one in counts.items():
        for clock, curve, last in (("elapsed", one.elapsed, TWO_WEEKS_S), ("service", one.service, HORIZONS["72h"])):
            for seconds, replies, waiting in _steps(curve, last):
                yield as_cell(city), clock, seconds, replies, waiting


def _steps(curve: Curve, last: int) -> Iterator[tuple[int, int, int]]:
    """Yield the steps of a curve up to `last`, and each horizon: replies then, out of those who waited."""
    steps = {
        int(seconds): (int(replies), int(waiting))
        for seconds, replies, waiting in zip(curve.duration, curve.events, curve.at_risk, strict=True)
        if replies and seconds <= last
    }
    for seconds in {*HORIZONS.values(), last}:
        steps.setdefault(seconds, (0, int(curve.total[curve.duration >= seconds].sum())))
    for seconds in sorted(steps):
        yield seconds, *steps[seconds]


def _replicates(study: Study, assessment: Assessment) -> Iterator[dict[str, Any]]:
    names = Scoring(study).pillars
    for one in assessment.cities:
        if one.scored.score is not None:
            yield {"city": as_cell(one.city.code), **dict(zip(names, one.scored.draws.T, strict=True))}


def _coded_replicates(assessment: Assessment) -> Iterator[dict[str, Any]]:
    return ({"city": as_cell(one.city.code), **one.coded} for one in assessment.cities if one.coded)


def _weights(assessment: Assessment) -> dict[str, Any]:
    return dict(zip(assessment.weights, assessment.other_weights.T, strict=True))


def _draws_csv(groups: Iterable[Mapping[str, Any]], columns: Sequence[str], decimals: int, study: Study) -> bytes:
    """Return a CSV with a row for each draw of each group; a column that a group lacks is empty."""
    schema = {name: pl.String if name == "city" else pl.Float64 for name in columns}
    frames = [pl.DataFrame(schema=schema)]
    for group in groups:
        frames.append(pl.DataFrame(dict(group)).select(_column(name, kind, group) for name, kind in schema.items()))
    return _csv_bytes(pl.concat(frames).with_columns(pl.col(pl.Float64).fill_nan(None)), study, decimals)


def _column(name: str, kind: Any, group: Mapping[str, Any]) -> pl.Expr:
    return pl.col(name).cast(kind) if name in group else pl.lit(None, kind).alias(name)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]], study: Study) -> bytes:
    return _csv_bytes(pl.DataFrame(list(rows), schema=list(columns), orient="row"), study, 0)


def _csv_bytes(table: pl.DataFrame, study: Study, decimals: int) -> bytes:
    stream = io.BytesIO()
    table.with_columns(pl.lit(as_cell(study.simulated)).alias("simulated")).write_csv(
        stream, include_bom=True, line_terminator="\r\n", float_precision=decimals
    )
    return stream.getvalue()
