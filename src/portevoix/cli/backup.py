"""`portevoix backup`."""

import os
import signal
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click

from portevoix.config import env
from portevoix.kernel.errors import BadInput, PortevoixError
from portevoix.record.backup import database_of
from portevoix.record.backup.archive import KEY, Manifest, pack, prove, unpack
from portevoix.record.backup.databases import Database
from portevoix.record.backup.scratch_dir import workshop


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Write the database, with its files, and the secret key into FILE, while servers and workers run.

    FILE is of one moment; it is read again and compared before it gets its name, and never takes the place of another
    file. Whoever holds it can read what citizens wrote and the passwords of your accounts: keep it accordingly. The key
    stays outside when PORTEVOIX_SECRET_KEY gives it: keep that one yourself, in another place.

    \b
    Example: portevoix backup /var/backups/portevoix/$(date +%F-%H%M).zip
    """
    _check_new(file)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # drafts are cleared away
    database = database_of(env.database(), env.database_address())
    try:
        with workshop(file.absolute().parent, ".portevoix-backup-") as shop:
            draft = shop / "draft"
            manifest = _write(draft, database, shop)
            _compare(draft, manifest, database, shop)
            _check_new(file)
            draft.rename(file)
            _sync_folder(file.absolute().parent)
    except OSError as error:
        raise PortevoixError(
            "The backup could not be written: {why}. There is no {file}.", why=str(error), file=str(file)
        ) from error
    _tell(file, manifest)


def _check_new(file: Path) -> None:
    if file.exists() or file.is_symlink():
        raise BadInput("{file} is there already, and stays as it is. Choose another name.", file=str(file))
    if not file.absolute().parent.is_dir():
        raise BadInput("There is no folder {folder}.", folder=str(file.absolute().parent))


def _write(draft: Path, database: Database, shop: Path) -> Manifest:
    copy = shop / database.member
    snapshot = database.copy(copy)
    key = _key()
    manifest = Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        version=version("portevoix"),
        database=database.kind,
        migrations=snapshot.migrations,
        rows=snapshot.rows,
        proof=prove(key),
        sums={},
    )
    key_files = {} if env.get("PORTEVOIX_SECRET_KEY") else {KEY: env.kept_key()}
    pack(draft, manifest, {database.member: copy, **key_files})
    copy.unlink()
    return manifest


def _key() -> str:
    """Return the secret key without creating one: a database without its key has lost it."""
    if not env.get("PORTEVOIX_SECRET_KEY") and not env.kept_key().exists():
        raise BadInput(
            "There is no secret key in {path}: give PORTEVOIX_HOME as the servers have it.", path=str(env.kept_key())
        )
    return env.secret_key()


def _compare(draft: Path, manifest: Manifest, database: Database, shop: Path) -> None:
    """Read the backup back as `portevoix restore` does. Raises PortevoixError when its rows differ."""
    unpack(draft, shop)
    rows = database.rows(shop / database.member)
    for table in sorted(manifest.rows.keys() | rows.keys()):
        if manifest.rows.get(table) != rows.get(table):
            raise PortevoixError(
                "The backup does not hold what the database held: {found} rows instead of {rows} in {table}.",
                found=rows.get(table, 0),
                rows=manifest.rows.get(table, 0),
                table=table,
            )


def _sync_folder(folder: Path) -> None:
    """Sync the folder, so that the file's name is on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _tell(file: Path, manifest: Manifest) -> None:
    size = f"{file.stat().st_size / 1e6:.1f} MB"
    click.echo(f"{file}: {size}, {sum(manifest.rows.values())} rows in {len(manifest.rows)} tables, read and compared.")
    if env.get("PORTEVOIX_SECRET_KEY"):
        click.echo("The secret key is not in it: keep PORTEVOIX_SECRET_KEY as well, in another place.")
    else:
        click.echo("The secret key is in it: whoever holds this file can read the passwords of your accounts.")
