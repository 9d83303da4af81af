"""The file itself: a ZIP with the database, the secret key where the home keeps it, and a manifest."""

import errno
import hashlib
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from portevoix.kernel.errors import BadInput

FORMAT = 1
MANIFEST = "manifest.json"
KEY = "secret.key"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the file says of itself.

    `migrations` are those that the database had seen, `rows` counts each table's, `proof` tells the secret key from
    any other without telling it, `sums` are the members' SHA-256.
    """

    made_at: str
    version: str
    database: str
    migrations: tuple[str, ...]
    rows: Mapping[str, int]
    proof: str
    sums: Mapping[str, str]


def pack(draft: Path, manifest: Manifest, members: Mapping[str, Path]) -> None:
    """Writes the file with the members' checksums. Only its owner may read it; on return it is on the disk."""
    with _new(draft) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            sums = {}
            for name, path in members.items():
                with path.open("rb") as source, packed.open(name, "w", force_zip64=True) as target:
                    sums[name] = _copy(source, target)
            told = {"format": FORMAT, **asdict(manifest), "sums": sums}
            packed.writestr(MANIFEST, json.dumps(told, indent=1, sort_keys=True))
        file.flush()
        os.fsync(file.fileno())


def unpack(path: Path, folder: Path) -> Manifest:
    """Lays the members into `folder`, each held against its checksum. Raises BadInput for a file that is not whole."""
    with _reading(path), zipfile.ZipFile(path) as packed:
        manifest = _manifest(json.loads(packed.read(MANIFEST)))
        for name, expected in manifest.sums.items():
            with packed.open(name) as source, _new(folder / Path(name).name) as target:
                if _copy(source, target) != expected:
                    raise ValueError(f"the checksum of {name} differs")
    return manifest


def prove(key: str) -> str:
    """What tells a key from any other; nobody can go back from it to the key."""
    return hashlib.sha256(b"portevoix backup " + key.encode()).hexdigest()[:16]


# What reading a damaged ZIP ends in; RuntimeError: it says that it is encrypted, or packed in an unknown way.
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, TypeError, ValueError, RuntimeError)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Says of any file that it is no whole backup, when it is none."""
    try:
        yield
    except (FileNotFoundError, IsADirectoryError) as error:
        raise BadInput("There is no file {path}.", path=str(path)) from error
    except BadInput:
        raise
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the beginning of the file, which only damage can name
            raise
        raise _not_whole(path, error) from error
    except _DAMAGE as error:
        raise _not_whole(path, error) from error


def _not_whole(path: Path, error: Exception) -> BadInput:
    return BadInput(
        "{path} is no whole backup of Portevoix: {why}. Nothing was changed.", path=str(path), why=str(error)
    )


def _manifest(told: dict[str, Any]) -> Manifest:
    if (found := told.pop("format")) != FORMAT:
        raise BadInput(
            "This backup has format {found}, and this version of Portevoix reads {mine}: install a newer version.",
            found=found,
            mine=FORMAT,
        )
    return Manifest(**{**told, "migrations": tuple(told["migrations"])})


def _new(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    """Returns the SHA-256 of what was copied."""
    total = hashlib.sha256()
    while block := source.read(_BLOCK):
        total.update(block)
        target.write(block)
    return total.hexdigest()
