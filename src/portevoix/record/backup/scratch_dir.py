"""A scratch folder for drafts beside their destination, removed with its owner, however that one ends."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def workshop(beside: Path, prefix: str) -> Iterator[Path]:
    """Create a folder that only its owner may read. Folders whose owners were killed are removed first."""
    for left in beside.glob(f"{prefix}*"):
        with suppress(OSError), _locked_folder(left):  # OSError: somebody is at work there
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=beside))
    try:
        with _locked_folder(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked_folder(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
