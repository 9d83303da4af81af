"""Beside Request Tracker 5 and django-helpdesk, in one run on one PostgreSQL: mails taken in, list, one conversation.

    python tools/with_postgres.py --durable python bench/peers.py

The peers are installed from their packages (Debian's and Python's) and used as they come; one that cannot be installed
is skipped, and said to be. All take the same mails, each in one process, through the code that its own mail gateway
runs; ours with all that the record keeps, with and without the text models. Then each holds as many conversations, all
of them open or one in so many, and is asked through its own server for the list of the open ones and for one of them,
in turns with ours: each ratio is of the same minute.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

from kit import town
from kit.ending import GOAL_MISSED, NOT_RUN
from kit.peer import Absent, Pages, Peer, in_turns, statements
from kit.peer_helpdesk import Helpdesk
from kit.peer_tracker import Tracker
from kit.serving import serving

GOALS = {"mails_per_s": 20, "list_ms": 20, "one_ms": 3}
ADDRESS = "ville@bench.example"
TURNS = 3
"""Takings of each peer's mails, each of others, of which the median counts: one alone says as much of the minute."""


@dataclass
class Figures:
    """Of one system; the statements are those of one page."""

    mails_per_s: float
    rows: int
    list_ms: float
    list_statements: int
    one_ms: float
    one_statements: int

    def __str__(self) -> str:
        one = f"one {self.one_ms:5.0f} ms, {self.one_statements:3} statements"
        listing = f"list of {self.rows} {self.list_ms:4.0f} ms, {self.list_statements:3} statements"
        return f"{self.mails_per_s:7.1f} mails/s; {listing}; {one}"


def write_mails(count: int, place: Path) -> list[Path]:
    """Valmont's messages as mails of as many citizens, every third with an HTML part too."""
    from portevoix.demo.timeline import timeline

    said = [message for message in timeline(0) if message.direction == "in"]
    chance = random.Random(1)
    paths = []
    for n in range(count):
        message = said[n % len(said)]
        mail = EmailMessage()
        mail["From"] = f"{chance.choice(('Ana', 'Léo', 'Zoé', 'Karim'))} Citoyen <citizen{n}@mail.example>"
        mail["To"], mail["Subject"] = ADDRESS, message.subject or " ".join(message.text.split()[:7])
        mail["Date"], mail["Message-ID"] = format_datetime(datetime.now(UTC)), f"<{n}@mail.example>"
        mail.set_content(message.text)
        if n % 3 == 0:
            mail.add_alternative(f"<html><body><p>{message.text}</p></body></html>", subtype="html")
        path = place / f"{n}.eml"
        path.write_bytes(bytes(mail))
        paths.append(path)
    return paths


class Ours:
    """Portevoix: its pages are served while each peer is measured, and the same mails taken in before and after it."""

    def __init__(self, mails: Sequence[Path], pages: Pages) -> None:
        self.mails, self.pages = mails, pages
        self._times = 0

    def rate(self) -> float:
        """Mails per second without the text models, as those of one account more."""
        self._times += 1
        return take(self.mails, f"plain{self._times}@bench.example")


def beside(
    peer: Peer, ours: Ours, server: str, place: Path, *, conversations: int, one_in: int
) -> tuple[Figures, dict[str, float]] | None:
    """The peer's figures, and how many times better ours are, measured in turns: machines are now fast, now slow."""
    try:
        version = peer.install(place, server)
        own_rate, rate = taken_in_turns(ours, peer)
    except Absent as why:
        print(f"{peer.name}: SKIPPED, it cannot be installed here: {why}", flush=True)
        return None
    peer.fill(conversations, one_in)
    with peer.serve() as pages:
        rows = pages.check()
        own_list, its_list = in_turns((ours.pages, ours.pages.listing), (pages, pages.listing))
        own_one, its_one = in_turns((ours.pages, ours.pages.one), (pages, pages.one))
        figures = counted(server, peer_database(peer), pages, Figures(rate, rows, its_list, 0, its_one, 0))
    print(f"{peer.name} {version}: {figures}", flush=True)
    print(f"  ours meanwhile: {own_rate:.1f} mails/s; list {own_list:.1f} ms; one {own_one:.1f} ms", flush=True)
    return figures, {"mails_per_s": own_rate / rate, "list_ms": its_list / own_list, "one_ms": its_one / own_one}


