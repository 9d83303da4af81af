"""django-helpdesk, from its Python package, in an environment of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from kit.peer import Absent, Pages, clone, highest, new_database
from kit.serving import answers, running, two_ports

SITE = Path(__file__).with_name("helpdesk_site.py")
TAKE = """
import logging, sys, time
import helpdesk_site
from helpdesk.email import extract_email_metadata
from helpdesk.models import Queue
queue, log = Queue.objects.get(), logging.getLogger("bench")
mails = [open(path).read() for path in sys.stdin.read().split()]
start = time.perf_counter()
taken = sum(bool(extract_email_metadata(mail, queue, log)) for mail in mails)
assert taken == len(mails)
print(taken / (time.perf_counter() - start))
"""
SETTLE = """
import helpdesk_site
from django.contrib.auth import get_user_model
from django.core.management import call_command
from helpdesk.models import Queue
call_command("migrate", verbosity=0)
get_user_model().objects.create_superuser("root", "root@bench.example", "bench")
Queue.objects.create(title="General", slug="general", allow_email_submission=True)
"""
LIST = """
import helpdesk_site
from helpdesk.query import query_to_base64
print(query_to_base64({"filtering": {"status__in": [1, 2]}, "filtering_null": {}, "sorting": "created",
    "sortreverse": False, "search_string": ""}))
"""
DATATABLES = "?draw=1&start=0&length=50&order[0][column]=0&order[0][dir]=asc&search[value]="


class Helpdesk:
    name = "django-helpdesk"

    def install(self, place: Path, server: str) -> str:
        self.place = place
        self.python = str(place / "bin" / "python")
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
        packages = ["django-helpdesk", "psycopg[binary]", "gunicorn"]
        install = [self.python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Absent(f"pip: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'failed'}")
        self.database = new_database(server, "bench_helpdesk")
        self._run(SETTLE)
        return self._run("import importlib.metadata as m; print(m.version('django-helpdesk'))").strip()

    def take(self, mails: Sequence[Path]) -> float:
        return float(self._run(TAKE, "\n".join(map(str, mails))))

    def fill(self, conversations: int, one_in: int) -> None:
        with psycopg.connect(self.database, autocommit=True) as connection:
            ticket, followup = highest(connection, "helpdesk_ticket"), highest(connection, "helpdesk_followup")
            copies = max(0, round(conversations / ticket) - 1)
            moved = {"id": f"seed.id + k * {ticket}", "created": "seed.created - k * interval '1 hour'"}
            closed = f"CASE WHEN (seed.id + k * {ticket}) % {one_in} = 0 THEN 1 ELSE 4 END"
            clone(connection, "helpdesk_ticket", copies, {**moved, "status": closed})
            clone(
                connection,
                "helpdesk_followup",
                copies,
                {"id": f"seed.id + k * {followup}", "ticket_id": f"seed.ticket_id + k * {ticket}"},
            )
            connection.execute(
                "UPDATE helpdesk_ticket SET status = 4 WHERE id <= %s AND id %% %s <> 0", [ticket, one_in]
            )
            connection.execute("VACUUM ANALYZE")
            self.shown = ticket * (copies // 2) + ticket // one_in * one_in

    @contextmanager
    def serve(self) -> Iterator[Pages]:
        port = two_ports()
        listing = f"/helpdesk/datatables_ticket_list/{self._run(LIST).strip()}{DATATABLES}"
        gunicorn = [self.python, "-m", "gunicorn", "-w", "1", "--threads", "4", "-b", f"127.0.0.1:{port}"]
        command = [*gunicorn, "--log-level", "error", "--chdir", str(SITE.parent), "helpdesk_site:application"]
        with running(command, self._environment()):
            address = f"http://127.0.0.1:{port}"
            answers(f"{address}/helpdesk/")
            one = f"/helpdesk/tickets/{self.shown}/"
            rows = r'"ticket": "(\d+)'
            pages = Pages(address, ["/helpdesk/tickets/", listing], [one], rows=rows, shows="Comment")
            pages.ask("/admin/login/")
            proof = next(cookie.value for cookie in pages.jar if cookie.name == "csrftoken")
            signed = {"username": "root", "password": "bench", "csrfmiddlewaretoken": proof or ""}
            pages.ask("/admin/login/?next=/helpdesk/tickets/", signed)
            yield pages

    def _run(self, code: str, given: str = "") -> str:
        command = [self.python, "-W", "ignore", "-c", code]
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, env=self._environment(), cwd=SITE.parent, check=False
        )
        if done.returncode:
            raise Absent(f"{self.name}: {done.stderr.strip().splitlines()[-1]}")
        return done.stdout

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PORTEVOIX_", "DJANGO_", "PYTHON"))}
        return {**kept, "BENCH_DATABASE_URL": self.database, "BENCH_MEDIA": str(self.place / "media")}
