"""Sends one edition to many addresses by a real mail server, while the worker that sends it is killed.

    python bench/letters.py [--recipients 10000] [--kills 40] [--seed 1]
    python tools/with_postgres.py python bench/letters.py

A death is SIGKILL at a place drawn among all that write, commit or call the server; at times another worker does the
same beside it, and dies with it. Who was cut off approves the edition again. Where nobody can
tell whether a letter left, the editor asks the colleague. In the end the mailboxes are counted: `lost` and `twice` must
be zero, else the exit status is 1. `waiting`: letters on which the editor decided, at most one for each death.
"""

import argparse
import importlib
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # the places of death are those of the tests

from kit.ending import NOT_RUN

from portevoix.cli.django_setup import set_up_django
from tests.faults.database import database
from tests.servers.mail import mail_servers, missing

PLACES = 30
"""Of one letter; it is only used to spread the deaths."""


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--recipients", type=int, default=10_000)
    asked.add_argument("--kills", type=int, default=40)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    if why := missing():
        print(why)
        return NOT_RUN
    with tempfile.TemporaryDirectory(prefix="portevoix-letters-") as name, database(Path(name)):
        set_up_django()
        row = send(Path(name), given.recipients, given.kills, given.seed)
    print(json.dumps(row))
    return int(bool(row["lost"] or row["twice"] or row["lacking"]))


def send(folder: Path, recipients: int, kills: int, seed: int) -> dict[str, object]:
    """Return what came of it; `lacking`: letters that the ledger does not say have left."""
    connection = importlib.import_module("django.db").connection
    house_letters = importlib.import_module("tests.faults.house_letters")  # Django is ready only now
    importlib.import_module("tests.faults.doors").settle()
    with mail_servers() as servers:
        door = house_letters.HouseLetters(servers, count=recipients)
        lives = house_letters.LongLives(seed, folder / "log", span=2 * PLACES * recipients // max(kills, 1))
        began = time.monotonic()
        door.begin(0, lives.random)
        while lives.kills < kills and door.undecided():
            lives.one(door.work)
            door.left()
        while lacking := door.left():
            if not lives.one(door.work, spared=True):
                break
        seconds = time.monotonic() - began
        figures = door.told()
    return {
        "database": connection.vendor,
        "kills": lives.kills,
        "lives": lives.number,
        **vars(figures),
        "lacking": lacking,
        "seconds": round(seconds, 1),
        "letters_per_second": round(recipients / seconds, 1),
        "places": dict(lives.places.most_common(8)),
    }


if __name__ == "__main__":
    sys.exit(main())
