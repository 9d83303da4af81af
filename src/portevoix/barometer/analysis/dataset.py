"""The data from which a study is built: coded posts and the facts beside them. It can be kept when the texts are
dropped.
"""

import json
import secrets
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import narwhals as nw

from portevoix.barometer.analysis.attribution import Gathered
from portevoix.barometer.analysis.city_analysis import Handle
from portevoix.barometer.analysis.coder import Coder
from portevoix.barometer.collect.coverage import gaps, read_coverage
from portevoix.barometer.collect.store import COLLECTED, read_collected
from portevoix.barometer.studies.atomic_write import write_whole
from portevoix.barometer.studies.loader import Remark, Study
from portevoix.kernel.errors import BadInput, BadLine
from portevoix.kernel.i18n import gettext_noop
from portevoix.kernel.messages import Incoming
from portevoix.measures.automation import Automation
from portevoix.measures.posts import Post, frame, write

CODED = "coded"
_SUMMARY_FILE = "told.json"
_KEY_BYTES = 32
_DECIMALS = 6

type Sources = Iterable[tuple[str, Iterable[Incoming | BadLine]]]
"""What each source of messages is called, and its messages."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Coded posts (as laid out by `measures.posts.frame`) and `automation` by city, the evidence on each account, as
    JSON.

    `read` counts messages; `remarks` say what of them was left out, `coverage` what the networks hid.
    """

    posts: nw.DataFrame[Any]
    automation: Mapping[str, list[dict[str, Any]]]
    read: int
    remarks: tuple[Remark, ...]
    coverage: tuple[dict[str, Any], ...]


def code(study: Study, sources: Sources) -> Basis:
    """Code messages. Hashes are only comparable within one call: their key is discarded afterwards."""
    attribution = Gathered(study)
    for file, messages in sources:
        attribution.take(file, messages)
    coder = Coder(study, key=secrets.token_bytes(_KEY_BYTES))
    posts: list[Post] = []
    automation = {}
    for city in study.cities:
        coded_city = coder.code(city, attribution.by_city.get(city.code, []))
        posts += coded_city.posts
        automation[city.code] = _machines(coded_city.automation)
    return Basis(frame(posts), automation, attribution.read, tuple(attribution.remarks()), ())


def basis(study: Study) -> Basis:
    """Return the dataset of what `observe` collected, or of what is left after `drop_texts`."""
    folder = study.directory / CODED
    if not (folder / _SUMMARY_FILE).exists():
        return _code_collected(study)
    summary = json.loads((folder / _SUMMARY_FILE).read_text(encoding="utf-8"))
    files = sorted(folder.rglob("*.parquet"))
    posts = nw.concat([nw.read_parquet(str(file), backend="polars") for file in files]) if files else frame(())
    remarks = tuple(Remark(**remark) for remark in summary["remarks"])
    return Basis(posts, summary["automation"], summary["read"], remarks, tuple(summary["coverage"]))


def drop_texts(study: Study) -> int:
    """Store the coded posts of the collected messages, delete the messages and return the number of posts.

    Raises BadInput where nothing was collected. Can be repeated after an interruption, as messages are deleted last.
    """
    messages_folder, folder = study.directory / COLLECTED, study.directory / CODED
    if not messages_folder.exists():
        raise BadInput(
            gettext_noop("Nothing was collected in {place}: there is no text to drop."), place=str(messages_folder)
        )
    dataset = _code_collected(study)
    if folder.exists():
        shutil.rmtree(folder)
    write(dataset.posts, folder)
    summary = {
        "read": dataset.read,
        "automation": dataset.automation,
        "remarks": [{**asdict(remark), "values": dict(remark.values)} for remark in dataset.remarks],
        "coverage": list(dataset.coverage),
    }
    folder.mkdir(exist_ok=True)
    write_whole(folder / _SUMMARY_FILE, json.dumps(summary, ensure_ascii=False, indent=1).encode())
    shutil.rmtree(messages_folder)
    return len(dataset.posts)


def refuse_where_dropped(directory: Path) -> None:
    """Raise BadInput where texts were dropped: messages collected later could not be combined with those before."""
    if (directory / CODED / _SUMMARY_FILE).exists():
        raise BadInput(
            gettext_noop("The texts of {place} were dropped: it can be built, and nothing more is collected for it."),
            place=str(directory),
        )


def _code_collected(study: Study) -> Basis:
    """Code what `observe` collected, with its coverage; the coverage says nothing of other messages."""
    dataset = code(study, [(COLLECTED, read_collected(study))])
    coverage = tuple(one.as_json() for one in read_coverage(study))
    return replace(dataset, remarks=(*dataset.remarks, *gaps(study)), coverage=coverage)


def _machines(automation: Mapping[Handle, Automation]) -> list[dict[str, Any]]:
    """Return the evidence on each account, in order of network and handle."""
    return [
        {
            "network": network,
            "handle": handle,
            "share": round(one.share, _DECIMALS),
            "signs": {sign: round(strength, _DECIMALS) for sign, strength in sorted(one.signs.items())},
            "agreed": list(one.agreed),
        }
        for (network, handle), one in sorted(automation.items())
    ]
