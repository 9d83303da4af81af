"""Files of cold-start models, and the key by which an outdated one is detected."""

import io
import json
from collections.abc import Sequence
from dataclasses import astuple
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from numpy.lib.npyio import NpzFile

from portevoix.text import starter
from portevoix.text.labels.array_file import (
    Header,
    open_array_file,
    pack_arrays,
    pack_linear_model,
    unpack_linear_model,
)
from portevoix.text.labels.cold_start import ColdStart, Evidence, PhraseModels, Profiles
from portevoix.text.labels.embedding_model import EmbeddingModel, Encoder
from portevoix.text.labels.topics import topics
from portevoix.text.starter import DepartmentText

FORMAT = "portevoix-cold"
VERSION = 1


def key(departments: Sequence[DepartmentText], encoders: Sequence[Encoder] = ()) -> str:
    """Return the key of the model trained on these departments by this program: 64 hexadecimal digits."""
    phrases = [astuple(department) for department in departments]
    read = [(encoder.name, encoder.version) for encoder in encoders]
    return sha256(json.dumps([phrases, read, _program()]).encode()).hexdigest()


@cache
def _program() -> str:
    """Return a checksum of everything that determines the model: this package's code and its bundled data."""
    room, starter_folder = Path(__file__).parents[1], Path(starter.__file__).parent
    files = [*room.rglob("*.py"), starter_folder / "department.npz", starter_folder / "departments.toml"]
    checksum = sha256()
    for file in sorted(files):
        checksum.update(sha256(file.read_bytes()).digest())
    return checksum.hexdigest()


def dump(cold: ColdStart) -> bytes:
    """Return the file's content, the same for the same model, with the departments' slugs and stems of words."""
    header: Header = {"format": FORMAT, "version": VERSION, "slugs": cold.slugs, "known": cold.usable}
    if cold.evidence is None:
        return pack_arrays(header, {})
    own = cold.evidence.own
    header |= {"roots": own.profiles.roots, "encoder": own.encoder.name if own.encoder else None}
    arrays: dict[str, Any] = {
        "root_idf": own.profiles.idf,
        "profiles": own.profiles.weights,
        "matches": cold.evidence.matches,
    }
    if own.meaning:
        arrays |= {"meaning_weights": own.meaning.weights, "meaning_offsets": own.meaning.offsets}
    return pack_arrays(header, pack_linear_model(own.words) | arrays)


def parse(content: bytes, *, name: str, encoders: Sequence[Encoder] = ()) -> ColdStart:
    """Return the model that `dump` wrote, trained with these encoders. Raise BadInput when it is damaged."""
    with open_array_file(io.BytesIO(content), name=name, form=FORMAT, version=VERSION) as (header, arrays):
        slugs = tuple(str(slug) for slug in header["slugs"])
        return ColdStart(slugs, _read_model(header, arrays, slugs, encoders) if header["known"] else None)


def _read_model(header: Header, arrays: NpzFile, slugs: Sequence[str], encoders: Sequence[Encoder]) -> Evidence:
    roots = tuple(str(root) for root in header["roots"])
    profiles = Profiles(roots, arrays["root_idf"], arrays["profiles"])
    encoder = meaning = None
    if header["encoder"] is not None:
        encoder = {each.name: each for each in encoders}[header["encoder"]]
        meaning = EmbeddingModel(arrays["meaning_weights"], arrays["meaning_offsets"])
    elsewhere = topics(tuple(encoders))
    matches = arrays["matches"]
    shapes = (profiles.idf.shape, profiles.weights.shape, matches.shape)
    if shapes != ((len(roots),), (len(slugs), len(roots)), (len(elsewhere.model.labels), len(slugs))):
        raise ValueError("shapes that do not fit one another")
    own = PhraseModels(profiles, unpack_linear_model(arrays, labels=len(slugs)), meaning, encoder)
    return Evidence(own, elsewhere, matches)
