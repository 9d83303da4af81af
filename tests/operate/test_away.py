"""A database that is away for a moment: whoever asks is told so calmly, and the log says what it was."""

import json
import subprocess
import time
import urllib.error
import urllib.request
from urllib.parse import urlencode

import pytest
from django.db import OperationalError, connection
from django.urls import reverse

from portevoix.record.db.errors import is_away
from tests.operate.conftest import SERVER
from tests.servers.outage import check_outage
from tests.servers.ports import two_ports

TYPED = {"message": "La piscine <est> fermée", "form_token": "token-of-this-page-view", "altcha": ""}
PAGES = ("/inbox/", "/inbox/?view=all", "/sign-in/", "/form/", "/form/embed/", "/accessibility/", "/nowhere/")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="of the embedded database")
def test_a_mistake_of_ours_is_no_outage(db) -> None:
    with pytest.raises(OperationalError) as raised, connection.cursor() as cursor:
        cursor.execute("SELECT nonsense FROM nowhere")
    assert not is_away(raised.value)


@pytest.mark.skipif(not SERVER, reason="the embedded database goes with its machine only")
def test_pages_and_machines_are_told_while_the_server_is_away_and_find_it_again(house) -> None:
    one = house("one", made=True, PORTEVOIX_LOG_FORMAT="json")
    port = two_ports()
    address = f"http://127.0.0.1:{port}"

    def ask(path: str, data: dict[str, str] | None = None):
        request = urllib.request.Request(f"{address}{path}", urlencode(data).encode() if data else None)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()
        except OSError:
            return 0, {}, b""

    def eventually(path: str, status: int) -> None:
        until = time.monotonic() + 60
        while ask(path)[0] != status:
            assert time.monotonic() < until, ask(path)
            time.sleep(0.2)

    with one.started("serve", "--port", str(port), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as server:
        try:
            eventually("/sign-in/", 200)
            one.hide()
            for path in PAGES:
                check_outage(*ask(path))
            soup = check_outage(*ask("/form/", TYPED))
            assert soup.select_one("textarea").text.strip() == TYPED["message"]
            for path, data in (("/form/challenge/", None), ("/hooks/facebook/1/", None), ("/hooks/facebook/1/", TYPED)):
                status, headers, content = ask(path, data)
                assert (status, headers["Retry-After"]) == (503, "30") and json.loads(content)["error"], path
            assert ask("/healthz")[0] == 503 and ask(f"{reverse('web:theme')}")[0] == 503
            one.hide(back=True)
            eventually("/sign-in/", 200)
        finally:
            server.terminate()
            said = server.communicate(timeout=60)[1].decode()
    told = [json.loads(line) for line in said.splitlines()]
    outages = [row for row in told if row["event"].startswith("Service Unavailable: ") and "health" not in row["event"]]
    assert len(outages) >= len(PAGES) and all(row["why"] for row in outages), told
    assert "piscine" not in said and "Traceback" not in said
