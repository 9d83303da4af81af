"""The French catalogue: complete, with the same places for values, and up to date with the code."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tools.messages import CATALOGUE, PACKAGE, missing, strings

PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
ROOT = Path(__file__).parent.parent


def messages():
    with (PACKAGE / CATALOGUE).open("rb") as file:
        return [message for message in read_po(file, locale="fr") if message.id]


def test_nothing_is_left_in_english() -> None:
    assert missing(PACKAGE) == []


def test_values_stand_in_both_languages() -> None:
    for message in messages():
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        places = {frozenset(PLACES.findall(text)) for text in ids}
        for text in strings(message):
            assert frozenset(PLACES.findall(text)) in places, message.id


def test_french_typography() -> None:
    for message in messages():
        for text in strings(message):
            assert not re.search(r"(?<![\s\u00a0\u202f/&#:\d\w\"'])[;!?»]|[a-zé] [;!?»]", text), text
            assert "« " not in text.replace("«\u00a0", "").replace("«\u202f", ""), text


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="missing: xgettext (apt-get install gettext)")
def test_the_code_says_nothing_that_the_catalogue_does_not_know(tmp_path: Path) -> None:
    copy = tmp_path / "portevoix"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    script = f"from pathlib import Path; from tools.messages import collect; collect(Path({str(copy)!r}))"
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, check=True)
    assert missing(copy) == []
