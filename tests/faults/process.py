"""`portevoix work` and the like, as real processes of their own, on the network of files and some minutes later:

    python -m tests.faults.process FOLDER MINUTES work
    python -m tests.faults.process FOLDER MINUTES prepare QUESTIONS

`prepare` settles the city of the other doors, in which so many citizens ask something.
"""

import importlib
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

from portevoix.cli.django_setup import set_up_django
from portevoix.cli.main import main


def run(folder: str, minutes: str, *arguments: str) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=int(minutes)), tick=True):
        set_up_django()
        importlib.import_module("tests.faults.far_end").FarEnd(Path(folder)).install()
        if arguments[0] == "prepare":
            importlib.import_module("tests.faults.doors").settle(questions=int(arguments[1]))
            return
        sys.argv = ["portevoix", *arguments]
        main()


if __name__ == "__main__":
    run(*sys.argv[1:])
