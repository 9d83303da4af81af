"""Arrays in a file: NumPy's arrays in a ZIP file, with a header in JSON. No code is stored or run."""

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
from portevoix.text.labels.linear import LinearModel, Vocabulary

_DAMAGE_ERRORS = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, NotImplementedError)
"""The exceptions that NumPy and the ZIP reader raise for an incomplete or different file."""

MOST_OCTETS = 2**30
"""Most bytes of all arrays in memory: many times the size of a model with all its words."""

type Header = dict[str, Any]


def pack_arrays(header: Header, arrays: Mapping[str, Any]) -> bytes:
    """Return the file's content, the same for the same arguments. `header` has "format" and "version"."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, header=np.frombuffer(json.dumps(header).encode(), np.uint8), **arrays)
    return buffer.getvalue()


@contextmanager
def open_array_file(file: IO[bytes], *, name: str, form: str, version: int) -> Iterator[tuple[Header, NpzFile]]:
    """Open what `pack_arrays` wrote. Raise BadInput, also for ValueError and KeyError of the caller's block.

    `name` is the file's name in errors.
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
    except _DAMAGE_ERRORS:
        raise damage_error(name) from None


def _check_sizes(file: zipfile.ZipFile) -> None:
    """Raise ValueError for arrays that are too large or state a false size.

    NumPy allocates the stated size of an array before it reads any of it.
    """
    if sum(entry.file_size for entry in file.infolist()) > MOST_OCTETS:
        raise ValueError("larger than any model")
    for entry in file.infolist():
        with file.open(entry) as array:
            first = np.lib.format.read_magic(array) == (1, 0)
            read = np.lib.format.read_array_header_1_0 if first else np.lib.format.read_array_header_2_0
            shape, _, dtype = read(array)
        if math.prod(shape) * dtype.itemsize > entry.file_size:
            raise ValueError("says it is larger than it is")


def damage_error(name: str) -> BadInput:
    return BadInput(gettext_noop("{file} is no model of Portevoix, or it is damaged. Train again."), file=name)


def pack_linear_model(words: LinearModel) -> dict[str, Any]:
    """Return the arrays of a linear model on words."""
    vocabulary = words.vocabulary
    return {
        "buckets": vocabulary.buckets.astype(np.int32), "idf": vocabulary.idf, "weights": words.weights,
        "offsets": words.offsets,
    }  # fmt: skip


def unpack_linear_model(arrays: NpzFile, *, labels: int) -> LinearModel:
    """Return the linear model in these arrays. Raise ValueError when they do not fit."""
    buckets = arrays["buckets"].astype(np.int64)
    shapes = {"idf": (len(buckets),), "weights": (len(buckets), labels), "offsets": (labels,)}
    if any(arrays[name].shape != shape for name, shape in shapes.items()) or labels < 2:
        raise ValueError("shapes that do not fit one another")
    if len(buckets) and (buckets.min() < 0 or buckets.max() >= BUCKETS or (np.diff(buckets) <= 0).any()):
        raise ValueError("features that do not exist")
    return LinearModel(Vocabulary(buckets, arrays["idf"]), arrays["weights"].astype(np.float32), arrays["offsets"])
