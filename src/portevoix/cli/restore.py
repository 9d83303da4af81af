"""`portevoix restore`."""

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from portevoix.cli.django_setup import set_up_django
from portevoix.config import env
from portevoix.kernel.errors import BadInput
from portevoix.record.backup import database_of
from portevoix.record.backup.archive import KEY, Manifest, prove, unpack
from portevoix.record.backup.databases import Database
from portevoix.record.backup.scratch_dir import scratch_dir


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Bring the backup FILE back, into an empty PORTEVOIX_HOME or an empty database.

    FILE is read through first; an older one is brought up to date; on any trouble nothing is left behind. Replies that
    waited to leave when the backup was made may have left since: the worker looks each of them up before it sends it,
    and where the network cannot tell, a host decides, under Set aside.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # nothing half-done is left
    database = database_of(env.database(), env.database_address())
    with scratch_dir(database.folder or env.home(), ".portevoix-restore-") as shop:
        manifest = unpack(file, shop)
        copy = _check_copy(manifest, database, shop)
        with _place_key(manifest, shop / KEY):
            env.put("PORTEVOIX_DATABASE_URL", database.address(copy))
            waiting = _bring(manifest, database, copy)
    click.echo(f"Restored {sum(manifest.rows.values())} rows of {manifest.made_at}, by Portevoix {manifest.version}.")
    if waiting:
        click.echo(f"{waiting} replies waited to leave: each is looked up before it is sent.")
    click.echo("Start portevoix serve and portevoix work.")


def _check_copy(manifest: Manifest, database: Database, shop: Path) -> Path:
    """Return the copy of the database. Raise BadInput if it is damaged, of another kind, or has no free target."""
    if manifest.database != database.kind:
        raise BadInput(
            "This is a backup of {theirs}, and PORTEVOIX_DATABASE_URL leads to {mine}: a backup goes back into its own "
            "kind of database.",
            theirs=manifest.database,
            mine=database.kind,
        )
    database.check_free()
    copy = shop / database.member
    if database.rows(copy) != manifest.rows:
        raise BadInput("The backup does not hold as many rows as it says. Nothing was changed; take another one.")
    return copy


@contextmanager
def _place_key(manifest: Manifest, key_file: Path) -> Iterator[None]:
    """Put the backup's secret key in its place, and remove it again on failure. Raise BadInput for another key."""
    place = env.key_file()
    if env.get("PORTEVOIX_SECRET_KEY") or place.exists():
        if prove(env.secret_key()) != manifest.proof:
            raise BadInput(
                "The backup was made with another secret key than the one in {place}: give back that one.",
                place="PORTEVOIX_SECRET_KEY" if env.get("PORTEVOIX_SECRET_KEY") else str(place),
            )
        yield
        return
    if not key_file.exists():
        raise BadInput("The secret key is not in this backup: set PORTEVOIX_SECRET_KEY as it was when it was made.")
    place.touch(mode=0o600, exist_ok=False)
    with ExitStack() as undo_stack:
        undo_stack.callback(place.unlink)
        place.write_bytes(key_file.read_bytes())
        yield
        undo_stack.pop_all()  # it is done: nothing to undo


def _bring(manifest: Manifest, database: Database, copy: Path) -> int:
    """Load the rows and migrate them; return how many replies and letters have to be looked up."""
    set_up_django(migrate=False)
    from django.db import connections  # noqa: PLC0415 -- Django is ready only now

    from portevoix.record.operations import deliveries, dispatches, workers  # noqa: PLC0415
    from portevoix.record.queries.schema import own_migrations  # noqa: PLC0415

    if newer := sorted(set(manifest.migrations) - own_migrations()):
        raise BadInput(
            "The backup was made by Portevoix {version}, which is newer than this one and knows {change}: install "
            "that version first.",
            version=manifest.version,
            change=newer[0],
        )
    with database.restoring(copy):
        try:
            set_up_django()
            workers.forget()
            now = datetime.now(UTC)
            return deliveries.look_up_all(now=now) + dispatches.look_up_letters(now=now)
        finally:
            connections.close_all()
