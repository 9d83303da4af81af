"""Mails made to take much memory or time, and what they take of the process that reads them.

    python bench/mails.py --mails 50000
    python bench/mails.py --mails 0 --imap 3000
    python tools/with_postgres.py python bench/mails.py --mails 0 --imap 3000

HTML and MIME by a grammar: depth by breadth by entities by encodings, one in 500 as large as a mailbox takes.
Each is read as the mail channel reads it. Its limits: a text of a million characters, two seconds of the processor and
200 MB beyond the idle process. With --imap as many lie in the mailbox of a real server (Dovecot), and the worker's own
steps bring them in: each must be stored or set aside, the mailbox read to its end, and this process stay small. Exit
status 1 when a mail was lost, 3 when a limit was passed.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))  # the mails are those of the tests

from kit.ending import GOAL_MISSED

from portevoix.channels.email.__main__ import MOST_MEMORY
from portevoix.channels.email.reader import TOO_COSTLY, MailReader
from portevoix.channels.email.reading import MOST_SECONDS, Question
from portevoix.kernel.bounds import MOST_TEXT
from tests.fuzz.markup import make_mail

ACCOUNT = "contact@ville.test"
TICKS = os.sysconf("SC_CLK_TCK")
SLACK_S = 0.2
"""The processor's time is counted in ticks, and a process that ends takes a moment."""


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--mails", type=int, default=1000)
    asked.add_argument("--imap", type=int, default=0, help="as many mails through a real IMAP server, too")
    asked.add_argument("--seed", default="portevoix")
    given = asked.parse_args()
    if given.imap and not _fetch(given.imap, given.seed):
        return 1
    return 0 if not given.mails or _read(given.mails, given.seed) else GOAL_MISSED


def _mail(seed: str, number: int) -> bytes:
    return make_mail(Random(f"{seed} {number}"))


def _read(count: int, seed: str) -> bool:
    question = Question(ACCOUNT, datetime.now(UTC))
    outcomes: Counter[str] = Counter()
    longest, slowest, idle_kb, peak_kb, size = (0, -1), (0.0, -1), 0, 0, 0
    with closing(MailReader()) as reader:
        for number in range(count):
            raw = _mail(seed, number)
            size += len(raw)
            process, before = reader._running(), 0.0
            idle_kb = idle_kb or _memory_kb(process.pid)
            before = _processor_s(process.pid)
            answer = reader.read(question, raw)
            outcomes["read" if answer.message else "too costly" if answer.fault == TOO_COSTLY else "broken"] += 1
            if answer.fault == TOO_COSTLY:
                print(f"too costly: {number}, {len(raw)} bytes", file=sys.stderr, flush=True)
            if reader._process is process:
                slowest = max(slowest, (_processor_s(process.pid) - before, number))
                peak_kb = max(peak_kb, _memory_kb(process.pid))
            if answer.message:
                message = answer.message
                longest = max(longest, (max(map(len, (message.text, message.quoted, message.html))), number))
    extra_mb = (peak_kb - idle_kb) / 1024
    _say(
        mails=count, seed=seed, megabytes=size // 10**6, **outcomes, longest_text=longest[0], longest_number=longest[1],
        most_text=MOST_TEXT, slowest_s=round(slowest[0], 2), slowest_number=slowest[1], most_s=MOST_SECONDS,
        memory_above_idle_mb=round(extra_mb), most_memory_mb=MOST_MEMORY // 10**6, idle_mb=idle_kb // 1024,
    )  # fmt: skip
    return longest[0] <= MOST_TEXT and slowest[0] <= MOST_SECONDS + SLACK_S and extra_mb * 2**20 <= MOST_MEMORY


def _memory_kb(pid: int) -> int:
    """The most that the process ever had in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def _processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _fetch(count: int, seed: str) -> bool:
    os.environ |= {"PORTEVOIX_HOME": tempfile.mkdtemp(prefix="portevoix-mails-"), "PORTEVOIX_LOG": "error"}
    from portevoix.cli.django_setup import _create_city, ready

    ready()
    _create_city()
    from django.db import connection

    from portevoix.record.models import Account, Envelope
    from portevoix.record.operations import accounts
    from tests.servers.mail import mail_servers

    with mail_servers() as servers:
        _fill(servers, count, seed)
        secret = {"imap_password", "smtp_password"}
        settings = servers.settings(ACCOUNT)
        now = datetime.now(UTC)
        accounts.connect(
            channel="email", address=ACCOUNT, connector="email", settings=settings, secret=secret, by=None, now=now
        )
        before_mb, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, time.monotonic()
        _bring_in(now)
        took = time.monotonic() - began
    row = Account.objects.get(address=ACCOUNT)
    states = Counter(Envelope.objects.values_list("state", flat=True))
    extra_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 - before_mb
    _say(
        imap=count, database=connection.vendor, stored=sum(states.values()), **states, cursor=row.cursor,
        seconds=round(took, 1), worker_above_idle_mb=extra_mb, trouble=row.trouble,
    )  # fmt: skip
    return sum(states.values()) == count and str(row.cursor).endswith(f":{count}")


def _fill(servers: Any, count: int, seed: str) -> None:
    with servers._signed_in(ACCOUNT) as box:
        for number in range(count):
            head = f"Message-ID: <mail-{number}@citoyen.test>\r\n".encode()
            raw = head + _mail(seed, number).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            assert box.append("INBOX", "", "", raw[:25_000_000])[0] == "OK"


def _bring_in(now: datetime) -> None:
    """As the worker does, until a whole turn brings nothing."""
    from portevoix.exchange.inbound.poller import Poller, Taken

    turns, poller = 0, Poller()
    while turns < 3:
        now += timedelta(minutes=1)
        poller.begin(now)
        turns = 0 if poller.finish(now) != Taken() else turns + 1


def _say(**figures: Any) -> None:
    print(json.dumps(figures, default=str), flush=True)


if __name__ == "__main__":
    sys.exit(main())
