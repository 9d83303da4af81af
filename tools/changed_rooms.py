"""Prints the folders of tests that belong to what is changed and not committed, for `make test-fast`."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS_OF = {"administration": "settings_pages", "config": "security", "demo": "cli"}
"""Rooms whose tests have another name than the room."""
OTHERWISE = "kernel"
"""What is tried where nothing is changed."""


def changed_files() -> list[str]:
    """Return paths from the root, also of files that are new."""
    command = ["git", "status", "--porcelain", "--untracked-files=all", "--no-renames"]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [line[3:].strip('"') for line in lines]


def folder_of_tests(path: str) -> str:
    """Return the tests of a file; "" for one that has none, such as documentation."""
    parts = Path(path).parts
    if parts[:2] == ("src", "portevoix") and len(parts) > 3:
        folder = f"tests/{TESTS_OF.get(parts[2], parts[2])}"
    elif parts[0] == "tests" and parts[-1].startswith("test_"):
        folder = path
    else:
        folder = "tests/test_docs.py" if parts[0] == "docs" else ""
    return folder if folder and (ROOT / folder).exists() else ""


def main() -> int:
    found = sorted(filter(None, {folder_of_tests(path) for path in changed_files()}))
    print(" ".join(found or [f"tests/{OTHERWISE}"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
