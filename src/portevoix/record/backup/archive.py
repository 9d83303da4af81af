"""The backup file: a ZIP with the database, the secret key where the home folder has it, and a manifest."""

import errno
import hashlib
import json
import lzma
import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from portevoix.kernel.errors import BadInput

FORMAT = 2
"""Since 2 the manifest has `sizes`; files of format 1 are read too."""
MANIFEST = "manifest.json"
KEY = "secret.key"
MOST_MANIFEST = 10_000_000
MOST_RATIO, SMALL = 200, 100_000_000
"""The largest size of a file of format 1 when unpacked: MOST_RATIO times its size plus SMALL bytes."""
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """The description of a backup.

    `migrations` are those applied to the database, `rows` counts each table's rows, `proof` identifies the secret key
    without revealing it, `sums` are the members' SHA-256, `sizes` their bytes.
    """

    made_at: str
    version: str
    database: str
    migrations: tuple[str, ...]
    rows: Mapping[str, int]
    proof: str
    sums: Mapping[str, str]
    sizes: Mapping[str, int] = field(default_factory=dict)


def pack(draft: Path, manifest: Manifest, members: Mapping[str, Path]) -> None:
    """Write the file with the members' checksums. Only its owner may read it; on return it is on the disk."""
    with _new(draft) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            sums = {}
            for name, path in members.items():
                with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
                    sums[name] = _copy(source, target)
            sizes = {name: archive.getinfo(name).file_size for name in sums}
            content = {"format": FORMAT, **asdict(manifest), "sums": sums, "sizes": sizes}
            archive.writestr(MANIFEST, json.dumps(content, indent=1, sort_keys=True))
        file.flush()
        os.fsync(file.fileno())


def unpack(path: Path, folder: Path) -> Manifest:
    """Unpack the members into `folder` and verify their checksums. Raise BadInput for a damaged file.

    A member or a size that the manifest does not declare is refused before anything is unpacked; so is a backup for
    which there is no room.
    """
    with _reading(path), zipfile.ZipFile(path) as archive:
        if archive.getinfo(MANIFEST).file_size > MOST_MANIFEST:
            raise ValueError("its manifest is too large")
        manifest = _manifest(json.loads(archive.read(MANIFEST)))
        _check_members(archive, manifest, path)
        _check_room(sum(archive.getinfo(name).file_size for name in manifest.sums), folder)
        for name, checksum in manifest.sums.items():
            with archive.open(name) as source, _new(folder / Path(name).name) as target:
                if _copy(source, target) != checksum:
                    raise ValueError(f"the checksum of {name} differs")
    return manifest


def _check_members(archive: zipfile.ZipFile, manifest: Manifest, path: Path) -> None:
    """Raise ValueError unless the file has what its manifest declares, and nothing else.

    No more than the size in the directory of a ZIP is ever read of a member.
    """
    names = sorted(archive.namelist())
    if names != sorted([MANIFEST, *manifest.sums]):
        raise ValueError("it does not hold the members that its manifest declares")
    if any(Path(name).name != name for name in names):
        raise ValueError("a member has the name of a path")
    sizes = {name: archive.getinfo(name).file_size for name in manifest.sums}
    if manifest.sizes:
        if sizes != manifest.sizes:
            raise ValueError("a member does not have the size that the manifest declares")
    elif sum(sizes.values()) > MOST_RATIO * path.stat().st_size + SMALL:
        raise ValueError("unpacked it would be too large for what it is")


def _check_room(size: int, folder: Path) -> None:
    if size > (free := shutil.disk_usage(folder).free):
        raise BadInput(
            "Unpacked the backup has {size} MB, and {free} MB are free in {folder}: make room first.",
            size=size // 1_000_000,
            free=free // 1_000_000,
            folder=str(folder.parent),
        )


def prove(key: str) -> str:
    """Return a fingerprint of the key, from which the key cannot be computed."""
    return hashlib.sha256(b"portevoix backup " + key.encode()).hexdigest()[:16]


# What reading a damaged ZIP ends in; RuntimeError: it says that it is encrypted, or packed in an unknown way.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    KeyError,
    TypeError,
    ValueError,
    RuntimeError,
)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Raise BadInput for any error that a damaged backup causes."""
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


def _manifest(content: Any) -> Manifest:
    if not isinstance(content, dict) or type(content.get("format")) is not int:
        raise ValueError("its manifest is none")
    if (version := content.pop("format")) not in range(1, FORMAT + 1):
        raise BadInput(
            "This backup has format {found}, and this version of Portevoix reads {mine}: install a newer version.",
            found=version,
            mine=FORMAT,
        )
    return Manifest(**{**content, "migrations": tuple(content["migrations"])})


def _new(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    """Copy a stream; return the SHA-256 of its content."""
    total = hashlib.sha256()
    while block := source.read(_BLOCK):
        total.update(block)
        target.write(block)
    return total.hexdigest()
