"""The documented proxies, in front of a real server: what they let in, keep out, pass on and hold up."""

import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass

import pytest
from django.core import signing

from portevoix.config import request_limits
from portevoix.web import devices
from tests.operate.conftest import House
from tests.servers.ports import free_port, two_ports
from tests.servers.proxies import NAME, PAGE, PROGRAMS, Place, example, missing, proxy

SETTINGS = {
    "PORTEVOIX_HOSTS": NAME,
    "PORTEVOIX_HTTPS": "yes",
    "PORTEVOIX_PROXY": "yes",
    "PORTEVOIX_LIVE_URL": "/live",
    "PORTEVOIX_LOG": "info",
}
LANGUAGE = "Accept-Language: en\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
BEFORE = b'--x\r\nContent-Disposition: form-data; name="pictures"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
AFTER = b"\r\n--x--\r\n"
KEPT_OUT = (413, 502)
"""Some proxies tell as 502 that Portevoix has refused, unread, what they were still sending."""
SLOW = 12


@dataclass
class Front:
    """A proxy with Portevoix behind it, as a browser sees it."""

    place: Place
    house: House
    server: subprocess.Popen[bytes]

    def connect(self) -> ssl.SSLSocket:
        trusting = ssl.create_default_context(cafile=str(self.place.folder / "cert.pem"))
        plain = socket.create_connection(("127.0.0.1", self.place.https), timeout=30)
        return trusting.wrap_socket(plain, server_hostname=NAME)

    def known_device(self) -> str:
        """The cookie of a device on which a colleague has signed in, as this installation signs it."""
        key = (self.house.home / "secret.key").read_text(encoding="utf-8")
        return signing.dumps(["a device", "a colleague"], key=key, salt=devices._SALT)

    def ask(self, method: str, path: str, body: bytes = b"", headers: str = "") -> tuple[int, str]:
        """The status and all that came, headers too."""
        length = f"Content-Length: {len(body)}\r\n" if body or method == "POST" else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n{headers}{LANGUAGE}{length}\r\n"
        with self.connect() as connection:
            with suppress(OSError):  # it may be refused while it is sent
                connection.sendall(head.encode() + body)
            came = b""
            while part := _received(connection):
                came += part
        told = came.decode(errors="replace")
        return int(told.split(" ", 2)[1]), told


def _received(connection: ssl.SSLSocket) -> bytes:
    try:
        return connection.recv(65536)
    except OSError:
        return b""


@pytest.fixture(scope="module", params=PROGRAMS)
def front(request, house, tmp_path_factory) -> Iterator[Front]:
    if why := missing(request.param):
        pytest.skip(why)
    pages = two_ports()
    folder = tmp_path_factory.mktemp(request.param)
    for each in (folder, *folder.parents[:2]):
        each.chmod(0o755)  # some read their certificate as another user
    place = Place(folder, free_port(), free_port(), pages, pages + 1)
    place.make_certificate()
    one = house(request.param, made=True, **SETTINGS)
    with ExitStack() as stack, (folder / "serve.log").open("wb") as log:
        server = one.start("serve", "--port", str(pages), stderr=log, stdout=subprocess.DEVNULL)
        stack.callback(server.wait, 30)
        stack.callback(server.terminate)
        stack.enter_context(proxy(request.param, place))
        here = Front(place, one, server)
        one.eventually(lambda: _answers(here))
        yield here


def _answers(front: Front) -> bool:
    try:
        return front.ask("GET", "/sign-in/")[0] == 200
    except (OSError, IndexError):
        return False


def test_pages_come_over_https_and_their_cookies_stay_there(front) -> None:
    status, told = front.ask("GET", "/sign-in/")
    assert status == 200 and "__Host-" in told
    assert re.search("(?i)^strict-transport-security: max-age", told, re.MULTILINE)


