"""What waits on a network takes as many requests as its pages need. The figures are those of `bench/channels.py`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import bluesky

pytestmark = pytest.mark.servers

ROOT = Path(__file__).resolve().parents[2]
MENTIONS = 900


@pytest.mark.parametrize("network", ["bluesky", "mastodon", "x"])
def test_mentions_that_wait_take_as_many_requests_as_pages_and_one_to_see_the_end(
    migrated_home: Path, network: str
) -> None:
    if network == "bluesky" and (why := bluesky.missing()):
        pytest.skip(why)
    asked = ["tests.faults.throughput", "--network", network, "--mentions", str(MENTIONS), "--made", str(migrated_home)]
    done = subprocess.run([sys.executable, "-m", *asked], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    row = json.loads(done.stdout)
    assert row["taken"] == row["mentions"] == MENTIONS
    assert row["required"] <= row["requests"] <= row["required"] + row["waves"]
    assert row["others"] <= 5 * row["waves"]
