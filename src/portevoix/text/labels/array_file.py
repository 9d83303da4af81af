"""Numbers in a file: NumPy's arrays in a ZIP file, beside a header in JSON. Nothing in it can run."""

import io
import json
import math
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import numpy as np
from numpy.lib.npyio import NpzFile

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop
from portevoix.text.labels.features import BUCKETS
from portevoix.text.labels.linear import Lexical, Vocabulary

_DAMAGED = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, NotImplementedError)
"""What NumPy and the ZIP reader raise for a file that is not whole, or is something else."""

MOST_OCTETS = 2**30
"""Many times what a model with all its words takes in memory."""

type Header = dict[str, Any]


def packed(header: Header, arrays: Mapping[str, Any]) -> bytes:
    """The same for the same. `header` has "format" and "version"."""
    written = io.BytesIO()
    np.savez_compressed(written, header=np.frombuffer(json.dumps(header).encode(), np.uint8), **arrays)
    return written.getvalue()


@contextmanager
def unpacked(file: IO[bytes], *, name: str, form: str, version: int) -> Iterator[tuple[Header, NpzFile]]:
    """What `packed` wrote. Raises BadInput, also when who reads it finds that it does not fit (ValueError, KeyError).

    `name` is what errors call it.
    """
    try:
        with np.load(file, allow_pickle=False) as arrays:
            if not isinstance(arrays, NpzFile) or arrays.zip is None:
                raise ValueError("one array alone")
            _check_sizes(arrays.zip)
            header = json.loads(arrays["header"].tobytes())
            if header["format"] != form:
                raise ValueError("another format")
            if header["version"] != version:
                message = gettext_noop(
                    "The model in {file} is of version {found}; this program reads {known}. Train again."
                )
                raise BadInput(message, file=name, found=str(header["version"]), known=version)
            yield header, arrays
    except BadInput:
        raise
    except _DAMAGED:
        raise damage(name) from None


def _check_sizes(file: zipfile.ZipFile) -> None:
    """Raises ValueError: NumPy takes the memory that an array says it needs before it has read any of it."""
    if sum(entry.file_size for entry in file.infolist()) > MOST_OCTETS:
        raise ValueError("larger than any model")
    for entry in file.infolist():
        with file.open(entry) as array:
            first = np.lib.format.read_magic(array) == (1, 0)
            read = np.lib.format.read_array_header_1_0 if first else np.lib.format.read_array_header_2_0
            shape, _, dtype = read(array)
        if math.prod(shape) * dtype.itemsize > entry.file_size:
            raise ValueError("says it is larger than it is")


def damage(name: str) -> BadInput:
    return BadInput(gettext_noop("{file} is no model of Portevoix, or it is damaged. Train again."), file=name)


def words_packed(words: Lexical) -> dict[str, Any]:
    """Of a linear model on words, its arrays."""
    vocabulary = words.vocabulary
    return {
        "buckets": vocabulary.buckets.astype(np.int32), "idf": vocabulary.idf, "weights": words.weights,
        "offsets": words.offsets,
    }  # fmt: skip


def words_unpacked(arrays: NpzFile, *, labels: int) -> Lexical:
    """Raises ValueError for what cannot be one."""
    buckets = arrays["buckets"].astype(np.int64)
    known = {"idf": (len(buckets),), "weights": (len(buckets), labels), "offsets": (labels,)}
    if any(arrays[name].shape != shape for name, shape in known.items()) or labels < 2:
        raise ValueError("shapes that do not fit one another")
    if len(buckets) and (buckets.min() < 0 or buckets.max() >= BUCKETS or (np.diff(buckets) <= 0).any()):
        raise ValueError("features that do not exist")
    return Lexical(Vocabulary(buckets, arrays["idf"]), arrays["weights"].astype(np.float32), arrays["offsets"])
