"""A real server of pages, and a real browser to look at them with."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.servers import forking
from tests.servers.ports import free_port

_NAMED = os.environ.get("PORTEVOIX_TEST_CHROMIUM")
CHROMIUMS = (_NAMED,) if _NAMED else ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""Programs that the tests can drive; the first that is there does."""
CHROMIUM = next(filter(None, map(shutil.which, CHROMIUMS)), "")
_QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
_QUIET += " --disable-component-update --disable-sync"
_SHORT = "--js-flags=--no-opt --no-maglev"  # no page lives so long that its scripts repay what optimizing them takes
IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="missing: Chromium (apt-get install chromium)"),
]
"""The marks of a module whose tests need the browser."""


EXPECTED_MS, DONE_MS = 20_000, 60_000
"""How long what a test waits for may take a machine that is slow, or busy: no test waits longer than it takes."""
expect.set_options(timeout=EXPECTED_MS)


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_QUIET.split(), _SHORT])
        browser.on("context", lambda context: context.set_default_timeout(DONE_MS))
        yield browser
        browser.close()


@contextmanager
def prepared(home: Path, module: str) -> Iterator[str]:
    """The address of a house of its own on the embedded database, as the module, run as a program, leaves it."""
    environment = {**os.environ, "PORTEVOIX_HOME": str(home), "PORTEVOIX_DATABASE_URL": "", "PORTEVOIX_LOG": "error"}
    environment |= {"DJANGO_SETTINGS_MODULE": "portevoix.config.settings"}
    prepare(environment, module)
    with served(environment, "/sign-in/") as address:
        yield address


def prepare(environment: Mapping[str, str], module: str, *arguments: str) -> bytes:
    """What that module says, run as a program that makes what pages are to show."""
    done = forking.run(["-m", module, *arguments], env=environment)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def signed_in(browser: Browser, address: str, here: str, account: tuple[str, str], **more: Any) -> Any:
    """What a browser keeps of whoever signed in with this e-mail address and password, on the way to `here`."""
    context = browser.new_context(base_url=address, **more)
    page = context.new_page()
    page.goto(f"/sign-in/?next={here}")
    page.fill("[name=email]", account[0])
    page.fill("[name=password]", account[1])
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**{here}")
    state = context.storage_state()
    context.close()
    return state


@contextmanager
def served(environment: Mapping[str, str], path: str) -> Iterator[str]:
    """The address of the pages, served with these variables; yields once `path` answers."""
    port = free_port()
    granian = [str(Path(sys.executable).with_name("granian")), "--interface", "asginl", "--port", str(port)]
    granian += ["--no-ws", "--http", "1", "--log-level", "warning"]
    server = subprocess.Popen([*granian, "portevoix.config.pages:application"], env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address + path)
        yield address
    finally:
        server.terminate()
        server.wait(DONE_MS / 1000)


UNSETTLED = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
SAVED_MS = 900  # what is typed is saved after 700 ms


def settled(page: Page, wait_ms: int = SAVED_MS) -> None:
    """What was about to be asked has been asked, and what came in has its handlers. It is the page that waits: by its
    clock, however late that is, what was to be asked before then comes before.
    """
    page.evaluate("wait => new Promise(done => setTimeout(done, wait))", wait_ms)
    expect(page.locator(UNSETTLED)).to_have_count(0)


STILL = """Promise.all(document.getAnimations().filter((one) => one instanceof CSSTransition)
    .map((one) => one.finished.catch(() => null))).then(() => null)"""


def violations(page: Page, *, leave_out: Sequence[str] = ()) -> list[str]:
    """What axe finds on the page, in words; rules to `leave_out` are those of axe."""
    rules = {rule: {"enabled": False} for rule in leave_out}
    page.evaluate(STILL)  # colours that are half-way have no contrast that anybody would see
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules}).response["violations"]
    return [f"{page.url}: {v['id']} {[node['html'][:120] for node in v['nodes']]}" for v in found]


def _wait_for(address: str) -> None:
    until = time.monotonic() + DONE_MS / 1000
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
