"""What networks grant when somebody signs in there stands in no log, no page, no file and no error report.

The networks of these tests refuse at last, and repeat all that they were told.
"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django.db import connection

from tests.security.test_secrets import Told, run, worked
from tests.servers.program import HERE, PORTEVOIX, copied

SECRETS = {
    "X's client secret": "client-tulipe-noire-4410",
    "a code of X": "code-x-tulipe-noire-4421",
    "X's access": "acces-tulipe-noire-4432",
    "X's refresh token": "suite-tulipe-noire-4443",
    "X's bearer token": "porteur-tulipe-noire-4447",
    "Meta's app secret": "application-tulipe-noire-4454",
    "a verify token": "epreuve-tulipe-noire-4465",
    "a code of Meta": "code-meta-tulipe-noire-4476",
    "a person's token": "personne-tulipe-noire-4487",
    "a page's token": "page-tulipe-noire-4498",
}
SIGN_IN = """
import sys, warnings
warnings.simplefilter("ignore")
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from portevoix.cli.django_setup import set_up_django
set_up_django()
from bs4 import BeautifulSoup
from django.test import Client
from portevoix.record.operations import accounts, city
base, client, code, _, _, bearer, app, verify, other, _, _ = sys.argv[1:]
city.found_city(name="Testville", now=datetime.now(UTC))
who = city.save_contact(email="a@v.example", name="A", role="administrator", password="gabare-tuile-2201", by=None)
browser = Client(SERVER_NAME="localhost", raise_request_exception=False, headers={"accept-language": "en"})
browser.force_login(who)
pages = []
def go(kind, typed, code):
    pages.append(browser.post(f"/settings/channels/connect/{kind}/", typed))
    link = BeautifulSoup(pages[-1].content, "html.parser").find("a", rel="noreferrer")["href"]
    state = parse_qs(urlsplit(link).query)["state"][0]
    pages.append(browser.get(f"/settings/channels/connected/{kind}/", {"state": state, "code": code}))
    if pages[-1].status_code == 302:
        pages.append(browser.get(pages[-1].headers["Location"]))
x = {"client_id": "c", "client_secret": client, "base": base}
meta = {"app_id": "7", "config_id": "", "app_secret": app, "verify_token": verify, "graph_base": base + "/v26.0"}
go("x", x, code + "-refused")
go("facebook", meta, other + "-refused")
connect = accounts.connect
def broken(**settings): raise ZeroDivisionError("a fault of ours, while an access is at hand")
accounts.connect = broken
go("x", x, code)
assert pages[-1].status_code == 500, pages[-1].status_code
accounts.connect = connect
go("x", x, code)
go("facebook", meta, other)
pages.append(browser.post("/settings/channels/choose/facebook/", {"chosen": "0"}))
page = "/settings/channels/1/"
typed = {**x, "client_secret": "", "bearer_token": bearer, "most_read": 9000, "most_written": 9, "price_read": 5,
    "price_written": 9}
pages.append(browser.post(page, {**typed, "save": "1"}))
for address in ("/settings/channels/", page, "/settings/channels/2/", "/inbox/"):
    pages.append(browser.get(address))
print([page.status_code for page in pages])
for page in pages:
    print(page.content.decode(), page.headers)
"""


class Rude(BaseHTTPRequestHandler):
    """Two networks: they grant for the right code, say yes to what is tried, and refuse whatever comes after."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        said = unquote_plus(f"{self.path} {body} {self.headers.get('Authorization', '')}")
        status, told = self._answer(self.path.partition("?")[0], said)
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _answer(self, path: str, said: str) -> tuple[int, dict[str, Any]]:
        s, no = SECRETS, {"message": f"you said {said}", "type": "OAuthException", "code": 100}
        words = said.replace("&", " ").replace("=", " ").split()
        if path == "/2/oauth2/token" and s["a code of X"] in words:
            scope = "tweet.read tweet.write users.read offline.access media.write"
            given = {"access_token": s["X's access"], "refresh_token": s["X's refresh token"], "scope": scope}
            return 200, {**given, "expires_in": 2}
        if path == "/2/users/me":
            return 200, {"data": {"id": "1", "username": "Ville"}}
        if path == "/2/users/1/mentions" and "max_results 5 " in " ".join(words) + " ":
            return 200, {}
        if path.startswith("/2/"):
            return 400, {"error": "invalid_request", "error_description": f"you said {said}", "detail": f"no: {said}"}
        if path.endswith("/oauth/access_token") and f"{s['a code of Meta']}-refused" not in words:
            return 200, {"access_token": s["a person's token"]}
        if path.endswith("/me/accounts"):
            pages = [{"id": str(n), "username": f"ville{n}", "access_token": s["a page's token"]} for n in (5, 6)]
            return 200, {"data": pages}
        if path == "/v26.0/5":
            return 200, {"id": "5", "name": "Ville"}
        return 400, {"error": no}

    do_GET = do_POST = _serve

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def told(migrated_home, tmp_path_factory) -> Iterator[Told]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Rude)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told = Told(copied(migrated_home, tmp_path_factory.mktemp("told") / "home"))
    environment = {**HERE, "PORTEVOIX_HOME": str(told.home), "PORTEVOIX_LOG": "debug"}
    environment["PORTEVOIX_INTERNAL_HOSTS"] = "127.0.0.1"
    base = f"http://127.0.0.1:{server.server_address[1]}"
    told.said.append(run(["-c", SIGN_IN, base, *SECRETS.values()], environment))
    told.said.append(worked(environment, troubled=2))
    for command in ("list", "test"):
        account = ["@Ville"] if command == "test" else []
        told.said.append(run([PORTEVOIX, "channels", command, *account], environment, status=(0, 1, 2)))
    server.shutdown()
    server.server_close()
    yield told


@pytest.mark.skipif(connection.vendor != "sqlite", reason="it reads the file of the database")
@pytest.mark.parametrize("name", SECRETS)
def test_nothing_that_was_granted_is_written_in_clear_anywhere(name, told) -> None:
    said = "\n".join(told.said)
    for proof in ("@Ville", "facebook.com/ville5", "ZeroDivisionError", "does not renew", "Meta refuses"):
        assert proof in said, f"{proof}: {said[:400]}"
    for place, content in told.everything():
        assert SECRETS[name].encode() not in content, f"{name} stands in {place}"
