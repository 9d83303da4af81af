"""Who came in, who was refused and who tried what is not theirs stands in the log, in a line that nobody can forge."""

import os
import subprocess
import sys

import pytest
from structlog.testing import capture_logs

from tests.conftest import PASSWORD
from tests.servers.program import copied
from tests.world import make

pytestmark = pytest.mark.django_db


def told(lines) -> list[dict]:
    return [{key: value for key, value in line.items() if key != "log_level"} for line in lines]


def test_coming_in_and_going_out_is_logged(client, host) -> None:
    with capture_logs() as lines:
        for password in ("no", PASSWORD):
            client.post("/sign-in/", {"email": host.email, "password": password})
        client.post("/account/", {"current": "no", "new": "tuile sous gabare", "again": "tuile sous gabare"})
        client.post("/account/", {"current": PASSWORD, "new": "tuile sous gabare", "again": "tuile sous gabare"})
        client.post("/sign-out/")
    here, me = "127.0.0.1", host.pk
    assert told(lines) == [
        {"event": "sign_in_refused", "address": here},
        {"event": "session_opened", "colleague": me, "address": here},
        {"event": "password_refused", "colleague": me, "address": here},
        {"event": "password_changed", "colleague": me, "address": here},
        {"event": "session_closed", "colleague": me, "address": here},
    ]


def test_who_tries_too_often_and_who_tries_what_is_not_theirs_is_logged(take) -> None:
    world = make(take)
    elsewhere = world.browser("elsewhere")
    with capture_logs() as lines:
        elsewhere.get("/settings/")
        elsewhere.post(world.address("desk:note"), {"text": "x"})
        for _ in range(11):
            world.browser("nobody").post("/sign-in/", {"email": "host@testville.example", "password": "no"})
    who = world.colleagues["elsewhere"].pk
    assert told(lines)[:2] == [
        {"event": "access_refused", "colleague": who, "method": "GET", "path": "/settings/"},
        {"event": "access_refused", "colleague": who, "method": "POST", "path": world.address("desk:note")},
    ]
    assert told(lines)[-1] == {"event": "sign_in_paused", "address": "127.0.0.1"}


EVIL = ("x\nlevel=info event=forged", "x\r\nforged", "\x1b[31mx", 'a" event="forged')
WRITES = f"""
import logging, structlog
from portevoix.cli.django_setup import set_up_django
set_up_django()
for evil in {EVIL!r}:
    structlog.get_logger("portevoix.access").warning("access_refused", path=evil)
    logging.getLogger("django.request").error("Internal Server Error: %s", evil)
"""


def test_nobody_writes_a_line_of_the_log(migrated_home, tmp_path) -> None:
    home = copied(migrated_home, tmp_path / "home")
    environment = {**os.environ, "PORTEVOIX_HOME": str(home), "PORTEVOIX_DATABASE_URL": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "portevoix.config.settings"
    run = subprocess.run([sys.executable, "-c", WRITES], env=environment, capture_output=True, text=True, check=True)
    lines = run.stderr.strip().split("\n")
    assert len(lines) == 2 * len(EVIL) and all(line.startswith(("timestamp", "{")) for line in lines)
    assert "\r" not in run.stderr and "\x1b" not in run.stderr
