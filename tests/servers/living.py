"""A city as it runs, with the real server and the real worker, and a browser without JavaScript to use it."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests
from bs4 import BeautifulSoup, Tag

from tests.servers import forking
from tests.servers.ports import two_ports
from tests.servers.program import HERE, PORTEVOIX

ADMINISTRATOR, PASSWORD = "helene@ville.test", "gabare-tuile-heron"
PATIENCE = 90.0


class House:
    """A city that runs: its address, and a browser without JavaScript that is signed in."""

    def __init__(self, environment: dict[str, str], port: int) -> None:
        self.environment = environment
        self.address = f"http://127.0.0.1:{port}"
        self.browser = requests.Session()
        self.browser.headers["Accept-Language"] = "fr"

    def page(self, path: str) -> BeautifulSoup:
        answer = self.browser.get(self.address + path, timeout=60)
        assert answer.ok, f"{path}: {answer.status_code}"
        return BeautifulSoup(answer.text, "html.parser")

    def send(self, page: BeautifulSoup, action: str, **typed: str) -> BeautifulSoup:
        """Fills in the form of `page` whose address ends with `action` and sends it, as a browser would."""
        form = next(f for f in page.find_all("form") if str(f.get("action") or "").endswith(action))
        answer = self.browser.post(
            requests.compat.urljoin(self.address, str(form.get("action")) or "") if form.get("action") else page.url,
            data={**filled(form), **typed},
            headers={"Referer": self.address},
            timeout=60,
        )
        assert answer.ok, f"{action}: {answer.status_code} {BeautifulSoup(answer.text, 'html.parser').get_text()[:800]}"
        return BeautifulSoup(answer.text, "html.parser")

    def sign_in(self) -> None:
        page = self.page("/sign-in/")
        token = page.find("input", {"name": "csrfmiddlewaretoken"})["value"]
        data = {"csrfmiddlewaretoken": token, "email": ADMINISTRATOR, "password": PASSWORD}
        self.browser.post(f"{self.address}/sign-in/", data=data, timeout=20, headers={"Referer": self.address})

    def row(self, words: str) -> str | None:
        """The address of the conversation in the inbox that shows these words."""
        page = self.page("/inbox/?view=all")
        for link in page.find_all("a", href=re.compile(r"^/inbox/\d+/")):
            if words in link.find_parent("li").get_text(" "):
                return re.match(r"/inbox/\d+/", link["href"]).group()
        return None


def filled(form: Tag) -> dict[str, str]:
    """What the form holds already."""
    values = {}
    for field in form.find_all(["input", "textarea", "select"]):
        if not field.get("name") or (field.get("type") in ("radio", "checkbox") and not field.has_attr("checked")):
            continue
        if field.name == "select":
            chosen = field.find("option", selected=True) or field.find("option")
            values[field["name"]] = chosen.get("value", "") if chosen else ""
        else:
            values[field["name"]] = field.get("value") or field.get_text()
    return values


def soon(found: Callable[[], object], what: str) -> object:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.3)
    raise AssertionError(f"{what} did not come within {PATIENCE:.0f} s")


@contextmanager
def running(environment: dict[str, str], *arguments: str) -> Iterator[None]:
    process = subprocess.Popen([PORTEVOIX, *arguments], env=environment)
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(PATIENCE) in (0, -15), arguments


@contextmanager
def living(home: Path, *, work: bool = True, **more: str) -> Iterator[House]:
    """A city that was founded a moment ago: server and worker run, its administrator is signed in.

    `work` False: whoever asks for it runs the worker.
    """
    port = two_ports()
    environment = {**HERE, "PORTEVOIX_HOME": str(home), "PORTEVOIX_PASSWORD": PASSWORD, "PORTEVOIX_LOG": "warning"}
    environment |= more
    init = [PORTEVOIX, "init", "--name", "Ville", "--email", ADMINISTRATOR, "--person", "Hélène"]
    assert forking.run(init, env=environment).returncode == 0
    with ExitStack() as stack:
        stack.enter_context(running(environment, "serve", "--port", str(port), "--live-port", str(port + 1)))
        if work:
            stack.enter_context(running(environment, "work"))
        house = House(environment, port)
        soon(lambda: _answers(house), "The server")
        house.sign_in()
        yield house


def _answers(house: House) -> bool:
    try:
        return requests.get(f"{house.address}/sign-in/", timeout=5).ok
    except requests.ConnectionError:
        return False


def reply(house: House, where: str, text: str) -> None:
    house.send(house.page(where), "/reply/", text=text, reply="answer")
