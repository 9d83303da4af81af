"""The audit of what is pinned: it fails on what is known, and says so when nobody can be asked."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytestmark = pytest.mark.servers
ROOT = Path(__file__).parent.parent
NOWHERE = "http://127.0.0.1:9"
KNOWN = {
    "id": "PYSEC-1", "summary": "A hole", "aliases": ["CVE-1"], "affected": [
        {"package": {"name": "leaky", "ecosystem": "PyPI"}, "versions": ["1.0"],
         "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}]}
    ],
}  # fmt: skip


class Osv(BaseHTTPRequestHandler):
    """Knows one vulnerability, in the language of osv.dev."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"vulns": [KNOWN]} if asked["package"]["name"] == "leaky" else {}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Osv)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def audit(tmp_path: Path, url: str, *pins: str) -> tuple[int, str]:
    """Exit status and words; nobody but `url` can be reached."""
    file = tmp_path / "pinned.txt"
    file.write_text("".join(f"{pin} \\\n    --hash=sha256:0\n" for pin in pins))
    environment = {**os.environ, "PIP_AUDIT_OSV_URL": url, "NO_PROXY": "127.0.0.1"}
    environment |= {"HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE}
    command = [sys.executable, str(ROOT / "tools/audit.py"), str(file)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    return run.returncode, run.stdout


def test_a_known_vulnerability_fails_and_says_in_what_it_is_mended(tmp_path, service) -> None:
    status, told = audit(tmp_path, service, "sound==2.0", "leaky[extra]==1.0")
    assert status == 1 and "leaky 1.0: PYSEC-1; mended in 1.1" in told


def test_without_one_it_says_how_many_were_audited(tmp_path, service) -> None:
    assert audit(tmp_path, service, "sound==2.0", "other==3") == (
        0, "audited by osv: 2 packages, no known vulnerability\n",
    )  # fmt: skip


def test_where_nobody_answers_it_says_that_nothing_was_audited(tmp_path) -> None:
    status, told = audit(tmp_path, NOWHERE, "sound==2.0")
    assert status == 0 and told.startswith("not audited: osv: ") and "pypi: " in told
