"""A scratch folder for drafts beside their destination, removed with its owner, however that one ends."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4


@contextmanager
def scratch_dir(beside: Path, prefix: str) -> Iterator[Path]:
    """Create a folder that only its owner may read. Folders whose owners were killed are removed first."""
    for left in beside.glob(f"{prefix}*"):
        with suppress(OSError), _locked_folder(left):  # OSError: somebody is at work there
            shutil.rmtree(left, ignore_errors=True)
    folder = beside / f"{prefix}{uuid4().hex}"
    try:  # also when a signal comes the moment that the folder is there
        folder.mkdir(mode=0o700)
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
