"""Writes a site into its folder: completely or not at all, and never over foreign files."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from portevoix.kernel.errors import BadInput
from portevoix.kernel.i18n import gettext_noop

LIST = "site.json"
SCHEMA = "portevoix/barometer-site/1"


def replace(out: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write `files`, by their path inside the site, beside `out`, then swap; return where they are.

    Raises BadInput when `out` holds anything but a site that was published before; it stays as it was then.
    """
    manifest = json.dumps({"schema": SCHEMA, "files": sorted(files)}, indent=1).encode() + b"\n"
    check(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as beside:
            new, old = Path(beside) / "new", Path(beside) / "old"
            for name, content in {**files, LIST: manifest}.items():
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                (new / name).write_bytes(content)
            if out.exists():
                out.rename(old)
            shutil.move(new, out)
    except OSError as error:
        message = gettext_noop("Nothing can be written to {place}: {why}.")
        raise BadInput(message, place=str(out), why=error.strerror or "") from error
    return [out / name for name in sorted(files)]


def check(out: Path) -> None:
    """Raise BadInput where `replace` would."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise BadInput(gettext_noop("{place} is no folder: name one that is new or empty."), place=str(out))
    there = (
        {path.relative_to(out).as_posix() for path in out.rglob("*") if not path.is_dir()} if out.exists() else set()
    )
    if not there:
        return
    foreign = there - _former(out) - {LIST}
    if foreign:
        message = gettext_noop(
            "{place} holds {file}, which no site of ours put there: name a folder that is new or empty."
        )
        raise BadInput(message, place=str(out), file=min(foreign))


def _former(out: Path) -> set[str]:
    """Return the files of the site that was published there before; none if there was none."""
    try:
        manifest = json.loads((out / LIST).read_bytes())
    except (OSError, ValueError):
        return set()
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        return set()
    return set(manifest["files"])