def test_whoever_comes_without_https_is_sent_there(front) -> None:
    with socket.create_connection(("127.0.0.1", front.place.http), timeout=30) as connection:
        connection.sendall(f"GET /sign-in/ HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        told = connection.recv(4096).decode()
    assert re.match(r"HTTP/1.1 30[18] ", told) and re.search(rf"(?i)^location: https://{NAME}[:/]", told, re.MULTILINE)


@pytest.mark.parametrize("path", ["/metrics", "/healthz"])
def test_what_is_for_machines_stays_inside(front, path) -> None:
    assert front.ask("GET", path)[0] == 404


def test_live_updates_lead_to_their_own_process(front) -> None:
    status, told = front.ask("GET", "/live")
    assert status == 401 and "text/plain" in told, "asked to sign in, as that process says it"


def test_pictures_are_let_in_and_what_no_page_takes_is_not(front) -> None:
    boundary = "Content-Type: multipart/form-data; boundary=x\r\n"
    known = f"{boundary}Cookie: __Host-portevoix-device={front.known_device()}\r\n"
    picture = BEFORE + b"x" * 5_500_000 + AFTER
    status, told = front.ask("POST", "/inbox/1/reply/", picture, known)
    assert status == 403 and "This form has expired" in told, "Portevoix has read it, and asks who it is"
    assert front.ask("POST", "/inbox/1/reply/", picture, boundary)[0] in KEPT_OUT, "of a stranger it is not even read"
    assert front.ask("POST", "/inbox/1/reply/", BEFORE + b"x" * 64_000_000 + AFTER, known)[0] in KEPT_OUT
    assert front.ask("POST", "/sign-in/", b"x" * 4_300_000, FORM)[0] in KEPT_OUT


def test_the_visitors_address_is_the_proxys_word(front) -> None:
    page = front.ask("GET", "/sign-in/")[1]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    cookie = re.search(r"(?i)__Host-csrf=([^;]+)", page)[1]
    forged = f"X-Forwarded-For: 198.51.100.7\r\nCookie: __Host-csrf={cookie}\r\nReferer: https://{NAME}/\r\n{FORM}"
    body = f"email=a%40b.example&password=no&csrfmiddlewaretoken={token}".encode()
    assert front.ask("POST", "/sign-in/", body, forged)[0] == 422
    [line] = [row for row in (front.place.folder / "serve.log").read_text().splitlines() if "sign_in_refused" in row]
    assert "address=127.0.0.1" in line
    [pattern] = re.findall(
        r"^failregex = (.*)$", (PAGE.parent / "operate.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert re.search(pattern.replace("<ADDR>", r"(\S+)"), line)[1] == "127.0.0.1", "fail2ban would ban it"


@pytest.mark.parametrize("sent", [9, 40_000])
def test_slow_bodies_hold_nobody_up(front, sent) -> None:
    head = f"POST /form/ HTTP/1.1\r\nHost: {NAME}\r\n{FORM}Content-Length: 100000\r\n\r\n".encode()
    with ExitStack() as stack:
        for _ in range(SLOW):
            stack.enter_context(front.connect()).sendall(head + b"a" * sent)
        time.sleep(1)
        for _ in range(3):
            assert front.ask("GET", "/sign-in/")[0] == 200


def test_the_documented_sizes_are_those_of_the_program() -> None:
    nginx = example("nginx")
    for path in (
        "/sign-in/",
        "/inbox/12/reply/",
        "/inbox/12/pictures/",
        "/inbox/12/pictures/3/remove/",
        "/barometer/add/",
    ):
        place = next(
            (body for where, body in re.findall(r"location (.*?) \{(.*?)\}", nginx, re.DOTALL) if _leads(where, path)),
            "",
        )
        size = re.search(r"client_max_body_size (\d+)m;", place) or re.search(r"client_max_body_size (\d+)m;", nginx)
        assert request_limits.most_at(path) <= int(size[1]) * (1 << 20) < request_limits.most_at(path) * 1.1, path
    largest = max(request_limits.MOST_BYTES, *(most for _, most in request_limits.WITH_FILES))
    text = PAGE.read_text(encoding="utf-8")
    for language, found in (("caddy", r"max_size (\d+)MB"), ("caddy", r"request_buffers (\d+)MB")):
        assert int(re.search(found, example(language))[1]) * 10**6 == largest
    assert int(re.search(r"maxRequestBodyBytes: (\d+)", text)[1]) == largest
    assert "4 MB, 60 MB with a reply's pictures, 21 MB with the results of a study" in text


def _leads(where: str, path: str) -> bool:
    kind, _, rest = where.partition(" ")
    if kind == "~":
        return bool(re.search(rest, path))
    return rest == path if kind == "=" else False
