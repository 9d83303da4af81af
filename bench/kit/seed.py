"""The homes of benches: with Valmont's own record in them at once, where it was settled before on the same day."""

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

MARK = "seeded"


def kept() -> Path:
    """Where a record of today is kept for others to copy: `bench/smoke.py` leaves one in PORTEVOIX_BENCH_HOME."""
    return Path(os.environ.get("PORTEVOIX_BENCH_HOME", "/nowhere")) / f"valmont-{datetime.now(UTC).date()}"


def make_home(home: Path | None = None) -> Path:
    """Return a new home; on the embedded database, with the record that is kept."""
    home = home or Path(tempfile.mkdtemp(prefix="portevoix-bench-"))
    if (kept() / MARK).exists() and not os.environ.get("PORTEVOIX_DATABASE_URL"):
        shutil.copytree(kept(), home, dirs_exist_ok=True)
    return home


def settle(home: Path) -> None:
    """Settle Valmont in the record of this home, unless it came with it."""
    from portevoix.demo import load

    mark = home / MARK
    mark.touch()
    load.prepare(mark, now=datetime.now(UTC), tell=lambda text: None)
