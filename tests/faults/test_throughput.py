"""What waits on a network takes as many requests as its pages need. The figures are those of `bench/channels.py`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import bluesky

pytestmark = [pytest.mark.servers, pytest.mark.once]

ROOT = Path(__file__).resolve().parents[2]
MENTIONS = {"bluesky": 450, "mastodon": 330, "x": 900}
"""Several pages each; at X more than are shown at once, which come in waves."""


@pytest.mark.parametrize("network", ["bluesky", "mastodon", "x"])
def test_mentions_that_wait_take_as_many_requests_as_pages_and_one_to_see_the_end(
    migrated_home: Path, network: str
) -> None:
    if network == "bluesky" and (why := bluesky.missing()):
        pytest.skip(why)
    asked = ["tests.faults.throughput", "--network", network, "--mentions", str(MENTIONS[network])]
    asked += ["--made", str(migrated_home)]
    done = subprocess.run([sys.executable, "-m", *asked], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    row = json.loads(done.stdout)
    assert row["taken"] == row["mentions"] == MENTIONS[network]
    assert row["required"] <= row["requests"] <= row["required"] + row["waves"]
    assert row["others"] <= 5 * row["waves"]