def taken_in_turns(ours: Ours, peer: Peer) -> tuple[float, float]:
    """Mails per second, ours and the peer's, of the turn whose ratio is the median: each peer's between two of ours."""
    turns = []
    for turn in range(TURNS):
        before, rate, after = ours.rate(), peer.take(ours.mails[turn::10]), ours.rate()
        turns.append(((before + after) / 2, rate))
    return sorted(turns, key=lambda both: both[0] / both[1])[TURNS // 2]


def counted(server: str, database: str, pages: Pages, figures: Figures) -> Figures:
    """With the statements of each page."""

    def asking(paths: Sequence[str]) -> Callable[[], None]:
        return lambda: [pages.ask(path) for path in paths] and None

    listing, one = (statements(server, database, asking(paths)) for paths in (pages.listing, pages.one))
    return replace(figures, list_statements=listing, one_statements=one)


def peer_database(peer: Peer) -> str:
    return "bench_rt" if isinstance(peer, Tracker) else "bench_helpdesk"


def take(mails: Sequence[Path], account: str) -> float:
    """Mails per second through the channel's parser and the one door in, as the worker takes them from a mailbox."""
    from portevoix.channels.email import parse_mail
    from portevoix.exchange.inbound import poller

    raw = [path.read_bytes() for path in mails]
    start = time.perf_counter()
    parsed = (parse_mail(one, account=account, received_at=datetime.now(UTC)) for one in raw)
    taken = sum(one.new for one in poller.take_messages(parsed, now=datetime.now(UTC)))
    took = time.perf_counter() - start
    assert taken == len(mails)
    return taken / took


@contextmanager
def own_pages() -> Iterator[Pages]:
    host = town.hosts(1)[0]
    conversation, *_ = town.one_conversation(host)
    town.leave()
    with serving(work=False) as served:
        address, cookie = f"http://127.0.0.1:{served.port}", f"portevoix={host.session}"
        one = f"/inbox/{conversation}/"
        yield Pages(address, ["/inbox/"], [one], rows=r'id="row-(\d+)"', shows='id="thread"', cookie=cookie)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--conversations", type=int, default=100_000)
    asked.add_argument("--one-in", type=int, default=1, help="how many conversations there are for one that is open")
    asked.add_argument("--mails", type=int, default=2000, help="that we take in; the peers take every tenth")
    given = asked.parse_args()
    server = os.environ.get("PORTEVOIX_DATABASE_URL")
    if not server:
        print("peers: NOT RUN, they need PostgreSQL: python tools/with_postgres.py --durable python bench/peers.py")
        sys.exit(NOT_RUN)
    place = Path(tempfile.mkdtemp(prefix="portevoix-peers-"))
    record = {"conversations": given.conversations, "one_in": given.one_in}
    town.settle(**record)
    (place / "mails").mkdir()
    mails = write_mails(given.mails, place / "mails")
    place.chmod(0o755)
    take(mails[:50], "warm@bench.example")  # the models are learnt once in a process's life
    whole = take(mails, ADDRESS)
    town.without_text_models()
    with own_pages() as pages:
        ours = Ours(mails, pages)
        rows, shown = pages.check(), (pages.milliseconds(pages.listing), pages.milliseconds(pages.one))
        database = urlsplit(os.environ["PORTEVOIX_DATABASE_URL"]).path[1:]
        own = counted(server, database, pages, Figures(ours.rate(), rows, shown[0], 0, shown[1], 0))
        print(f"portevoix: {own}; with the text models {whole:.1f} mails/s", flush=True)
        found = {
            peer.name: figures
            for peer in (Tracker(), Helpdesk())
            if (figures := beside(peer, ours, server, place / peer.name.split()[0], **record))
        }
    ratios = compared([times for _, times in found.values()]) if found else {}
    peers = {name: asdict(figures) for name, (figures, _) in found.items()}
    result = {**record, "portevoix": asdict(own), "mails_per_s_with_models": whole, "peers": peers, "ratios": ratios}
    print(json.dumps(result))
    sys.exit(GOAL_MISSED if any(ratios[name] < goal for name, goal in GOALS.items() if ratios) else 0)


def compared(times: Sequence[dict[str, float]]) -> dict[str, float]:
    """How many times better than the better of the peers, for each goal. The peers label nothing, so that mails are
    compared without our text models.
    """
    ratios = {name: round(min(one[name] for one in times), 1) for name in GOALS}
    for name, ratio in ratios.items():
        print(f"  {name}: {ratio} times the better peer (goal: at least {GOALS[name]})")
    return ratios


if __name__ == "__main__":
    main()
