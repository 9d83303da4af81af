"""A sample of what `bench/faults.py` does a thousand times: killed at each door, nothing is lost and nothing twice."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.series import DOORS, NETWORKS, WITH_MAIL
from tests.servers import bluesky, mail, mastodon_mock

pytestmark = pytest.mark.servers

ROOT = Path(__file__).resolve().parents[2]
KILLS = 7
SEED = 7


def series(made: Path, *doors: str) -> dict[str, dict]:
    """Kills at these doors; what came of it, by door."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO_")}
    asked = [part for door in doors for part in ("--door", door)]
    command = [sys.executable, "-m", "tests.faults.series", *asked]
    command += ["--kills", str(KILLS), "--seed", str(SEED), "--made", str(made)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return {row["door"]: row for row in map(json.loads, done.stdout.splitlines())}


@pytest.fixture(scope="module")
def told(migrated_home: Path) -> dict[str, dict]:
    return series(migrated_home, *DOORS)


def check(row: dict) -> None:
    assert row["given"] and (row["kills"] >= KILLS or row["door"] in NETWORKS)
    assert (row["lost"], row["twice"]) == (0, 0), row


@pytest.mark.parametrize("door", ["intake", "steps"])
def test_every_envelope_becomes_one_message_or_waits_with_its_reason(told, door: str) -> None:
    check(told[door])
    assert told[door]["done"] + told[door]["waiting"] == told[door]["given"]


@pytest.mark.parametrize("door", ["reply", "form"])
def test_a_form_that_is_sent_again_is_one_message_and_no_word_is_lost(told, door: str) -> None:
    check(told[door])
    assert told[door]["done"] == told[door]["given"]


def test_every_reply_leaves_once_or_a_person_is_asked(told) -> None:
    check(told["delivery"])
    assert told["delivery"]["done"] == told["delivery"]["given"]


def test_each_message_is_read_and_its_conversation_labelled_once(told) -> None:
    check(told["meaning"])
    assert told["meaning"]["done"] == told["meaning"]["given"]


@pytest.mark.servers
@pytest.mark.parametrize("door", WITH_MAIL)
def test_real_mails_come_and_go_once(migrated_home: Path, door: str) -> None:
    if why := mail.missing():
        pytest.skip(why)
    row = series(migrated_home, door)[door]
    check(row)
    assert row["done"] == row["given"]


MISSING = {"bluesky": bluesky.missing, "mastodon": mastodon_mock.missing}


@pytest.mark.servers
@pytest.mark.parametrize("network", ["bluesky", "mastodon", "x", "facebook"])  # Instagram's code is Facebook's
def test_what_citizens_write_on_a_network_and_what_they_are_answered_comes_and_goes_once(
    migrated_home: Path, network: str
) -> None:
    """Its line has faults, the worker is killed; the answers are counted at the network."""
    if why := MISSING.get(network, str)():
        pytest.skip(why)
    row = series(migrated_home, network)[network]
    check(row)
    assert row["done"] == row["given"] and row["faults"]
