"""Kills what works at a door until it was killed often enough, and counts: `python -m tests.faults.series`.

Prints one line of JSON for each door. On the embedded database, unless PORTEVOIX_DATABASE_URL names a server: then on a
new database there.
"""

import argparse
import importlib
import json
import tempfile
from pathlib import Path

from portevoix.cli.django_setup import set_up_django
from tests.faults.database import database

DOORS = ("intake", "steps", "reply", "form", "delivery", "meaning")
WITH_MAIL = ("mail", "letters")  # need the servers of tests.servers.mail
NETWORKS = ("bluesky", "mastodon", "x", "facebook", "instagram")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--door", choices=(*DOORS, *WITH_MAIL, *NETWORKS), action="append", help="several may be given")
    asked.add_argument("--kills", type=int, default=20, help="at a network's door: messages")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--made", type=Path, help="a home whose tables are made")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="portevoix-faults-") as name, database(Path(name), made=given.made):
        set_up_django()
        doors = importlib.import_module("tests.faults.doors")  # Django is ready only now
        doors.settle(made=given.made)
        for door in given.door or DOORS:
            print(json.dumps(doors.series(door, Path(name), kills=given.kills, seed=given.seed)), flush=True)


if __name__ == "__main__":
    main()
